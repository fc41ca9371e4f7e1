/** Line breaks of every kind, and tabs. */
const lineBreaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g
/** Control characters, and characters that change the text direction, as they stand in a character class. */
const CONTROLS = '\\p{Cc}\\u200e\\u200f\\u061c\\u202a-\\u202e\\u2066-\\u2069'
const controls = new RegExp(`[${CONTROLS}]`, 'gu')
/** The same but for line ends, those of CSV too, and what our own output has: its colours. They hide nothing and reach no other line. */
const unsafe = new RegExp(`(\\u001b\\[(?:0|1|2|22|3[0-79]|9[0-7])m|\\r\\n)|[${CONTROLS}]`, 'gu')
/** The same but for line ends and tabs. */
const unsafeInLines = new RegExp(`(?!\\n|\\t|\\r\\n)[${CONTROLS}]`, 'gu')
/** What no name has: these, and separators of lines. Lone surrogates, which no name has either, are replaced apart. */
/** What no name has, for programs that write names in their own way. */
export const controlsOfNames = new RegExp(`[${CONTROLS}\\u2028\\u2029]`, 'gu')
const notInNames = new RegExp(`[${CONTROLS}\\u2028\\u2029\\p{Surrogate}]`, 'u')

/** Whether a text can be a name: on one line, and shown as what it is. */
export function isName(text: string): boolean {
  return !notInNames.test(text)
}

/** A text of another program as a name: without what no name has, and no longer than `maxLength`. May be empty. */
export function toName(text: string, maxLength: number): string {
  const name = isName(text) ? text : text.toWellFormed().replace(controlsOfNames, '')
  return name.length <= maxLength ? name : name.slice(0, maxLength).toWellFormed()
}

/** Untrusted text, such as a name, on one line, with control characters escaped. */
export function printable(text: string): string {
  return text.replace(lineBreaks, ' ').replace(controls, escapeCharacter)
}

/** Untrusted text as a name: on one line, with escapes for what no name has, line ends too, so that different texts stay different. */
export function escapedName(text: string): string {
  return text.replace(controlsOfNames, escapeCharacter)
}

/** Untrusted text of several lines, for a page or a model: only its line ends and tabs stay as they are. */
export function printableLines(text: string): string {
  return text.replace(unsafeInLines, escapeCharacter)
}

/** A value as JSON without raw control characters; JSON.stringify leaves some of them. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(controls, (character) => (character === '\n' ? character : escapeCharacter(character)))
}

/**
 * Text of several lines as it may go to a terminal or a log, whatever is in it: no sequence that moves, erases, hides or renames
 * is left. Inside of JSON it stays the same value. Parts that came from elsewhere are made `printable` before, each by itself:
 * here a line end of theirs looks like one of ours.
 */
export function printableText(text: string): string {
  return text.replace(unsafe, (found, harmless: string | undefined) =>
    harmless !== undefined || found === '\n' ? found : escapeCharacter(found),
  )
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
