/**
 * Signed-in browsers, the audit log, and what a key may report about. Ids of the audit log grow and are never reused;
 * instants are milliseconds.
 */
export const signInsAndAudit = `
CREATE TABLE sign_in (
  sign_in_id TEXT PRIMARY KEY,
  key_id TEXT NOT NULL,
  key_name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  address TEXT NOT NULL,
  client TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_created_at ON sign_in (created_at);

CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  key_id TEXT,
  key_name TEXT,
  address TEXT,
  details TEXT NOT NULL
) STRICT;
CREATE INDEX audit_action ON audit (action, audit_id);

ALTER TABLE key ADD COLUMN machine_id TEXT;
ALTER TABLE key ADD COLUMN project_id TEXT;
`
