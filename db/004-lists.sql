-- The lists: named ones, ranges, guards, and every change of them recorded.
-- The triggers of all four are alike.

CREATE TEMP TABLE was_blocklist AS SELECT * FROM blocklist;
CREATE TEMP TABLE was_allowlist AS SELECT * FROM allowlist;
DROP VIEW blocklist_import;
DROP VIEW allowlist_import;
DROP TABLE blocklist;
DROP TABLE allowlist;

-- Callers nobody wants. `number` is +E.164, a prefix such as +1900* or a range
-- such as +12025550100-+12025550199, which counts as the prefixes it is made
-- of; the longest match wins. INSERT INTO blocklist(number)
-- VALUES('(202) 555-0123') is all it takes: the triggers bring what people
-- write to this form, or say what to write instead. They insert the changed
-- row themselves and skip the one given, so that OR IGNORE, OR REPLACE and
-- duplicates do as they should.
CREATE TABLE blocklist (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	number TEXT NOT NULL
		CONSTRAINT "number is as +12025550123, +1900* or +12025550100-+12025550199"
		CHECK (number GLOB '+[1-9]*' AND
		(ltrim(substr(number, 2), '0123456789') IN ('', '*') AND
			length(number) <= 17 OR
		number GLOB '+[1-9]*-+[1-9]*' AND length(number) <= 33)),
	points INTEGER NOT NULL DEFAULT 100
		CONSTRAINT "points are a whole number from 0 to 1000" CHECK (
		typeof(points) = 'integer' AND points BETWEEN 0 AND 1000),
	reason TEXT,
	source TEXT, -- the list or person it came from
	ticket TEXT,
	expires_at TEXT, -- NULL: never
	created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	created_by TEXT NOT NULL DEFAULT 'sqlite3',
	updated_at TEXT, -- NULL: never changed since
	list TEXT NOT NULL DEFAULT 'default' -- see list_trunks
		CONSTRAINT "the name of a list has 1 to 64 characters" CHECK (
		length(list) BETWEEN 1 AND 64),
	comment TEXT,
	force INTEGER NOT NULL DEFAULT 0 -- 1: the row is meant so
		CONSTRAINT "force is 0 or 1" CHECK (force IN (0, 1)),
	UNIQUE (number, list)
);

-- Callers never judged. At equal length of match allow beats block.
CREATE TABLE allowlist (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	number TEXT NOT NULL
		CONSTRAINT "number is as +12025550123, +1900* or +12025550100-+12025550199"
		CHECK (number GLOB '+[1-9]*' AND
		(ltrim(substr(number, 2), '0123456789') IN ('', '*') AND
			length(number) <= 17 OR
		number GLOB '+[1-9]*-+[1-9]*' AND length(number) <= 33)),
	reason TEXT,
	source TEXT, -- the list or person it came from
	ticket TEXT,
	expires_at TEXT, -- NULL: never
	created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	created_by TEXT NOT NULL DEFAULT 'sqlite3',
	updated_at TEXT, -- NULL: never changed since
	list TEXT NOT NULL DEFAULT 'default' -- see list_trunks
		CONSTRAINT "the name of a list has 1 to 64 characters" CHECK (
		length(list) BETWEEN 1 AND 64),
	comment TEXT,
	force INTEGER NOT NULL DEFAULT 0 -- 1: the row is meant so
		CONSTRAINT "force is 0 or 1" CHECK (force IN (0, 1)),
	UNIQUE (number, list)
);

-- Callers that no list, subscriber or score may keep out: emergency desks that
-- call back, hospitals, schools' emergency lines, alarm centres.
CREATE TABLE neverblock (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	number TEXT NOT NULL UNIQUE
		CONSTRAINT "number is as +12025550123, +1900* or +12025550100-+12025550199"
		CHECK (number GLOB '+[1-9]*' AND
		(ltrim(substr(number, 2), '0123456789') IN ('', '*') AND
			length(number) <= 17 OR
		number GLOB '+[1-9]*-+[1-9]*' AND length(number) <= 33)),
	reason TEXT,
	source TEXT, -- the list or person it came from
	ticket TEXT,
	expires_at TEXT, -- NULL: never
	created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	created_by TEXT NOT NULL DEFAULT 'sqlite3',
	updated_at TEXT, -- NULL: never changed since
	comment TEXT,
	force INTEGER NOT NULL DEFAULT 0 -- 1: the row is meant so
		CONSTRAINT "force is 0 or 1" CHECK (force IN (0, 1))
);

-- Do not originate: numbers that are only ever called, such as a bank's
-- inbound lines. A call from one has a forged number.
CREATE TABLE dno (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	number TEXT NOT NULL UNIQUE
		CONSTRAINT "number is as +12025550123, +1900* or +12025550100-+12025550199"
		CHECK (number GLOB '+[1-9]*' AND
		(ltrim(substr(number, 2), '0123456789') IN ('', '*') AND
			length(number) <= 17 OR
		number GLOB '+[1-9]*-+[1-9]*' AND length(number) <= 33)),
	points INTEGER NOT NULL DEFAULT 100
		CONSTRAINT "points are a whole number from 0 to 1000" CHECK (
		typeof(points) = 'integer' AND points BETWEEN 0 AND 1000),
	reason TEXT,
	source TEXT, -- the list or person it came from
	ticket TEXT,
	expires_at TEXT, -- NULL: never
	created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	created_by TEXT NOT NULL DEFAULT 'sqlite3',
	updated_at TEXT, -- NULL: never changed since
	comment TEXT,
	force INTEGER NOT NULL DEFAULT 0 -- 1: the row is meant so
		CONSTRAINT "force is 0 or 1" CHECK (force IN (0, 1))
);

CREATE INDEX blocklist_ranges ON blocklist(number) WHERE number GLOB '+*-+*';
CREATE INDEX allowlist_ranges ON allowlist(number) WHERE number GLOB '+*-+*';
CREATE INDEX neverblock_ranges ON neverblock(number) WHERE number GLOB '+*-+*';
CREATE INDEX dno_ranges ON dno(number) WHERE number GLOB '+*-+*';
CREATE INDEX own_numbers_ranges ON own_numbers(number) WHERE number GLOB '+*-+*';

-- Before there are triggers: these rows are no edits.
INSERT INTO blocklist(id, number, points, reason, source, ticket, expires_at,
	created_at, created_by)
SELECT id, number, points, reason, source, ticket, expires_at, created_at,
	coalesce(created_by, 'sqlite3') FROM was_blocklist;
