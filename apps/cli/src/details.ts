import type { Style, Terminal } from './terminal.ts'
import { widthOf } from './width.ts'
import { wrapped } from './wrapped.ts'

/** What is told of one thing; undefined is left out. */
export type Detail = readonly [name: string, text: string | undefined, style?: Style | undefined]

/** Names and what belongs to them, in two columns, as wide as the terminal. @returns lines, each ended */
export function renderDetails(details: readonly Detail[], terminal: Terminal): string {
  const told = details.filter((detail): detail is readonly [string, string, Style?] => detail[1] !== undefined && detail[1] !== '')
  const margin = Math.max(...told.map(([name]) => widthOf(name))) + 2
  return told
    .flatMap(([name, text, style]) =>
      wrapped(text, Math.max(20, terminal.columns - margin)).map((line, index) => {
        const head = index === 0 ? name : ''
        const body = style === undefined ? line : terminal.style(style, line)
        return `${terminal.style('bold', head)}${' '.repeat(margin - widthOf(head))}${body}\n`
      }),
    )
    .join('')
}

/** A line above a part, such as a table. */
export function heading(title: string, note: string, terminal: Terminal): string {
  return `\n${terminal.style('bold', title)}${note === '' ? '' : `  ${note}`}\n`
}

/** `branch=main, tries=3`, shortly. */
export function metadataText(metadata: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(metadata)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
  return text.length > MOST ? `${text.slice(0, MOST)}… (--json has all of it)` : text
}
const MOST = 300
