-- The block list in the form Kamailio's htable module loads.
CREATE TABLE version (
	table_name VARCHAR(32) NOT NULL,
	table_version INTEGER DEFAULT 0 NOT NULL
);
INSERT INTO version VALUES ('blocklist', 2);
CREATE TABLE blocklist (
	id INTEGER PRIMARY KEY NOT NULL,
	key_name VARCHAR(64) DEFAULT '' NOT NULL,
	key_type INTEGER DEFAULT 0 NOT NULL,
	value_type INTEGER DEFAULT 0 NOT NULL,
	key_value VARCHAR(128) DEFAULT '' NOT NULL,
	expires INTEGER DEFAULT 0 NOT NULL
);
