type Cell = string | number | boolean | null | undefined

/** RFC 4180: comma, CRLF, quotes where they are needed. The first line has the names of the columns. */
export function csv(columns: readonly string[], rows: Iterable<readonly Cell[]>): string {
  let text = `${columns.map(cellOf).join(',')}\r\n`
  for (const row of rows) text += `${row.map(cellOf).join(',')}\r\n`
  return text
}

function cellOf(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell !== 'string') return String(cell)
  // A spreadsheet would calculate these: a project may be named by whoever made it.
  const tame = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}
