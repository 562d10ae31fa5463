-- The first schema of callsieve.db. Names, columns and meanings here are what
-- admins and their scripts rely on. Times are UTC text as datetime() writes
-- them, but for the milliseconds since 1970 of the calls table.

-- What callsieve and its triggers need to know about this installation.
CREATE TABLE settings (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) WITHOUT ROWID;

-- Numbers without "+" or "00" are read as people of this country dial them:
--   UPDATE settings SET value = '44' WHERE name = 'country';
-- Without the row such numbers are refused.
INSERT INTO settings VALUES ('country', '1');

-- How countries dial, where that is not the commonest way: the international
-- prefix, the one before national numbers, and how many digits these have
-- without it.
CREATE TABLE numbering (
	country TEXT PRIMARY KEY,
	international TEXT NOT NULL,
	national TEXT NOT NULL,
	nsn_min INTEGER NOT NULL,
	nsn_max INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO numbering VALUES
	('1', '011', '1', 10, 10), ('7', '810', '8', 10, 10),
	('27', '00', '0', 9, 9), ('30', '00', '', 10, 10),
	('31', '00', '0', 9, 9), ('32', '00', '0', 8, 9),
	('33', '00', '0', 9, 9), ('34', '00', '', 9, 9),
	('36', '00', '06', 8, 9), ('39', '00', '', 6, 10),
	('41', '00', '0', 9, 9), ('43', '00', '0', 5, 13),
	('44', '00', '0', 9, 10), ('45', '00', '', 8, 8),
	('46', '00', '0', 7, 10), ('47', '00', '', 8, 8),
	('48', '00', '', 9, 9), ('49', '00', '0', 5, 13),
	('52', '00', '', 10, 10), ('55', '00', '0', 10, 11),
	('61', '0011', '0', 9, 10), ('64', '00', '0', 8, 10),
	('65', '001', '', 8, 8), ('81', '010', '0', 9, 10),
	('82', '001', '0', 8, 10), ('86', '00', '0', 9, 11),
	('91', '00', '0', 10, 10), ('351', '00', '', 9, 9),
	('353', '00', '0', 7, 9), ('358', '00', '0', 5, 12),
	('420', '00', '', 9, 9), ('852', '001', '', 8, 8);

-- Raised by the triggers below with each change of the tables of a group, by
-- whatever program; callsieved loads a group again when its n has changed.
CREATE TABLE revision (
	name TEXT PRIMARY KEY,
	n INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO revision VALUES ('lists', 1), ('reports', 1);

-- The workbench of the list triggers. SQL has no functions of its own, so a
-- trigger lays down here what somebody wrote, and reads the stored form from
-- the view `normalised`. To try one out:
--   UPDATE normalise SET number = '(202) 555-0123'; SELECT * FROM normalised;
CREATE TABLE normalise (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	number TEXT,
	expires_at TEXT
);
INSERT INTO normalise VALUES (1, NULL, NULL);

-- number and expires_at in stored form; else `problem` has a word for why not.
CREATE VIEW normalised AS
WITH
unzeroed AS MATERIALIZED (
	-- "+44 (0)20 ..." means +4420...; only Italy dials its zero from abroad.
	SELECT expires_at,
		CASE WHEN (trim(number) GLOB '+*' OR trim(number) GLOB '00*')
			AND NOT (number GLOB '*+39*' OR number GLOB '*0039*')
		THEN replace(number, '(0)', '') ELSE coalesce(number, '') END AS t
	FROM normalise
),
ascii AS MATERIALIZED (
	-- Blanks, hyphens, dashes and direction marks of Unicode.
	SELECT expires_at, replace(replace(replace(replace(replace(replace(
		replace(replace(replace(replace(replace(replace(replace(replace(
		replace(replace(replace(replace(replace(replace(t,
		char(160), ''), char(173), ''), char(8199), ''), char(8201), ''),
		char(8203), ''), char(8206), ''), char(8207), ''), char(8208), ''),
		char(8209), ''), char(8210), ''), char(8211), ''), char(8212), ''),
		char(8234), ''), char(8236), ''), char(8237), ''), char(8239), ''),
		char(8294), ''), char(8297), ''), char(8722), ''), char(65279), '')
		AS t
	FROM unzeroed
),
bare AS MATERIALIZED (
	SELECT expires_at, replace(replace(replace(replace(replace(replace(
		replace(replace(replace(
		CASE WHEN lower(t) GLOB 'tel:*' THEN substr(t, 5) ELSE t END,
		' ', ''), char(9), ''), char(13), ''), char(10), ''), '-', ''),
		'.', ''), '(', ''), ')', ''), '/', '') AS t
	FROM ascii
),
split AS MATERIALIZED (
	SELECT expires_at, t, t GLOB '*[*]' AS prefix,
		CASE WHEN t GLOB '*[*]' THEN substr(t, 1, length(t) - 1)
		ELSE t END AS d
	FROM bare
),
plan AS MATERIALIZED (
	-- Most countries not listed dial so.
	SELECT value AS country, coalesce(international, '00') AS international,
		coalesce(national, '0') AS national,
		coalesce(nsn_min, 5) AS nsn_min, coalesce(nsn_max, 12) AS nsn_max
	FROM settings LEFT JOIN numbering ON country = value
	WHERE name = 'country' AND value GLOB '[1-9]*'
		AND value NOT GLOB '*[^0-9]*' AND length(value) <= 3
),
dialled AS MATERIALIZED (
	SELECT split.*, country, nsn_min, nsn_max, national,
		CASE
		WHEN d GLOB '+*' THEN substr(d, 2)
		WHEN d GLOB international || '*' THEN
			substr(d, length(international) + 1)
		WHEN d GLOB '00*' THEN substr(d, 3)
		END AS abroad,
		CASE WHEN national <> '' AND d GLOB national || '*' THEN
			substr(d, length(national) + 1)
		END AS trunk,
		CASE WHEN d GLOB country || '*' THEN
			substr(d, length(country) + 1)
		END AS coded
	FROM split LEFT JOIN plan
),
meant AS MATERIALIZED (
	-- As the daemon reads what callers send: see model/number.h.
	SELECT *, CASE
		WHEN abroad IS NOT NULL THEN abroad
		WHEN prefix OR length(d) < 7 THEN NULL
		WHEN length(trunk) BETWEEN nsn_min AND nsn_max
			AND NOT (trunk GLOB '0*' AND national GLOB '0*')
			THEN country || trunk
		WHEN national = '' AND length(d) BETWEEN nsn_min AND nsn_max
			THEN country || d
		WHEN length(coded) BETWEEN nsn_min AND nsn_max
			AND NOT (coded GLOB '0*' AND national GLOB '0*')
			THEN d
		WHEN nsn_max - nsn_min <= 2
			AND length(d) BETWEEN nsn_min AND nsn_max
			AND NOT (d GLOB '0*' AND national GLOB '0*')
			THEN country || d
		END AS digits
	FROM dialled
),
dated AS MATERIALIZED (
	SELECT *, CASE
		WHEN expires_at NOT GLOB '*[^0-9]*' THEN
			CASE WHEN CAST(expires_at AS INTEGER)
				BETWEEN 1000000000 AND 253402300799
			THEN datetime(CAST(expires_at AS INTEGER), 'unixepoch')
			END
		WHEN expires_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'
			AND date(substr(expires_at, 1, 10), '+0 days') =
				substr(expires_at, 1, 10)
			THEN datetime(expires_at)
		END AS expires
	FROM meant
)
SELECT '+' || digits || CASE WHEN prefix THEN '*' ELSE '' END AS number,
	expires AS expires_at,
	CASE
	WHEN t = '' THEN 'empty'
	WHEN d GLOB '*[*]*' THEN 'star'
	WHEN d GLOB '*[^+0-9]*' OR substr(d, 2) GLOB '*+*' THEN 'letters'
	WHEN digits IS NULL AND prefix THEN 'prefix'
	WHEN digits IS NULL AND length(d) < 7 THEN 'short'
	WHEN digits IS NULL AND country IS NULL THEN 'country'
	WHEN digits IS NULL THEN 'national'
	WHEN digits = '' OR length(digits) < 7 AND NOT prefix THEN 'short'
	WHEN length(digits) > 15 THEN 'long'
	WHEN digits GLOB '0*' THEN 'zero'
	WHEN digits GLOB '1[01]*' AND NOT prefix THEN 'area'
	WHEN expires IS NULL AND trim(expires_at) <> '' THEN 'expires'
	END AS problem
FROM dated;

CREATE TRIGGER normalise_refuse AFTER UPDATE ON normalise
BEGIN
	SELECT CASE problem
	WHEN 'empty' THEN RAISE(ABORT,
		'The number is empty. Write one such as +12025550123.')
	WHEN 'star' THEN RAISE(ABORT,
		'A * may stand only at the end of a prefix, such as +1900*.')
	WHEN 'letters' THEN RAISE(ABORT,
		'The number has characters that are no digits. Write it as +12025550123, or a prefix as +1900*.')
	WHEN 'prefix' THEN RAISE(ABORT,
		'A prefix needs its country code. Write it as +1900*.')
	WHEN 'short' THEN RAISE(ABORT,
		'The number is too short. Write it with + and country code, such as +12025550123, or a prefix as +1900*.')
	WHEN 'long' THEN RAISE(ABORT,
		'The number is too long. After the + it has at most 15 digits, country code included.')
	WHEN 'country' THEN RAISE(ABORT,
		'The number has no country code. Write it as +12025550123, or set the country: INSERT OR REPLACE INTO settings VALUES(''country'', ''1'').')
	WHEN 'national' THEN RAISE(ABORT,
		'This is no number of the country in the table settings. Write it with + and country code, such as +442079460000.')
	WHEN 'zero' THEN RAISE(ABORT,
		'No country code begins with 0. Write the number as +12025550123.')
	WHEN 'area' THEN RAISE(ABORT,
		'No area code after +1 begins with 0 or 1. Check the number.')
	WHEN 'expires' THEN RAISE(ABORT,
		'expires_at is a UTC time such as 2030-12-31 or 2030-12-31 18:00:00, or seconds since 1970.')
	END FROM normalised WHERE problem IS NOT NULL;
END;

-- Callers nobody wants. `number` is +E.164 or a prefix such as +1900*; the
-- longest match wins. INSERT INTO blocklist(number) VALUES('+12025550123') is
-- all it takes: the triggers bring other ways of writing to this form, or say
-- what to write instead. They insert the changed row themselves and skip the
-- one given, so that OR IGNORE, OR REPLACE and duplicates do as they should.
CREATE TABLE blocklist (
	id INTEGER PRIMARY KEY,
	number TEXT NOT NULL UNIQUE
		CONSTRAINT "number is as +12025550123 or +1900*" CHECK (
		number GLOB '+[1-9]*' AND length(number) <= 17 AND
		ltrim(substr(number, 2), '0123456789') IN ('', '*')),
	points INTEGER NOT NULL DEFAULT 100
		CONSTRAINT "points are a whole number from 0 to 1000" CHECK (
		typeof(points) = 'integer' AND points BETWEEN 0 AND 1000),
	reason TEXT,
	source TEXT, -- the list or person it came from
	ticket TEXT,
	expires_at TEXT, -- NULL: never
	created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	created_by TEXT
);

CREATE TRIGGER blocklist_insert BEFORE INSERT ON blocklist WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17 ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days'))
	AND typeof(NEW.points) = 'integer')
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at;
	INSERT INTO blocklist(id, number, points, reason, source, ticket,
		expires_at, created_at, created_by)
	SELECT nullif(NEW.id, -1), n.number,
		coalesce(nullif(NEW.points, ''), 100), nullif(NEW.reason, ''),
		nullif(NEW.source, ''), nullif(NEW.ticket, ''), n.expires_at,
		NEW.created_at, NEW.created_by
	FROM normalised AS n;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER blocklist_update BEFORE UPDATE ON blocklist WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17 ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days'))
	AND typeof(NEW.points) = 'integer')
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at;
	UPDATE blocklist SET id = NEW.id, number = n.number,
		points = coalesce(nullif(NEW.points, ''), 100),
		reason = nullif(NEW.reason, ''),
		source = nullif(NEW.source, ''),
		ticket = nullif(NEW.ticket, ''), expires_at = n.expires_at,
		created_at = NEW.created_at, created_by = NEW.created_by
	FROM normalised AS n WHERE blocklist.id = OLD.id;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER blocklist_inserted AFTER INSERT ON blocklist
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'lists';
END;

