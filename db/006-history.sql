-- What was changed, made easy to ask and to take back.

-- The rows a change is about. Ids mostly grow, so this costs an edit little.
CREATE INDEX changes_row ON changes(row);
CREATE INDEX batches_first ON batches(first_change);

-- All rows of all lists as `changes` knows them, each as JSON.
CREATE VIEW list_rows AS
SELECT 'blocklist' AS in_table, id AS row, number AS number, json_object(
	'id', id, 'number', number, 'points', points, 'reason', reason,
	'source', source, 'ticket', ticket, 'expires_at', expires_at,
	'created_at', created_at, 'created_by', created_by,
	'updated_at', updated_at, 'list', list, 'comment', comment,
	'force', force) AS now
FROM blocklist
UNION ALL SELECT 'allowlist', id, number, json_object(
	'id', id, 'number', number, 'reason', reason, 'source', source,
	'ticket', ticket, 'expires_at', expires_at, 'created_at', created_at,
	'created_by', created_by, 'updated_at', updated_at, 'list', list,
	'comment', comment, 'force', force)
FROM allowlist
UNION ALL SELECT 'neverblock', id, number, json_object(
	'id', id, 'number', number, 'reason', reason, 'source', source,
	'ticket', ticket, 'expires_at', expires_at, 'created_at', created_at,
	'created_by', created_by, 'updated_at', updated_at, 'comment', comment,
	'force', force)
FROM neverblock
UNION ALL SELECT 'dno', id, number, json_object(
	'id', id, 'number', number, 'points', points, 'reason', reason,
	'source', source, 'ticket', ticket, 'expires_at', expires_at,
	'created_at', created_at, 'created_by', created_by,
	'updated_at', updated_at, 'comment', comment, 'force', force)
FROM dno
UNION ALL SELECT 'own_numbers', id, number, json_object(
	'id', id, 'number', number, 'comment', comment)
FROM own_numbers
UNION ALL SELECT 'list_trunks', id, trunk, json_object(
	'id', id, 'list', list, 'trunk', trunk)
FROM list_trunks
UNION ALL SELECT 'subscriber_numbers', id, number, json_object(
	'id', id, 'number', number, 'subscriber', subscriber)
FROM subscriber_numbers
UNION ALL SELECT 'subscriber_rules', id, number, json_object(
	'id', id, 'number', number, 'subscriber', subscriber, 'action', action,
	'comment', comment, 'expires_at', expires_at, 'created_at', created_at,
	'created_by', created_by, 'updated_at', updated_at)
FROM subscriber_rules;

-- The newest first, with the batch each belongs to; `new` is the row after it.
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
			list_rows.row = changes.row))
	END AS new
FROM changes LEFT JOIN batches ON batches.id = (
	SELECT id FROM batches WHERE first_change <= changes.id
	ORDER BY first_change DESC, id DESC LIMIT 1)
ORDER BY changes.id DESC;

-- Which changes each batch has.
CREATE VIEW batch_spans AS
SELECT id AS batch, first_change AS first, coalesce((
	SELECT first_change FROM batches AS next WHERE next.id > batches.id
	ORDER BY next.id LIMIT 1) - 1, (SELECT max(id) FROM changes), 0) AS last
FROM batches;

-- The newest first; those in which nothing was changed are left out.
CREATE VIEW batch_log AS
SELECT batch, started_at, who, note,
	(SELECT count(*) FROM changes WHERE id BETWEEN first AND last AND
		op = 'insert') AS added,
	(SELECT count(*) FROM changes WHERE id BETWEEN first AND last AND
		op = 'update') AS changed,
	(SELECT count(*) FROM changes WHERE id BETWEEN first AND last AND
		op = 'delete') AS removed
FROM batch_spans JOIN batches ON batches.id = batch
WHERE EXISTS (SELECT 1 FROM changes WHERE id BETWEEN first AND last)
ORDER BY batch DESC;

-- Later changes of the rows of a batch: what undo would overwrite.
--   SELECT * FROM undo_conflicts WHERE batch = 12;
CREATE VIEW undo_conflicts AS
SELECT batch, changes.id, op, in_table, row, number
FROM batch_spans JOIN changes ON changes.id > last
WHERE EXISTS (SELECT 1 FROM changes AS own
	WHERE own.row = changes.row AND own.id BETWEEN first AND last AND
		own.in_table = changes.in_table);