INSERT INTO allowlist(id, number, reason, source, ticket, expires_at,
	created_at, created_by)
SELECT id, number, reason, source, ticket, expires_at, created_at,
	coalesce(created_by, 'sqlite3') FROM was_allowlist;
DROP TABLE was_blocklist;
DROP TABLE was_allowlist;

-- Which trunks a named list counts for. One that stands here for no trunk
-- counts for all.
CREATE TABLE list_trunks (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list TEXT NOT NULL,
	trunk TEXT NOT NULL,
	UNIQUE (list, trunk)
);

-- Whose number is which: a subscriber's rules count for calls to these.
CREATE TABLE subscriber_numbers (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	number TEXT NOT NULL UNIQUE
		CONSTRAINT "number is as +12025550123" CHECK (
		number GLOB '+[1-9]*' AND length(number) BETWEEN 8 AND 16 AND
		substr(number, 2) NOT GLOB '*[^0-9]*'),
	subscriber INTEGER NOT NULL REFERENCES subscribers(id)
);

-- Whom a subscriber wants to hear from, and whom not. They outrank the lists,
-- but for neverblock.
CREATE TABLE subscriber_rules (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	subscriber INTEGER NOT NULL REFERENCES subscribers(id),
	number TEXT NOT NULL
		CONSTRAINT "number is as +12025550123 or +1900*" CHECK (
		number GLOB '+[1-9]*' AND length(number) <= 17 AND
		ltrim(substr(number, 2), '0123456789') IN ('', '*')),
	action TEXT NOT NULL
		CONSTRAINT "action is block or allow" CHECK (
		action IN ('block', 'allow')),
	comment TEXT,
	expires_at TEXT, -- NULL: never
	created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	created_by TEXT NOT NULL DEFAULT 'sqlite3',
	updated_at TEXT,
	UNIQUE (subscriber, number)
);
CREATE INDEX subscriber_numbers_of ON subscriber_numbers(subscriber);

CREATE TRIGGER blocklist_insert BEFORE INSERT ON blocklist WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND typeof(NEW.points) = 'integer' AND
	coalesce(NEW.list, '') <> '') OR
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)) OR
	EXISTS (SELECT 1 FROM own_numbers) AND (
		EXISTS (SELECT 1 FROM own_numbers WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM own_numbers WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)))
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NEW.points,
		force = NEW.force, target = 'blocklist', quiet = 0;
	INSERT INTO blocklist(id, number, points, reason, source, ticket, list,
		comment, force, expires_at, created_at, created_by,
		updated_at)
	SELECT nullif(NEW.id, -1), n.stored,
		coalesce(nullif(NEW.points, ''), 100),
		nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''),
		coalesce(nullif(trim(NEW.list), ''), 'default'),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0),
		n.stored_expires,
		coalesce(NEW.created_at, CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		NEW.updated_at
	FROM normalise AS n;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER blocklist_update BEFORE UPDATE OF number, expires_at, points, list, force
ON blocklist WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND typeof(NEW.points) = 'integer' AND
	coalesce(NEW.list, '') <> '') OR
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)) OR
	EXISTS (SELECT 1 FROM own_numbers) AND (
		EXISTS (SELECT 1 FROM own_numbers WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM own_numbers WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)))
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NEW.points,
		force = NEW.force, target = 'blocklist', quiet = 0;
	UPDATE blocklist SET id = NEW.id, number = n.stored,
		points = coalesce(nullif(NEW.points, ''), 100),
		reason = nullif(NEW.reason, ''),
		source = nullif(NEW.source, ''),
		ticket = nullif(NEW.ticket, ''),
		list = coalesce(nullif(trim(NEW.list), ''), 'default'),
		comment = nullif(NEW.comment, ''),
		force = coalesce(nullif(NEW.force, ''), 0),
		expires_at = n.stored_expires, created_at = NEW.created_at,
		created_by = NEW.created_by
	FROM normalise AS n WHERE blocklist.id = OLD.id;
	SELECT RAISE(IGNORE);
END;

-- OR REPLACE deletes without a word: what it may be about to delete is kept
-- until the new row is there.
CREATE TRIGGER blocklist_replace BEFORE INSERT ON blocklist WHEN
	EXISTS (SELECT 1 FROM blocklist WHERE number = NEW.number AND list = NEW.list) OR
	EXISTS (SELECT 1 FROM blocklist WHERE id = NEW.id)
BEGIN
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'blocklist', id, number, json_object('id', id, 'number', number,
			'points', points, 'reason', reason,
			'source', source, 'ticket', ticket,
			'expires_at', expires_at,
			'created_at', created_at,
			'created_by', created_by,
			'updated_at', updated_at, 'list', list,
			'comment', comment, 'force', force)
	FROM blocklist WHERE number = NEW.number AND list = NEW.list OR id = NEW.id;
END;

CREATE TRIGGER blocklist_inserted AFTER INSERT ON blocklist
BEGIN
	INSERT INTO changes(op, in_table, row, number, old)
	SELECT 'delete', in_table, row, number, old FROM replaced
	WHERE in_table = 'blocklist' AND (row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM blocklist WHERE id = row));
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'blocklist', NEW.id, NEW.number);
	UPDATE blocklist SET created_by = batches.who FROM batches
	WHERE blocklist.id = NEW.id AND NEW.created_by = 'sqlite3' AND
		batches.id = (SELECT max(id) FROM batches) AND
		batches.who <> 'sqlite3';
END;

CREATE TRIGGER blocklist_updated AFTER UPDATE OF
	id, number, points, reason, source, ticket, expires_at, created_at,
	list, comment, force
ON blocklist
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'blocklist', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'points', OLD.points, 'reason', OLD.reason,
			'source', OLD.source, 'ticket', OLD.ticket,
			'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at, 'list', OLD.list,
			'comment', OLD.comment, 'force', OLD.force));
	UPDATE blocklist SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
END;

CREATE TRIGGER blocklist_deleted AFTER DELETE ON blocklist
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'blocklist', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'points', OLD.points, 'reason', OLD.reason,
			'source', OLD.source, 'ticket', OLD.ticket,
			'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at, 'list', OLD.list,
			'comment', OLD.comment, 'force', OLD.force));
	DELETE FROM hits WHERE in_table = 'blocklist' AND row = OLD.id;
END;

