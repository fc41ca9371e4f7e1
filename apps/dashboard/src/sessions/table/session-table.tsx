import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { BoardSession } from '../../hub/answer.ts'
import { Icon } from '../../ui/icon.tsx'
import { useMedia } from '../../ui/use-media.ts'
import { t } from '../../words/board.ts'
import { groupSessions } from '../session-groups.ts'
import { groupOf, type SessionSearch, type SortColumn } from '../session-search.ts'
import { detailOf, titleOf } from '../session-title.ts'
import type { Board } from '../use-board.ts'
import { nextKeys } from './row-keys.ts'
import { nextSort, sortSessions, toLines } from './table-order.ts'
import { TableRow } from './table-row.tsx'
import './session-table.css'

/** Heights in pixels, which the style sheet has too: rows are not measured, so that ten thousand of them scroll at once. */
const ROW_HEIGHT = 40
const NARROW_ROW_HEIGHT = 84
/** Rows rendered beyond each edge of the window. */
const OVERSCAN = 4

interface Column {
  readonly name: string
  readonly sort?: SortColumn
}

const columns: readonly Column[] = [
  { name: t.state, sort: 'state' },
  { name: t.project, sort: 'project' },
  { name: t.nameTask },
  { name: t.branch },
  { name: t.machineSlot, sort: 'machine' },
  { name: t.model, sort: 'model' },
  { name: t.context, sort: 'context' },
  { name: t.cost, sort: 'cost' },
  { name: t.lastSeen, sort: 'seen' },
  { name: t.started, sort: 'started' },
]

interface SessionTableProps {
  readonly sessions: readonly BoardSession[]
  readonly board: Board
  readonly search: SessionSearch
  readonly change: (next: SessionSearch) => void
}

/** Every session in a line of its own; only those in the window are rendered. */
export function SessionTable({ sessions, board, search, change }: SessionTableProps) {
  const { sort } = search
  const group = groupOf(search)
  const wide = useMedia('(min-width: 60rem)')
  const rowHeight = wide ? ROW_HEIGHT : NARROW_ROW_HEIGHT
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const lines = useMemo(
    () => toLines(groupSessions(sortSessions(sessions, sort, board.projectNames), group, board.projects), folded),
    [sessions, sort, group, folded, board.projectNames, board.projects],
  )
  const body = useRef<HTMLDivElement>(null)
  const [scrollMargin, setScrollMargin] = useState(0)
  // What is above the table comes and goes. To ask after each step of a scroll would lay the new lines out at once.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height of the page may stay while both parts of it change
  useLayoutEffect(() => {
    const measure = () => setScrollMargin(Math.round((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [lines, rowHeight])
  // With other functions it would measure every line at each step of the scroll.
  const estimateSize = useCallback((index: number) => (lines[index]?.kind === 'group' ? ROW_HEIGHT : rowHeight), [lines, rowHeight])
  const getItemKey = useCallback((index: number) => keyOf(lines[index]), [lines])
  const virtualizer = useWindowVirtualizer({
    count: lines.length,
    estimateSize,
    getItemKey,
    overscan: OVERSCAN,
    scrollMargin,
    useFlushSync: false,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the heights depend on the lines and the width of the window
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, lines, rowHeight])
  const items = virtualizer.getVirtualItems()
  const rowKeys = useRef<ReadonlyMap<string, number>>(new Map())
  rowKeys.current = nextKeys(
    rowKeys.current,
    items.map(({ key }) => String(key)),
  )
  const fold = (key: string) => setFolded(folded.has(key) ? new Set([...folded].filter((one) => one !== key)) : new Set([...folded, key]))

  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows of a table element cannot be placed by their position
    <div className="session-table" role="table" aria-label={t.sessions} aria-rowcount={lines.length + 1}>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons have the focus */}
      <div className="session-table-head overline" role="row" aria-rowindex={1}>
        {columns.map(({ name, sort: column }) => (
          // biome-ignore lint/a11y/useSemanticElements: see above
          // biome-ignore lint/a11y/useFocusableInteractive: its button has the focus
          <span key={name} role="columnheader" aria-sort={column === undefined ? undefined : sortOf(sort, column)}>
            {column === undefined ? (
              name
            ) : (
              <button type="button" className="overline" onClick={() => change(withSort(search, column))}>
                {name}
                {sort !== undefined && sort.replace('-', '') === column && (
                  <span aria-hidden="true">{sort.startsWith('-') ? ' ↓' : ' ↑'}</span>
                )}
              </button>
            )}
          </span>
        ))}
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: it has nothing to do */}
        <span role="columnheader">
          <span className="visually-hidden">{t.actions}</span>
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div className="session-table-body" role="rowgroup" ref={body} style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, key: id, start }) => {
          const line = lines[index]
          const key = rowKeys.current.get(String(id))
          if (line === undefined) return null
          const top = start - scrollMargin
          return line.kind === 'group' ? (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useFocusableInteractive: its button has the focus
            <div
              key={key}
              role="row"
              aria-rowindex={index + 2}
              className="session-table-group"
              style={{ transform: `translateY(${top}px)` }}
            >
              {/* biome-ignore lint/a11y/useSemanticElements: see above */}
              <span role="cell" aria-colspan={columns.length + 1}>
                <button type="button" aria-expanded={!folded.has(line.key)} onClick={() => fold(line.key)}>
                  <Icon name={folded.has(line.key) ? 'right' : 'down'} size={14} />
                  <b className="session-table-title">{line.title}</b>
                  <span className="muted">{t.sessionCount(line.count)}</span>
                </button>
              </span>
            </div>
          ) : (
            <TableRow
              key={key}
              session={line.session}
              rowIndex={index + 2}
              top={top}
              title={titleOf(line.session, board)}
              project={board.projectNames.get(line.session.project_id) ?? line.session.project_id}
              detail={detailOf(line.session, board)}
            />
          )
        })}
      </div>
    </div>
  )
}

function keyOf(line: ReturnType<typeof toLines>[number] | undefined): string {
  if (line === undefined) return ''
  return line.kind === 'group' ? `group ${line.key}` : line.session.session_id
}

function sortOf(sort: SessionSearch['sort'], column: SortColumn): 'ascending' | 'descending' | 'none' {
  if (sort === column) return 'ascending'
  return sort === `-${column}` ? 'descending' : 'none'
}

function withSort({ sort, ...rest }: SessionSearch, column: SortColumn): SessionSearch {
  const next = nextSort(sort, column)
  return next === undefined ? rest : { ...rest, sort: next }
}
