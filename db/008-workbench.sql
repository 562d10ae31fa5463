-- What people paste is understood as before and a little better, ten times as
-- fast; the triggers of the lists share one workbench, guards and all. And
-- what a list was is recorded without temporary tables.

DROP TRIGGER normalise_work;
DROP VIEW normalised;
DROP TABLE normalise;

-- SQL has no functions of its own, so the triggers of the lists lay down here
-- what somebody wrote, and find here what it means or what is wrong with it.
-- Laid down: number, expires_at, points, force, `target`, the list it is for
-- (NULL: none, and no guard asks), `quiet`: a problem is no error, but put on
-- record with `line`. To try one out:
--   UPDATE normalise SET number = '(202) 555-0123'; SELECT * FROM normalised;
CREATE TABLE normalise (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	number TEXT,
	expires_at TEXT,
	points,
	force,
	target TEXT,
	quiet INTEGER NOT NULL DEFAULT 0,
	line TEXT,
	keep INTEGER NOT NULL DEFAULT 0, -- created_by is meant so
	-- On the way:
	t TEXT, -- nothing but digits, + and *
	high TEXT, -- the second number of a range, so
	low TEXT, -- the first, stored form
	guarded TEXT, -- for the guards
	-- What comes of it:
	stored TEXT,
	stored_expires TEXT,
	problem TEXT,
	-- How the country of the table settings dials.
	country TEXT,
	international TEXT,
	national TEXT,
	nsn_min INTEGER,
	nsn_max INTEGER
);
INSERT INTO normalise(id) VALUES (1);

CREATE VIEW normalised AS
SELECT CASE WHEN problem IS NULL THEN stored END AS number,
	CASE WHEN problem IS NULL THEN stored_expires END AS expires_at,
	problem
FROM normalise;

-- Most countries that the table numbering does not list dial so.
CREATE VIEW numbering_here AS
SELECT value AS country, coalesce(international, '00') AS international,
	coalesce(national, '0') AS national, coalesce(nsn_min, 5) AS nsn_min,
	coalesce(nsn_max, 12) AS nsn_max
FROM settings LEFT JOIN numbering ON country = value
WHERE name = 'country' AND value GLOB '[1-9]*'
	AND value NOT GLOB '*[^0-9]*' AND length(value) <= 3;

UPDATE normalise SET (country, international, national, nsn_min, nsn_max) =
	(SELECT * FROM numbering_here);

CREATE TRIGGER settings_inserted AFTER INSERT ON settings WHEN
	NEW.name = 'country'
BEGIN
	UPDATE normalise SET (country, international, national, nsn_min,
		nsn_max) = (SELECT * FROM numbering_here) WHERE id = 1;
END;

CREATE TRIGGER settings_updated AFTER UPDATE ON settings WHEN
	OLD.name = 'country' OR NEW.name = 'country'
BEGIN
	UPDATE normalise SET (country, international, national, nsn_min,
		nsn_max) = (SELECT * FROM numbering_here) WHERE id = 1;
END;

CREATE TRIGGER settings_deleted AFTER DELETE ON settings WHEN
	OLD.name = 'country'
BEGIN
	UPDATE normalise SET (country, international, national, nsn_min,
		nsn_max) = (SELECT * FROM numbering_here) WHERE id = 1;
END;

CREATE TRIGGER numbering_inserted AFTER INSERT ON numbering
BEGIN
	UPDATE normalise SET (country, international, national, nsn_min,
		nsn_max) = (SELECT * FROM numbering_here) WHERE id = 1;
END;

CREATE TRIGGER numbering_updated AFTER UPDATE ON numbering
BEGIN
	UPDATE normalise SET (country, international, national, nsn_min,
		nsn_max) = (SELECT * FROM numbering_here) WHERE id = 1;
END;

CREATE TRIGGER numbering_deleted AFTER DELETE ON numbering
BEGIN
	UPDATE normalise SET (country, international, national, nsn_min,
		nsn_max) = (SELECT * FROM numbering_here) WHERE id = 1;
END;

-- Full-width digits, blanks, dashes, quotes and invisible marks of Unicode.
-- Text in ASCII alone needs no looking at.
CREATE VIEW normalise_ascii AS
SELECT country, CASE WHEN plain THEN t ELSE
	replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(
	t, char(160), ' '), char(8192), ' '), char(8193), ' '),
	char(8194), ' '), char(8195), ' '), char(8196), ' '), char(8197), ' '),
	char(8198), ' '), char(8199), ' '), char(8200), ' '), char(8201), ' '),
	char(8202), ' '), char(8239), ' '), char(8287), ' '), char(12288), ' '),
	char(183), ' '), char(8226), ' '), char(8230), '..')
	END AS t