CREATE TRIGGER allowlist_insert BEFORE INSERT ON allowlist WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND
	coalesce(NEW.list, '') <> '') OR
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5))
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NULL,
		force = NEW.force, target = 'allowlist', quiet = 0;
	INSERT INTO allowlist(id, number, reason, source, ticket, list, comment,
		force, expires_at, created_at, created_by, updated_at)
	SELECT nullif(NEW.id, -1), n.stored, nullif(NEW.reason, ''),
		nullif(NEW.source, ''), nullif(NEW.ticket, ''),
		coalesce(nullif(trim(NEW.list), ''), 'default'),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0),
		n.stored_expires,
		coalesce(NEW.created_at, CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		NEW.updated_at
	FROM normalise AS n;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER allowlist_update BEFORE UPDATE OF number, expires_at, list, force
ON allowlist WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND
	coalesce(NEW.list, '') <> '') OR
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5))
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NULL,
		force = NEW.force, target = 'allowlist', quiet = 0;
	UPDATE allowlist SET id = NEW.id, number = n.stored,
		reason = nullif(NEW.reason, ''),
		source = nullif(NEW.source, ''),
		ticket = nullif(NEW.ticket, ''),
		list = coalesce(nullif(trim(NEW.list), ''), 'default'),
		comment = nullif(NEW.comment, ''),
		force = coalesce(nullif(NEW.force, ''), 0),
		expires_at = n.stored_expires, created_at = NEW.created_at,
		created_by = NEW.created_by
	FROM normalise AS n WHERE allowlist.id = OLD.id;
	SELECT RAISE(IGNORE);
END;

-- OR REPLACE deletes without a word: what it may be about to delete is kept
-- until the new row is there.
CREATE TRIGGER allowlist_replace BEFORE INSERT ON allowlist WHEN
	EXISTS (SELECT 1 FROM allowlist WHERE number = NEW.number AND list = NEW.list) OR
	EXISTS (SELECT 1 FROM allowlist WHERE id = NEW.id)
BEGIN
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'allowlist', id, number, json_object('id', id, 'number', number,
			'reason', reason, 'source', source,
			'ticket', ticket, 'expires_at', expires_at,
			'created_at', created_at,
			'created_by', created_by,
			'updated_at', updated_at, 'list', list,
			'comment', comment, 'force', force)
	FROM allowlist WHERE number = NEW.number AND list = NEW.list OR id = NEW.id;
END;

CREATE TRIGGER allowlist_inserted AFTER INSERT ON allowlist
BEGIN
	INSERT INTO changes(op, in_table, row, number, old)
	SELECT 'delete', in_table, row, number, old FROM replaced
	WHERE in_table = 'allowlist' AND (row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM allowlist WHERE id = row));
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'allowlist', NEW.id, NEW.number);
	UPDATE allowlist SET created_by = batches.who FROM batches
	WHERE allowlist.id = NEW.id AND NEW.created_by = 'sqlite3' AND
		batches.id = (SELECT max(id) FROM batches) AND
		batches.who <> 'sqlite3';
END;

CREATE TRIGGER allowlist_updated AFTER UPDATE OF
	id, number, reason, source, ticket, expires_at, created_at, list,
	comment, force
ON allowlist
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'allowlist', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'reason', OLD.reason, 'source', OLD.source,
			'ticket', OLD.ticket, 'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at, 'list', OLD.list,
			'comment', OLD.comment, 'force', OLD.force));
	UPDATE allowlist SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
END;

CREATE TRIGGER allowlist_deleted AFTER DELETE ON allowlist
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'allowlist', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'reason', OLD.reason, 'source', OLD.source,
			'ticket', OLD.ticket, 'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at, 'list', OLD.list,
			'comment', OLD.comment, 'force', OLD.force));
	DELETE FROM hits WHERE in_table = 'allowlist' AND row = OLD.id;
END;

CREATE TRIGGER neverblock_insert BEFORE INSERT ON neverblock WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer') OR
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5))
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NULL,
		force = NEW.force, target = 'neverblock', quiet = 0;
	INSERT INTO neverblock(id, number, reason, source, ticket, comment, force,
		expires_at, created_at, created_by, updated_at)
	SELECT nullif(NEW.id, -1), n.stored, nullif(NEW.reason, ''),
		nullif(NEW.source, ''), nullif(NEW.ticket, ''),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0),
		n.stored_expires,
		coalesce(NEW.created_at, CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		NEW.updated_at
	FROM normalise AS n;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER neverblock_update BEFORE UPDATE OF number, expires_at, force
ON neverblock WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer') OR
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5))
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NULL,
		force = NEW.force, target = 'neverblock', quiet = 0;
	UPDATE neverblock SET id = NEW.id, number = n.stored,
		reason = nullif(NEW.reason, ''),
		source = nullif(NEW.source, ''),
		ticket = nullif(NEW.ticket, ''),
		comment = nullif(NEW.comment, ''),
		force = coalesce(nullif(NEW.force, ''), 0),
		expires_at = n.stored_expires, created_at = NEW.created_at,
		created_by = NEW.created_by
	FROM normalise AS n WHERE neverblock.id = OLD.id;
	SELECT RAISE(IGNORE);
END;

-- OR REPLACE deletes without a word: what it may be about to delete is kept
-- until the new row is there.
CREATE TRIGGER neverblock_replace BEFORE INSERT ON neverblock WHEN
	EXISTS (SELECT 1 FROM neverblock WHERE number = NEW.number) OR
	EXISTS (SELECT 1 FROM neverblock WHERE id = NEW.id)
BEGIN
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'neverblock', id, number, json_object('id', id, 'number', number,
			'reason', reason, 'source', source,
			'ticket', ticket, 'expires_at', expires_at,
			'created_at', created_at,
			'created_by', created_by,
			'updated_at', updated_at,
			'comment', comment, 'force', force)
	FROM neverblock WHERE number = NEW.number OR id = NEW.id;
END;

CREATE TRIGGER neverblock_inserted AFTER INSERT ON neverblock
BEGIN
	INSERT INTO changes(op, in_table, row, number, old)
	SELECT 'delete', in_table, row, number, old FROM replaced
	WHERE in_table = 'neverblock' AND (row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM neverblock WHERE id = row));
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'neverblock', NEW.id, NEW.number);
	UPDATE neverblock SET created_by = batches.who FROM batches
	WHERE neverblock.id = NEW.id AND NEW.created_by = 'sqlite3' AND
		batches.id = (SELECT max(id) FROM batches) AND
		batches.who <> 'sqlite3';
END;

CREATE TRIGGER neverblock_updated AFTER UPDATE OF
	id, number, reason, source, ticket, expires_at, created_at, comment,
	force
