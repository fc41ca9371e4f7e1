import type { UsageReport, UsageRow } from '../hub/answer.ts'
import { useSessionNames } from '../hub/session-names.ts'
import { useUsage } from '../hub/usage.ts'
import { formatGroupNames, type GroupKey, readGroupValue } from './group-name.ts'
import { readSort, type Sort, sortRows } from './sort.ts'
import type { UsageView } from './use-usage-view.ts'

export interface TableRow {
  readonly key: string
  readonly name: string
  /** Of a session: its project. */
  readonly detail: string | undefined
  readonly row: UsageRow
}

/** The rows of the table, searched and sorted, with their report. */
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
  const requested: GroupKey = table === 'time' ? step : table
  // By time this is the chart's query: equal parameters share one request.
  const query = useUsage({ ...base, group: requested, ...(table !== 'time' || split === 'model' ? {} : { split }) })
  const report = query.data
  // While the next report loads, the rows on screen keep their own group.
  const group = (report?.group as GroupKey | undefined) ?? requested
  const byTime = group === 'hour' || group === 'day' || group === 'week' || group === 'month'
  const sort = readSort(search.sort, byTime ? { column: 'name', descending: true } : { column: 'cost_usd', descending: true })
  const sorted = sortRows(report?.rows ?? [], group, sort)
  const keys = sorted.map((row) => readGroupValue(row, group))
  const sessionNames = useSessionNames(group === 'session')
  const names = formatGroupNames(group, keys, zone)
  const projects =
    group === 'session'
      ? formatGroupNames(
          'project',
          sorted.map((row) => row.project ?? ''),
          zone,
        )
      : []
  const text = (search.find ?? '').trim().toLowerCase()
  const rows = sorted.flatMap((row, index) => {
    const key = keys[index] ?? ''
    const name = (group === 'session' ? sessionNames.get(key) : undefined) ?? names[index] ?? ''
    const detail = projects[index]
    return text === '' || `${name} ${key} ${detail ?? ''}`.toLowerCase().includes(text) ? [{ key, name, detail, row }] : []
  })
  return { group, report, rows, sort, error: query.error, refetch: query.refetch }
}