CREATE TRIGGER blocklist_updated AFTER UPDATE ON blocklist
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'lists';
END;

CREATE TRIGGER blocklist_deleted AFTER DELETE ON blocklist
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'lists';
END;

-- Callers never judged. At equal length of match allow beats block.
CREATE TABLE allowlist (
	id INTEGER PRIMARY KEY,
	number TEXT NOT NULL UNIQUE
		CONSTRAINT "number is as +12025550123 or +1900*" CHECK (
		number GLOB '+[1-9]*' AND length(number) <= 17 AND
		ltrim(substr(number, 2), '0123456789') IN ('', '*')),
	reason TEXT,
	source TEXT, -- the list or person it came from
	ticket TEXT,
	expires_at TEXT, -- NULL: never
	created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	created_by TEXT
);

CREATE TRIGGER allowlist_insert BEFORE INSERT ON allowlist WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17 ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')))
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at;
	INSERT INTO allowlist(id, number, reason, source, ticket, expires_at,
		created_at, created_by)
	SELECT nullif(NEW.id, -1), n.number, nullif(NEW.reason, ''),
		nullif(NEW.source, ''), nullif(NEW.ticket, ''), n.expires_at,
		NEW.created_at, NEW.created_by
	FROM normalised AS n;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER allowlist_update BEFORE UPDATE ON allowlist WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17 ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')))
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at;
	UPDATE allowlist SET id = NEW.id, number = n.number,
		reason = nullif(NEW.reason, ''),
		source = nullif(NEW.source, ''),
		ticket = nullif(NEW.ticket, ''), expires_at = n.expires_at,
		created_at = NEW.created_at, created_by = NEW.created_by
	FROM normalised AS n WHERE allowlist.id = OLD.id;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER allowlist_inserted AFTER INSERT ON allowlist
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'lists';
END;

