import type { UsageReport, UsageRow } from '../hub/answer.ts'
import { useUsage } from '../hub/usage.ts'
import { type GroupKey, groupNames, keyOf } from './group-name.ts'
import { readSort, type Sort, sortRows } from './sort.ts'
import type { UsageView } from './use-usage-view.ts'

export interface TableRow {
  readonly key: string
  readonly name: string
  readonly row: UsageRow
}

/** The rows that are on the screen, found and sorted, and the report they are of. */
export interface Table {
  readonly group: GroupKey
  readonly report: UsageReport | undefined
  readonly rows: readonly TableRow[]
  readonly sort: Sort
  readonly error: Error | null
  readonly refetch: () => Promise<unknown>
}

export function useTable(view: UsageView): Table {
  const { base, table, step, split, search, zone } = view
  const asked: GroupKey = table === 'time' ? step : table
  // By time it is the question of the chart, asked with the same words, so that it is asked once.
  const query = useUsage({ ...base, group: asked, ...(table !== 'time' || split === 'model' ? {} : { split }) })
  const report = query.data
  // While the next answer is on its way, the rows on screen are still those of the one before.
  const group = (report?.group as GroupKey | undefined) ?? asked
  const byTime = group === 'hour' || group === 'day' || group === 'week' || group === 'month'
  const sort = readSort(search.sort, byTime ? { column: 'name', descending: true } : { column: 'cost_usd', descending: true })
  const sorted = sortRows(report?.rows ?? [], group, sort)
  const keys = sorted.map((row) => keyOf(row, group))
  const names = groupNames(group, keys, zone)
  const words = (search.find ?? '').trim().toLowerCase()
  const rows = sorted.flatMap((row, index) => {
    const [key = '', name = ''] = [keys[index], names[index]]
    return words === '' || `${name} ${key}`.toLowerCase().includes(words) ? [{ key, name, row }] : []
  })
  return { group, report, rows, sort, error: query.error, refetch: query.refetch }
}
