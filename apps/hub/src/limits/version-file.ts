import { createHash } from 'node:crypto'

/** The name of every mirror file of a version. */
export const VERSION_FILE = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-[0-9a-f]{8}\.json$/

/**
 * The name of a version's mirror file: when it was read, in UTC, and eight hexadecimal digits that tell apart what was
 * read in one second.
 * @param wireReadingJson the reading as it is kept
 */
export function versionFile(lastUpdatedMs: number, account: string | undefined, wireReadingJson: string): string {
  const hex = createHash('sha256')
    .update(`${account ?? ''}\n${wireReadingJson}`)
    .digest('hex')
    .slice(0, 8)
  return `${new Date(lastUpdatedMs).toISOString().slice(0, 19).replaceAll(':', '-')}-${hex}.json`
}
