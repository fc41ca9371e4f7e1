import { projectOfFolder } from '@signalbox/usage/project-path'
import type { BoardSession } from '../hub/answer.ts'
import { t } from '../words/board.ts'
import { locale } from '../words/language.ts'
import { branchOf } from './board-view.ts'
import type { SessionGroup } from './session-search.ts'
import { needsAttention } from './session-state.ts'

export interface GroupedSessions {
  /** The machine, project or branch; empty where a session has none. */
  readonly key: string
  readonly title: string
  readonly sessions: readonly BoardSession[]
}

const byName = new Intl.Collator(locale, { numeric: true }).compare

/**
 * Sessions by machine, project or branch, in the order that they have; groups with a session that needs attention come first, then
 * by name. One group where there is no grouping.
 * @param projects short names by project
 */
export function groupSessions(
  sessions: readonly BoardSession[],
  by: SessionGroup,
  projects: ReadonlyMap<string, string>,
): readonly GroupedSessions[] {
  if (by === 'none') return [{ key: '', title: '', sessions }]
  const groups = new Map<string, BoardSession[]>()
  for (const session of sessions) {
    const key = keyOf(session, by)
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [session])
    else known.push(session)
  }
  return [...groups]
    .map(([key, own]) => ({ key, title: titleOf(key, by, projects), sessions: own, attention: own.some(needsAttention) }))
    .sort((a, b) => Number(b.attention) - Number(a.attention) || Number(a.key === '') - Number(b.key === '') || byName(a.title, b.title))
}

/** A project includes its worktrees. */
function keyOf(session: BoardSession, by: Exclude<SessionGroup, 'none'>): string {
  if (by === 'machine') return session.machine_id
  return by === 'project' ? projectOfFolder(session.project_id) : (branchOf(session) ?? '')
}

function titleOf(key: string, by: SessionGroup, projects: ReadonlyMap<string, string>): string {
  if (key === '') return by === 'branch' ? t.noBranchKnown : t.noProject
  return by === 'project' ? (projects.get(key) ?? key) : key
}
