import { useLocation } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { UsageSums } from '../hub/answer.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Panel } from '../ui/panel.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { type SortColumn, writeSort } from './sort.ts'
import { TableLine } from './table-line.tsx'
import type { TableGroup } from './usage-search.ts'
import type { Table } from './use-table.ts'
import type { UsageView } from './use-usage-view.ts'
import '../ui/field.css'
import './table-panel.css'

const groupLabels: Record<TableGroup, string> = {
  time: 'Time',
  model: 'Models',
  project: 'Projects',
  session: 'Sessions',
  machine: 'Machines',
  branch: 'Branches',
}
const nameHeads = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  session: 'Session',
  project: 'Project',
  model: 'Model',
  machine: 'Machine',
  branch: 'Branch',
}

const columns: readonly { readonly column: SortColumn; readonly label: string; readonly wide?: boolean }[] = [
  { column: 'cost_usd', label: 'Cost' },
  { column: 'total_tokens', label: 'Tokens' },
  { column: 'input', label: 'Input', wide: true },
  { column: 'output', label: 'Output', wide: true },
  { column: 'write', label: 'Cache written', wide: true },
  { column: 'read', label: 'Cache read', wide: true },
  { column: 'calls', label: 'Calls', wide: true },
]

/** Drawn at once; more when asked for. */
const PAGE = 25

interface TablePanelProps {
  readonly view: UsageView
  readonly table: Table
}

/** The same time in rows: sorted by a press on a column's head, found by name, opened for the models in a row. */
export function TablePanel({ view, table }: TablePanelProps) {
  const { search, change } = view
  const { rows, group, sort, report } = table
  const [drawn, setDrawn] = useState(PAGE)
  const priced = (report?.totals.cost_usd ?? 0) > 0
  const measure = (sums: UsageSums) => (priced ? (sums.cost_usd ?? 0) : sums.total_tokens)
  const whole = report === undefined ? 0 : measure(report.totals)
  const largest = Math.max(0, ...(report?.rows.map(measure) ?? []))

  return (
    <Panel
      title="Table"
      className="table-panel"
      aside={
        <div className="panel-tools">
          <Segmented
            label="Rows are"
            value={view.table}
            options={Object.entries(groupLabels).map(([value, label]) => ({ value: value as TableGroup, label }))}
            onChange={(next) => {
              setDrawn(PAGE)
              change({ table: next === 'time' ? undefined : next, sort: undefined, find: undefined })
            }}
          />
          <Find view={view} />
        </div>
      }
    >
      {report === undefined ? (
        table.error === null && <Skeleton height={320} label="The table is being fetched" />
      ) : (
        <>
          <table className="figures usage-table">
            <caption className="unseen">
              Usage by {group}
              {search.find === undefined ? '' : `, rows with “${search.find}” in their name`}
            </caption>
            <thead>
              <tr>
                <Head column="name" label={nameHeads[group]} sort={sort} onSort={(next) => change({ sort: next }, { replace: true })} />
                <th scope="col" className="row-share wide">
                  <span className="unseen">Share</span>
                </th>
                {columns.map(({ column, label, wide }) => (
                  <Head
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
              {rows.slice(0, drawn).map((line) => (
                <TableLine
                  key={line.key}
                  line={line}
                  group={group}
                  view={view}
                  share={whole === 0 ? 0 : measure(line.row) / whole}
                  size={largest === 0 ? 0 : measure(line.row) / largest}
                />
              ))}
            </tbody>
          </table>
          {rows.length === 0 && (
            <p className="table-none quiet">
              {search.find === undefined ? 'Nothing was used in this time.' : `No row has “${search.find}” in its name.`}
            </p>
          )}
          {rows.length > drawn && (
            <div className="table-more">
              <Button onClick={() => setDrawn(drawn + 4 * PAGE)}>Show more</Button>
              <span className="small quiet">
                {drawn} of {rows.length} rows
              </span>
            </div>
          )}
        </>
      )}
    </Panel>
  )
}

interface HeadProps {
  readonly column: SortColumn
  readonly label: string
  readonly wide?: boolean
  readonly sort: Table['sort']
  readonly onSort: (sort: string) => void
}

function Head({ column, label, wide = false, sort, onSort }: HeadProps) {
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

function Find({ view }: { readonly view: UsageView }) {
  const { search, change } = view
  const [words, setWords] = useState(search.find ?? '')
  const [known, setKnown] = useState(search.find)
  const field = useRef<HTMLInputElement>(null)
  const hash = useLocation({ select: (location) => location.hash })

  // The address can change from elsewhere: back, another table, a cleared filter.
  if (known !== search.find) {
    setKnown(search.find)
    if ((search.find ?? '') !== words.trim()) setWords(search.find ?? '')
  }
  useEffect(() => {
    if (hash === 'find') field.current?.focus()
  }, [hash])

  return (
    <label className="table-find">
      <Icon name="search" size={15} />
      <span className="unseen">Find in the table</span>
      <input
        ref={field}
        className="input"
        type="search"
        placeholder="Find"
        data-find
        aria-keyshortcuts="/"
        value={words}
        onChange={(event) => {
          setWords(event.target.value)
          change({ find: event.target.value.trim() || undefined }, { replace: true })
        }}
      />
    </label>
  )
}
