/** Invites of machines. `hash` is of the code, instants are milliseconds. */
export const invites = `
CREATE TABLE invite (
  hash TEXT PRIMARY KEY,
  invite_id TEXT NOT NULL,
  name TEXT,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  redeemed_at INTEGER,
  key_id TEXT
) STRICT, WITHOUT ROWID;
`
