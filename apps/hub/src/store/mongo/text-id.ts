/**
 * Encodes a text so that MongoDB can store and compare it: it cannot store half a surrogate pair, and some of its
 * implementations no NUL. Different texts stay different, and nearly all are stored unchanged.
 */
export function textId(text: string): string {
  return text.isWellFormed() && !text.includes('\0') && !text.startsWith('"') ? text : JSON.stringify(text)
}

/** Decodes a text that `textId` encoded. */
export function textOf(id: string): string {
  return id.startsWith('"') ? (JSON.parse(id) as string) : id
}

/** The range of the ids that encode a text with this prefix, which ends with a colon. */
export function idsWithPrefix(prefix: string): { $gte: string; $lt: string } {
  const id = textId(prefix)
  // An encoded id ends with a quote.
  const begin = id === prefix ? id : id.slice(0, -1)
  return { $gte: begin, $lt: `${begin.slice(0, -1)};` }
}
