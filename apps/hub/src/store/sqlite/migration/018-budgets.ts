/** Budgets, each with what machines may spend of it. */
export const budgets = `
CREATE TABLE budget (
  budget_id TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;
`
