-- What people paste, better understood: spreadsheets' and chats' characters,
-- URIs, ranges. And what no list should take without being told twice.

-- Emergency numbers as they are dialled: see the guards below.
CREATE TABLE emergency_numbers (
	number TEXT PRIMARY KEY
) WITHOUT ROWID;
INSERT INTO emergency_numbers VALUES ('911'), ('112'), ('999'), ('000'),
	('110'), ('118'), ('119'), ('988');

-- Our own subscribers' numbers. Whoever wants one on the block list is
-- mistaken, or has a caller who forges it: that is what DNO is for.
CREATE TABLE own_numbers (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	number TEXT NOT NULL UNIQUE
		CONSTRAINT "number is as +12025550123, +1900* or +12025550100-+12025550199"
		CHECK (number GLOB '+[1-9]*' AND
		(ltrim(substr(number, 2), '0123456789') IN ('', '*') AND
			length(number) <= 17 OR
		number GLOB '+[1-9]*-+[1-9]*' AND length(number) <= 33)),
	comment TEXT
);

DROP TRIGGER normalise_refuse;
DROP VIEW normalised;

-- The workbench again. What is laid down: number, expires_at, points, force,
-- `target`, the list it is for (NULL: none, and no guard asks). What comes of
-- it: stored, stored_expires, or `problem`, a phrase. `quiet`: a problem is
-- not to be an error. To try one out:
--   UPDATE normalise SET number = '(202) 555-0123'; SELECT * FROM normalised;
DROP TABLE normalise;
CREATE TABLE normalise (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	number TEXT,
	expires_at TEXT,
	points,
	force,
	target TEXT,
	quiet INTEGER NOT NULL DEFAULT 0,
	stored TEXT,
	stored_expires TEXT,
	problem TEXT
);
INSERT INTO normalise(id) VALUES (1);

