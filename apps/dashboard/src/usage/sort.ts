import type { UsageRow } from '../hub/answer.ts'
import { type GroupKey, readGroupValue } from './group-name.ts'

export const sortColumns = ['name', 'cost_usd', 'total_tokens', 'input', 'output', 'write', 'read', 'calls'] as const
export type SortColumn = (typeof sortColumns)[number]

export interface Sort {
  readonly column: SortColumn
  readonly descending: boolean
}

/** Reads `cost_usd` or `-cost_usd`. @returns `fallback` for anything that is no column */
export function readSort(text: string | undefined, fallback: Sort): Sort {
  const descending = text?.startsWith('-') ?? false
  const column = sortColumns.find((name) => name === text?.slice(descending ? 1 : 0))
  return column === undefined ? fallback : { column, descending }
}

export function writeSort({ column, descending }: Sort): string {
  return `${descending ? '-' : ''}${column}`
}

function sortValue(row: UsageRow, column: Exclude<SortColumn, 'name'>): number | null {
  return column === 'write' ? row.write_5m + row.write_1h : row[column]
}

/** Returns a sorted copy. Unknown values come last in both directions; equal rows are sorted by name. */
export function sortRows(rows: readonly UsageRow[], group: GroupKey, { column, descending }: Sort): UsageRow[] {
  const direction = descending ? -1 : 1
  const byName = (a: UsageRow, b: UsageRow) => {
    const [one, other] = [readGroupValue(a, group), readGroupValue(b, group)]
    return one < other ? -1 : one > other ? 1 : 0
  }
  return [...rows].sort((a, b) => {
    if (column === 'name') return byName(a, b) * direction
    const [one, other] = [sortValue(a, column), sortValue(b, column)]
    if (one === null || other === null) return (one === null ? 1 : 0) - (other === null ? 1 : 0) || byName(a, b)
    return (one - other) * direction || byName(a, b)
  })
}
