-- A rule or a number of nobody does nothing, and SQLite asks only those who
-- turn foreign_keys on: sqlite3 does not.
CREATE TRIGGER subscriber_rules_owner BEFORE INSERT ON subscriber_rules
WHEN NOT EXISTS (SELECT 1 FROM subscribers WHERE id = NEW.subscriber)
BEGIN
	SELECT RAISE(ABORT,
		'There is no such subscriber: SELECT id, name FROM subscribers. By the name it is INSERT INTO subscriber_rules_csv.');
END;

CREATE TRIGGER subscriber_rules_owner_update
BEFORE UPDATE OF subscriber ON subscriber_rules
WHEN NOT EXISTS (SELECT 1 FROM subscribers WHERE id = NEW.subscriber)
BEGIN
	SELECT RAISE(ABORT,
		'There is no such subscriber: SELECT id, name FROM subscribers.');
END;

CREATE TRIGGER subscriber_numbers_owner BEFORE INSERT ON subscriber_numbers
WHEN NOT EXISTS (SELECT 1 FROM subscribers WHERE id = NEW.subscriber)
BEGIN
	SELECT RAISE(ABORT,
		'There is no such subscriber: SELECT id, name FROM subscribers. By the name it is INSERT INTO subscriber_numbers_csv.');
END;

CREATE TRIGGER subscriber_numbers_owner_update
BEFORE UPDATE OF subscriber ON subscriber_numbers
WHEN NOT EXISTS (SELECT 1 FROM subscribers WHERE id = NEW.subscriber)
BEGIN
	SELECT RAISE(ABORT,
		'There is no such subscriber: SELECT id, name FROM subscribers.');
END;
