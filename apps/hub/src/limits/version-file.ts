import { createHash } from 'node:crypto'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'

/** The id of a snapshot, a hash of its account and content, so the same in every store. 32 hex digits. */
export function snapshotId(snapshot: SnapshotBody): string {
  const text = `${snapshot.account ?? ''}\n${JSON.stringify(sortKeys(snapshot))}`
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/**
 * The file name of a version, `YYYY-MM-DDTHH-mm-ss-<8 hex>.json`: its instant in UTC and the first digits of its id.
 * @param at milliseconds
 */
export function versionFile(at: number, id: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}-${id.slice(0, 8)}.json`
}

/** The order of properties must not change the id. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, property]) => property !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, property]) => [name, sortKeys(property)]),
  )
}
