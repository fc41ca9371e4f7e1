import type { UsageRow } from '../hub/answer.ts'

export interface BlockSpan {
  /** ISO 8601, of the block itself. */
  readonly start: string
  /** Where it lies on the line, 0 to 1; cut at the ends of the line. */
  readonly left: number
  readonly width: number
  readonly active: boolean
  readonly row: UsageRow
}

/** The blocks with calls, as sections of a line from one instant to another. */
export function blockSpans(rows: readonly UsageRow[], from: number, to: number): BlockSpan[] {
  const spans: BlockSpan[] = []
  for (const row of rows) {
    if (row.is_gap || row.start === undefined || row.end === undefined) continue
    const start = Math.max(from, Date.parse(row.start))
    const end = Math.min(to, Date.parse(row.end))
    if (end <= start) continue
    spans.push({
      start: row.start,
      left: (start - from) / (to - from),
      width: (end - start) / (to - from),
      active: row.is_active ?? false,
      row,
    })
  }
  return spans
}
