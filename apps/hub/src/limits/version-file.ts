import { createHash } from 'node:crypto'
import type { LimitReading } from '@signalbox/contract/limits'

/** What tells one reading from another: of its account and all it says, so the same in every store. 32 hex digits. */
export function readingId(reading: LimitReading): string {
  const text = `${reading.account ?? ''}\n${JSON.stringify(sorted(reading))}`
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/**
 * The name of a version's file, `YYYY-MM-DDTHH-mm-ss-<8 hex>.json`: when it was read, in UTC, and the begin of its id.
 * @param at milliseconds
 */
export function versionFile(at: number, id: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}-${id.slice(0, 8)}.json`
}

/** The order in which somebody wrote the properties says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, sorted(one)]),
  )
}
