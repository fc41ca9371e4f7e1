import { useEffect, useRef, useState } from 'react'
import { useHasPeople } from '../hub/accounts.ts'
import type { UsageSums } from '../hub/answer.ts'
import { usePlace } from '../router/use-router.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { formatExact } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { t } from '../words/usage.ts'
import { type SortColumn, writeSort } from './sort.ts'
import { UsageTableRow } from './table-row.tsx'
import { type TableGroup, tableGroups } from './usage-search.ts'
import type { Table } from './use-table.ts'
import type { UsageView } from './use-usage-view.ts'
import '../ui/field.css'
import './table-panel.css'

const tableGroupLabels: Record<TableGroup, string> = {
  time: t.time,
  model: t.models,
  project: t.projects,
  session: t.sessions,
  machine: t.machines,
  person: t.people,
  branch: t.branches,
  agent: t.agents,
}
const nameColumnLabels = {
  hour: t.hour,
  day: t.day,
  week: t.week,
  month: t.month,
  session: t.session,
  project: t.project,
  folder: t.folder,
  model: t.model,
  machine: t.machine,
  person: t.person,
  branch: t.branch,
  agent: t.agent,
}

const columns: readonly { readonly column: SortColumn; readonly label: string; readonly wide?: boolean }[] = [
  { column: 'cost_usd', label: t.cost },
  { column: 'total_tokens', label: t.tokens },
  { column: 'input', label: t.input, wide: true },
  { column: 'output', label: t.output, wide: true },
  { column: 'write', label: t.cacheWrites, wide: true },
  { column: 'read', label: t.cacheReads, wide: true },
  { column: 'calls', label: t.calls, wide: true },
]

/** Groups of which the hub sends the most expensive rows when it has too many for one answer; of the others the newest. */
const costliest: ReadonlySet<string> = new Set(['project', 'model', 'machine', 'person', 'branch'])

/** Rows rendered at first; `Show more` adds to them. */
const INITIAL_ROWS = 25

interface TablePanelProps {
  readonly view: UsageView
  readonly table: Table
}

/** The usage as a table: sortable columns, search by name, expandable rows. */
export function TablePanel({ view, table }: TablePanelProps) {
  const { search, change } = view
  const { rows, group, sort, report } = table
  const hasPeople = useHasPeople()
  const [rowLimit, setRowLimit] = useState(INITIAL_ROWS)
  const priced = (report?.totals.cost_usd ?? 0) > 0
  const measure = (sums: UsageSums) => (priced ? (sums.cost_usd ?? 0) : sums.total_tokens)
  const total = report === undefined ? 0 : measure(report.totals)
  const largest = Math.max(0, ...(report?.rows.map(measure) ?? []))

  return (
    <Panel
      title={tableGroupLabels[view.table]}
      className="table-panel"
      aside={
        <div className="panel-tools">
          <Segmented
            label={t.groupRowsBy}
            value={view.table}
            options={tableGroups
              .filter((value) => value !== 'person' || hasPeople || view.table === 'person')
              .map((value) => ({ value, label: tableGroupLabels[value] }))}
            onChange={(next) => {
              setRowLimit(INITIAL_ROWS)
              change({ table: next === 'time' ? undefined : next, sort: undefined, find: undefined })
            }}
          />
          <SearchField view={view} />
        </div>
      }
    >
      {report === undefined ? (
        table.error === null && <Skeleton height={320} label={t.loadingTable} />
      ) : (
        <>
          <table className="figures usage-table">
            <caption className="visually-hidden">
              {t.usageBy(t.groupNames[group], search.find === undefined ? '' : t.filteredBy(search.find))}
            </caption>
            <thead>
              <tr>
                <ColumnHead
                  column="name"
                  label={nameColumnLabels[group]}
                  sort={sort}
                  onSort={(next) => change({ sort: next }, { replace: true })}
                />
                <th scope="col" className="row-share wide">
                  <span className="visually-hidden">{t.share}</span>
                </th>
                {columns.map(({ column, label, wide }) => (
                  <ColumnHead
                    key={column}
                    column={column}
                    label={label}
                    wide={wide ?? false}
                    sort={sort}
                    onSort={(next) => change({ sort: next }, { replace: true })}
                  />
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, rowLimit).map((line) => (
                <UsageTableRow
                  key={line.key}
                  line={line}
                  group={group}
                  view={view}
                  share={total === 0 ? 0 : measure(line.row) / total}
                  size={largest === 0 ? 0 : measure(line.row) / largest}
                />
              ))}
            </tbody>
          </table>
          {rows.length === 0 && (
            <p className="table-empty muted">{search.find === undefined ? t.noUsageInThis : t.noRowMatches(search.find)}</p>
          )}
          {report.left_out !== undefined && (
            <p className="table-more small muted">
              {t.theseAreOfRows(
                costliest.has(group) ? t.mostExpensive : t.newest,
                formatExact(report.rows.length),
                formatExact(report.rows.length + report.left_out),
              )}
            </p>
          )}
          {rows.length > rowLimit && (
            <div className="table-more">
              <Button onClick={() => setRowLimit(rowLimit + 4 * INITIAL_ROWS)}>{t.showMore}</Button>
              <span className="small muted">{t.ofRows(formatExact(rowLimit), formatExact(rows.length))}</span>
            </div>
          )}
        </>
      )}
    </Panel>
  )
}

interface ColumnHeadProps {
  readonly column: SortColumn
  readonly label: string
  readonly wide?: boolean
  readonly sort: Table['sort']
  readonly onSort: (sort: string) => void
}

function ColumnHead({ column, label, wide = false, sort, onSort }: ColumnHeadProps) {
  const sorted = sort.column === column
  const next = writeSort({ column, descending: sorted ? !sort.descending : column !== 'name' })
  return (
    <th scope="col" className={wide ? 'wide' : undefined} aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : undefined}>
      <button type="button" onClick={() => onSort(next)}>
        <span aria-hidden="true" className="sort-sign">
          {sorted ? (sort.descending ? '↓' : '↑') : ''}
        </span>
        {label}
      </button>
    </th>
  )
}

function SearchField({ view }: { readonly view: UsageView }) {
  const { search, change } = view
  const [text, setText] = useState(search.find ?? '')
  const [known, setKnown] = useState(search.find)
  const field = useRef<HTMLInputElement>(null)
  const { hash } = usePlace()

  // The query parameter can change elsewhere: back, another table, a cleared filter.
  if (known !== search.find) {
    setKnown(search.find)
    if ((search.find ?? '') !== text.trim()) setText(search.find ?? '')
  }
  useEffect(() => {
    if (hash === 'find') field.current?.focus()
  }, [hash])

  return (
    <label className="table-find">
      <Icon name="search" size={15} />
      <span className="visually-hidden">{t.searchTable}</span>
      <input
        ref={field}
        className="input"
        type="search"
        placeholder={t.search}
        data-find
        aria-keyshortcuts="/"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          change({ find: event.target.value.trim() || undefined }, { replace: true })
        }}
      />
    </label>
  )
}
