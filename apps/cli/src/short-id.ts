/** Where the groups of a UUID end. */
const lengths = [8, 13, 18, 23]

/** Writes ids shortly, and no two of these alike. */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const all = new Set(ids)
  const length = lengths.find((length) => new Set([...all].map((id) => id.slice(0, length))).size === all.size)
  return (id) => (length === undefined ? id : id.slice(0, length))
}

/** One id alone, in the middle of a sentence. */
export function shortId(id: string): string {
  return id.slice(0, 8)
}
