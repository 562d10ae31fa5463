-- Who changed what, and back again: every edit of the lists, by whatever
-- program, leaves a row here. See `callsieve list log`, `blame` and `undo`.

-- `old` is the row before, as JSON; NULL for one that was inserted. The row
-- as it is now stands in the table, or in `old` of the next change of it.
CREATE TABLE changes (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	op TEXT NOT NULL, -- insert, update, delete
	in_table TEXT NOT NULL,
	row INTEGER NOT NULL, -- its id
	number TEXT, -- of the row before, or of the one inserted
	old TEXT
);

-- Changes belong together that come within three seconds of each other, as
-- when a page of INSERTs is pasted in. Or begin one by hand, to say who you
-- are and why; it lasts until the next, or ten minutes without a change:
--   INSERT INTO batches(who, note) VALUES('ann', 'NOC-4711');
-- A batch has the changes from first_change to that of the next one.
CREATE TABLE batches (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	who TEXT NOT NULL DEFAULT 'sqlite3',
	note TEXT,
	first_change INTEGER,
	lasts_s INTEGER NOT NULL DEFAULT 600, -- without a change
	open_until INTEGER -- seconds since 1970
);

-- The oldest are forgotten when a batch begins and there are more changes.
INSERT INTO settings VALUES ('changes_kept', '2000000');

CREATE TRIGGER batches_inserted AFTER INSERT ON batches
BEGIN
	UPDATE batches SET
		first_change = coalesce(NEW.first_change, 1 + coalesce(
			(SELECT seq FROM sqlite_sequence WHERE name = 'changes'),
			0)),
		open_until = coalesce(NEW.open_until,
			CAST(strftime('%s', 'now') AS INTEGER) + NEW.lasts_s)
	WHERE id = NEW.id;
	DELETE FROM changes WHERE id < (SELECT max(id) FROM changes) -
		(SELECT CAST(value AS INTEGER) FROM settings
		WHERE name = 'changes_kept' AND value GLOB '[0-9]*');
	DELETE FROM batches WHERE id < NEW.id - 1 AND
		(SELECT first_change FROM batches AS next
		WHERE next.id > batches.id ORDER BY next.id LIMIT 1) <=
		(SELECT min(id) FROM changes) AND id IN (
		SELECT id FROM batches ORDER BY id LIMIT 100);
END;

-- Once per change: what it belongs to, and that the daemon must look.
CREATE TRIGGER changes_inserted AFTER INSERT ON changes
BEGIN
	INSERT INTO batches(first_change, lasts_s)
	SELECT NEW.id, 3 WHERE NOT EXISTS (SELECT 1 FROM batches
		WHERE id = (SELECT max(id) FROM batches) AND
		open_until >= CAST(strftime('%s', 'now') AS INTEGER));
	UPDATE batches SET open_until =
		CAST(strftime('%s', 'now') AS INTEGER) + lasts_s
	WHERE id = (SELECT max(id) FROM batches) AND
		open_until <> CAST(strftime('%s', 'now') AS INTEGER) + lasts_s;
	UPDATE revision SET n = n + 1 WHERE name = 'lists';
END;

-- What the triggers of the lists keep between before and after.
CREATE TABLE replaced (
	in_table TEXT,
	row INTEGER,
	number TEXT,
	old TEXT
);

-- How often a row decided a call. Kept apart, so that counting is no edit;
-- written by the daemon once in a while.
CREATE TABLE hits (
	in_table TEXT NOT NULL,
	row INTEGER NOT NULL,
	hits INTEGER NOT NULL DEFAULT 0,
	last_hit_at TEXT,
	PRIMARY KEY (in_table, row)
) WITHOUT ROWID;

-- The newest first, with the batch each belongs to.
CREATE VIEW change_log AS
SELECT changes.id, batches.id AS batch, started_at, who, note, op, in_table,
	row, number, old
FROM changes LEFT JOIN batches ON batches.id = (
	SELECT max(id) FROM batches WHERE first_change <= changes.id)
ORDER BY changes.id DESC;

-- Lines that an import view could not take.
CREATE TABLE import_rejects (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
	in_table TEXT NOT NULL,
	number TEXT,
	line TEXT, -- its columns
	cause TEXT
);

CREATE TRIGGER import_rejects_inserted AFTER INSERT ON import_rejects
WHEN NEW.id % 1000 = 0
BEGIN
	DELETE FROM import_rejects WHERE id <= NEW.id - 100000;
END;
