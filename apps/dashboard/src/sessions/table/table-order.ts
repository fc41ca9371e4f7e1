import type { BoardSession } from '../../hub/answer.ts'
import { locale } from '../../words/language.ts'
import { byAttention } from '../board-view.ts'
import type { GroupedSessions } from '../session-groups.ts'
import type { SessionSort, SortColumn } from '../session-search.ts'
import { toSessionState } from '../session-state.ts'

/** A line of the table: the head of a group, or a session. */
export type TableLine =
  | { readonly kind: 'group'; readonly key: string; readonly title: string; readonly count: number }
  | { readonly kind: 'session'; readonly session: BoardSession }

const byName = new Intl.Collator(locale, { numeric: true }).compare

type Value = string | number | undefined

/** @param projects short names by project id */
function sortValue(session: BoardSession, column: SortColumn, projects: ReadonlyMap<string, string>): Value {
  const { claude_code: claude } = session
  switch (column) {
    case 'state':
      return toSessionState(session)
    case 'project':
      return projects.get(session.project_id) ?? session.project_id
    case 'machine':
      return `${session.machine_id} ${session.docker_slot ?? ''}`
    case 'model':
      return claude?.model
    case 'context':
      return claude?.context_tokens
    case 'cost':
      return claude?.cost_usd
    case 'seen':
      return session.completed_at ?? session.last_heartbeat
    case 'started':
      return session.started_at
  }
}

/** Sorted by a column; what is unknown comes last in both directions. Without a column, those that need attention first. */
export function sortSessions(
  sessions: readonly BoardSession[],
  sort: SessionSort | undefined,
  projects: ReadonlyMap<string, string>,
): readonly BoardSession[] {
  if (sort === undefined) return sessions
  const descending = sort.startsWith('-')
  const column = (descending ? sort.slice(1) : sort) as SortColumn
  return sessions
    .map((session) => ({ session, value: sortValue(session, column, projects) }))
    .sort((a, b) => compareValues(a.value, b.value, descending) || byAttention(a.session, b.session))
    .map(({ session }) => session)
}

function compareValues(a: Value, b: Value, descending: boolean): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : byName(String(a), String(b))
  return descending ? -order : order
}

/** One line after the other, those of folded groups left out. */
export function toLines(groups: readonly GroupedSessions[], folded: ReadonlySet<string>): readonly TableLine[] {
  return groups.flatMap(({ key, title, sessions }): readonly TableLine[] => {
    const rows = sessions.map((session) => ({ kind: 'session', session }) as const)
    if (title === '') return rows
    return [{ kind: 'group', key, title, count: sessions.length }, ...(folded.has(key) ? [] : rows)]
  })
}

/** The next order when a column is chosen: down for numbers and times, up for names; then the other way; then none. */
export function nextSort(sort: SessionSort | undefined, column: SortColumn): SessionSort | undefined {
  const first: SessionSort = ['context', 'cost', 'seen', 'started'].includes(column) ? `-${column}` : column
  const second: SessionSort = first === column ? `-${column}` : column
  return sort === first ? second : sort === second ? undefined : first
}
