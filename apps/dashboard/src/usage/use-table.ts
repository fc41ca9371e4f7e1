import type { UsageReport, UsageRow } from '../hub/answer.ts'
import { useSessionNames } from '../hub/session-names.ts'
import { useUsage } from '../hub/usage.ts'
import { formatMoment } from '../ui/time-format.ts'
import { locale } from '../words/language.ts'
import { formatGroupNames, type GroupKey, readGroupValue } from './group-name.ts'
import { readSort, type Sort, sortRows } from './sort.ts'
import type { UsageView } from './use-usage-view.ts'

export interface TableRow {
  readonly key: string
  readonly name: string
  /** Of a session: where and when it was, below its name. */
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
  const sessions = group === 'session' ? describeSessions(sorted, names, sessionNames, zone) : undefined
  const text = (search.find ?? '').trim().toLowerCase()
  const rows = sorted.flatMap((row, index) => {
    const key = keys[index] ?? ''
    const { name, detail } = sessions?.[index] ?? { name: names[index] ?? '', detail: undefined }
    return text === '' || `${name} ${key} ${detail ?? ''}`.toLowerCase().includes(text) ? [{ key, name, detail, row }] : []
  })
  if (group === 'session' && sort.column === 'name')
    rows.sort((a, b) => (sort.descending ? -1 : 1) * (collator.compare(a.name, b.name) || (a.key < b.key ? -1 : 1)))
  return { group, report, rows, sort, error: query.error, refetch: query.refetch }
}

const collator = new Intl.Collator(locale)

/** A session without a name is called as its project; its id distinguishes it from others of the project. */
function describeSessions(rows: readonly UsageRow[], ids: readonly string[], known: ReadonlyMap<string, string>, zone: string) {
  const projects = formatGroupNames(
    'project',
    rows.map((row) => row.project ?? ''),
    zone,
  )
  return rows.map(({ session = '', project = '', branch = '', machine = '', last_call_at }, index) => {
    const [id = '', title] = [ids[index], known.get(session)]
    const place = project === '' ? undefined : projects[index]
    const name = title ?? place ?? id
    const when = last_call_at === undefined || session === '' ? '' : formatMoment(Date.parse(last_call_at), zone)
    // What may be long is last, where it may be cut.
    const parts = [when, name === id ? undefined : id, title === undefined ? undefined : place, machine, branch]
    return { name, detail: parts.filter((part) => part !== undefined && part !== '').join(' · ') || undefined }
  })
}
