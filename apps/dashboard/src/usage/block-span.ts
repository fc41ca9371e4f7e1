import type { UsageRow } from '../hub/answer.ts'

export interface BlockSpan {
  /** Start of the block, ISO 8601. */
  readonly start: string
  /** Position in the range, 0 to 1, clipped to the range. */
  readonly left: number
  readonly width: number
  readonly active: boolean
  readonly row: UsageRow
}

/** Positions of the blocks with calls in a time range. */
export function buildBlockSpans(rows: readonly UsageRow[], from: number, to: number): BlockSpan[] {
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
