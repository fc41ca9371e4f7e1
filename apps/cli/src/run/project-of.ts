/** The project of a folder: the folder itself, as in the usage reports and in what a collector observes. */
export function projectOf(folder: string): string {
  return (
    folder
      .replace(/\p{Cc}/gu, '')
      .toWellFormed()
      .slice(0, MAX_LENGTH) || 'unknown'
  )
}

/** The hub's limit for an identifier. */
const MAX_LENGTH = 200