FROM (SELECT country, plain, CASE WHEN plain THEN t ELSE
	replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(
	t, char(8208), '-'), char(8209), '-'), char(8210), '-'),
	char(8211), '-'), char(8212), '-'), char(8213), '-'), char(8259), '-'),
	char(8722), '-'), char(65123), '-'), char(171), ''''), char(187), ''''),
	char(180), ''''), char(8216), ''''), char(8217), ''''),
	char(8218), ''''), char(8220), ''''), char(8221), ''''),
	char(8222), '''')
	END AS t
FROM (SELECT country, plain, CASE WHEN plain THEN t ELSE
	replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(replace(replace(replace(replace(replace(replace(
	replace(
	t, char(173), ''), char(8203), ''), char(8204), ''), char(8205), ''),
	char(8206), ''), char(8207), ''), char(8234), ''), char(8235), ''),
	char(8236), ''), char(8237), ''), char(8238), ''), char(8288), ''),
	char(8294), ''), char(8295), ''), char(8296), ''), char(8297), ''),
	char(65279), '')
	END AS t
FROM (SELECT country, number NOT GLOB '*[^ -~]*' AS plain,
	CASE WHEN number NOT GLOB '*[^ -~]*' THEN number ELSE
	replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(replace(replace(replace(replace(replace(replace(
	coalesce(number, ''), char(65296), '0'), char(65297), '1'),
	char(65298), '2'), char(65299), '3'), char(65300), '4'),
	char(65301), '5'), char(65302), '6'), char(65303), '7'),
	char(65304), '8'), char(65305), '9'), char(65291), '+'),
	char(65290), '*'), char(65288), '('), char(65289), ')'),
	char(65293), '-'), char(65294), '.')
	END AS t
FROM normalise LIMIT 1) LIMIT 1) LIMIT 1) LIMIT 1;

CREATE VIEW normalise_framed AS
-- What a mail, a log or a spreadsheet puts around a number: quotes, commas, a
-- name before angle brackets.
SELECT country, CASE WHEN t NOT GLOB '*[<>%]*' THEN t
	ELSE replace(replace(substr(t, 1, instr(t || '>', '>') - 1),
		'%2B', '+'), '%2b', '+')
	END AS t
FROM (
	SELECT country, substr(t, instr(t, '<') + 1) AS t
	FROM (
		SELECT country, trim(t, ' ''"`=,;<>' || char(9, 10, 13)) AS t
		FROM normalise_ascii LIMIT 1
	) LIMIT 1
) LIMIT 1;

CREATE VIEW normalise_named AS
-- tel: and sip: URIs, without their parameters, which may stand behind a bare
-- number too. And what a spreadsheet made a number of has all its digits, or
-- not.
SELECT country, CASE
	WHEN NOT named THEN CASE
		WHEN t GLOB '*.0' AND instr(t, '.') > 7 AND
			instr(t, '.') = length(t) - 1 THEN
			substr(t, 1, length(t) - 2)
		ELSE t END
	WHEN t GLOB '[Tt][Ee][Ll]:*' THEN
		substr(t, 5, instr(t || ';', ';') - 5)
	WHEN t GLOB '[Ss][Ii][Pp]:*' THEN substr(t, 5,
		instr(replace(replace(substr(t, 5), ';', '@'), ':', '@') ||
			'@', '@') - 1)
	WHEN t GLOB '[Ss][Ii][Pp][Ss]:*' THEN substr(t, 6,
		instr(replace(replace(substr(t, 6), ';', '@'), ':', '@') ||
			'@', '@') - 1)
	WHEN t GLOB '[+0-9(]*@*' OR t GLOB '[+0-9(]*[0-9];[a-z]*=*' OR
		t GLOB '[+0-9(]*[0-9];npdi' THEN
		substr(t, 1, instr(replace(t, ';', '@'), '@') - 1)
	WHEN whole THEN replace(replace(substr(t, 1,
		instr(lower(t), 'e') - 1), '.', ''), ',', '')
	ELSE t END AS t,
	CASE WHEN NOT named THEN CASE WHEN t GLOB '*[,/|&]+[1-9]*' OR
		t GLOB '*[,;/|&] +[1-9]*' THEN 'more than one number' END
	WHEN t GLOB '[Ss][Ii][Pp]*' THEN NULL
	WHEN t GLOB '*[0-9 ,;][Ee][Xx][Tt]*[0-9]' OR
		t GLOB '*[0-9 ][Xx]*[0-9]' THEN 'an extension'
	WHEN NOT whole AND t GLOB '[0-9]*[Ee]*[0-9]' AND
		t NOT GLOB '*[^-+.,0-9Ee]*' AND t NOT GLOB '*[Ee]*[Ee]*'
		THEN 'a number of a spreadsheet, digits lost'
	WHEN t GLOB '*;+[1-9]*' OR t GLOB '*[,/|&;] +[1-9]*'
		THEN 'more than one number'
	WHEN t GLOB '*8[0-9][0-9][-. )A-WYZa-wyz]*[A-WYZa-wyz][A-Za-z]*' AND
		t NOT GLOB '*[^-+.() 0-9A-Za-z]*' THEN 'letters for digits'
	END AS problem
FROM (
	-- "1.2025550123E+10" has all digits, and so has "1,2025550123e10".
	SELECT country, t, named, named AND
		t GLOB '[0-9][.,][0-9]*[Ee]*[0-9]*' AND
		CAST(exponent AS INTEGER) BETWEEN 6 AND 14 AND
		instr(lower(t), 'e') - 3 = CAST(exponent AS INTEGER) AS whole
	FROM (
		SELECT country, t, named, CASE WHEN named THEN
			ltrim(substr(t, instr(lower(t), 'e') + 1), '+')
			END AS exponent
		FROM (
			SELECT country, t, t GLOB '*[A-Za-z@;]*' AS named
			FROM normalise_framed LIMIT 1
		) LIMIT 1
	) LIMIT 1
) LIMIT 1;

-- What may stand between the two numbers of a range becomes a tilde. `tail`:
-- how many digits stand behind the last hyphen, when they are a few.
CREATE VIEW normalise_marked AS
SELECT country, problem, worded, CASE
	WHEN worded THEN replace(replace(replace(replace(replace(t, ' to ', '~'),
		' thru ', '~'), ' through ', '~'), ' bis ', '~'), '..', '~')
	WHEN t NOT GLOB '*-*' THEN t
	WHEN t NOT GLOB '*-*-*' THEN replace(t, '-', '~')
	WHEN instr(t, '-+') THEN replace(t, '-+', '~+')
	WHEN instr(t, ' - ') THEN replace(t, ' - ', '~')
	ELSE t END AS t,
	CASE WHEN tail BETWEEN 2 AND 7 AND
		substr(closed, length(closed) - tail, 1) = '-' THEN tail END
	AS tail
FROM (
	SELECT *, length(closed) - length(rtrim(closed, '0123456789')) AS tail
	FROM (
		SELECT *, t GLOB '*[0-9] to [+0-9(]*' OR
			t GLOB '*[0-9] thr*[uh] [+0-9(]*' OR
			t GLOB '*[0-9] bis [+0-9(]*' OR
			t GLOB '*[0-9]..[+0-9(]*' OR t GLOB '*[0-9]*~*'
			AS worded,
			CASE WHEN instr(t, '-') THEN replace(t, ' - ', '-') END
			AS closed
		FROM normalise_named LIMIT 1
	) LIMIT 1
) LIMIT 1;

-- Nothing but digits, + and *; of a range both ends. Each step has a LIMIT lest
-- SQLite make one endless expression of them all.
CREATE VIEW normalise_bared AS
SELECT
	CASE WHEN ranged THEN substr(bare, 1, instr(bare, '~') - 1)
	WHEN cut THEN substr(joined, 1, length(joined) - tail)
	WHEN joined GLOB '+*[Xx][Xx]' THEN rtrim(joined, 'Xx') || '*'
	ELSE joined END AS t,
	CASE WHEN ranged THEN substr(bare, instr(bare, '~') + 1)
	WHEN cut THEN substr(joined, 1, length(joined) - 2 * tail) ||
		substr(joined, -tail)
	END AS high,
	CASE WHEN joined = '' THEN 'the number is empty'
	ELSE problem END AS problem
FROM (
	-- "+12025550100-0199": more digits than a number has, and the last few
	-- stand apart. Behind a word nothing else can be meant.
	SELECT *, coalesce(tail > 0 AND NOT ranged AND (worded OR
		length(joined) > CASE WHEN joined GLOB '00*' THEN 17
			WHEN joined GLOB '011*' THEN 18
			WHEN joined GLOB '+*' THEN 16 ELSE 15 END OR
		length(joined) - tail = 12 AND joined GLOB '+1*' OR
		EXISTS (SELECT 1 FROM normalise WHERE
			length(joined) - length(p) > nsn_max AND
			length(joined) - length(p) - tail
				BETWEEN nsn_min AND nsn_max)), 0) AS cut
	FROM (
		SELECT bare, joined, problem, worded, CASE
			WHEN NOT worded THEN tail
			WHEN length(bare) - instr(bare, '~') BETWEEN 2 AND 7
				AND instr(bare, '~') > 8 AND
				substr(bare, instr(bare, '~') + 1)
					NOT GLOB '*[^0-9]*'
			THEN length(bare) - instr(bare, '~') END AS tail,
			instr(bare, '~') > 8 AND
			length(bare) - instr(bare, '~') >= 8 AND
			bare NOT GLOB '*~*~*' AS ranged,
			-- What shows that a number is of this country.
			(SELECT CASE
				WHEN joined GLOB '+' || country || '*'
					THEN '+' || country
				WHEN national <> '' AND
					joined GLOB national || '*'
					THEN national
				WHEN country = '1' AND joined GLOB '[2-9]*'
					THEN '' END FROM normalise) AS p
		FROM (SELECT *, replace(bare, '~', '') AS joined
		FROM (
			SELECT tail, problem, worded, CASE
			WHEN t NOT GLOB '*[^0-9+*]*' THEN t ELSE replace(
			replace(replace(replace(replace(replace(replace(
			replace(replace(
			-- Only Italy dials its zero from abroad.
			CASE WHEN instr(t, '(0)') AND (t GLOB '+*' OR
				t GLOB '(+*' OR t GLOB '00*' OR
				t GLOB '(00*') AND
				NOT (t GLOB '*+39*' OR t GLOB '*0039*')
			THEN replace(t, '(0)', '') ELSE t END,
			' ', ''), char(9), ''), char(13), ''), char(10), ''),
			'-', ''), '.', ''), '(', ''), ')', ''), '/', '')
			END AS bare
			FROM normalise_marked LIMIT 1
		) LIMIT 1) LIMIT 1
	) LIMIT 1
) LIMIT 1;

-- As the daemon reads what callers send: see model/number.h.
CREATE VIEW normalise_meant AS
SELECT '+' || digits || CASE WHEN prefix THEN '*' ELSE '' END AS stored, CASE
	WHEN d GLOB '*[*]*' THEN 'a * within the number'
	WHEN d GLOB '*[^+0-9]*' OR substr(d, 2) GLOB '*+*'
		THEN 'characters that are no digits'
	WHEN length(d) < 9 AND NOT prefix AND EXISTS (
		SELECT 1 FROM emergency_numbers WHERE number IN (d, substr(d, length(country) + 2)) AND
			d IN (number, '+' || country || number))
		THEN 'an emergency number'
	WHEN digits IS NULL AND prefix THEN 'a prefix without country code'
	WHEN digits IS NULL AND length(d) < 7 THEN 'the number is too short'
	WHEN digits IS NULL AND country IS NULL THEN 'no country code'
	WHEN digits IS NULL THEN 'no number of this country'
	WHEN digits = '' OR length(digits) < 7 AND NOT prefix
		THEN 'the number is too short'
	WHEN length(digits) > 15 THEN 'the number is too long'
	WHEN digits GLOB '0*' THEN 'no country code begins with 0'
	WHEN digits GLOB '1[01]*' AND NOT prefix
		THEN 'no area code begins with 0 or 1'
	WHEN abroad GLOB '??*0*' AND EXISTS (SELECT 1 FROM numbering
		WHERE numbering.national = '0' AND
		digits GLOB numbering.country || '0*')
		THEN 'a zero behind the country code'
	END AS problem
FROM (
	SELECT d, prefix, country, abroad, CASE
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
	FROM (
		SELECT *, CASE
			WHEN d GLOB '+*' THEN substr(d, 2)
			WHEN d GLOB international || '*' THEN
				substr(d, length(international) + 1)
			WHEN d GLOB '00*' THEN substr(d, 3)
			END AS abroad,
			CASE WHEN national <> '' AND d GLOB national || '*'
			THEN substr(d, length(national) + 1) END AS trunk,
			CASE WHEN d GLOB country || '*' THEN
			substr(d, length(country) + 1) END AS coded
		FROM (
			SELECT t GLOB '*[*]' AS prefix,
				CASE WHEN t GLOB '*[*]' THEN
				substr(t, 1, length(t) - 1) ELSE t END AS d,
				country, international, national, nsn_min,
				nsn_max
			FROM normalise LIMIT 1
		) LIMIT 1
	) LIMIT 1
) LIMIT 1;

-- Both numbers of a range go through here, one after the other.
CREATE TRIGGER normalise_mean AFTER UPDATE OF t ON normalise
WHEN NEW.problem IS NULL
BEGIN
	UPDATE normalise SET (stored, problem) =
		(SELECT stored, problem FROM normalise_meant) WHERE id = 1;
END;

CREATE TRIGGER normalise_read AFTER UPDATE OF number ON normalise
BEGIN
	UPDATE normalise SET stored = NULL,
		(t, high, problem) = (SELECT t, high, problem
			FROM normalise_bared),
		stored_expires = CASE
		WHEN expires_at IS NULL THEN NULL
		WHEN expires_at NOT GLOB '*[^0-9]*' THEN
			CASE WHEN CAST(expires_at AS INTEGER)
				BETWEEN 1000000000 AND 253402300799
			THEN datetime(CAST(expires_at AS INTEGER), 'unixepoch')
			END
		WHEN expires_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'
			AND date(substr(expires_at, 1, 10), '+0 days') =
				substr(expires_at, 1, 10)
			THEN datetime(expires_at)
		END
	WHERE id = 1;
	UPDATE normalise SET low = stored, t = high
	WHERE id = 1 AND high IS NOT NULL AND problem IS NULL;
	UPDATE normalise SET stored = low || '-' || stored,
		problem = CASE
		WHEN low GLOB '*[*]' OR stored GLOB '*[*]'
			THEN 'a * within the number'
		WHEN low >= stored OR length(low) <> length(stored)
			THEN 'not a range' END
	WHERE id = 1 AND high IS NOT NULL AND problem IS NULL;
	UPDATE normalise SET problem = CASE
		WHEN stored_expires IS NULL AND trim(expires_at) <> ''
			THEN 'expires_at is no time'
		ELSE 'points are no whole number from 0 to 1000' END
	WHERE id = 1 AND problem IS NULL AND (
		stored_expires IS NULL AND trim(expires_at) <> '' OR
		points <> '' AND (points GLOB '*[^0-9]*' OR
			CAST(points AS INTEGER) > 1000));
	UPDATE normalise SET guarded = stored
	WHERE id = 1 AND quiet AND problem IS NULL AND target IS NOT NULL AND
		coalesce(CAST(force AS INTEGER), 0) <> 1;
END;

-- What a list does not take without being told twice.
CREATE TRIGGER normalise_guard AFTER UPDATE OF guarded ON normalise WHEN
	NEW.guarded GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.guarded, 2), '0123456789')
	WHEN '' THEN length(NEW.guarded) BETWEEN 8 AND 16
		AND NEW.guarded NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.guarded) <= 17
	WHEN substr(NEW.guarded, length(NEW.guarded) / 2 + 1) THEN
		length(NEW.guarded) BETWEEN 17 AND 33 AND
		NEW.guarded GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.guarded, length(NEW.guarded) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.guarded, 1, length(NEW.guarded) / 2) <
			substr(NEW.guarded, length(NEW.guarded) / 2 + 2)
	ELSE 0 END
BEGIN
	UPDATE normalise SET problem = CASE
	WHEN guarded GLOB '+1*[0-9]' AND length(guarded) NOT IN (12, 25)
		THEN 'not ten digits after +1'
	WHEN guarded GLOB '*[*]' AND length(guarded) < 6
		THEN 'the prefix is too short'
	WHEN guarded GLOB '+*-+*' AND substr(guarded, 1, 5) <>
		substr(guarded, length(guarded) / 2 + 2, 5)
		THEN 'the range is too wide'
	WHEN target IN ('blocklist', 'dno') AND
		EXISTS (SELECT 1 FROM neverblock) AND (
		EXISTS (SELECT 1 FROM neverblock WHERE number IN (
			guarded, substr(guarded, 1, 5) || '*',
			substr(guarded, 1, 6) || '*',
			substr(guarded, 1, 7) || '*',
			substr(guarded, 1, 8) || '*',
			substr(guarded, 1, 9) || '*',
			substr(guarded, 1, 10) || '*',
			substr(guarded, 1, 11) || '*',
			substr(guarded, 1, 12) || '*',
			substr(guarded, 1, 13) || '*',
			substr(guarded, 1, 14) || '*',
			substr(guarded, 1, 15) || '*',
			substr(guarded, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM neverblock WHERE number GLOB '+*-+*' AND
			guarded BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(guarded) = length(number) / 2))
		THEN 'on neverblock'
	WHEN target = 'blocklist' AND EXISTS (SELECT 1 FROM own_numbers) AND (
		EXISTS (SELECT 1 FROM own_numbers WHERE number IN (
			guarded, substr(guarded, 1, 5) || '*',
			substr(guarded, 1, 6) || '*',
			substr(guarded, 1, 7) || '*',
			substr(guarded, 1, 8) || '*',
			substr(guarded, 1, 9) || '*',
			substr(guarded, 1, 10) || '*',
			substr(guarded, 1, 11) || '*',
			substr(guarded, 1, 12) || '*',
			substr(guarded, 1, 13) || '*',
			substr(guarded, 1, 14) || '*',
			substr(guarded, 1, 15) || '*',
			substr(guarded, 1, 16) || '*')) OR
		EXISTS (SELECT 1 FROM own_numbers WHERE number GLOB '+*-+*' AND
			guarded BETWEEN substr(number, 1, length(number) / 2)
				AND substr(number, length(number) / 2 + 2) AND
			length(guarded) = length(number) / 2))
		THEN 'an own number'
	END
	WHERE id = 1;
END;

CREATE TRIGGER normalise_refuse AFTER UPDATE OF problem ON normalise
WHEN NEW.problem IS NOT NULL AND NOT NEW.quiet
BEGIN
	SELECT CASE NEW.problem
	WHEN 'the number is empty' THEN RAISE(ABORT,
		'The number is empty. Write one such as +12025550123.')
	WHEN 'a * within the number' THEN RAISE(ABORT,
		'A * may stand only at the end of a prefix, such as +1900*. A range is written +12025550100-+12025550199.')
	WHEN 'a number of a spreadsheet, digits lost' THEN RAISE(ABORT,
		'A spreadsheet turned the number into one such as 1.2E+10, and digits are lost. Format the column as text, fill it again and export anew: +12025550123.')
	WHEN 'an extension' THEN RAISE(ABORT,
		'Callers do not show an extension. Write the number without it, such as +12025550123.')
	WHEN 'letters for digits' THEN RAISE(ABORT,
		'Callers show digits. Write those that the letters stand for on a telephone, such as +18003569377 for 1-800-FLOWERS: 2 ABC, 3 DEF, 4 GHI, 5 JKL, 6 MNO, 7 PQRS, 8 TUV, 9 WXYZ.')
	WHEN 'more than one number' THEN RAISE(ABORT,
		'There is more than one number. Write a row for each: VALUES(''+12025550123''), (''+12025550124''); or a range as +12025550100-+12025550199.')
	WHEN 'a zero behind the country code' THEN RAISE(ABORT,
		'The 0 that national numbers begin with is left out behind the country code. Write +442079460958 for +44 020 7946 0958.')
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
		'A number of country code 1 has ten digits after +1. Check it, write a prefix as +1202555*, or a range as +12025550100-+12025550199. If it is meant so, set force to 1.')
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
		'expires_at is a UTC time such as 2030-12-31 or 2030-12-31 18:00:00, or seconds since 1970. From now on it is datetime(''now'', ''+30 days''), without quotes around it.')
	WHEN 'points are no whole number from 0 to 1000' THEN RAISE(ABORT,
		'points are a whole number from 0 to 1000.')
	END;
END;

CREATE TRIGGER normalise_reject AFTER UPDATE OF problem ON normalise
WHEN NEW.problem IS NOT NULL AND NEW.quiet
BEGIN
	INSERT INTO import_rejects(in_table, number, line, cause)
	VALUES(NEW.target, NEW.number, NEW.line, NEW.problem);
END;

-- What OR REPLACE is about to delete is kept in the table replaced until the
-- new row is there. What is deleted from that table was really replaced; what was
-- not after all, as by OR IGNORE, is first taken from its list.
CREATE TRIGGER replaced_deleted AFTER DELETE ON replaced
WHEN OLD.in_table IS NOT NULL
BEGIN
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', OLD.in_table, OLD.row, OLD.number, OLD.old);
END;

-- Once per change: what it belongs to, and that the daemon must look.
DROP TRIGGER changes_inserted;

CREATE TRIGGER changes_begin AFTER INSERT ON changes WHEN NOT EXISTS (
	SELECT 1 FROM batches WHERE id = (SELECT max(id) FROM batches) AND
		open_until >= unixepoch())
BEGIN
	INSERT INTO batches(first_change, lasts_s) VALUES(NEW.id, 3);
END;

CREATE TRIGGER changes_inserted AFTER INSERT ON changes
BEGIN
	UPDATE batches SET open_until = unixepoch() + lasts_s
	WHERE id = (SELECT max(id) FROM batches) AND
		open_until BETWEEN unixepoch() AND unixepoch() + lasts_s - 1;
	UPDATE revision SET n = n + 1 WHERE name = 'lists';
END;

DROP TRIGGER blocklist_insert;
DROP TRIGGER blocklist_update;
DROP TRIGGER blocklist_replace;
DROP TRIGGER blocklist_inserted;
DROP TRIGGER blocklist_updated;
DROP TRIGGER blocklist_deleted;

CREATE TRIGGER blocklist_insert BEFORE INSERT ON blocklist
WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND typeof(NEW.points) = 'integer' AND
	coalesce(NEW.list, '') <> '')
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NEW.points, force = NEW.force, target = 'blocklist',
		quiet = 0
	WHERE id = 1;
	INSERT INTO blocklist(id, number, points, reason, source, ticket,
		expires_at, created_at, created_by, updated_at, list, comment,
		force)
	VALUES(nullif(NEW.id, -1), (SELECT stored FROM normalise),
		coalesce(nullif(NEW.points, ''), 100), nullif(NEW.reason, ''),
		nullif(NEW.source, ''), nullif(NEW.ticket, ''),
		(SELECT stored_expires FROM normalise),
		coalesce(NEW.created_at, CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		NEW.updated_at,
		coalesce(nullif(trim(NEW.list), ''), 'default'),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0));
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER blocklist_update BEFORE UPDATE OF
	number, points, expires_at, list, force ON blocklist WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND typeof(NEW.points) = 'integer' AND
	coalesce(NEW.list, '') <> '')
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NEW.points, force = NEW.force, target = 'blocklist',
		quiet = 0
	WHERE id = 1;
	UPDATE blocklist SET id = NEW.id,
		number = (SELECT stored FROM normalise),
		points = coalesce(nullif(NEW.points, ''), 100),
		reason = nullif(NEW.reason, ''),
		source = nullif(NEW.source, ''),
		ticket = nullif(NEW.ticket, ''),
		expires_at = (SELECT stored_expires FROM normalise),
		created_at = NEW.created_at, created_by = NEW.created_by,
		list = coalesce(nullif(trim(NEW.list), ''), 'default'),
		comment = nullif(NEW.comment, ''),
		force = coalesce(nullif(NEW.force, ''), 0)
	WHERE id = OLD.id;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER blocklist_guard BEFORE INSERT ON blocklist
WHEN
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) <> 12 OR
	NEW.number GLOB '+*-+*' OR
	EXISTS (SELECT 1 FROM neverblock) OR EXISTS (SELECT 1 FROM own_numbers))
BEGIN
	UPDATE normalise SET target = 'blocklist', quiet = 0,
		guarded = NEW.number
	WHERE id = 1;
END;

CREATE TRIGGER blocklist_guard_update BEFORE UPDATE OF number, force ON blocklist
WHEN
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) <> 12 OR
	NEW.number GLOB '+*-+*' OR
	EXISTS (SELECT 1 FROM neverblock) OR EXISTS (SELECT 1 FROM own_numbers))
BEGIN
	UPDATE normalise SET target = 'blocklist', quiet = 0,
		guarded = NEW.number
	WHERE id = 1;
END;

-- OR REPLACE deletes without a word.
CREATE TRIGGER blocklist_replace BEFORE INSERT ON blocklist
WHEN
	EXISTS (SELECT 1 FROM blocklist
		WHERE number = NEW.number AND list = NEW.list) OR
	EXISTS (SELECT 1 FROM blocklist WHERE id = NEW.id)
BEGIN
	UPDATE replaced SET in_table = NULL;
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'blocklist', id, number,
		json_object('id', id, 'number', number, 'points', points,
			'reason', reason, 'source', source, 'ticket', ticket,
			'expires_at', expires_at, 'created_at', created_at,
			'created_by', created_by, 'updated_at', updated_at,
			'list', list, 'comment', comment, 'force', force)
	FROM blocklist
	WHERE number = NEW.number AND list = NEW.list OR id = NEW.id;
END;

CREATE TRIGGER blocklist_inserted AFTER INSERT ON blocklist
BEGIN
	DELETE FROM replaced WHERE in_table = 'blocklist' AND
		(row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM blocklist WHERE id = row));
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'blocklist', NEW.id, NEW.number);
	UPDATE blocklist SET created_by =
		(SELECT who FROM batches ORDER BY id DESC LIMIT 1)
	WHERE id = NEW.id AND NEW.created_by = 'sqlite3' AND
		(SELECT who FROM batches ORDER BY id DESC LIMIT 1) <>
			'sqlite3' AND
		NOT (SELECT keep FROM normalise);
END;

CREATE TRIGGER blocklist_updated AFTER UPDATE OF
	id, number, points, reason, source, ticket, expires_at, created_at,
	list, comment, force
ON blocklist
BEGIN
	UPDATE replaced SET in_table = NULL;
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
	UPDATE blocklist SET updated_at = CURRENT_TIMESTAMP
	WHERE id = NEW.id;
END;

CREATE TRIGGER blocklist_deleted AFTER DELETE ON blocklist
BEGIN
	UPDATE replaced SET in_table = NULL;
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

DROP TRIGGER allowlist_insert;
DROP TRIGGER allowlist_update;
DROP TRIGGER allowlist_replace;
DROP TRIGGER allowlist_inserted;
DROP TRIGGER allowlist_updated;
DROP TRIGGER allowlist_deleted;

CREATE TRIGGER allowlist_insert BEFORE INSERT ON allowlist
WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND
	coalesce(NEW.list, '') <> '')
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = NEW.force, target = 'allowlist',
		quiet = 0
	WHERE id = 1;
	INSERT INTO allowlist(id, number, reason, source, ticket, expires_at,
		created_at, created_by, updated_at, list, comment, force)
	VALUES(nullif(NEW.id, -1), (SELECT stored FROM normalise),
		nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''), (SELECT stored_expires FROM normalise),
		coalesce(NEW.created_at, CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		NEW.updated_at,
		coalesce(nullif(trim(NEW.list), ''), 'default'),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0));
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER allowlist_update BEFORE UPDATE OF
	number, expires_at, list, force ON allowlist WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND
	coalesce(NEW.list, '') <> '')
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = NEW.force, target = 'allowlist',
		quiet = 0
	WHERE id = 1;
	UPDATE allowlist SET id = NEW.id,
		number = (SELECT stored FROM normalise),
		reason = nullif(NEW.reason, ''),
		source = nullif(NEW.source, ''),
		ticket = nullif(NEW.ticket, ''),
		expires_at = (SELECT stored_expires FROM normalise),
		created_at = NEW.created_at, created_by = NEW.created_by,
		list = coalesce(nullif(trim(NEW.list), ''), 'default'),
		comment = nullif(NEW.comment, ''),
		force = coalesce(nullif(NEW.force, ''), 0)
	WHERE id = OLD.id;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER allowlist_guard BEFORE INSERT ON allowlist
WHEN
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) <> 12 OR
	NEW.number GLOB '+*-+*')
BEGIN
	UPDATE normalise SET target = 'allowlist', quiet = 0,
		guarded = NEW.number
	WHERE id = 1;
END;

CREATE TRIGGER allowlist_guard_update BEFORE UPDATE OF number, force ON allowlist
WHEN
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) <> 12 OR
	NEW.number GLOB '+*-+*')
BEGIN
	UPDATE normalise SET target = 'allowlist', quiet = 0,
		guarded = NEW.number
	WHERE id = 1;
END;

-- OR REPLACE deletes without a word.
CREATE TRIGGER allowlist_replace BEFORE INSERT ON allowlist
WHEN
	EXISTS (SELECT 1 FROM allowlist
		WHERE number = NEW.number AND list = NEW.list) OR
	EXISTS (SELECT 1 FROM allowlist WHERE id = NEW.id)
BEGIN
	UPDATE replaced SET in_table = NULL;
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'allowlist', id, number,
		json_object('id', id, 'number', number, 'reason', reason,
			'source', source, 'ticket', ticket,
			'expires_at', expires_at, 'created_at', created_at,
			'created_by', created_by, 'updated_at', updated_at,
			'list', list, 'comment', comment, 'force', force)
	FROM allowlist
	WHERE number = NEW.number AND list = NEW.list OR id = NEW.id;
END;

CREATE TRIGGER allowlist_inserted AFTER INSERT ON allowlist
BEGIN
	DELETE FROM replaced WHERE in_table = 'allowlist' AND
		(row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM allowlist WHERE id = row));
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'allowlist', NEW.id, NEW.number);
	UPDATE allowlist SET created_by =
		(SELECT who FROM batches ORDER BY id DESC LIMIT 1)
	WHERE id = NEW.id AND NEW.created_by = 'sqlite3' AND
		(SELECT who FROM batches ORDER BY id DESC LIMIT 1) <>
			'sqlite3' AND
		NOT (SELECT keep FROM normalise);
END;

CREATE TRIGGER allowlist_updated AFTER UPDATE OF
	id, number, reason, source, ticket, expires_at, created_at, list,
	comment, force
ON allowlist
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'allowlist', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'reason', OLD.reason, 'source', OLD.source,
			'ticket', OLD.ticket, 'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at, 'list', OLD.list,
			'comment', OLD.comment, 'force', OLD.force));
	UPDATE allowlist SET updated_at = CURRENT_TIMESTAMP
	WHERE id = NEW.id;
END;

CREATE TRIGGER allowlist_deleted AFTER DELETE ON allowlist
BEGIN
	UPDATE replaced SET in_table = NULL;
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

DROP TRIGGER neverblock_insert;
DROP TRIGGER neverblock_update;
DROP TRIGGER neverblock_replace;
DROP TRIGGER neverblock_inserted;
DROP TRIGGER neverblock_updated;
DROP TRIGGER neverblock_deleted;

CREATE TRIGGER neverblock_insert BEFORE INSERT ON neverblock
WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer')
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = NEW.force, target = 'neverblock',
		quiet = 0
	WHERE id = 1;
	INSERT INTO neverblock(id, number, reason, source, ticket, expires_at,
		created_at, created_by, updated_at, comment, force)
	VALUES(nullif(NEW.id, -1), (SELECT stored FROM normalise),
		nullif(NEW.reason, ''), nullif(NEW.source, ''),
		nullif(NEW.ticket, ''), (SELECT stored_expires FROM normalise),
		coalesce(NEW.created_at, CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		NEW.updated_at, nullif(NEW.comment, ''),
		coalesce(nullif(NEW.force, ''), 0));
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER neverblock_update BEFORE UPDATE OF
	number, expires_at, force ON neverblock WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer')
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = NEW.force, target = 'neverblock',
		quiet = 0
	WHERE id = 1;
	UPDATE neverblock SET id = NEW.id,
		number = (SELECT stored FROM normalise),
		reason = nullif(NEW.reason, ''),
		source = nullif(NEW.source, ''),
		ticket = nullif(NEW.ticket, ''),
		expires_at = (SELECT stored_expires FROM normalise),
		created_at = NEW.created_at, created_by = NEW.created_by,
		comment = nullif(NEW.comment, ''),
		force = coalesce(nullif(NEW.force, ''), 0)
	WHERE id = OLD.id;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER neverblock_guard BEFORE INSERT ON neverblock
WHEN
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) <> 12 OR
	NEW.number GLOB '+*-+*')
BEGIN
	UPDATE normalise SET target = 'neverblock', quiet = 0,
		guarded = NEW.number
	WHERE id = 1;
END;

CREATE TRIGGER neverblock_guard_update BEFORE UPDATE OF number, force ON neverblock
WHEN
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) <> 12 OR
	NEW.number GLOB '+*-+*')
BEGIN
	UPDATE normalise SET target = 'neverblock', quiet = 0,
		guarded = NEW.number
	WHERE id = 1;
END;

-- OR REPLACE deletes without a word.
CREATE TRIGGER neverblock_replace BEFORE INSERT ON neverblock
WHEN
	EXISTS (SELECT 1 FROM neverblock
		WHERE number = NEW.number) OR
	EXISTS (SELECT 1 FROM neverblock WHERE id = NEW.id)
BEGIN
	UPDATE replaced SET in_table = NULL;
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'neverblock', id, number,
		json_object('id', id, 'number', number, 'reason', reason,
			'source', source, 'ticket', ticket,
			'expires_at', expires_at, 'created_at', created_at,
			'created_by', created_by, 'updated_at', updated_at,
			'comment', comment, 'force', force)
	FROM neverblock
	WHERE number = NEW.number OR id = NEW.id;
END;

CREATE TRIGGER neverblock_inserted AFTER INSERT ON neverblock
BEGIN
	DELETE FROM replaced WHERE in_table = 'neverblock' AND
		(row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM neverblock WHERE id = row));
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'neverblock', NEW.id, NEW.number);
	UPDATE neverblock SET created_by =
		(SELECT who FROM batches ORDER BY id DESC LIMIT 1)
	WHERE id = NEW.id AND NEW.created_by = 'sqlite3' AND
		(SELECT who FROM batches ORDER BY id DESC LIMIT 1) <>
			'sqlite3' AND
		NOT (SELECT keep FROM normalise);
END;

CREATE TRIGGER neverblock_updated AFTER UPDATE OF
	id, number, reason, source, ticket, expires_at, created_at, comment,
	force
ON neverblock
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'neverblock', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'reason', OLD.reason, 'source', OLD.source,
			'ticket', OLD.ticket, 'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at, 'comment', OLD.comment,
			'force', OLD.force));
	UPDATE neverblock SET updated_at = CURRENT_TIMESTAMP
	WHERE id = NEW.id;
END;

CREATE TRIGGER neverblock_deleted AFTER DELETE ON neverblock
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'neverblock', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'reason', OLD.reason, 'source', OLD.source,
			'ticket', OLD.ticket, 'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at, 'comment', OLD.comment,
			'force', OLD.force));
	DELETE FROM hits WHERE in_table = 'neverblock' AND row = OLD.id;
END;

DROP TRIGGER dno_insert;
DROP TRIGGER dno_update;
DROP TRIGGER dno_replace;
DROP TRIGGER dno_inserted;
DROP TRIGGER dno_updated;
DROP TRIGGER dno_deleted;

CREATE TRIGGER dno_insert BEFORE INSERT ON dno
WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND typeof(NEW.points) = 'integer')
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NEW.points, force = NEW.force, target = 'dno',
		quiet = 0
	WHERE id = 1;
	INSERT INTO dno(id, number, points, reason, source, ticket, expires_at,
		created_at, created_by, updated_at, comment, force)
	VALUES(nullif(NEW.id, -1), (SELECT stored FROM normalise),
		coalesce(nullif(NEW.points, ''), 100), nullif(NEW.reason, ''),
		nullif(NEW.source, ''), nullif(NEW.ticket, ''),
		(SELECT stored_expires FROM normalise),
		coalesce(NEW.created_at, CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		NEW.updated_at, nullif(NEW.comment, ''),
		coalesce(nullif(NEW.force, ''), 0));
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER dno_update BEFORE UPDATE OF
	number, points, expires_at, force ON dno WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')) AND
	typeof(NEW.force) = 'integer' AND typeof(NEW.points) = 'integer')
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NEW.points, force = NEW.force, target = 'dno',
		quiet = 0
	WHERE id = 1;
	UPDATE dno SET id = NEW.id, number = (SELECT stored FROM normalise),
		points = coalesce(nullif(NEW.points, ''), 100),
		reason = nullif(NEW.reason, ''),
		source = nullif(NEW.source, ''),
		ticket = nullif(NEW.ticket, ''),
		expires_at = (SELECT stored_expires FROM normalise),
		created_at = NEW.created_at, created_by = NEW.created_by,
		comment = nullif(NEW.comment, ''),
		force = coalesce(nullif(NEW.force, ''), 0)
	WHERE id = OLD.id;
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER dno_guard BEFORE INSERT ON dno
WHEN
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) <> 12 OR
	NEW.number GLOB '+*-+*' OR
	EXISTS (SELECT 1 FROM neverblock))
BEGIN
	UPDATE normalise SET target = 'dno', quiet = 0,
		guarded = NEW.number
	WHERE id = 1;
END;

CREATE TRIGGER dno_guard_update BEFORE UPDATE OF number, force ON dno
WHEN
	NEW.force IS NOT 1 AND (
	NEW.number GLOB '+*[*]' AND length(NEW.number) < 6 OR
	NEW.number GLOB '+1*[0-9]' AND length(NEW.number) <> 12 OR
	NEW.number GLOB '+*-+*' OR
	EXISTS (SELECT 1 FROM neverblock))
BEGIN
	UPDATE normalise SET target = 'dno', quiet = 0,
		guarded = NEW.number
	WHERE id = 1;
END;

-- OR REPLACE deletes without a word.
CREATE TRIGGER dno_replace BEFORE INSERT ON dno
WHEN
	EXISTS (SELECT 1 FROM dno
		WHERE number = NEW.number) OR
	EXISTS (SELECT 1 FROM dno WHERE id = NEW.id)
BEGIN
	UPDATE replaced SET in_table = NULL;
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'dno', id, number,
		json_object('id', id, 'number', number, 'points', points,
			'reason', reason, 'source', source, 'ticket', ticket,
			'expires_at', expires_at, 'created_at', created_at,
			'created_by', created_by, 'updated_at', updated_at,
			'comment', comment, 'force', force)
	FROM dno
	WHERE number = NEW.number OR id = NEW.id;
END;

CREATE TRIGGER dno_inserted AFTER INSERT ON dno
BEGIN
	DELETE FROM replaced WHERE in_table = 'dno' AND
		(row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM dno WHERE id = row));
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'dno', NEW.id, NEW.number);
	UPDATE dno SET created_by =
		(SELECT who FROM batches ORDER BY id DESC LIMIT 1)
	WHERE id = NEW.id AND NEW.created_by = 'sqlite3' AND
		(SELECT who FROM batches ORDER BY id DESC LIMIT 1) <>
			'sqlite3' AND
		NOT (SELECT keep FROM normalise);
END;

CREATE TRIGGER dno_updated AFTER UPDATE OF
	id, number, points, reason, source, ticket, expires_at, created_at,
	comment, force
ON dno
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'dno', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'points', OLD.points, 'reason', OLD.reason,
			'source', OLD.source, 'ticket', OLD.ticket,
			'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at, 'comment', OLD.comment,
			'force', OLD.force));
	UPDATE dno SET updated_at = CURRENT_TIMESTAMP
	WHERE id = NEW.id;
END;

CREATE TRIGGER dno_deleted AFTER DELETE ON dno
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'dno', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'points', OLD.points, 'reason', OLD.reason,
			'source', OLD.source, 'ticket', OLD.ticket,
			'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at, 'comment', OLD.comment,
			'force', OLD.force));
	DELETE FROM hits WHERE in_table = 'dno' AND row = OLD.id;
END;

DROP TRIGGER own_numbers_insert;
DROP TRIGGER own_numbers_replace;
DROP TRIGGER own_numbers_inserted;
DROP TRIGGER own_numbers_updated;
DROP TRIGGER own_numbers_deleted;

CREATE TRIGGER own_numbers_insert BEFORE INSERT ON own_numbers
WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END)
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NULL,
		points = NULL, force = 0, target = NULL, quiet = 0
	WHERE id = 1;
	INSERT INTO own_numbers(id, number, comment)
	VALUES(nullif(NEW.id, -1), (SELECT stored FROM normalise), NEW.comment);
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER own_numbers_update BEFORE UPDATE OF
	number ON own_numbers WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END)
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NULL,
		points = NULL, force = 0, target = NULL, quiet = 0
	WHERE id = 1;
	UPDATE own_numbers SET id = NEW.id,
		number = (SELECT stored FROM normalise), comment = NEW.comment
	WHERE id = OLD.id;
	SELECT RAISE(IGNORE);
END;

-- OR REPLACE deletes without a word.
CREATE TRIGGER own_numbers_replace BEFORE INSERT ON own_numbers
WHEN
	EXISTS (SELECT 1 FROM own_numbers
		WHERE number = NEW.number) OR
	EXISTS (SELECT 1 FROM own_numbers WHERE id = NEW.id)
BEGIN
	UPDATE replaced SET in_table = NULL;
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'own_numbers', id, number,
		json_object('id', id, 'number', number, 'comment', comment)
	FROM own_numbers
	WHERE number = NEW.number OR id = NEW.id;
END;

CREATE TRIGGER own_numbers_inserted AFTER INSERT ON own_numbers
BEGIN
	DELETE FROM replaced WHERE in_table = 'own_numbers' AND
		(row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM own_numbers WHERE id = row));
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'own_numbers', NEW.id, NEW.number);
END;

CREATE TRIGGER own_numbers_updated AFTER UPDATE OF
	id, number, comment
ON own_numbers
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'own_numbers', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'comment', OLD.comment));
END;

CREATE TRIGGER own_numbers_deleted AFTER DELETE ON own_numbers
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'own_numbers', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'comment', OLD.comment));
END;

DROP TRIGGER list_trunks_replace;
DROP TRIGGER list_trunks_inserted;
DROP TRIGGER list_trunks_updated;
DROP TRIGGER list_trunks_deleted;

-- OR REPLACE deletes without a word.
CREATE TRIGGER list_trunks_replace BEFORE INSERT ON list_trunks
WHEN
	EXISTS (SELECT 1 FROM list_trunks
		WHERE list = NEW.list AND trunk = NEW.trunk) OR
	EXISTS (SELECT 1 FROM list_trunks WHERE id = NEW.id)
BEGIN
	UPDATE replaced SET in_table = NULL;
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'list_trunks', id, trunk,
		json_object('id', id, 'list', list, 'trunk', trunk)
	FROM list_trunks
	WHERE list = NEW.list AND trunk = NEW.trunk OR id = NEW.id;
END;

CREATE TRIGGER list_trunks_inserted AFTER INSERT ON list_trunks
BEGIN
	DELETE FROM replaced WHERE in_table = 'list_trunks' AND
		(row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM list_trunks WHERE id = row));
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'list_trunks', NEW.id, NEW.trunk);
END;

CREATE TRIGGER list_trunks_updated AFTER UPDATE OF
	id, list, trunk
ON list_trunks
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'list_trunks', OLD.id, OLD.trunk,
		json_object('id', OLD.id, 'list', OLD.list, 'trunk', OLD.trunk));
END;

CREATE TRIGGER list_trunks_deleted AFTER DELETE ON list_trunks
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'list_trunks', OLD.id, OLD.trunk,
		json_object('id', OLD.id, 'list', OLD.list, 'trunk', OLD.trunk));
END;

DROP TRIGGER subscriber_numbers_insert;
DROP TRIGGER subscriber_numbers_update;
DROP TRIGGER subscriber_numbers_replace;
DROP TRIGGER subscriber_numbers_inserted;
DROP TRIGGER subscriber_numbers_updated;
DROP TRIGGER subscriber_numbers_deleted;

CREATE TRIGGER subscriber_numbers_insert BEFORE INSERT ON subscriber_numbers
WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END)
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NULL,
		points = NULL, force = 0, target = NULL, quiet = 0
	WHERE id = 1;
	INSERT INTO subscriber_numbers(id, number, subscriber)
	VALUES(nullif(NEW.id, -1), (SELECT stored FROM normalise),
		NEW.subscriber);
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER subscriber_numbers_update BEFORE UPDATE OF
	number ON subscriber_numbers WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END)
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NULL,
		points = NULL, force = 0, target = NULL, quiet = 0
	WHERE id = 1;
	UPDATE subscriber_numbers SET id = NEW.id,
		number = (SELECT stored FROM normalise),
		subscriber = NEW.subscriber
	WHERE id = OLD.id;
	SELECT RAISE(IGNORE);
END;

-- OR REPLACE deletes without a word.
CREATE TRIGGER subscriber_numbers_replace BEFORE INSERT ON subscriber_numbers
WHEN
	EXISTS (SELECT 1 FROM subscriber_numbers
		WHERE number = NEW.number) OR
	EXISTS (SELECT 1 FROM subscriber_numbers WHERE id = NEW.id)
BEGIN
	UPDATE replaced SET in_table = NULL;
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'subscriber_numbers', id, number,
		json_object('id', id, 'number', number,
			'subscriber', subscriber)
	FROM subscriber_numbers
	WHERE number = NEW.number OR id = NEW.id;
END;

CREATE TRIGGER subscriber_numbers_inserted AFTER INSERT ON subscriber_numbers
BEGIN
	DELETE FROM replaced WHERE in_table = 'subscriber_numbers' AND
		(row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM subscriber_numbers WHERE id = row));
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'subscriber_numbers', NEW.id, NEW.number);
END;

CREATE TRIGGER subscriber_numbers_updated AFTER UPDATE OF
	id, number, subscriber
ON subscriber_numbers
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'subscriber_numbers', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'subscriber', OLD.subscriber));
END;

CREATE TRIGGER subscriber_numbers_deleted AFTER DELETE ON subscriber_numbers
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'subscriber_numbers', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'subscriber', OLD.subscriber));
END;

DROP TRIGGER subscriber_rules_insert;
DROP TRIGGER subscriber_rules_update;
DROP TRIGGER subscriber_rules_replace;
DROP TRIGGER subscriber_rules_inserted;
DROP TRIGGER subscriber_rules_updated;
DROP TRIGGER subscriber_rules_deleted;

CREATE TRIGGER subscriber_rules_insert BEFORE INSERT ON subscriber_rules
WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')))
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = 0, target = NULL, quiet = 0
	WHERE id = 1;
	INSERT INTO subscriber_rules(id, number, subscriber, action, comment,
		expires_at, created_at, created_by, updated_at)
	VALUES(nullif(NEW.id, -1), (SELECT stored FROM normalise),
		NEW.subscriber, NEW.action, NEW.comment,
		(SELECT stored_expires FROM normalise), NEW.created_at,
		NEW.created_by, NEW.updated_at);
	SELECT RAISE(IGNORE);
END;

CREATE TRIGGER subscriber_rules_update BEFORE UPDATE OF
	number, expires_at ON subscriber_rules WHEN NOT (
	NEW.number GLOB '+[1-9]*' AND
	CASE ltrim(substr(NEW.number, 2), '0123456789')
	WHEN '' THEN length(NEW.number) BETWEEN 8 AND 16
		AND NEW.number NOT GLOB '+1[01]*'
	WHEN '*' THEN length(NEW.number) <= 17
	WHEN substr(NEW.number, length(NEW.number) / 2 + 1) THEN
		length(NEW.number) BETWEEN 17 AND 33 AND
		NEW.number GLOB '+[1-9]*-+[1-9]*' AND
		ltrim(substr(NEW.number, length(NEW.number) / 2 + 3),
			'0123456789') = '' AND
		substr(NEW.number, 1, length(NEW.number) / 2) <
			substr(NEW.number, length(NEW.number) / 2 + 2)
	ELSE 0 END AND
	(NEW.expires_at IS NULL OR
		NEW.expires_at IS datetime(NEW.expires_at, '+0 days')))
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = 0, target = NULL, quiet = 0
	WHERE id = 1;
	UPDATE subscriber_rules SET id = NEW.id,
		number = (SELECT stored FROM normalise),
		subscriber = NEW.subscriber, action = NEW.action,
		comment = NEW.comment,
		expires_at = (SELECT stored_expires FROM normalise),
		created_at = NEW.created_at, created_by = NEW.created_by
	WHERE id = OLD.id;
	SELECT RAISE(IGNORE);
END;

-- OR REPLACE deletes without a word.
CREATE TRIGGER subscriber_rules_replace BEFORE INSERT ON subscriber_rules
WHEN
	EXISTS (SELECT 1 FROM subscriber_rules
		WHERE subscriber = NEW.subscriber AND number = NEW.number) OR
	EXISTS (SELECT 1 FROM subscriber_rules WHERE id = NEW.id)
BEGIN
	UPDATE replaced SET in_table = NULL;
	DELETE FROM replaced;
	INSERT INTO replaced(in_table, row, number, old)
	SELECT 'subscriber_rules', id, number,
		json_object('id', id, 'number', number,
			'subscriber', subscriber, 'action', action,
			'comment', comment, 'expires_at', expires_at,
			'created_at', created_at, 'created_by', created_by,
			'updated_at', updated_at)
	FROM subscriber_rules
	WHERE subscriber = NEW.subscriber AND number = NEW.number OR id = NEW.id;
END;

CREATE TRIGGER subscriber_rules_inserted AFTER INSERT ON subscriber_rules
BEGIN
	DELETE FROM replaced WHERE in_table = 'subscriber_rules' AND
		(row = NEW.id OR
		NOT EXISTS (SELECT 1 FROM subscriber_rules WHERE id = row));
	INSERT INTO changes(op, in_table, row, number)
	VALUES('insert', 'subscriber_rules', NEW.id, NEW.number);
	UPDATE subscriber_rules SET created_by =
		(SELECT who FROM batches ORDER BY id DESC LIMIT 1)
	WHERE id = NEW.id AND NEW.created_by = 'sqlite3' AND
		(SELECT who FROM batches ORDER BY id DESC LIMIT 1) <>
			'sqlite3' AND
		NOT (SELECT keep FROM normalise);
END;

CREATE TRIGGER subscriber_rules_updated AFTER UPDATE OF
	id, number, subscriber, action, comment, expires_at, created_at
ON subscriber_rules
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('update', 'subscriber_rules', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'subscriber', OLD.subscriber, 'action', OLD.action,
			'comment', OLD.comment, 'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at));
	UPDATE subscriber_rules SET updated_at = CURRENT_TIMESTAMP
	WHERE id = NEW.id;
END;

CREATE TRIGGER subscriber_rules_deleted AFTER DELETE ON subscriber_rules
BEGIN
	UPDATE replaced SET in_table = NULL;
	INSERT INTO changes(op, in_table, row, number, old)
	VALUES('delete', 'subscriber_rules', OLD.id, OLD.number,
		json_object('id', OLD.id, 'number', OLD.number,
			'subscriber', OLD.subscriber, 'action', OLD.action,
			'comment', OLD.comment, 'expires_at', OLD.expires_at,
			'created_at', OLD.created_at,
			'created_by', OLD.created_by,
			'updated_at', OLD.updated_at));
	DELETE FROM hits WHERE in_table = 'subscriber_rules' AND row = OLD.id;
END;

-- For .import --csv and other bulk work: what is already on the list is
-- changed, not refused, what is so already is left alone, and lines that make
-- no sense land in import_rejects.
--   .import --csv --skip 1 bad.csv blocklist_import
-- The views _csv have all that is worth keeping, for a way out and back; see
-- also `callsieve list export` and `import`.

DROP VIEW blocklist_import;
DROP VIEW blocklist_csv;

CREATE VIEW blocklist_import AS
SELECT number, reason, source, expires_at, points
FROM blocklist;

CREATE TRIGGER blocklist_import_insert INSTEAD OF INSERT ON blocklist_import
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NEW.points, force = 0, target = 'blocklist', quiet = 1,
		line = coalesce(NEW.number, '') || ',' ||
			coalesce(NEW.reason, '') || ',' ||
			coalesce(NEW.source, '') || ',' ||
			coalesce(NEW.expires_at, '') || ',' ||
			coalesce(NEW.points, '')
	WHERE id = 1;
	SELECT RAISE(IGNORE) FROM normalise WHERE problem IS NOT NULL;
	INSERT INTO blocklist(number, reason, source, expires_at, points)
	VALUES((SELECT stored FROM normalise), nullif(NEW.reason, ''),
		nullif(NEW.source, ''), (SELECT stored_expires FROM normalise),
		coalesce(nullif(NEW.points, ''), 100))
	ON CONFLICT(number, list) DO UPDATE SET
		reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at, points = excluded.points
	WHERE (reason, source, expires_at, points) IS NOT
		(excluded.reason, excluded.source, excluded.expires_at,
		excluded.points);
END;

CREATE VIEW blocklist_csv AS
SELECT number, points, reason, source, ticket, list, comment, force,
	expires_at, created_at, created_by, updated_at
FROM blocklist;

CREATE TRIGGER blocklist_csv_insert INSTEAD OF INSERT ON blocklist_csv
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NEW.points,
		force = coalesce(nullif(NEW.force, ''), 0),
		target = 'blocklist', quiet = 1,
		line = coalesce(NEW.number, '') || ',' ||
			coalesce(NEW.points, '') || ',' ||
			coalesce(NEW.reason, '') || ',' ||
			coalesce(NEW.source, '') || ',' ||
			coalesce(NEW.ticket, '') || ',' ||
			coalesce(NEW.list, '') || ',' ||
			coalesce(NEW.comment, '') || ',' ||
			coalesce(NEW.force, '') || ',' ||
			coalesce(NEW.expires_at, '') || ',' ||
			coalesce(NEW.created_at, '') || ',' ||
			coalesce(NEW.created_by, '') || ',' ||
			coalesce(NEW.updated_at, '')
	WHERE id = 1;
	SELECT RAISE(IGNORE) FROM normalise WHERE problem IS NOT NULL;
	UPDATE normalise SET keep = coalesce(NEW.created_by, '') <> ''
	WHERE id = 1;
	INSERT INTO blocklist(number, points, reason, source, ticket, list,
		comment, force, expires_at, created_at, created_by, updated_at)
	VALUES((SELECT stored FROM normalise),
		coalesce(nullif(NEW.points, ''), 100), nullif(NEW.reason, ''),
		nullif(NEW.source, ''), nullif(NEW.ticket, ''),
		coalesce(nullif(trim(NEW.list), ''), 'default'),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0),
		(SELECT stored_expires FROM normalise),
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		nullif(NEW.updated_at, ''))
	ON CONFLICT(number, list) DO UPDATE SET
		points = excluded.points, reason = excluded.reason,
		source = excluded.source, ticket = excluded.ticket,
		comment = excluded.comment, force = excluded.force,
		expires_at = excluded.expires_at
	WHERE (points, reason, source, ticket, comment, force, expires_at) IS NOT
		(excluded.points, excluded.reason, excluded.source,
		excluded.ticket, excluded.comment, excluded.force,
		excluded.expires_at);
	UPDATE normalise SET keep = 0 WHERE id = 1;
END;

DROP VIEW allowlist_import;
DROP VIEW allowlist_csv;

CREATE VIEW allowlist_import AS
SELECT number, reason, source, expires_at
FROM allowlist;

CREATE TRIGGER allowlist_import_insert INSTEAD OF INSERT ON allowlist_import
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = 0, target = 'allowlist', quiet = 1,
		line = coalesce(NEW.number, '') || ',' ||
			coalesce(NEW.reason, '') || ',' ||
			coalesce(NEW.source, '') || ',' ||
			coalesce(NEW.expires_at, '')
	WHERE id = 1;
	SELECT RAISE(IGNORE) FROM normalise WHERE problem IS NOT NULL;
	INSERT INTO allowlist(number, reason, source, expires_at)
	VALUES((SELECT stored FROM normalise), nullif(NEW.reason, ''),
		nullif(NEW.source, ''), (SELECT stored_expires FROM normalise))
	ON CONFLICT(number, list) DO UPDATE SET
		reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at
	WHERE (reason, source, expires_at) IS NOT
		(excluded.reason, excluded.source, excluded.expires_at);
END;

CREATE VIEW allowlist_csv AS
SELECT number, reason, source, ticket, list, comment, force, expires_at,
	created_at, created_by, updated_at
FROM allowlist;

CREATE TRIGGER allowlist_csv_insert INSTEAD OF INSERT ON allowlist_csv
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = coalesce(nullif(NEW.force, ''), 0),
		target = 'allowlist', quiet = 1,
		line = coalesce(NEW.number, '') || ',' ||
			coalesce(NEW.reason, '') || ',' ||
			coalesce(NEW.source, '') || ',' ||
			coalesce(NEW.ticket, '') || ',' ||
			coalesce(NEW.list, '') || ',' ||
			coalesce(NEW.comment, '') || ',' ||
			coalesce(NEW.force, '') || ',' ||
			coalesce(NEW.expires_at, '') || ',' ||
			coalesce(NEW.created_at, '') || ',' ||
			coalesce(NEW.created_by, '') || ',' ||
			coalesce(NEW.updated_at, '')
	WHERE id = 1;
	SELECT RAISE(IGNORE) FROM normalise WHERE problem IS NOT NULL;
	UPDATE normalise SET keep = coalesce(NEW.created_by, '') <> ''
	WHERE id = 1;
	INSERT INTO allowlist(number, reason, source, ticket, list, comment,
		force, expires_at, created_at, created_by, updated_at)
	VALUES((SELECT stored FROM normalise), nullif(NEW.reason, ''),
		nullif(NEW.source, ''), nullif(NEW.ticket, ''),
		coalesce(nullif(trim(NEW.list), ''), 'default'),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0),
		(SELECT stored_expires FROM normalise),
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		nullif(NEW.updated_at, ''))
	ON CONFLICT(number, list) DO UPDATE SET
		reason = excluded.reason, source = excluded.source,
		ticket = excluded.ticket, comment = excluded.comment,
		force = excluded.force, expires_at = excluded.expires_at
	WHERE (reason, source, ticket, comment, force, expires_at) IS NOT
		(excluded.reason, excluded.source, excluded.ticket,
		excluded.comment, excluded.force, excluded.expires_at);
	UPDATE normalise SET keep = 0 WHERE id = 1;
END;

DROP VIEW neverblock_import;
DROP VIEW neverblock_csv;

CREATE VIEW neverblock_import AS
SELECT number, reason, source, expires_at
FROM neverblock;

CREATE TRIGGER neverblock_import_insert INSTEAD OF INSERT ON neverblock_import
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = 0, target = 'neverblock', quiet = 1,
		line = coalesce(NEW.number, '') || ',' ||
			coalesce(NEW.reason, '') || ',' ||
			coalesce(NEW.source, '') || ',' ||
			coalesce(NEW.expires_at, '')
	WHERE id = 1;
	SELECT RAISE(IGNORE) FROM normalise WHERE problem IS NOT NULL;
	INSERT INTO neverblock(number, reason, source, expires_at)
	VALUES((SELECT stored FROM normalise), nullif(NEW.reason, ''),
		nullif(NEW.source, ''), (SELECT stored_expires FROM normalise))
	ON CONFLICT(number) DO UPDATE SET
		reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at
	WHERE (reason, source, expires_at) IS NOT
		(excluded.reason, excluded.source, excluded.expires_at);
END;

CREATE VIEW neverblock_csv AS
SELECT number, reason, source, ticket, comment, force, expires_at, created_at,
	created_by, updated_at
FROM neverblock;

CREATE TRIGGER neverblock_csv_insert INSTEAD OF INSERT ON neverblock_csv
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = coalesce(nullif(NEW.force, ''), 0),
		target = 'neverblock', quiet = 1,
		line = coalesce(NEW.number, '') || ',' ||
			coalesce(NEW.reason, '') || ',' ||
			coalesce(NEW.source, '') || ',' ||
			coalesce(NEW.ticket, '') || ',' ||
			coalesce(NEW.comment, '') || ',' ||
			coalesce(NEW.force, '') || ',' ||
			coalesce(NEW.expires_at, '') || ',' ||
			coalesce(NEW.created_at, '') || ',' ||
			coalesce(NEW.created_by, '') || ',' ||
			coalesce(NEW.updated_at, '')
	WHERE id = 1;
	SELECT RAISE(IGNORE) FROM normalise WHERE problem IS NOT NULL;
	UPDATE normalise SET keep = coalesce(NEW.created_by, '') <> ''
	WHERE id = 1;
	INSERT INTO neverblock(number, reason, source, ticket, comment, force,
		expires_at, created_at, created_by, updated_at)
	VALUES((SELECT stored FROM normalise), nullif(NEW.reason, ''),
		nullif(NEW.source, ''), nullif(NEW.ticket, ''),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0),
		(SELECT stored_expires FROM normalise),
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		nullif(NEW.updated_at, ''))
	ON CONFLICT(number) DO UPDATE SET
		reason = excluded.reason, source = excluded.source,
		ticket = excluded.ticket, comment = excluded.comment,
		force = excluded.force, expires_at = excluded.expires_at
	WHERE (reason, source, ticket, comment, force, expires_at) IS NOT
		(excluded.reason, excluded.source, excluded.ticket,
		excluded.comment, excluded.force, excluded.expires_at);
	UPDATE normalise SET keep = 0 WHERE id = 1;
END;

DROP VIEW dno_import;
DROP VIEW dno_csv;

CREATE VIEW dno_import AS
SELECT number, reason, source, expires_at, points
FROM dno;

CREATE TRIGGER dno_import_insert INSTEAD OF INSERT ON dno_import
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NEW.points, force = 0, target = 'dno', quiet = 1,
		line = coalesce(NEW.number, '') || ',' ||
			coalesce(NEW.reason, '') || ',' ||
			coalesce(NEW.source, '') || ',' ||
			coalesce(NEW.expires_at, '') || ',' ||
			coalesce(NEW.points, '')
	WHERE id = 1;
	SELECT RAISE(IGNORE) FROM normalise WHERE problem IS NOT NULL;
	INSERT INTO dno(number, reason, source, expires_at, points)
	VALUES((SELECT stored FROM normalise), nullif(NEW.reason, ''),
		nullif(NEW.source, ''), (SELECT stored_expires FROM normalise),
		coalesce(nullif(NEW.points, ''), 100))
	ON CONFLICT(number) DO UPDATE SET
		reason = excluded.reason, source = excluded.source,
		expires_at = excluded.expires_at, points = excluded.points
	WHERE (reason, source, expires_at, points) IS NOT
		(excluded.reason, excluded.source, excluded.expires_at,
		excluded.points);
END;

CREATE VIEW dno_csv AS
SELECT number, points, reason, source, ticket, comment, force, expires_at,
	created_at, created_by, updated_at
FROM dno;

CREATE TRIGGER dno_csv_insert INSTEAD OF INSERT ON dno_csv
BEGIN
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NEW.points,
		force = coalesce(nullif(NEW.force, ''), 0), target = 'dno',
		quiet = 1,
		line = coalesce(NEW.number, '') || ',' ||
			coalesce(NEW.points, '') || ',' ||
			coalesce(NEW.reason, '') || ',' ||
			coalesce(NEW.source, '') || ',' ||
			coalesce(NEW.ticket, '') || ',' ||
			coalesce(NEW.comment, '') || ',' ||
			coalesce(NEW.force, '') || ',' ||
			coalesce(NEW.expires_at, '') || ',' ||
			coalesce(NEW.created_at, '') || ',' ||
			coalesce(NEW.created_by, '') || ',' ||
			coalesce(NEW.updated_at, '')
	WHERE id = 1;
	SELECT RAISE(IGNORE) FROM normalise WHERE problem IS NOT NULL;
	UPDATE normalise SET keep = coalesce(NEW.created_by, '') <> ''
	WHERE id = 1;
	INSERT INTO dno(number, points, reason, source, ticket, comment, force,
		expires_at, created_at, created_by, updated_at)
	VALUES((SELECT stored FROM normalise),
		coalesce(nullif(NEW.points, ''), 100), nullif(NEW.reason, ''),
		nullif(NEW.source, ''), nullif(NEW.ticket, ''),
		nullif(NEW.comment, ''), coalesce(nullif(NEW.force, ''), 0),
		(SELECT stored_expires FROM normalise),
		coalesce(nullif(NEW.created_at, ''), CURRENT_TIMESTAMP),
		coalesce(nullif(NEW.created_by, ''), 'sqlite3'),
		nullif(NEW.updated_at, ''))
	ON CONFLICT(number) DO UPDATE SET
		points = excluded.points, reason = excluded.reason,
		source = excluded.source, ticket = excluded.ticket,
		comment = excluded.comment, force = excluded.force,
		expires_at = excluded.expires_at
	WHERE (points, reason, source, ticket, comment, force, expires_at) IS NOT
		(excluded.points, excluded.reason, excluded.source,
		excluded.ticket, excluded.comment, excluded.force,
		excluded.expires_at);
	UPDATE normalise SET keep = 0 WHERE id = 1;
END;

DROP TRIGGER subscriber_rules_csv_insert;

CREATE TRIGGER subscriber_rules_csv_insert
INSTEAD OF INSERT ON subscriber_rules_csv
BEGIN
	INSERT INTO subscribers(name) VALUES(NEW.subscriber)
	ON CONFLICT DO NOTHING;
	UPDATE normalise SET number = NEW.number, expires_at = NEW.expires_at,
		points = NULL, force = 0, target = NULL, quiet = 0;
	UPDATE normalise SET keep = coalesce(NEW.created_by, '') <> ''
	WHERE id = 1;
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
	UPDATE normalise SET keep = 0 WHERE id = 1;
END;
