/** Attempts of sessions, since when they are stalled, and what the monitor remembers; columns are those of the records in `state/`. */
export const attemptsListening = `
ALTER TABLE session ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
ALTER TABLE session ADD COLUMN stalled_at INTEGER;
ALTER TABLE session ADD COLUMN stalled_fail_after_ms INTEGER;
UPDATE session SET attempt = 1 + CASE WHEN json_valid(history) THEN json_array_length(history, '$.recoveries') END
  WHERE CASE WHEN json_valid(history) THEN json_array_length(history, '$.recoveries') END > 0;
UPDATE session SET stalled_at = coalesce(CASE WHEN json_valid(history) THEN json_extract(history, '$.stall.at') END, updated_at)
  WHERE status = 'stalled';
CREATE INDEX session_by_stall ON session (stalled_at) WHERE stalled_at IS NOT NULL;
-- Slots of observed sessions that are not seen any more.
CREATE INDEX session_by_lost_slot ON session (not_seen_since) WHERE not_seen_since IS NOT NULL AND docker_slot IS NOT NULL;

-- Until when the monitor has received heartbeats, in one row.
CREATE TABLE listening (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  until INTEGER NOT NULL
) STRICT;
-- The spans in which it has not, in the order in which they were noticed.
CREATE TABLE listening_gap (
  gap_id INTEGER PRIMARY KEY,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  step INTEGER NOT NULL
) STRICT;
`
