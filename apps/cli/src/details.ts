import { printable } from '@signalbox/contract/printable'
import type { Style, Terminal } from './terminal.ts'
import { widthOf } from './width.ts'
import { wrapText } from './wrap-text.ts'

/** One labelled value; undefined is left out. */
export type Detail = readonly [name: string, text: string | undefined, style?: Style | undefined]

/** Labels and values in two columns, wrapped to the width of the terminal. @returns lines, each with its line end */
export function renderDetails(details: readonly Detail[], terminal: Terminal): string {
  const present = details.filter((detail): detail is readonly [string, string, Style?] => detail[1] !== undefined && detail[1] !== '')
  const margin = Math.max(...present.map(([name]) => widthOf(name))) + 2
  return present
    .flatMap(([name, text, style]) =>
      wrapText(text.split('\n').map(printable).join('\n'), Math.max(20, terminal.columns - margin)).map((line, index) => {
        const head = index === 0 ? name : ''
        const body = style === undefined ? line : terminal.style(style, line)
        return `${terminal.style('bold', head)}${' '.repeat(margin - widthOf(head))}${body}\n`
      }),
    )
    .join('')
}

/** The heading of a section, such as a table. */
export function formatHeading(title: string, note: string, terminal: Terminal): string {
  return `\n${terminal.style('bold', title)}${note === '' ? '' : `  ${note}`}\n`
}

/** Metadata as `branch=main, tries=3`, cut when long. */
export function formatMetadata(metadata: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(metadata)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
  return text.length > MAX_METADATA_LENGTH ? `${text.slice(0, MAX_METADATA_LENGTH)}… (use --json to see all)` : text
}
const MAX_METADATA_LENGTH = 300
