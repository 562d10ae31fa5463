-- What others say of numbers, by hearsay: public files of complaints, which
-- anybody can write into and in which banks and tax offices stand too. A row is
-- what one source says of a number on one day. This is no list: nothing here
-- decides on a call by itself. `callsieve import` fills it.
CREATE TABLE observations (
	number TEXT NOT NULL
		CONSTRAINT "number is as +12025550123" CHECK (
		number GLOB '+[1-9]*' AND length(number) BETWEEN 8 AND 16 AND
		substr(number, 2) NOT GLOB '*[^0-9]*'),
	source TEXT NOT NULL,
	day TEXT NOT NULL
		CONSTRAINT "day is a date such as 2026-11-23" CHECK (
		day IS date(day, '+0 days')),
	count INTEGER NOT NULL DEFAULT 1
		CONSTRAINT "count is a whole number above 0" CHECK (
		typeof(count) = 'integer' AND count > 0),
	PRIMARY KEY (number, source, day)
) WITHOUT ROWID;
CREATE INDEX observations_day ON observations(source, day);

INSERT INTO revision VALUES ('observations', 1);

CREATE TRIGGER observations_inserted AFTER INSERT ON observations
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'observations';
END;

CREATE TRIGGER observations_updated AFTER UPDATE ON observations
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'observations';
END;

CREATE TRIGGER observations_deleted AFTER DELETE ON observations
BEGIN
	UPDATE revision SET n = n + 1 WHERE name = 'observations';
END;

-- The numbers most sources and days speak of in the last ninety days.
CREATE VIEW top_observed AS
SELECT number, count(DISTINCT day) AS days, count(DISTINCT source) AS sources,
	sum(count) AS complaints, max(day) AS last
FROM observations
WHERE day >= date('now', '-90 days')
GROUP BY number ORDER BY days DESC, complaints DESC;