CREATE TRIGGER allowlist_updated AFTER UPDATE ON allowlist
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'lists';
END;

CREATE TRIGGER allowlist_deleted AFTER DELETE ON allowlist
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'lists';
END;

-- For .import --csv and other bulk work: what is already on the list is
-- changed, not refused.
--   .import --csv --skip 1 bad.csv blocklist_import
CREATE VIEW blocklist_import AS
SELECT number, reason, source, expires_at, points FROM blocklist;

CREATE TRIGGER blocklist_import_insert INSTEAD OF INSERT ON blocklist_import
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at;
	INSERT INTO blocklist(number, reason, source, expires_at, points)
	SELECT n.number, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		n.expires_at, coalesce(nullif(NEW.points, ''), 100)
	FROM normalised AS n WHERE true
	ON CONFLICT(number) DO UPDATE SET reason = excluded.reason,
		source = excluded.source, expires_at = excluded.expires_at,
		points = excluded.points;
END;

CREATE VIEW allowlist_import AS
SELECT number, reason, source, expires_at FROM allowlist;

CREATE TRIGGER allowlist_import_insert INSTEAD OF INSERT ON allowlist_import
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at;
	INSERT INTO allowlist(number, reason, source, expires_at)
	SELECT n.number, nullif(NEW.reason, ''), nullif(NEW.source, ''),
		n.expires_at
	FROM normalised AS n WHERE true
	ON CONFLICT(number) DO UPDATE SET reason = excluded.reason,
		source = excluded.source, expires_at = excluded.expires_at;
