/**
 * A text as MongoDB can hold and compare it: it keeps no half of a surrogate pair, and some of what speaks its language
 * no NUL. Two texts never become the same, and nearly all stay as they are.
 */
export function textId(text: string): string {
  return text.isWellFormed() && !text.includes('\0') && !text.startsWith('"') ? text : JSON.stringify(text)
}

/** The way back. */
export function textOf(id: string): string {
  return id.startsWith('"') ? (JSON.parse(id) as string) : id
}
