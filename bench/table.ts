/** One figure and its reference from the same run. */
export interface Row {
  /** Name of the measurement. */
  readonly what: string
  readonly measured: string
  readonly reference: string
  /** The required value. */
  readonly target: string
  /** Whether the target was reached; undefined when nothing could be measured. */
  readonly reached: boolean | undefined
  readonly note?: string
}

/** Prints rows as one Markdown table. */
export function printTable(rows: readonly Row[]): void {
  const head = ['what', 'measured', 'reference, same run', 'at least', '']
  const mark = (row: Row) => (row.reached === undefined ? 'not measured' : row.reached ? 'yes' : '**no**')
  const cells = [head, ...rows.map((row) => [row.what, row.measured, row.reference, row.target, mark(row)])]
  const widths = head.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  const line = (texts: readonly string[]) => `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`
  console.log([line(head), line(widths.map((width) => '-'.repeat(width))), ...cells.slice(1).map(line)].join('\n'))
  for (const { what, note } of rows) if (note) console.log(`\n${what}: ${note}`)
}

export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** Returns the smallest value that at least p percent of the values do not exceed. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN
}

export function milliseconds(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`
}

export function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)} ×`
}