-- What undo works on: the first change of each row in the batch.
CREATE TABLE undoing (
	in_table TEXT NOT NULL,
	row INTEGER NOT NULL,
	old TEXT, -- NULL: there was no such row
	PRIMARY KEY (in_table, row)
) WITHOUT ROWID;

-- Brings every row a batch changed back to what it was before, and is itself
-- a batch that can be undone:
--   INSERT INTO undo(batch) VALUES(12);
CREATE VIEW undo AS
SELECT batch, who, note, 0 AS force FROM batch_log;

CREATE TRIGGER undo_insert INSTEAD OF INSERT ON undo
BEGIN
	SELECT RAISE(ABORT,
		'There is no such batch, or nothing was changed in it: SELECT * FROM batch_log.')
	WHERE NOT EXISTS (SELECT 1 FROM batch_log WHERE batch = NEW.batch);
	SELECT RAISE(ABORT,
		'What the batch changed is no longer known in full: it is among the oldest, see changes_kept in the table settings.')
	WHERE (SELECT first FROM batch_spans WHERE batch = NEW.batch) <
		(SELECT min(id) FROM changes);
	SELECT RAISE(ABORT,
		'Rows of this batch were changed again later: SELECT * FROM undo_conflicts. Undo the later batches first, or set force to 1 to overwrite them.')
	WHERE NEW.force IS NOT 1 AND
		EXISTS (SELECT 1 FROM undo_conflicts WHERE batch = NEW.batch);
	DELETE FROM undoing;
	INSERT INTO undoing(in_table, row, old)
	SELECT in_table, row, old FROM changes WHERE id IN (
		SELECT min(changes.id) FROM changes, batch_spans
		WHERE batch = NEW.batch AND changes.id BETWEEN first AND last
		GROUP BY in_table, row);
	INSERT INTO batches(who, note) VALUES(
		coalesce(nullif(NEW.who, ''), 'sqlite3'),
		coalesce(NEW.note, 'undo of batch ' || NEW.batch));

	DELETE FROM blocklist WHERE id IN (SELECT row FROM undoing
		WHERE in_table = 'blocklist' AND old IS NULL);
	DELETE FROM blocklist WHERE NEW.force IS 1 AND (number, list) IN (
		SELECT json_extract(old, '$.number'),
			json_extract(old, '$.list')
		FROM undoing WHERE in_table = 'blocklist' AND
			row <> blocklist.id);
	UPDATE blocklist SET
		number = json_extract(old, '$.number'),
		points = json_extract(old, '$.points'),
		reason = json_extract(old, '$.reason'),
		source = json_extract(old, '$.source'),
		ticket = json_extract(old, '$.ticket'),
		expires_at = json_extract(old, '$.expires_at'),
		created_at = json_extract(old, '$.created_at'),
		list = json_extract(old, '$.list'),
		comment = json_extract(old, '$.comment'),
		force = json_extract(old, '$.force')
	FROM undoing WHERE in_table = 'blocklist' AND row = blocklist.id;
	INSERT INTO blocklist(
		id, number, points, reason, source, ticket, expires_at,
		created_at, created_by, updated_at, list, comment, force)
	SELECT
		row, json_extract(old, '$.number'),
		json_extract(old, '$.points'), json_extract(old, '$.reason'),
		json_extract(old, '$.source'), json_extract(old, '$.ticket'),
		json_extract(old, '$.expires_at'),
		json_extract(old, '$.created_at'),
		json_extract(old, '$.created_by'),
		json_extract(old, '$.updated_at'), json_extract(old, '$.list'),
		json_extract(old, '$.comment'), json_extract(old, '$.force')
	FROM undoing WHERE in_table = 'blocklist' AND old IS NOT NULL AND
		row NOT IN (SELECT id FROM blocklist);
	UPDATE blocklist SET created_by = json_extract(old, '$.created_by'),
		updated_at = json_extract(old, '$.updated_at')
	FROM undoing WHERE in_table = 'blocklist' AND row = blocklist.id;

	DELETE FROM allowlist WHERE id IN (SELECT row FROM undoing
		WHERE in_table = 'allowlist' AND old IS NULL);
	DELETE FROM allowlist WHERE NEW.force IS 1 AND (number, list) IN (
		SELECT json_extract(old, '$.number'),
			json_extract(old, '$.list')
		FROM undoing WHERE in_table = 'allowlist' AND
			row <> allowlist.id);
	UPDATE allowlist SET
		number = json_extract(old, '$.number'),
		reason = json_extract(old, '$.reason'),
		source = json_extract(old, '$.source'),
		ticket = json_extract(old, '$.ticket'),
		expires_at = json_extract(old, '$.expires_at'),
		created_at = json_extract(old, '$.created_at'),
		list = json_extract(old, '$.list'),
		comment = json_extract(old, '$.comment'),
		force = json_extract(old, '$.force')
	FROM undoing WHERE in_table = 'allowlist' AND row = allowlist.id;
	INSERT INTO allowlist(
		id, number, reason, source, ticket, expires_at, created_at,
		created_by, updated_at, list, comment, force)
	SELECT
		row, json_extract(old, '$.number'),
		json_extract(old, '$.reason'), json_extract(old, '$.source'),
		json_extract(old, '$.ticket'),
		json_extract(old, '$.expires_at'),
		json_extract(old, '$.created_at'),
		json_extract(old, '$.created_by'),
		json_extract(old, '$.updated_at'), json_extract(old, '$.list'),
		json_extract(old, '$.comment'), json_extract(old, '$.force')
	FROM undoing WHERE in_table = 'allowlist' AND old IS NOT NULL AND
		row NOT IN (SELECT id FROM allowlist);
	UPDATE allowlist SET created_by = json_extract(old, '$.created_by'),
		updated_at = json_extract(old, '$.updated_at')
	FROM undoing WHERE in_table = 'allowlist' AND row = allowlist.id;

	DELETE FROM neverblock WHERE id IN (SELECT row FROM undoing
		WHERE in_table = 'neverblock' AND old IS NULL);
	DELETE FROM neverblock WHERE NEW.force IS 1 AND number IN (
		SELECT json_extract(old, '$.number')
		FROM undoing WHERE in_table = 'neverblock' AND
			row <> neverblock.id);
	UPDATE neverblock SET
		number = json_extract(old, '$.number'),
		reason = json_extract(old, '$.reason'),
		source = json_extract(old, '$.source'),
		ticket = json_extract(old, '$.ticket'),
		expires_at = json_extract(old, '$.expires_at'),
		created_at = json_extract(old, '$.created_at'),
		comment = json_extract(old, '$.comment'),
		force = json_extract(old, '$.force')
	FROM undoing WHERE in_table = 'neverblock' AND row = neverblock.id;
	INSERT INTO neverblock(
		id, number, reason, source, ticket, expires_at, created_at,
		created_by, updated_at, comment, force)
	SELECT
		row, json_extract(old, '$.number'),
		json_extract(old, '$.reason'), json_extract(old, '$.source'),
		json_extract(old, '$.ticket'),
		json_extract(old, '$.expires_at'),
		json_extract(old, '$.created_at'),
		json_extract(old, '$.created_by'),
		json_extract(old, '$.updated_at'),
		json_extract(old, '$.comment'), json_extract(old, '$.force')
	FROM undoing WHERE in_table = 'neverblock' AND old IS NOT NULL AND
		row NOT IN (SELECT id FROM neverblock);
	UPDATE neverblock SET created_by = json_extract(old, '$.created_by'),
		updated_at = json_extract(old, '$.updated_at')
	FROM undoing WHERE in_table = 'neverblock' AND row = neverblock.id;

	DELETE FROM dno WHERE id IN (SELECT row FROM undoing
		WHERE in_table = 'dno' AND old IS NULL);
	DELETE FROM dno WHERE NEW.force IS 1 AND number IN (
		SELECT json_extract(old, '$.number')
		FROM undoing WHERE in_table = 'dno' AND
			row <> dno.id);
	UPDATE dno SET
		number = json_extract(old, '$.number'),
		points = json_extract(old, '$.points'),
		reason = json_extract(old, '$.reason'),
		source = json_extract(old, '$.source'),
		ticket = json_extract(old, '$.ticket'),
		expires_at = json_extract(old, '$.expires_at'),
		created_at = json_extract(old, '$.created_at'),
		comment = json_extract(old, '$.comment'),
		force = json_extract(old, '$.force')
	FROM undoing WHERE in_table = 'dno' AND row = dno.id;
	INSERT INTO dno(
		id, number, points, reason, source, ticket, expires_at,
		created_at, created_by, updated_at, comment, force)
	SELECT
		row, json_extract(old, '$.number'),
		json_extract(old, '$.points'), json_extract(old, '$.reason'),
		json_extract(old, '$.source'), json_extract(old, '$.ticket'),
		json_extract(old, '$.expires_at'),
		json_extract(old, '$.created_at'),
		json_extract(old, '$.created_by'),
		json_extract(old, '$.updated_at'),
		json_extract(old, '$.comment'), json_extract(old, '$.force')
	FROM undoing WHERE in_table = 'dno' AND old IS NOT NULL AND
		row NOT IN (SELECT id FROM dno);
	UPDATE dno SET created_by = json_extract(old, '$.created_by'),
		updated_at = json_extract(old, '$.updated_at')
	FROM undoing WHERE in_table = 'dno' AND row = dno.id;

	DELETE FROM own_numbers WHERE id IN (SELECT row FROM undoing
		WHERE in_table = 'own_numbers' AND old IS NULL);
	DELETE FROM own_numbers WHERE NEW.force IS 1 AND number IN (
		SELECT json_extract(old, '$.number')
		FROM undoing WHERE in_table = 'own_numbers' AND
			row <> own_numbers.id);
	UPDATE own_numbers SET
		number = json_extract(old, '$.number'),
		comment = json_extract(old, '$.comment')
	FROM undoing WHERE in_table = 'own_numbers' AND row = own_numbers.id;
	INSERT INTO own_numbers(
		id, number, comment)
	SELECT
		row, json_extract(old, '$.number'),
		json_extract(old, '$.comment')
	FROM undoing WHERE in_table = 'own_numbers' AND old IS NOT NULL AND
		row NOT IN (SELECT id FROM own_numbers);

	DELETE FROM list_trunks WHERE id IN (SELECT row FROM undoing
		WHERE in_table = 'list_trunks' AND old IS NULL);
	DELETE FROM list_trunks WHERE NEW.force IS 1 AND (list, trunk) IN (
		SELECT json_extract(old, '$.list'),
			json_extract(old, '$.trunk')
		FROM undoing WHERE in_table = 'list_trunks' AND
			row <> list_trunks.id);
	UPDATE list_trunks SET
		list = json_extract(old, '$.list'),
		trunk = json_extract(old, '$.trunk')
	FROM undoing WHERE in_table = 'list_trunks' AND row = list_trunks.id;
	INSERT INTO list_trunks(
		id, list, trunk)
	SELECT
		row, json_extract(old, '$.list'), json_extract(old, '$.trunk')
	FROM undoing WHERE in_table = 'list_trunks' AND old IS NOT NULL AND
		row NOT IN (SELECT id FROM list_trunks);

	DELETE FROM subscriber_numbers WHERE id IN (SELECT row FROM undoing
		WHERE in_table = 'subscriber_numbers' AND old IS NULL);
	DELETE FROM subscriber_numbers WHERE NEW.force IS 1 AND number IN (
		SELECT json_extract(old, '$.number')
		FROM undoing WHERE in_table = 'subscriber_numbers' AND
			row <> subscriber_numbers.id);
	UPDATE subscriber_numbers SET
		number = json_extract(old, '$.number'),
		subscriber = json_extract(old, '$.subscriber')
	FROM undoing WHERE in_table = 'subscriber_numbers' AND row = subscriber_numbers.id;
	INSERT INTO subscriber_numbers(
		id, number, subscriber)
	SELECT
		row, json_extract(old, '$.number'),
		json_extract(old, '$.subscriber')
	FROM undoing WHERE in_table = 'subscriber_numbers' AND old IS NOT NULL AND
		row NOT IN (SELECT id FROM subscriber_numbers) AND
		json_extract(old, '$.subscriber') IN (
		SELECT id FROM subscribers);

	DELETE FROM subscriber_rules WHERE id IN (SELECT row FROM undoing
		WHERE in_table = 'subscriber_rules' AND old IS NULL);
	DELETE FROM subscriber_rules WHERE NEW.force IS 1 AND (subscriber, number) IN (
		SELECT json_extract(old, '$.subscriber'),
			json_extract(old, '$.number')
		FROM undoing WHERE in_table = 'subscriber_rules' AND
			row <> subscriber_rules.id);
	UPDATE subscriber_rules SET
		number = json_extract(old, '$.number'),
		subscriber = json_extract(old, '$.subscriber'),
		action = json_extract(old, '$.action'),
		comment = json_extract(old, '$.comment'),
		expires_at = json_extract(old, '$.expires_at'),
		created_at = json_extract(old, '$.created_at')
	FROM undoing WHERE in_table = 'subscriber_rules' AND row = subscriber_rules.id;
	INSERT INTO subscriber_rules(
		id, number, subscriber, action, comment, expires_at,
		created_at, created_by, updated_at)
	SELECT
		row, json_extract(old, '$.number'),
		json_extract(old, '$.subscriber'),
		json_extract(old, '$.action'), json_extract(old, '$.comment'),
		json_extract(old, '$.expires_at'),
		json_extract(old, '$.created_at'),
		json_extract(old, '$.created_by'),
		json_extract(old, '$.updated_at')
	FROM undoing WHERE in_table = 'subscriber_rules' AND old IS NOT NULL AND
		row NOT IN (SELECT id FROM subscriber_rules) AND
		json_extract(old, '$.subscriber') IN (
		SELECT id FROM subscribers);
	UPDATE subscriber_rules SET created_by = json_extract(old, '$.created_by'),
		updated_at = json_extract(old, '$.updated_at')
	FROM undoing WHERE in_table = 'subscriber_rules' AND row = subscriber_rules.id;

	UPDATE batches SET open_until = 0 WHERE id = (SELECT max(id) FROM batches);
	DELETE FROM undoing;
