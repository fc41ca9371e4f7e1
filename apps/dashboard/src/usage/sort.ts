import type { UsageRow } from '../hub/answer.ts'
import { type GroupKey, keyOf } from './group-name.ts'

export const sortColumns = ['name', 'cost_usd', 'total_tokens', 'input', 'output', 'write', 'read', 'calls'] as const
export type SortColumn = (typeof sortColumns)[number]

export interface Sort {
  readonly column: SortColumn
  readonly descending: boolean
}

/** `-cost_usd` and the like; what is no column is the usual order. */
export function readSort(text: string | undefined, usual: Sort): Sort {
  const descending = text?.startsWith('-') ?? false
  const column = sortColumns.find((name) => name === text?.slice(descending ? 1 : 0))
  return column === undefined ? usual : { column, descending }
}

export function writeSort({ column, descending }: Sort): string {
  return `${descending ? '-' : ''}${column}`
}

function sortValue(row: UsageRow, column: Exclude<SortColumn, 'name'>): number | null {
  return column === 'write' ? row.write_5m + row.write_1h : row[column]
}

/** Sorted anew; what is unknown comes last in both directions, and equal rows keep the order of their names. */
export function sortRows(rows: readonly UsageRow[], group: GroupKey, { column, descending }: Sort): UsageRow[] {
  const direction = descending ? -1 : 1
  const byName = (a: UsageRow, b: UsageRow) => {
    const [one, other] = [keyOf(a, group), keyOf(b, group)]
    return one < other ? -1 : one > other ? 1 : 0
  }
  return [...rows].sort((a, b) => {
    if (column === 'name') return byName(a, b) * direction
    const [one, other] = [sortValue(a, column), sortValue(b, column)]
    if (one === null || other === null) return (one === null ? 1 : 0) - (other === null ? 1 : 0) || byName(a, b)
    return (one - other) * direction || byName(a, b)
  })
}
