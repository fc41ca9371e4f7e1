import os from 'node:os'
import path from 'node:path'

/** A path for people: `~` for the home folder. */
export function formatPath(file: string): string {
  const home = os.homedir()
  return file === home || file.startsWith(home + path.sep) ? `~${file.slice(home.length)}` : file
}
