import type { Connection } from '../connection.ts'

/** Views are found by their id, so there is nothing to make: the step keeps databases in line with those of SQLite. */
export const savedViews = async (_connection: Connection): Promise<void> => {}