ON neverblock
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'neverblock', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'reason', OLD.reason, 'source', OLD.source,
			'ticket', OLD.ticket, 'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at,
			'comment', OLD.comment, 'force', OLD.force));
	UPDATE neverblock SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
END;

CREATE TRIGGER neverblock_deleted AFTER DELETE ON neverblock
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'neverblock', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'reason', OLD.reason, 'source', OLD.source,
			'ticket', OLD.ticket, 'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at,
			'comment', OLD.comment, 'force', OLD.force));
	DELETE FROM hits WHERE in_table = 'neverblock' AND row = OLD.id;
END;

CREATE TRIGGER dno_insert BEFORE INSERT ON dno WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND typeof(NEW.points) = 'integer') OR
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)))
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NEW.points,
		force = NEW.force, target = 'dno', quiet = 0;
	INSERT INTO dno(id, number, points, reason, source, ticket, comment,
		force, expires_at, created_at, created_by, updated_at)
	SELECT nullif(NEW.id, -1), n.stored,
		coalesce(nullif(NEW.points, ''), 100),
		nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''), nullif(NEW.comment, ''),
		coalesce(nullif(NEW.force, ''), 0), n.stored_expires,
		coalesce(NEW.created_at, CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		NEW.updated_at
	FROM normalise AS n;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER dno_update BEFORE UPDATE OF number, expires_at, points, force
ON dno WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND typeof(NEW.points) = 'integer') OR
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)))
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NEW.points,
		force = NEW.force, target = 'dno', quiet = 0;
	UPDATE dno SET id = NEW.id, number = n.stored,
		points = coalesce(nullif(NEW.points, ''), 100),
		reason = nullif(NEW.reason, ''),
		source = nullif(NEW.source, ''),
		ticket = nullif(NEW.ticket, ''),
		comment = nullif(NEW.comment, ''),
		force = coalesce(nullif(NEW.force, ''), 0),
		expires_at = n.stored_expires, created_at = NEW.created_at,
		created_by = NEW.created_by
	FROM normalise AS n WHERE dno.id = OLD.id;
	SELECT RAISE(IGNORE);
END;

-- OR REPLACE deletes without a word: what it may be about to delete is kept
-- until the new row is there.
CREATE TRIGGER dno_replace BEFORE INSERT ON dno WHEN
	EXISTS (SELECT 1 FROM dno WHERE number = NEW.number) OR
	EXISTS (SELECT 1 FROM dno WHERE id = NEW.id)
BEGIN
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'dno', id, number, json_object('id', id, 'number', number,
			'points', points, 'reason', reason,
			'source', source, 'ticket', ticket,
			'expires_at', expires_at,
			'created_at', created_at,
			'created_by', created_by,
			'updated_at', updated_at,
			'comment', comment, 'force', force)
	FROM dno WHERE number = NEW.number OR id = NEW.id;
END;

CREATE TRIGGER dno_inserted AFTER INSERT ON dno
BEGIN
	INSERT INTO changes(op, in_table, row, number, old)
	SELECT 'delete', in_table, row, number, old FROM replaced
	WHERE in_table = 'dno' AND (row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM dno WHERE id = row));
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'dno', NEW.id, NEW.number);
	UPDATE dno SET created_by = batches.who FROM batches
	WHERE dno.id = NEW.id AND NEW.created_by = 'sqlite3' AND
		batches.id = (SELECT max(id) FROM batches) AND
		batches.who <> 'sqlite3';
END;

CREATE TRIGGER dno_updated AFTER UPDATE OF
	id, number, points, reason, source, ticket, expires_at, created_at,
	comment, force
ON dno
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'dno', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'points', OLD.points, 'reason', OLD.reason,
			'source', OLD.source, 'ticket', OLD.ticket,
			'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at,
			'comment', OLD.comment, 'force', OLD.force));
	UPDATE dno SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
END;

CREATE TRIGGER dno_deleted AFTER DELETE ON dno
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'dno', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'points', OLD.points, 'reason', OLD.reason,
			'source', OLD.source, 'ticket', OLD.ticket,
			'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at,
			'comment', OLD.comment, 'force', OLD.force));
	DELETE FROM hits WHERE in_table = 'dno' AND row = OLD.id;
END;

-- OR REPLACE deletes without a word: what it may be about to delete is kept
-- until the new row is there.
CREATE TRIGGER own_numbers_replace BEFORE INSERT ON own_numbers WHEN
	EXISTS (SELECT 1 FROM own_numbers WHERE number = NEW.number) OR
	EXISTS (SELECT 1 FROM own_numbers WHERE id = NEW.id)
BEGIN
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'own_numbers', id, number, json_object('id', id, 'number', number,
			'comment', comment)
	FROM own_numbers WHERE number = NEW.number OR id = NEW.id;
END;

CREATE TRIGGER own_numbers_inserted AFTER INSERT ON own_numbers
BEGIN
	INSERT INTO changes(op, in_table, row, number, old)
	SELECT 'delete', in_table, row, number, old FROM replaced
	WHERE in_table = 'own_numbers' AND (row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM own_numbers WHERE id = row));
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'own_numbers', NEW.id, NEW.number);
END;

CREATE TRIGGER own_numbers_updated AFTER UPDATE OF
	id, number, comment
ON own_numbers
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'own_numbers', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'comment', OLD.comment));
END;

CREATE TRIGGER own_numbers_deleted AFTER DELETE ON own_numbers
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'own_numbers', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'comment', OLD.comment));
	DELETE FROM hits WHERE in_table = 'own_numbers' AND row = OLD.id;
END;

-- OR REPLACE deletes without a word: what it may be about to delete is kept
-- until the new row is there.
CREATE TRIGGER list_trunks_replace BEFORE INSERT ON list_trunks WHEN
	EXISTS (SELECT 1 FROM list_trunks WHERE list = NEW.list AND trunk = NEW.trunk) OR
	EXISTS (SELECT 1 FROM list_trunks WHERE id = NEW.id)
BEGIN
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'list_trunks', id, trunk, json_object('id', id, 'list', list, 'trunk', trunk)
	FROM list_trunks WHERE list = NEW.list AND trunk = NEW.trunk OR id = NEW.id;
END;

CREATE TRIGGER list_trunks_inserted AFTER INSERT ON list_trunks
BEGIN
	INSERT INTO changes(op, in_table, row, number, old)
	SELECT 'delete', in_table, row, number, old FROM replaced
	WHERE in_table = 'list_trunks' AND (row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM list_trunks WHERE id = row));
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'list_trunks', NEW.id, NEW.trunk);
END;

