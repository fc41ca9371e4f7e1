/** Line breaks of every kind, and tabs. */
const breaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g
/** What moves the cursor, rings, colours, or turns the reading direction of what follows. */
const commanding = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/** A text of somebody else, such as a name, in one line that cannot command the terminal. */
export function printable(text: string): string {
  return text.replace(breaks, ' ').replace(commanding, escaped)
}

/** The same value as JSON for people and programs; JSON itself leaves some control characters as they are. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(commanding, (character) => (character === '\n' ? character : escaped(character)))
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
