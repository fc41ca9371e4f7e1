/** What people call an account, and when the hub saw it first. Instants are milliseconds. */
export const accounts = `
ALTER TABLE limit_account ADD COLUMN name TEXT;
ALTER TABLE limit_account ADD COLUMN named_at INTEGER;
ALTER TABLE limit_account ADD COLUMN first_at INTEGER;
UPDATE limit_account SET first_at = (SELECT min(received_at) FROM reading WHERE reading.account = limit_account.account);
`
