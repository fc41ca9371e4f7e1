/**
 * What was reported of calls where another one counts: telemetry about a call that a transcript has, the rows of a call that telemetry
 * has finished, and what was recorded for a session before telemetry itemised it. The columns are those of the table `call`.
 */
export const reportedCalls = `
CREATE TABLE reported_call (
  key TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  session INTEGER NOT NULL,
  place INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  version INTEGER NOT NULL,
  agent_id INTEGER NOT NULL,
  request_id TEXT,
  is_sidechain INTEGER NOT NULL,
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  write_5m INTEGER NOT NULL,
  write_1h INTEGER NOT NULL,
  read INTEGER NOT NULL,
  web_searches INTEGER,
  prompt INTEGER,
  unfinished INTEGER,
  odd INTEGER,
  session_since INTEGER,
  as_of INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX reported_call_by_session ON reported_call (session);
`