END;

-- The small tables too have a way out and back, as blocklist_csv. Subscribers
-- go by their names; one that is not there yet is made, without a token.
CREATE VIEW own_numbers_csv AS
SELECT number, comment FROM own_numbers;

CREATE TRIGGER own_numbers_csv_insert INSTEAD OF INSERT ON own_numbers_csv
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NULL,
		points = NULL, force = 0, target = NULL, quiet = 0;
	INSERT INTO own_numbers(number, comment)
	SELECT stored, nullif(NEW.comment, '') FROM normalise WHERE true
	ON CONFLICT(number) DO UPDATE SET comment = excluded.comment
	WHERE comment IS NOT excluded.comment;
END;

CREATE VIEW list_trunks_csv AS
SELECT list, trunk FROM list_trunks;

CREATE TRIGGER list_trunks_csv_insert INSTEAD OF INSERT ON list_trunks_csv
BEGIN
	INSERT INTO list_trunks(list, trunk) VALUES(NEW.list, NEW.trunk)
	ON CONFLICT DO NOTHING;
END;

CREATE VIEW subscriber_numbers_csv AS
SELECT number, name AS subscriber
FROM subscriber_numbers JOIN subscribers ON subscribers.id = subscriber;

CREATE TRIGGER subscriber_numbers_csv_insert
INSTEAD OF INSERT ON subscriber_numbers_csv
BEGIN
	INSERT INTO subscribers(name) VALUES(NEW.subscriber)
	ON CONFLICT DO NOTHING;
	UPDATE normalise SET number = NEW.number, expires_at = NULL,
		points = NULL, force = 0, target = NULL, quiet = 0;
	INSERT INTO subscriber_numbers(number, subscriber)
	SELECT stored, subscribers.id FROM normalise, subscribers
	WHERE name = NEW.subscriber
	ON CONFLICT(number) DO UPDATE SET subscriber = excluded.subscriber
	WHERE subscriber <> excluded.subscriber;
END;

CREATE VIEW subscriber_rules_csv AS
SELECT name AS subscriber, number, action, comment, expires_at,
	subscriber_rules.created_at, created_by, updated_at
FROM subscriber_rules JOIN subscribers ON subscribers.id = subscriber;

CREATE TRIGGER subscriber_rules_csv_insert
INSTEAD OF INSERT ON subscriber_rules_csv
BEGIN
	INSERT INTO subscribers(name) VALUES(NEW.subscriber)
	ON CONFLICT DO NOTHING;
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = 0, target = NULL, quiet = 0;
	INSERT INTO subscriber_rules(subscriber, number, action, comment,
		expires_at, created_at, created_by, updated_at)
	SELECT subscribers.id, stored, NEW.action, nullif(NEW.comment, ''),
		stored_expires,
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		nullif(NEW.updated_at, '')
	FROM normalise, subscribers WHERE name = NEW.subscriber
	ON CONFLICT(subscriber, number) DO UPDATE SET
		action = excluded.action, comment = excluded.comment,
		expires_at = excluded.expires_at
	WHERE (action, comment, expires_at) IS NOT
		(excluded.action, excluded.comment, excluded.expires_at);
END;