CREATE TRIGGER list_trunks_updated AFTER UPDATE OF
	id, list, trunk
ON list_trunks
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'list_trunks', OLD.id, OLD.trunk,
		json_object('id', OLD.id, 'list', OLD.list, 'trunk', OLD.trunk));
END;

CREATE TRIGGER list_trunks_deleted AFTER DELETE ON list_trunks
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'list_trunks', OLD.id, OLD.trunk,
		json_object('id', OLD.id, 'list', OLD.list, 'trunk', OLD.trunk));
	DELETE FROM hits WHERE in_table = 'list_trunks' AND row = OLD.id;
END;

CREATE TRIGGER subscriber_numbers_insert BEFORE INSERT ON subscriber_numbers WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END)
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NULL,
		points = NULL, force = 0, target = NULL, quiet = 0;
	INSERT INTO subscriber_numbers(id, number, subscriber)
	SELECT nullif(NEW.id, -1), n.stored, NEW.subscriber
	FROM normalise AS n;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER subscriber_numbers_update BEFORE UPDATE OF number ON subscriber_numbers
WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END)
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NULL,
		points = NULL, force = 0, target = NULL, quiet = 0;
	UPDATE subscriber_numbers SET id = NEW.id, number = n.stored, subscriber = NEW.subscriber
	FROM normalise AS n WHERE subscriber_numbers.id = OLD.id;
	SELECT RAISE(IGNORE);
END;

-- OR REPLACE deletes without a word: what it may be about to delete is kept
-- until the new row is there.
CREATE TRIGGER subscriber_numbers_replace BEFORE INSERT ON subscriber_numbers WHEN
	EXISTS (SELECT 1 FROM subscriber_numbers WHERE number = NEW.number) OR
	EXISTS (SELECT 1 FROM subscriber_numbers WHERE id = NEW.id)
BEGIN
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'subscriber_numbers', id, number, json_object('id', id, 'number', number,
			'subscriber', subscriber)
	FROM subscriber_numbers WHERE number = NEW.number OR id = NEW.id;
END;

CREATE TRIGGER subscriber_numbers_inserted AFTER INSERT ON subscriber_numbers
BEGIN
	INSERT INTO changes(op, in_table, row, number, old)
	SELECT 'delete', in_table, row, number, old FROM replaced
	WHERE in_table = 'subscriber_numbers' AND (row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM subscriber_numbers WHERE id = row));
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'subscriber_numbers', NEW.id, NEW.number);
END;

CREATE TRIGGER subscriber_numbers_updated AFTER UPDATE OF
	id, number, subscriber
ON subscriber_numbers
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'subscriber_numbers', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'subscriber', OLD.subscriber));
END;

CREATE TRIGGER subscriber_numbers_deleted AFTER DELETE ON subscriber_numbers
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'subscriber_numbers', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'subscriber', OLD.subscriber));
	DELETE FROM hits WHERE in_table = 'subscriber_numbers' AND row = OLD.id;
END;

CREATE TRIGGER subscriber_rules_insert BEFORE INSERT ON subscriber_rules WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')))
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = 0, target = NULL, quiet = 0;
	INSERT INTO subscriber_rules(id, number, subscriber, action, comment, expires_at,
		created_at, created_by, updated_at)
	SELECT nullif(NEW.id, -1), n.stored, NEW.subscriber, NEW.action,
		NEW.comment, n.stored_expires, NEW.created_at,
		NEW.created_by, NEW.updated_at
	FROM normalise AS n;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER subscriber_rules_update BEFORE UPDATE OF number, expires_at ON subscriber_rules
WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')))
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = 0, target = NULL, quiet = 0;
	UPDATE subscriber_rules SET id = NEW.id, number = n.stored, subscriber = NEW.subscriber,
		action = NEW.action, comment = NEW.comment,
		expires_at = n.stored_expires, created_at = NEW.created_at,
		created_by = NEW.created_by
	FROM normalise AS n WHERE subscriber_rules.id = OLD.id;
	SELECT RAISE(IGNORE);
END;

-- OR REPLACE deletes without a word: what it may be about to delete is kept
-- until the new row is there.
CREATE TRIGGER subscriber_rules_replace BEFORE INSERT ON subscriber_rules WHEN
	EXISTS (SELECT 1 FROM subscriber_rules WHERE subscriber = NEW.subscriber AND number = NEW.number) OR
	EXISTS (SELECT 1 FROM subscriber_rules WHERE id = NEW.id)
BEGIN
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'subscriber_rules', id, number, json_object('id', id, 'number', number,
			'subscriber', subscriber, 'action', action,
			'comment', comment,
			'expires_at', expires_at,
			'created_at', created_at,
			'created_by', created_by,
			'updated_at', updated_at)
	FROM subscriber_rules WHERE subscriber = NEW.subscriber AND number = NEW.number OR id = NEW.id;
END;

CREATE TRIGGER subscriber_rules_inserted AFTER INSERT ON subscriber_rules
BEGIN
	INSERT INTO changes(op, in_table, row, number, old)
	SELECT 'delete', in_table, row, number, old FROM replaced
	WHERE in_table = 'subscriber_rules' AND (row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM subscriber_rules WHERE id = row));
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'subscriber_rules', NEW.id, NEW.number);
	UPDATE subscriber_rules SET created_by = batches.who FROM batches
	WHERE subscriber_rules.id = NEW.id AND NEW.created_by = 'sqlite3' AND
		batches.id = (SELECT max(id) FROM batches) AND
		batches.who <> 'sqlite3';
END;

CREATE TRIGGER subscriber_rules_updated AFTER UPDATE OF
	id, number, subscriber, action, comment, expires_at, created_at
ON subscriber_rules
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'subscriber_rules', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'subscriber', OLD.subscriber, 'action', OLD.action,
			'comment', OLD.comment,
			'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at));
	UPDATE subscriber_rules SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
END;

CREATE TRIGGER subscriber_rules_deleted AFTER DELETE ON subscriber_rules
BEGIN
	DELETE FROM replaced;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'subscriber_rules', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'subscriber', OLD.subscriber, 'action', OLD.action,
			'comment', OLD.comment,
			'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at));
	DELETE FROM hits WHERE in_table = 'subscriber_rules' AND row = OLD.id;
END;

CREATE TRIGGER subscribers_rules_deleted BEFORE DELETE ON subscribers
BEGIN
	DELETE FROM subscriber_rules WHERE subscriber = OLD.id;
	DELETE FROM subscriber_numbers WHERE subscriber = OLD.id;
