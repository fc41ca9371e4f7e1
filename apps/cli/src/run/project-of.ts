import { toName } from '@signalbox/contract/printable'

/** The project of a folder: the folder itself, as in the usage reports and in what a collector observes. */
export function projectOf(folder: string): string {
  return toName(folder, MAX_LENGTH) || 'unknown'
}

/** The hub's limit for an identifier. */
const MAX_LENGTH = 200
