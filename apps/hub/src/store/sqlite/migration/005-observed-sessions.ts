/** Sessions that are observed, and the collectors of machines; columns are those of the records in `state/`. */
export const observedSessions = `
ALTER TABLE session ADD COLUMN not_seen_since INTEGER;
ALTER TABLE session ADD COLUMN process_seen_at INTEGER;
ALTER TABLE session ADD COLUMN claude_code TEXT;
ALTER TABLE session ADD COLUMN observed TEXT;
ALTER TABLE machine ADD COLUMN collector TEXT;

-- What happened in a session, as it was observed: a repeated observation has the same id.
CREATE TABLE session_event (
  session_id TEXT NOT NULL,
  observation_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (session_id, observation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_event_by_time ON session_event (session_id, at);

-- The project of an observed session may become known later.
DROP TRIGGER session_recounted;
CREATE TRIGGER session_recounted AFTER UPDATE OF status, machine_id, project_id ON session BEGIN
  UPDATE session_count SET sessions = sessions - 1 WHERE project_id = old.project_id AND machine_id = old.machine_id AND status = old.status;
  INSERT INTO session_count VALUES (new.project_id, new.machine_id, new.status, 1) ON CONFLICT DO UPDATE SET sessions = sessions + 1;
END;
`
