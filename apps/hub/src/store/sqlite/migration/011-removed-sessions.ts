/**
 * When sessions were removed, so that late observations do not bring them back. Those of the event log are taken over. The audit
 * log is searched by time when a store is copied. Instants are milliseconds.
 */
export const removedSessions = `
CREATE TABLE removed_session (
  session_id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX removed_session_at ON removed_session (at);
INSERT INTO removed_session (session_id, at)
  SELECT session_id, max(at) FROM event
  WHERE event = 'session.status' AND session_id IS NOT NULL AND json_extract(data, '$.status') = 'gone' GROUP BY session_id;
CREATE INDEX audit_at ON audit (at);
`
