import { printable } from '@signalbox/contract/printable'

/** A line of a CSV file; line endings follow RFC 4180. */
export function csvLine(values: readonly (string | number)[]): string {
  return `${values.map(quoteField).join(',')}\r\n`
}

/** Prefixes text that a spreadsheet would run as a formula with an apostrophe: names of projects and branches are untrusted. */
function quoteField(value: string | number): string {
  const text = printable(typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value))
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