END;

-- For .import --csv and other bulk work: what is already on the list is
-- changed, not refused, and lines that make no sense land in import_rejects.
--   .import --csv --skip 1 bad.csv blocklist_import
-- The views _csv have all that is worth keeping, for a way out and back:
--   .mode csv
--   .headers on
--   .once blocklist.csv
--   SELECT * FROM blocklist_csv;
--   .import --csv --skip 1 blocklist.csv blocklist_csv

CREATE VIEW blocklist_import AS
SELECT number, reason, source, expires_at, points FROM blocklist;

CREATE TRIGGER blocklist_import_plain INSTEAD OF INSERT ON blocklist_import WHEN
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	(coalesce(NEW.points, '') = '' OR NEW.points NOT GLOB '*[^0-9]*' AND
		CAST(NEW.points AS INTEGER) <= 1000) AND NOT (
	true AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)) OR
	EXISTS (SELECT 1 FROM own_numbers) AND (
		EXISTS (SELECT 1 FROM own_numbers WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM own_numbers WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2))))
BEGIN
	INSERT INTO blocklist(number, reason, source, expires_at, points)
	VALUES(NEW.number, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.expires_at, ''),
		coalesce(nullif(NEW.points, ''), 100))
	ON CONFLICT(number, list) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at,
		points = excluded.points;
END;

CREATE TRIGGER blocklist_import_insert INSTEAD OF INSERT ON blocklist_import WHEN NOT coalesce(
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	(coalesce(NEW.points, '') = '' OR NEW.points NOT GLOB '*[^0-9]*' AND
		CAST(NEW.points AS INTEGER) <= 1000) AND NOT (
	true AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)) OR
	EXISTS (SELECT 1 FROM own_numbers) AND (
		EXISTS (SELECT 1 FROM own_numbers WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM own_numbers WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)))), 0)
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NEW.points,
		force = 0, target = 'blocklist', quiet = 1;
	INSERT INTO import_rejects(in_table, number, line, cause)
	SELECT 'blocklist', NEW.number, coalesce(NEW.number, '') || ',' ||
		coalesce(NEW.reason, '') || ',' ||
		coalesce(NEW.source, '') || ',' ||
		coalesce(NEW.expires_at, '') || ',' ||
		coalesce(NEW.points, ''), n.problem
	FROM normalise AS n WHERE n.problem IS NOT NULL;
	INSERT INTO blocklist(number, reason, source, expires_at, points)
	SELECT n.stored, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		n.stored_expires, coalesce(nullif(NEW.points, ''), 100)
	FROM normalise AS n WHERE n.problem IS NULL
	ON CONFLICT(number, list) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at,
		points = excluded.points;
END;

CREATE VIEW blocklist_csv AS
SELECT number, points, reason, source, ticket, list, comment, force,
	expires_at, created_at, created_by FROM blocklist;

CREATE TRIGGER blocklist_csv_plain INSTEAD OF INSERT ON blocklist_csv WHEN
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	(coalesce(NEW.points, '') = '' OR NEW.points NOT GLOB '*[^0-9]*' AND
		CAST(NEW.points AS INTEGER) <= 1000) AND NOT (
	CAST(coalesce(NEW.force, 0) AS INTEGER) <> 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)) OR
	EXISTS (SELECT 1 FROM own_numbers) AND (
		EXISTS (SELECT 1 FROM own_numbers WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM own_numbers WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2))))
BEGIN
	INSERT INTO blocklist(number, points, reason, source, ticket, list, comment,
		force, expires_at, created_at, created_by)
	VALUES(NEW.number, coalesce(nullif(NEW.points, ''), 100),
		nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''),
		coalesce(nullif(trim(NEW.list), ''), 'default'),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0),
		nullif(NEW.expires_at, ''),
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'))
	ON CONFLICT(number, list) DO UPDATE SET points = excluded.points, reason = excluded.reason,
		source = excluded.source, ticket = excluded.ticket,
		comment = excluded.comment, force = excluded.force,
		expires_at = excluded.expires_at;
END;

CREATE TRIGGER blocklist_csv_insert INSTEAD OF INSERT ON blocklist_csv WHEN NOT coalesce(
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	(coalesce(NEW.points, '') = '' OR NEW.points NOT GLOB '*[^0-9]*' AND
		CAST(NEW.points AS INTEGER) <= 1000) AND NOT (
	CAST(coalesce(NEW.force, 0) AS INTEGER) <> 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)) OR
	EXISTS (SELECT 1 FROM own_numbers) AND (
		EXISTS (SELECT 1 FROM own_numbers WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM own_numbers WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)))), 0)
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NEW.points,
		force = NEW.force, target = 'blocklist', quiet = 1;
	INSERT INTO import_rejects(in_table, number, line, cause)
	SELECT 'blocklist', NEW.number, coalesce(NEW.number, '') || ',' ||
		coalesce(NEW.points, '') || ',' ||
		coalesce(NEW.reason, '') || ',' ||
		coalesce(NEW.source, '') || ',' ||
		coalesce(NEW.ticket, '') || ',' ||
		coalesce(NEW.list, '') || ',' ||
		coalesce(NEW.comment, '') || ',' ||
		coalesce(NEW.force, '') || ',' ||
		coalesce(NEW.expires_at, '') || ',' ||
		coalesce(NEW.created_at, '') || ',' ||
		coalesce(NEW.created_by, ''), n.problem
	FROM normalise AS n WHERE n.problem IS NOT NULL;
	INSERT INTO blocklist(number, points, reason, source, ticket, list, comment,
		force, expires_at, created_at, created_by)
	SELECT n.stored, coalesce(nullif(NEW.points, ''), 100),
		nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''),
		coalesce(nullif(trim(NEW.list), ''), 'default'),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0),
		n.stored_expires,
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3')
	FROM normalise AS n WHERE n.problem IS NULL
	ON CONFLICT(number, list) DO UPDATE SET points = excluded.points, reason = excluded.reason,
		source = excluded.source, ticket = excluded.ticket,
		comment = excluded.comment, force = excluded.force,
		expires_at = excluded.expires_at;
END;

CREATE VIEW allowlist_import AS
SELECT number, reason, source, expires_at FROM allowlist;

CREATE TRIGGER allowlist_import_plain INSTEAD OF INSERT ON allowlist_import WHEN
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND NOT (
	true AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5)))
