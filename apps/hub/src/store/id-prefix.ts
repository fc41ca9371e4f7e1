/**
 * Ids that begin so, as ranges [from, to) that an index can look up: as it is written, and all in small letters or
 * capitals, because a UUID is the same one in both.
 */
export function rangesOf(prefix: string): readonly (readonly [from: string, to: string])[] {
  const spellings = new Set([prefix, prefix.toLowerCase(), prefix.toUpperCase()])
  // Behind every letter, digit and dash.
  return [...spellings].map((spelling) => [spelling, `${spelling}~`] as const)
}
