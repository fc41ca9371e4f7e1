/** Keys that end after days without use, and invites whose key is for every machine; older ones are for the machine alone. */
export const keyEnds = `
ALTER TABLE key ADD COLUMN idle_days INTEGER;
ALTER TABLE invite ADD COLUMN any_machine INTEGER NOT NULL DEFAULT 0;
`
