-- What was done with a call, where `action` is what was decided: the same, or
-- milder in shadow mode, during a bypass, after a second try or a challenge.
ALTER TABLE calls ADD COLUMN treatment TEXT;

-- Which bypasses are in force, in words; NULL: none.
ALTER TABLE engine_status ADD COLUMN bypass TEXT;

DROP VIEW calls_today;
DROP VIEW call_log;
DROP VIEW top_blocked;

CREATE VIEW call_log AS
SELECT id, strftime('%Y-%m-%d %H:%M:%f', started_at / 1000.0, 'unixepoch')
		AS started,
	round((ended_at - answered_at) / 1000.0, 1) AS talked_s,
	trunk, gateway, caller, callee, action, treatment, basis, score,
	status, phrase, ended_by, call_id, explanation
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
WHERE coalesce(treatment, action) = 'reject'
	AND started_at >= (strftime('%s', 'now') - 604800) * 1000
GROUP BY caller ORDER BY calls DESC;
