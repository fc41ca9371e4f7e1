/** Sessions, tasks, machines. Columns are those of the records in `state/`; instants are milliseconds. */
export const state = `
CREATE TABLE session (
  session_id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL,
  machine_id TEXT NOT NULL,
  docker_slot INTEGER,
  status TEXT NOT NULL,
  activity TEXT,
  waiting_for TEXT,
  waiting_since INTEGER,
  heartbeat_interval_ms INTEGER,
  current_task_id TEXT,
  last_heartbeat INTEGER NOT NULL,
  due_at INTEGER,
  started_at INTEGER NOT NULL,
  completed_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  history TEXT NOT NULL
) STRICT;
-- The only record of which session holds a slot; an ended session holds none.
CREATE UNIQUE INDEX session_by_slot ON session (machine_id, docker_slot) WHERE docker_slot IS NOT NULL;
CREATE INDEX session_by_due ON session (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX session_by_age ON session (created_at DESC, session_id);
CREATE INDEX session_by_status ON session (status, created_at DESC, session_id);
CREATE INDEX session_by_project ON session (project_id, status, created_at DESC, session_id);
CREATE INDEX session_by_machine ON session (machine_id, status, created_at DESC, session_id);
-- Only sessions without heartbeats: a heartbeat should touch a single index.
CREATE INDEX session_by_beat ON session (status, last_heartbeat, session_id) WHERE due_at IS NULL;
CREATE INDEX session_by_end ON session (status, completed_at) WHERE completed_at IS NOT NULL;

-- Counts of sessions, kept by triggers: counting 100,000 rows for each page of a list would take most of its time.
CREATE TABLE session_count (
  project_id TEXT NOT NULL,
  machine_id TEXT NOT NULL,
  status TEXT NOT NULL,
  sessions INTEGER NOT NULL,
  PRIMARY KEY (project_id, machine_id, status)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_count_by_machine ON session_count (machine_id, status);
CREATE TRIGGER session_counted AFTER INSERT ON session BEGIN
  INSERT INTO session_count VALUES (new.project_id, new.machine_id, new.status, 1) ON CONFLICT DO UPDATE SET sessions = sessions + 1;
END;
CREATE TRIGGER session_recounted AFTER UPDATE OF status, machine_id ON session BEGIN
  UPDATE session_count SET sessions = sessions - 1 WHERE project_id = old.project_id AND machine_id = old.machine_id AND status = old.status;
  INSERT INTO session_count VALUES (new.project_id, new.machine_id, new.status, 1) ON CONFLICT DO UPDATE SET sessions = sessions + 1;
END;
CREATE TRIGGER session_uncounted AFTER DELETE ON session BEGIN
  UPDATE session_count SET sessions = sessions - 1 WHERE project_id = old.project_id AND machine_id = old.machine_id AND status = old.status;
  DELETE FROM session_count WHERE project_id = old.project_id AND machine_id = old.machine_id AND status = old.status AND sessions = 0;
END;

CREATE TABLE task (
  task_id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  github_issue_id TEXT,
  task_name TEXT NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER,
  completed_at INTEGER,
  error_message TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  metadata TEXT NOT NULL
) STRICT;
CREATE INDEX task_by_session ON task (session_id, status);
CREATE INDEX task_by_age ON task (created_at DESC, task_id);
CREATE INDEX task_by_status ON task (status, created_at DESC, task_id);
CREATE INDEX task_by_project ON task (project_id, status, created_at DESC, task_id);

CREATE TABLE machine (
  machine_id TEXT PRIMARY KEY,
  hostname TEXT NOT NULL,
  docker_slots TEXT NOT NULL,
  status TEXT NOT NULL,
  last_heartbeat INTEGER NOT NULL,
  due_at INTEGER,
  implicit INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  metadata TEXT NOT NULL
) STRICT;
CREATE INDEX machine_by_due ON machine (due_at) WHERE due_at IS NOT NULL;

-- The timeline of one session.
CREATE INDEX event_by_session ON event (session_id, event_id) WHERE session_id IS NOT NULL;
`
