-- How long the last edits of the lists took from being seen to being in force,
-- in milliseconds.
ALTER TABLE engine_status ADD COLUMN list_lag_ms INTEGER;
