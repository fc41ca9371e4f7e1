/** The lengths at which the groups of a UUID end. */
const lengths = [8, 13, 18, 23]

/** A shortener of ids that keeps these ids distinct. */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const all = new Set(ids)
  const length = lengths.find((length) => new Set([...all].map((id) => id.slice(0, length))).size === all.size)
  return (id) => (length === undefined ? id : id.slice(0, length))
}

/** The short form of a single id, for a sentence. */
export function shortId(id: string): string {
  return id.slice(0, 8)
}
