/** Rules, channels, alerts, and the outbox of their messages. */
export const alerts = `
CREATE TABLE alert_rule (rule_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE channel (channel_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE alert_mark (name TEXT PRIMARY KEY, revision INTEGER NOT NULL, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE push_subscription (subscription_id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE alert (
  alert_id TEXT PRIMARY KEY,
  open_key TEXT NOT NULL UNIQUE,
  rule_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'open', 'clearing', 'closed')),
  severity TEXT NOT NULL,
  acknowledged INTEGER NOT NULL,
  occupies INTEGER NOT NULL,
  session_id TEXT,
  machine_id TEXT,
  created_at INTEGER NOT NULL,
  closed_at INTEGER,
  next_at INTEGER,
  unspread_at INTEGER,
  revision INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX alert_by_creation ON alert (created_at DESC, alert_id, state);
CREATE INDEX alert_by_state ON alert (state, created_at DESC, alert_id);
CREATE INDEX alert_by_kind ON alert (kind, state, created_at DESC, alert_id);
CREATE INDEX alert_by_severity ON alert (severity, state, created_at DESC, alert_id);
CREATE INDEX alert_open ON alert (severity, acknowledged) WHERE state IN ('open', 'clearing');
CREATE INDEX alert_of_rule ON alert (rule_id) WHERE occupies = 1;
CREATE INDEX alert_of_session ON alert (session_id, created_at DESC, alert_id) WHERE session_id IS NOT NULL;
CREATE INDEX alert_of_machine ON alert (machine_id, created_at DESC, alert_id) WHERE machine_id IS NOT NULL;
CREATE INDEX alert_closed ON alert (rule_id, subject, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX alert_closed_at ON alert (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX alert_due ON alert (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX alert_unspread ON alert (unspread_at) WHERE unspread_at IS NOT NULL;
CREATE TABLE alert_count (
  state TEXT NOT NULL,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  alerts INTEGER NOT NULL,
  PRIMARY KEY (state, kind, severity)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER alert_added AFTER INSERT ON alert BEGIN
  INSERT OR IGNORE INTO alert_count VALUES (new.state, new.kind, new.severity, 0);
  UPDATE alert_count SET alerts = alerts + 1 WHERE state = new.state AND kind = new.kind AND severity = new.severity;
END;
CREATE TRIGGER alert_removed AFTER DELETE ON alert BEGIN
  UPDATE alert_count SET alerts = alerts - 1 WHERE state = old.state AND kind = old.kind AND severity = old.severity;
END;
CREATE TRIGGER alert_moved AFTER UPDATE OF state, kind, severity ON alert
WHEN old.state <> new.state OR old.kind <> new.kind OR old.severity <> new.severity BEGIN
  UPDATE alert_count SET alerts = alerts - 1 WHERE state = old.state AND kind = old.kind AND severity = old.severity;
  INSERT OR IGNORE INTO alert_count VALUES (new.state, new.kind, new.severity, 0);
  UPDATE alert_count SET alerts = alerts + 1 WHERE state = new.state AND kind = new.kind AND severity = new.severity;
END;
CREATE TABLE notice (
  notice_id TEXT PRIMARY KEY,
  flip_id TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  what TEXT NOT NULL,
  severity TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'in', 'sent', 'dropped')),
  created_at INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  held_by TEXT,
  message_id TEXT,
  reason TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_of_alert ON notice (alert_id, created_at);
CREATE INDEX notice_waiting ON notice (channel_id, not_before, created_at) WHERE state = 'waiting';
CREATE INDEX notice_in_message ON notice (message_id) WHERE message_id IS NOT NULL;
CREATE TABLE message (
  message_id TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('gathering', 'sealed', 'sending', 'sent', 'dropped')),
  created_at INTEGER NOT NULL,
  next_at INTEGER,
  revision INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX message_of_channel ON message (channel_id, created_at DESC, message_id);
CREATE INDEX message_unsent ON message (channel_id, created_at) WHERE state IN ('gathering', 'sealed', 'sending');
CREATE INDEX message_due ON message (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX message_by_age ON message (created_at);
`
