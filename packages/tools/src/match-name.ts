/**
 * Whether a stored name is the one that was asked for: case, spaces, hyphens and underscores do not count, and of a path
 * its last segment is enough. `rack 1` finds `rack-1`, and `platform web` finds `/home/ada/platform-web`.
 */
export function matchesName(stored: string, asked: string): boolean {
  const wanted = fold(asked)
  if (wanted === '') return stored === asked
  return fold(stored) === wanted || fold(lastSegment(stored)) === wanted
}

/** Whether a part of a stored name was asked for, as `opus` of `claude-opus-5-5`. */
export function containsName(stored: string, asked: string): boolean {
  const wanted = fold(asked)
  return wanted !== '' && fold(stored).includes(wanted)
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '')
}

export function lastSegment(name: string): string {
  return name.split(/[\\/]/).findLast((part) => part !== '') ?? name
}
