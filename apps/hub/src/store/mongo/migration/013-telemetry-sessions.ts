import type { Connection } from '../connection.ts'
import { createIndexes } from './indexes.ts'

/** So that what telemetry itemises of a session is found. Only calls that telemetry reports have the field. */
const indexes = [['call', { session: 1 }, { name: 'session' }]] as const

export function telemetrySessions(connection: Connection): Promise<void> {
  return createIndexes(connection, indexes)
}
