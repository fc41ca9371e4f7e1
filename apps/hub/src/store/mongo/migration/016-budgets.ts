import type { Connection } from '../connection.ts'

/** Budgets are found by their id, so there is nothing to make: the step keeps databases in line with those of SQLite. */
export const budgets = async (_connection: Connection): Promise<void> => {}
