-- How strict a subscriber wants to be: at how many points calls are labelled
-- and rejected (NULL: as the trunk says; 0: never), and whether callers who
-- withhold their number are judged like any other or refused.
--   INSERT INTO subscriber_settings(subscriber, reject_at) VALUES(7, 60);
--   INSERT INTO subscriber_settings_csv(subscriber, anonymous)
--   VALUES('ann', 'refuse');
CREATE TABLE subscriber_settings (
	subscriber INTEGER PRIMARY KEY REFERENCES subscribers(id),
	label_at INTEGER
		CONSTRAINT "label_at is a whole number from 0 to 1000, or NULL"
		CHECK (label_at IS NULL OR typeof(label_at) = 'integer' AND
		label_at BETWEEN 0 AND 1000),
	reject_at INTEGER
		CONSTRAINT "reject_at is a whole number from 0 to 1000, or NULL"
		CHECK (reject_at IS NULL OR typeof(reject_at) = 'integer' AND
		reject_at BETWEEN 0 AND 1000),
	anonymous TEXT NOT NULL DEFAULT 'judge'
		CONSTRAINT "anonymous is judge or refuse" CHECK (
		anonymous IN ('judge', 'refuse'))
);

CREATE TRIGGER subscriber_settings_insert BEFORE INSERT ON subscriber_settings
WHEN NEW.subscriber IS NULL OR
	NOT EXISTS (SELECT 1 FROM subscribers WHERE id = NEW.subscriber)
BEGIN
	SELECT RAISE(ABORT,
		'There is no such subscriber: SELECT id, name FROM subscribers. By the name it is INSERT INTO subscriber_settings_csv.');
END;

CREATE TRIGGER subscriber_settings_update
BEFORE UPDATE OF subscriber ON subscriber_settings
WHEN NEW.subscriber IS NOT OLD.subscriber
BEGIN
	SELECT RAISE(ABORT,
		'Settings stay with their subscriber: delete this row, and insert another.');
END;

-- OR REPLACE deletes without a word.
CREATE TRIGGER subscriber_settings_replace BEFORE INSERT ON subscriber_settings
WHEN EXISTS (SELECT 1 FROM subscriber_settings
	WHERE subscriber = NEW.subscriber)
BEGIN
	UPDATE replaced SET in_table = NULL;
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT in_table, row, number, now FROM settings_rows
	WHERE row = NEW.subscriber;
END;

CREATE TRIGGER subscriber_settings_inserted AFTER INSERT ON subscriber_settings
BEGIN
	INSERT INTO changes(op, in_table, row, number, old)
	SELECT CASE WHEN old IS NULL THEN 'insert' ELSE 'update' END,
		'subscriber_settings', id, name, old
	FROM subscribers LEFT JOIN replaced ON in_table = 'subscriber_settings'
		AND row = id
	WHERE id = NEW.subscriber;
	UPDATE replaced SET in_table = NULL;
	DELETE FROM replaced;
END;

CREATE TRIGGER subscriber_settings_updated AFTER UPDATE ON subscriber_settings
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	SELECT 'update', 'subscriber_settings', id, name,
		json_object('subscriber', OLD.subscriber,
			'label_at', OLD.label_at, 'reject_at', OLD.reject_at,
			'anonymous', OLD.anonymous)
	FROM subscribers WHERE id = OLD.subscriber;
END;

CREATE TRIGGER subscriber_settings_deleted AFTER DELETE ON subscriber_settings
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	SELECT 'delete', 'subscriber_settings', id, name,
		json_object('subscriber', OLD.subscriber,
			'label_at', OLD.label_at, 'reject_at', OLD.reject_at,
			'anonymous', OLD.anonymous)
	FROM subscribers WHERE id = OLD.subscriber;
END;

CREATE TRIGGER subscribers_settings_deleted BEFORE DELETE ON subscribers
BEGIN
	DELETE FROM subscriber_settings WHERE subscriber = OLD.id;
END;

CREATE VIEW settings_rows AS
SELECT 'subscriber_settings' AS in_table, id AS row, name AS number,
	json_object('subscriber', subscriber, 'label_at', label_at,
		'reject_at', reject_at, 'anonymous', anonymous) AS now
FROM subscriber_settings JOIN subscribers ON id = subscriber;

-- As before, and what a batch did to settings is undone with the rest: as soon
-- as the batch of the undo has begun.
CREATE TRIGGER undo_settings AFTER UPDATE OF first_change ON batches
WHEN EXISTS (SELECT 1 FROM undoing WHERE in_table = 'subscriber_settings')
BEGIN
	DELETE FROM subscriber_settings WHERE subscriber IN (
		SELECT row FROM undoing
		WHERE in_table = 'subscriber_settings' AND old IS NULL);
	UPDATE subscriber_settings SET
		label_at = json_extract(old, '$.label_at'),
		reject_at = json_extract(old, '$.reject_at'),
		anonymous = json_extract(old, '$.anonymous')
	FROM undoing WHERE in_table = 'subscriber_settings' AND
		row = subscriber;
	INSERT INTO subscriber_settings(subscriber, label_at, reject_at,
		anonymous)
	SELECT row, json_extract(old, '$.label_at'),
		json_extract(old, '$.reject_at'),
		json_extract(old, '$.anonymous')
	FROM undoing WHERE in_table = 'subscriber_settings' AND
		old IS NOT NULL AND
		row NOT IN (SELECT subscriber FROM subscriber_settings) AND
		row IN (SELECT id FROM subscribers);
END;

DROP VIEW change_log;
CREATE VIEW change_log AS
SELECT changes.id, batches.id AS batch, started_at, who, note, op, in_table,
	row, number, old,
	CASE WHEN op <> 'delete' THEN coalesce(
		(SELECT old FROM changes AS next
		WHERE next.row = changes.row AND next.id > changes.id AND
			next.in_table = changes.in_table
		ORDER BY next.id LIMIT 1),
		(SELECT now FROM list_rows
		WHERE list_rows.in_table = changes.in_table AND
			list_rows.row = changes.row),
		(SELECT now FROM settings_rows
		WHERE settings_rows.in_table = changes.in_table AND
			settings_rows.row = changes.row))
	END AS new
FROM changes LEFT JOIN batches ON batches.id = (
	SELECT id FROM batches WHERE first_change <= changes.id
	ORDER BY first_change DESC, id DESC LIMIT 1)
ORDER BY changes.id DESC;

CREATE VIEW subscriber_settings_csv AS
SELECT name AS subscriber, label_at, reject_at, anonymous
FROM subscriber_settings JOIN subscribers ON id = subscriber;

CREATE TRIGGER subscriber_settings_csv_insert
INSTEAD OF INSERT ON subscriber_settings_csv
BEGIN
	INSERT INTO subscribers(name) VALUES(NEW.subscriber)
	ON CONFLICT DO NOTHING;
	INSERT INTO subscriber_settings(subscriber, label_at, reject_at,
		anonymous)
	SELECT id, nullif(NEW.label_at, ''), nullif(NEW.reject_at, ''),
		coalesce(nullif(NEW.anonymous, ''), 'judge')
	FROM subscribers WHERE name = NEW.subscriber
	ON CONFLICT(subscriber) DO UPDATE SET label_at = excluded.label_at,
		reject_at = excluded.reject_at, anonymous = excluded.anonymous
	WHERE (label_at, reject_at, anonymous) IS NOT
		(excluded.label_at, excluded.reject_at, excluded.anonymous);
END;
