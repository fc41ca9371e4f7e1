import { printable } from '@signalbox/contract/printable'

export type CsvCell = string | number | boolean | null | undefined

/** Lines according to RFC 4180: commas, CRLF, quotes where needed. An unknown value is an empty cell. */
export function csvLines(lines: readonly (readonly CsvCell[])[]): string {
  return lines.map((cells) => `${cells.map(textOf).join(',')}\r\n`).join('')
}

function textOf(cell: CsvCell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell !== 'string') return String(cell)
  // A spreadsheet would evaluate such a cell as a formula, and project names come from outside.
  const safe = printable(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell)
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
