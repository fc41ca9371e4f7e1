import { foldName, lastSegment } from '@signalbox/usage/name-form'

/**
 * Whether a stored name is the one that was asked for: case, spaces, hyphens and underscores do not count, and of a path
 * its last segment is enough. `rack 1` finds `rack-1`, and `platform web` finds `/home/ada/platform-web`.
 */
export function matchesName(stored: string, asked: string): boolean {
  const wanted = foldName(asked)
  if (wanted === '') return stored === asked
  return foldName(stored) === wanted || foldName(lastSegment(stored)) === wanted
}

/** Whether a part of a stored name was asked for, as `opus` of `claude-opus-5-5`. */
export function containsName(stored: string, asked: string): boolean {
  const wanted = foldName(asked)
  return wanted !== '' && foldName(stored).includes(wanted)
}
