/** The session ids with a prefix, as a range [from, to) that an index can look up. Stored ids are in lower case. */
export function rangeOf(prefix: string): readonly [from: string, to: string] {
  // A tilde sorts after every letter, digit and dash.
  return [prefix.toLowerCase(), `${prefix.toLowerCase()}~`]
}