BEGIN
	INSERT INTO allowlist(number, reason, source, expires_at)
	VALUES(NEW.number, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.expires_at, ''))
	ON CONFLICT(number, list) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at;
END;

CREATE TRIGGER allowlist_import_insert INSTEAD OF INSERT ON allowlist_import WHEN NOT coalesce(
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND NOT (
	true AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5))), 0)
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NULL,
		force = 0, target = 'allowlist', quiet = 1;
	INSERT INTO import_rejects(in_table, number, line, cause)
	SELECT 'allowlist', NEW.number, coalesce(NEW.number, '') || ',' ||
		coalesce(NEW.reason, '') || ',' ||
		coalesce(NEW.source, '') || ',' ||
		coalesce(NEW.expires_at, ''), n.problem
	FROM normalise AS n WHERE n.problem IS NOT NULL;
	INSERT INTO allowlist(number, reason, source, expires_at)
	SELECT n.stored, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		n.stored_expires
	FROM normalise AS n WHERE n.problem IS NULL
	ON CONFLICT(number, list) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at;
END;

CREATE VIEW allowlist_csv AS
SELECT number, reason, source, ticket, list, comment, force, expires_at,
	created_at, created_by FROM allowlist;

CREATE TRIGGER allowlist_csv_plain INSTEAD OF INSERT ON allowlist_csv WHEN
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND NOT (
	CAST(coalesce(NEW.force, 0) AS INTEGER) <> 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5)))
BEGIN
	INSERT INTO allowlist(number, reason, source, ticket, list, comment, force,
		expires_at, created_at, created_by)
	VALUES(NEW.number, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''),
		coalesce(nullif(trim(NEW.list), ''), 'default'),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0),
		nullif(NEW.expires_at, ''),
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'))
	ON CONFLICT(number, list) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		ticket = excluded.ticket, comment = excluded.comment,
		force = excluded.force,
		expires_at = excluded.expires_at;
END;

CREATE TRIGGER allowlist_csv_insert INSTEAD OF INSERT ON allowlist_csv WHEN NOT coalesce(
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND NOT (
	CAST(coalesce(NEW.force, 0) AS INTEGER) <> 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5))), 0)
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NULL,
		force = NEW.force, target = 'allowlist', quiet = 1;
	INSERT INTO import_rejects(in_table, number, line, cause)
	SELECT 'allowlist', NEW.number, coalesce(NEW.number, '') || ',' ||
		coalesce(NEW.reason, '') || ',' ||
		coalesce(NEW.source, '') || ',' ||
		coalesce(NEW.ticket, '') || ',' ||
		coalesce(NEW.list, '') || ',' ||
		coalesce(NEW.comment, '') || ',' ||
		coalesce(NEW.force, '') || ',' ||
		coalesce(NEW.expires_at, '') || ',' ||
		coalesce(NEW.created_at, '') || ',' ||
		coalesce(NEW.created_by, ''), n.problem
	FROM normalise AS n WHERE n.problem IS NOT NULL;
	INSERT INTO allowlist(number, reason, source, ticket, list, comment, force,
		expires_at, created_at, created_by)
	SELECT n.stored, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''),
		coalesce(nullif(trim(NEW.list), ''), 'default'),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0),
		n.stored_expires,
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3')
	FROM normalise AS n WHERE n.problem IS NULL
	ON CONFLICT(number, list) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		ticket = excluded.ticket, comment = excluded.comment,
		force = excluded.force,
		expires_at = excluded.expires_at;
END;

CREATE VIEW neverblock_import AS
SELECT number, reason, source, expires_at FROM neverblock;

CREATE TRIGGER neverblock_import_plain INSTEAD OF INSERT ON neverblock_import WHEN
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND NOT (
	true AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5)))
BEGIN
	INSERT INTO neverblock(number, reason, source, expires_at)
	VALUES(NEW.number, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.expires_at, ''))
	ON CONFLICT(number) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at;
END;

CREATE TRIGGER neverblock_import_insert INSTEAD OF INSERT ON neverblock_import WHEN NOT coalesce(
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND NOT (
	true AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5))), 0)
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NULL,
		force = 0, target = 'neverblock', quiet = 1;
	INSERT INTO import_rejects(in_table, number, line, cause)
	SELECT 'neverblock', NEW.number, coalesce(NEW.number, '') || ',' ||
		coalesce(NEW.reason, '') || ',' ||
		coalesce(NEW.source, '') || ',' ||
		coalesce(NEW.expires_at, ''), n.problem
	FROM normalise AS n WHERE n.problem IS NOT NULL;
	INSERT INTO neverblock(number, reason, source, expires_at)
	SELECT n.stored, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		n.stored_expires
	FROM normalise AS n WHERE n.problem IS NULL
	ON CONFLICT(number) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at;
END;

CREATE VIEW neverblock_csv AS
SELECT number, reason, source, ticket, comment, force, expires_at,
	created_at, created_by FROM neverblock;

CREATE TRIGGER neverblock_csv_plain INSTEAD OF INSERT ON neverblock_csv WHEN
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND NOT (
	CAST(coalesce(NEW.force, 0) AS INTEGER) <> 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5)))
BEGIN
	INSERT INTO neverblock(number, reason, source, ticket, comment, force,
		expires_at, created_at, created_by)
	VALUES(NEW.number, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''), nullif(NEW.comment, ''),
		coalesce(nullif(NEW.force, ''), 0),
		nullif(NEW.expires_at, ''),
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'))
	ON CONFLICT(number) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		ticket = excluded.ticket, comment = excluded.comment,
		force = excluded.force,
		expires_at = excluded.expires_at;
END;

CREATE TRIGGER neverblock_csv_insert INSTEAD OF INSERT ON neverblock_csv WHEN NOT coalesce(
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND NOT (
	CAST(coalesce(NEW.force, 0) AS INTEGER) <> 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5))), 0)
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NULL,
		force = NEW.force, target = 'neverblock', quiet = 1;
	INSERT INTO import_rejects(in_table, number, line, cause)
	SELECT 'neverblock', NEW.number, coalesce(NEW.number, '') || ',' ||
		coalesce(NEW.reason, '') || ',' ||
		coalesce(NEW.source, '') || ',' ||
		coalesce(NEW.ticket, '') || ',' ||
		coalesce(NEW.comment, '') || ',' ||
		coalesce(NEW.force, '') || ',' ||
		coalesce(NEW.expires_at, '') || ',' ||
		coalesce(NEW.created_at, '') || ',' ||
		coalesce(NEW.created_by, ''), n.problem
	FROM normalise AS n WHERE n.problem IS NOT NULL;
	INSERT INTO neverblock(number, reason, source, ticket, comment, force,
		expires_at, created_at, created_by)
	SELECT n.stored, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''), nullif(NEW.comment, ''),
		coalesce(nullif(NEW.force, ''), 0), n.stored_expires,
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3')
	FROM normalise AS n WHERE n.problem IS NULL
	ON CONFLICT(number) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		ticket = excluded.ticket, comment = excluded.comment,
		force = excluded.force,
		expires_at = excluded.expires_at;