CREATE VIEW normalised AS
WITH
digits AS MATERIALIZED (
	-- Full-width ones; text in ASCII alone needs no looking at.
	SELECT CASE WHEN number NOT GLOB '*[^ -~]*' THEN number
	ELSE replace(replace(replace(replace(replace(replace(replace(
		replace(replace(replace(replace(replace(replace(replace(
		replace(replace(replace(coalesce(number, ''),
		char(65296), '0'), char(65297), '1'), char(65298), '2'),
		char(65299), '3'), char(65300), '4'), char(65301), '5'),
		char(65302), '6'), char(65303), '7'), char(65304), '8'),
		char(65305), '9'), char(65291), '+'), char(65290), '*'),
		char(65288), '('), char(65289), ')'), char(65293), '-'),
		char(12288), ' '), char(65294), '.') END AS t
	FROM normalise
),
visible AS MATERIALIZED (
	-- Direction marks and the like, and blanks.
	SELECT CASE WHEN t NOT GLOB '*[^ -~]*' THEN t
	ELSE replace(replace(replace(replace(replace(replace(replace(
		replace(replace(replace(replace(replace(replace(replace(t,
		char(173), ''), char(8203), ''), char(8206), ''), char(8207), ''),
		char(8234), ''), char(8236), ''), char(8237), ''),
		char(8294), ''), char(8297), ''), char(65279), ''),
		char(160), ' '), char(8199), ' '), char(8201), ' '),
		char(8239), ' ') END AS t
	FROM digits
),
ascii AS MATERIALIZED (
	-- Dashes and quotes.
	SELECT CASE WHEN t NOT GLOB '*[^ -~]*' THEN t
	ELSE replace(replace(replace(replace(replace(replace(replace(
		replace(replace(replace(t,
		char(8208), '-'), char(8209), '-'), char(8210), '-'),
		char(8211), '-'), char(8212), '-'), char(8722), '-'),
		char(8216), ''''), char(8217), ''''), char(8220), ''''),
		char(8221), '''') END AS t
	FROM visible
),
bared AS MATERIALIZED (
	-- What spreadsheets and mails put around a number.
	SELECT trim(t, ' ''"`=,;' || char(9, 10, 13)) AS t FROM ascii
),
named AS MATERIALIZED (
	-- tel: and sip: URIs, without their parameters.
	SELECT CASE
	WHEN lower(t) GLOB 'tel:*' THEN substr(t, 5, instr(t || ';', ';') - 5)
	WHEN lower(t) GLOB 'sip:*@*' THEN substr(t, 5, instr(t, '@') - 5)
	WHEN lower(t) GLOB 'sips:*@*' THEN substr(t, 6, instr(t, '@') - 6)
	ELSE t END AS t,
	lower(t) GLOB '*[0-9 ,;]ext*[0-9]' OR
		lower(t) GLOB '*[0-9 ]x*[0-9]' AS extended,
	lower(t) GLOB '[0-9]*e+[0-9]*' AS floated
	FROM bared
),
marked AS MATERIALIZED (
	-- What may stand between the two numbers of a range becomes a tilde.
	SELECT extended, floated, CASE
	WHEN t GLOB '*-*' AND t NOT GLOB '*-*-*' THEN replace(t, '-', '~')
	WHEN instr(t, '-+') THEN replace(t, '-+', '~+')
	WHEN instr(t, ' - ') THEN replace(t, ' - ', '~')
	WHEN instr(t, ' to ') THEN replace(t, ' to ', '~')
	ELSE replace(t, '..', '~') END AS t
	FROM named
),
unzeroed AS MATERIALIZED (
	-- "+44 (0)20 ..." means +4420...; only Italy dials its zero from abroad.
	SELECT extended, floated, CASE WHEN (t GLOB '+*' OR t GLOB '00*')
		AND NOT (t GLOB '*+39*' OR t GLOB '*0039*')
	THEN replace(t, '(0)', '') ELSE t END AS t
	FROM marked
),
bare AS MATERIALIZED (
	SELECT extended, floated, replace(replace(replace(replace(replace(
		replace(replace(replace(replace(t, ' ', ''), char(9), ''),
		char(13), ''), char(10), ''), '-', ''), '.', ''), '(', ''),
		')', ''), '/', '') AS t
	FROM unzeroed
),
halves AS MATERIALIZED (
	SELECT extended, floated, replace(t, '~', '') AS t,
		substr(t, 1, instr(t, '~') - 1) AS low,
		substr(t, instr(t, '~') + 1) AS high,
		instr(t, '~') > 8 AND length(t) - instr(t, '~') >= 8 AND
			t NOT GLOB '*~*~*' AS ranged
	FROM bare
),
parts AS MATERIALIZED (
	SELECT 1 AS part, CASE WHEN ranged THEN low ELSE t END AS t, extended,
		floated FROM halves
	UNION ALL SELECT 2, high, extended, floated FROM halves WHERE ranged
),
split AS MATERIALIZED (
	SELECT part, extended, floated, t, t GLOB '*[*]' AS prefix,
		CASE WHEN t GLOB '*[*]' THEN substr(t, 1, length(t) - 1)
		ELSE t END AS d
	FROM parts
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
judged AS MATERIALIZED (
	SELECT part,
		'+' || digits || CASE WHEN prefix THEN '*' ELSE '' END AS n,
		CASE
		WHEN t = '' THEN 'the number is empty'
		WHEN extended THEN 'an extension'
		WHEN floated THEN 'a number of a spreadsheet, digits lost'
		WHEN d GLOB '*[*]*' OR part = 2 AND prefix
			THEN 'a * within the number'
		WHEN d GLOB '*[^+0-9]*' OR substr(d, 2) GLOB '*+*'
			THEN 'characters that are no digits'
		WHEN d IN (SELECT number FROM emergency_numbers) OR
			d IN (SELECT '+' || country || number
				FROM emergency_numbers)
			THEN 'an emergency number'
		WHEN digits IS NULL AND prefix
			THEN 'a prefix without country code'
		WHEN digits IS NULL AND length(d) < 7
			THEN 'the number is too short'
		WHEN digits IS NULL AND country IS NULL THEN 'no country code'
		WHEN digits IS NULL THEN 'no number of this country'
		WHEN digits = '' OR length(digits) < 7 AND NOT prefix
			THEN 'the number is too short'
		WHEN length(digits) > 15 THEN 'the number is too long'
		WHEN digits GLOB '0*' THEN 'no country code begins with 0'
		WHEN digits GLOB '1[01]*' AND NOT prefix
			THEN 'no area code begins with 0 or 1'
		END AS problem
	FROM meant
),
joined AS MATERIALIZED (
	SELECT max(CASE part WHEN 1 THEN n END) AS low,
		max(CASE part WHEN 2 THEN n END) AS high, count(*) AS parts,
		coalesce(max(CASE part WHEN 1 THEN problem END),
			max(CASE part WHEN 2 THEN problem END)) AS problem
	FROM judged
),
dated AS MATERIALIZED (
	SELECT target, points, coalesce(CAST(force AS INTEGER), 0) = 1 AS forced,
		trim(expires_at) <> '' AS wanted, CASE
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
	FROM normalise
),
entry AS MATERIALIZED (
	SELECT dated.*, parts, low, high, problem,
		CASE parts WHEN 1 THEN low ELSE low || '-' || high END AS number
	FROM joined, dated
)
SELECT number, expires AS expires_at,
	CASE
	WHEN problem IS NOT NULL THEN problem
	WHEN parts = 2 AND (low >= high OR length(low) <> length(high))
		THEN 'not a range'
	WHEN expires IS NULL AND wanted THEN 'expires_at is no time'
	WHEN points <> '' AND (points GLOB '*[^0-9]*' OR
		CAST(points AS INTEGER) > 1000) THEN 'points'
	WHEN forced OR target IS NULL THEN NULL
	WHEN low GLOB '+1*[0-9]' AND length(low) <> 12
		THEN 'not ten digits after +1'
	WHEN low GLOB '*[*]' AND length(low) < 6 THEN 'the prefix is too short'
	WHEN parts = 2 AND substr(low, 1, 5) <> substr(high, 1, 5)
		THEN 'the range is too wide'
	WHEN target NOT IN ('blocklist', 'dno') THEN NULL
	WHEN EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			entry.number, substr(entry.number, 1, 5) || '*',
			substr(entry.number, 1, 6) || '*',
			substr(entry.number, 1, 7) || '*',
			substr(entry.number, 1, 8) || '*',
			substr(entry.number, 1, 9) || '*',
			substr(entry.number, 1, 10) || '*',
			substr(entry.number, 1, 11) || '*',
			substr(entry.number, 1, 12) || '*',
			substr(entry.number, 1, 13) || '*',
			substr(entry.number, 1, 14) || '*',
			substr(entry.number, 1, 15) || '*',
			substr(entry.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			entry.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(entry.number) = length(number) / 2))
		THEN 'on neverblock'
	WHEN target = 'blocklist' AND
		EXISTS (SELECT 1 FROM own_numbers) AND (
		EXISTS (SELECT 1 FROM own_numbers WHERE number IN (
			entry.number, substr(entry.number, 1, 5) || '*',
			substr(entry.number, 1, 6) || '*',
			substr(entry.number, 1, 7) || '*',
			substr(entry.number, 1, 8) || '*',
			substr(entry.number, 1, 9) || '*',
			substr(entry.number, 1, 10) || '*',
			substr(entry.number, 1, 11) || '*',
			substr(entry.number, 1, 12) || '*',
			substr(entry.number, 1, 13) || '*',
			substr(entry.number, 1, 14) || '*',
			substr(entry.number, 1, 15) || '*',
			substr(entry.number, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM own_numbers WHERE number GLOB '+*-+*' AND
			entry.number BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(entry.number) = length(number) / 2))
		THEN 'an own number'
	END AS problem
FROM entry;

CREATE TRIGGER normalise_work AFTER UPDATE OF number ON normalise
BEGIN
	UPDATE normalise SET (stored, stored_expires, problem) =
		(SELECT number, expires_at, problem FROM normalised);
	SELECT CASE problem
	WHEN 'the number is empty' THEN RAISE(ABORT,
		'The number is empty. Write one such as +12025550123.')
	WHEN 'a * within the number' THEN RAISE(ABORT,
		'A * may stand only at the end of a prefix, such as +1900*.')
	WHEN 'a number of a spreadsheet, digits lost' THEN RAISE(ABORT,
		'A spreadsheet turned the number into one such as 1.2E+10, and digits are lost. Format the column as text, fill it again and export anew: +12025550123.')
	WHEN 'an extension' THEN RAISE(ABORT,
		'Callers do not show an extension. Write the number without it, such as +12025550123.')
	WHEN 'characters that are no digits' THEN RAISE(ABORT,
		'The number has characters that are no digits. Write it as +12025550123, or a prefix as +1900*.')
	WHEN 'a prefix without country code' THEN RAISE(ABORT,
		'A prefix needs its country code. Write it as +1900*.')
	WHEN 'an emergency number' THEN RAISE(ABORT,
		'This is an emergency number, and those are never screened. Nothing needs to be, and nothing can be listed for it.')
	WHEN 'the number is too short' THEN RAISE(ABORT,
		'The number is too short. Write it with + and country code, such as +12025550123, or a prefix as +1900*.')
	WHEN 'the number is too long' THEN RAISE(ABORT,
		'The number is too long. After the + it has at most 15 digits, country code included. A range is written +12025550100-+12025550199.')
	WHEN 'no country code' THEN RAISE(ABORT,
		'The number has no country code. Write it as +12025550123, or set the country: INSERT OR REPLACE INTO settings VALUES(''country'', ''1'').')
	WHEN 'no number of this country' THEN RAISE(ABORT,
		'This is no number of the country in the table settings. Write it with + and country code, such as +442079460000.')
	WHEN 'no country code begins with 0' THEN RAISE(ABORT,
		'No country code begins with 0. Write the number as +12025550123.')
	WHEN 'no area code begins with 0 or 1' THEN RAISE(ABORT,
		'No area code after +1 begins with 0 or 1. Check the number.')
	WHEN 'not ten digits after +1' THEN RAISE(ABORT,
		'A number of country code 1 has ten digits after +1. Check it, write a prefix as +1202555*, or a range as +12025550100-+12025550199.')
	WHEN 'not a range' THEN RAISE(ABORT,
		'A range is two numbers of one length, the lower first: +12025550100-+12025550199.')
	WHEN 'the prefix is too short' THEN RAISE(ABORT,
		'This prefix covers a whole country or a large part of one. Write a longer one, with four digits or more, such as +1900*. If it is meant so, set force to 1: INSERT INTO blocklist(number, force) VALUES(''+252*'', 1).')
	WHEN 'the range is too wide' THEN RAISE(ABORT,
		'This range covers a large part of a country: its ends differ within the first four digits. Write several smaller ones. If it is meant so, set force to 1.')
	WHEN 'on neverblock' THEN RAISE(ABORT,
		'This number is on neverblock, by itself or by a prefix, and so would never be stopped: SELECT * FROM neverblock. If it is to be listed all the same, set force to 1.')
	WHEN 'an own number' THEN RAISE(ABORT,
		'This number is one of our own: SELECT * FROM own_numbers. If it is to be listed all the same, set force to 1.')
	WHEN 'expires_at is no time' THEN RAISE(ABORT,
		'expires_at is a UTC time such as 2030-12-31 or 2030-12-31 18:00:00, or seconds since 1970.')
	WHEN 'points' THEN RAISE(ABORT,
		'points are a whole number from 0 to 1000.')
	END FROM normalise WHERE problem IS NOT NULL AND NOT quiet;
END;

CREATE TRIGGER own_numbers_insert BEFORE INSERT ON own_numbers WHEN NOT (
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
	INSERT INTO own_numbers(number, comment)
	SELECT stored, NEW.comment FROM normalise;
	SELECT RAISE(IGNORE);
END;
