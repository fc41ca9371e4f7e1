// This file imports nothing: every program and the page use it.

/** The word for so many: `plural(1, 'call')` is `call`, `plural(0, 'entry', 'entries')` is `entries`, `plural(2, 'has', 'have')` is `have`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many
}

/** `1 call`, `2 calls`; `many` where the plural has no plain s. Programs that group digits write the number themselves. */
export function countOf(count: number, one: string, many?: string): string {
  return `${count} ${plural(count, one, many)}`
}