END;

-- Who may report numbers through the API. Of the token only the SHA-256 is
-- kept; `callsieve token new NAME` makes one.
CREATE TABLE subscribers (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	token_hash TEXT UNIQUE,
	created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	revoked_at TEXT -- since then neither token nor reports count
);

CREATE TABLE reports (
	id INTEGER PRIMARY KEY,
	subscriber INTEGER NOT NULL REFERENCES subscribers(id),
	number TEXT NOT NULL
		CONSTRAINT "number is as +12025550123" CHECK (
		number GLOB '+[1-9]*' AND length(number) BETWEEN 8 AND 16 AND
		substr(number, 2) NOT GLOB '*[^0-9]*'),
	category TEXT,
	comment TEXT,
	created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	updated_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	UNIQUE (subscriber, number)
);
CREATE INDEX reports_number ON reports(number, subscriber);

CREATE TRIGGER reports_inserted AFTER INSERT ON reports
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'reports';
END;

-- A change of comment or category is no new report.
CREATE TRIGGER reports_updated AFTER UPDATE OF subscriber, number ON reports
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'reports';
END;

CREATE TRIGGER reports_deleted AFTER DELETE ON reports
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'reports';
END;

CREATE TRIGGER subscribers_updated AFTER UPDATE OF id, revoked_at ON subscribers
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'reports';
END;

