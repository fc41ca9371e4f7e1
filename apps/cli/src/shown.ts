import os from 'node:os'
import path from 'node:path'

/** A path as a person would write it. */
export function shown(place: string): string {
  const home = os.homedir()
  return place === home || place.startsWith(home + path.sep) ? `~${place.slice(home.length)}` : place
}