END;

CREATE VIEW dno_import AS
SELECT number, reason, source, expires_at, points FROM dno;

CREATE TRIGGER dno_import_plain INSTEAD OF INSERT ON dno_import WHEN
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	(coalesce(NEW.points, '') = '' OR NEW.points NOT GLOB '*[^0-9]*' AND
		CAST(NEW.points AS INTEGER) <= 1000) AND NOT (
	true AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2))))
BEGIN
	INSERT INTO dno(number, reason, source, expires_at, points)
	VALUES(NEW.number, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.expires_at, ''),
		coalesce(nullif(NEW.points, ''), 100))
	ON CONFLICT(number) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at,
		points = excluded.points;
END;

CREATE TRIGGER dno_import_insert INSTEAD OF INSERT ON dno_import WHEN NOT coalesce(
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	(coalesce(NEW.points, '') = '' OR NEW.points NOT GLOB '*[^0-9]*' AND
		CAST(NEW.points AS INTEGER) <= 1000) AND NOT (
	true AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)))), 0)
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NEW.points,
		force = 0, target = 'dno', quiet = 1;
	INSERT INTO import_rejects(in_table, number, line, cause)
	SELECT 'dno', NEW.number, coalesce(NEW.number, '') || ',' ||
		coalesce(NEW.reason, '') || ',' ||
		coalesce(NEW.source, '') || ',' ||
		coalesce(NEW.expires_at, '') || ',' ||
		coalesce(NEW.points, ''), n.problem
	FROM normalise AS n WHERE n.problem IS NOT NULL;
	INSERT INTO dno(number, reason, source, expires_at, points)
	SELECT n.stored, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		n.stored_expires, coalesce(nullif(NEW.points, ''), 100)
	FROM normalise AS n WHERE n.problem IS NULL
	ON CONFLICT(number) DO UPDATE SET reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at,
		points = excluded.points;
END;

CREATE VIEW dno_csv AS
SELECT number, points, reason, source, ticket, comment, force, expires_at,
	created_at, created_by FROM dno;

CREATE TRIGGER dno_csv_plain INSTEAD OF INSERT ON dno_csv WHEN
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	(coalesce(NEW.points, '') = '' OR NEW.points NOT GLOB '*[^0-9]*' AND
		CAST(NEW.points AS INTEGER) <= 1000) AND NOT (
	CAST(coalesce(NEW.force, 0) AS INTEGER) <> 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2))))
BEGIN
	INSERT INTO dno(number, points, reason, source, ticket, comment,
		force, expires_at, created_at, created_by)
	VALUES(NEW.number, coalesce(nullif(NEW.points, ''), 100),
		nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''), nullif(NEW.comment, ''),
		coalesce(nullif(NEW.force, ''), 0),
		nullif(NEW.expires_at, ''),
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'))
	ON CONFLICT(number) DO UPDATE SET points = excluded.points, reason = excluded.reason,
		source = excluded.source, ticket = excluded.ticket,
		comment = excluded.comment, force = excluded.force,
		expires_at = excluded.expires_at;
END;

CREATE TRIGGER dno_csv_insert INSTEAD OF INSERT ON dno_csv WHEN NOT coalesce(
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3), '0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) < substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(coalesce(NEW.expires_at, '') = '' OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	(coalesce(NEW.points, '') = '' OR NEW.points NOT GLOB '*[^0-9]*' AND
		CAST(NEW.points AS INTEGER) <= 1000) AND NOT (
	CAST(coalesce(NEW.force, 0) AS INTEGER) <> 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) NOT IN (12, 25) OR
	NEW.number GLOB '+*-+*' AND substr(NEW.number, 1, 5) <>
		substr(NEW.number, length(NEW.number) / 2 + 2, 5) OR
	EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			NEW.number, substr(NEW.number, 1, 5) || '*',
			substr(NEW.number, 1, 6) || '*',
			substr(NEW.number, 1, 7) || '*',
			substr(NEW.number, 1, 8) || '*',
			substr(NEW.number, 1, 9) || '*',
			substr(NEW.number, 1, 10) || '*',
			substr(NEW.number, 1, 11) || '*',
			substr(NEW.number, 1, 12) || '*',
			substr(NEW.number, 1, 13) || '*',
			substr(NEW.number, 1, 14) || '*',
			substr(NEW.number, 1, 15) || '*',
			substr(NEW.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			NEW.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(NEW.number) = length(number) / 2)))), 0)
BEGIN
	UPDATE normalise SET number = NEW.number,
		expires_at = NEW.expires_at, points = NEW.points,
		force = NEW.force, target = 'dno', quiet = 1;
	INSERT INTO import_rejects(in_table, number, line, cause)
	SELECT 'dno', NEW.number, coalesce(NEW.number, '') || ',' ||
		coalesce(NEW.points, '') || ',' ||
		coalesce(NEW.reason, '') || ',' ||
		coalesce(NEW.source, '') || ',' ||
		coalesce(NEW.ticket, '') || ',' ||
		coalesce(NEW.comment, '') || ',' ||
		coalesce(NEW.force, '') || ',' ||
		coalesce(NEW.expires_at, '') || ',' ||
		coalesce(NEW.created_at, '') || ',' ||
		coalesce(NEW.created_by, ''), n.problem
	FROM normalise AS n WHERE n.problem IS NOT NULL;
	INSERT INTO dno(number, points, reason, source, ticket, comment,
		force, expires_at, created_at, created_by)
	SELECT n.stored, coalesce(nullif(NEW.points, ''), 100),
		nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''), nullif(NEW.comment, ''),
		coalesce(nullif(NEW.force, ''), 0), n.stored_expires,
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3')
	FROM normalise AS n WHERE n.problem IS NULL
	ON CONFLICT(number) DO UPDATE SET points = excluded.points, reason = excluded.reason,
		source = excluded.source, ticket = excluded.ticket,
		comment = excluded.comment, force = excluded.force,
		expires_at = excluded.expires_at;
END;