-- Not ON DELETE CASCADE: the sqlite3 shell has foreign keys off. Before, for
-- programs that have them on.
CREATE TRIGGER subscribers_deleted BEFORE DELETE ON subscribers
BEGIN
	DELETE FROM reports WHERE subscriber = OLD.id;
	UPDATE revision SET n = n + 1 WHERE name = 'reports';
END;

-- One row a call, written when it ended. The times are milliseconds since
-- 1970 UTC; the view call_log shows them for people.
CREATE TABLE calls (
	id TEXT PRIMARY KEY NOT NULL,
	started_at INTEGER NOT NULL,
	answered_at INTEGER, -- NULL: never
	ended_at INTEGER,
	trunk TEXT,
	gateway TEXT,
	source TEXT, -- address and port the INVITE came from
	call_id TEXT,
	call_id_out TEXT,
	from_uri TEXT,
	to_uri TEXT,
	caller TEXT, -- +E.164, "anonymous", "malformed" or NULL
	callee TEXT,
	action TEXT,
	basis TEXT,
	score INTEGER,
	status INTEGER, -- the final answer given to the caller
	phrase TEXT,
	ended_by TEXT,
	explanation TEXT -- JSON
);
CREATE INDEX calls_started ON calls(started_at);
CREATE INDEX calls_caller ON calls(caller, started_at);
CREATE INDEX calls_call_id ON calls(call_id);

CREATE VIEW call_log AS
SELECT id, strftime('%Y-%m-%d %H:%M:%f', started_at / 1000.0, 'unixepoch')
		AS started,
	round((ended_at - answered_at) / 1000.0, 1) AS talked_s,
	trunk, gateway, caller, callee, action, basis, score, status, phrase,
	ended_by, call_id, explanation
FROM calls;

-- Since midnight UTC, the newest first.
CREATE VIEW calls_today AS
SELECT * FROM call_log WHERE id IN (
	SELECT id FROM calls
	WHERE started_at >= strftime('%s', 'now', 'start of day') * 1000)
ORDER BY started DESC;

-- Of the last seven days.
CREATE VIEW top_blocked AS
SELECT caller, count(*) AS calls, max(score) AS score,
	datetime(max(started_at) / 1000, 'unixepoch') AS last
FROM calls
WHERE action = 'reject' AND started_at >= (strftime('%s', 'now') - 604800) * 1000
GROUP BY caller ORDER BY calls DESC;

-- Which rows and signals decided calls of the last seven days.
CREATE VIEW rule_hits AS
SELECT json_extract(signal.value, '$.name') AS signal,
	json_extract(signal.value, '$.row') AS row,
	max(json_extract(signal.value, '$.detail')) AS detail,
	count(*) AS calls,
	datetime(max(started_at) / 1000, 'unixepoch') AS last
FROM calls, json_each(explanation, '$.signals') AS signal
WHERE started_at >= (strftime('%s', 'now') - 604800) * 1000
	AND json_extract(signal.value, '$.outcome') = 'fired'
GROUP BY 1, 2 ORDER BY calls DESC;

-- What callsieved has loaded; it writes the one row.
CREATE TABLE engine_status (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	version TEXT,
	pid INTEGER,
	list_generation INTEGER, -- counts the loads since it started
	list_revision INTEGER, -- what the table revision said of them
	list_entries INTEGER,
	list_skipped INTEGER, -- rows it could not use: see its log
	list_loaded_at TEXT,
	list_load_ms INTEGER
);
INSERT INTO engine_status(id) VALUES (1);
