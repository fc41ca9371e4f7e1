import { projectOfFolder } from '@signalbox/usage/project-path'
import type { BoardSession, ListedMachine } from '../hub/answer.ts'
import { type DismissedSessions, isDismissed, noneDismissed } from './dismissed-sessions.ts'
import { compare, type MachineView, urgencyOf, viewMachines } from './machine-view.ts'
import type { SessionSearch, StatusFilter } from './session-search.ts'
import { countedStatus, needsAttention, toSessionState } from './session-state.ts'

export interface BoardView {
  /** By name. */
  readonly machines: readonly MachineView[]
  /** Waiting, stalled and failed sessions of all machines, the longest waiting first. */
  readonly needAttention: readonly BoardSession[]
  /** The sessions that pass the filters: those that need attention first, then the newest. */
  readonly matching: readonly BoardSession[]
  /** Ended sessions that would pass, and are dismissed. */
  readonly dismissedCount: number
}

/** Filters, groups and sorts the board. Machines without a matching session are left out. */
export function buildBoardView(
  sessions: readonly BoardSession[],
  machines: ReadonlyMap<string, ListedMachine>,
  search: SessionSearch = {},
  dismissed: DismissedSessions = noneDismissed,
): BoardView {
  const needAttention: BoardSession[] = []
  const matching: BoardSession[] = []
  let dismissedCount = 0
  for (const session of sessions) {
    if (!matches(session, search)) continue
    const hidden = isDismissed(session, dismissed)
    if (hidden) dismissedCount++
    if (hidden && search.dismissed !== 'show') continue
    matching.push(session)
    if (!hidden && needsAttention(session)) needAttention.push(session)
  }
  // Without a session filter, machines that have no session are listed too.
  const isBare = search.status === undefined && search.project === undefined && search.branch === undefined && search.find === undefined
  const listed = isBare ? [...machines.keys()].filter((id) => matchesMachine(search, id)) : []
  return {
    machines: viewMachines(matching, machines, listed, sessions),
    needAttention: needAttention.sort(byUrgency),
    matching: sortByAttention(matching),
    dismissedCount,
  }
}

function matchesMachine({ machine }: SessionSearch, id: string): boolean {
  return machine === undefined || machine === id
}

function matches(session: BoardSession, search: SessionSearch): boolean {
  if (!matchesMachine(search, session.machine_id)) return false
  if (search.project !== undefined && !isOfProject(session, search.project)) return false
  if (search.branch !== undefined && branchOf(session) !== search.branch) return false
  if (search.find !== undefined && !isFound(session, search.find)) return false
  return search.status === undefined || hasStatus(session, search.status)
}

/** @param project an id, or the project to which a worktree belongs */
export function isOfProject({ project_id }: BoardSession, project: string): boolean {
  return project_id === project || projectOfFolder(project_id) === project
}

export function hasStatus(session: BoardSession, status: StatusFilter): boolean {
  if (status === 'attention') return needsAttention(session)
  const state = toSessionState(session)
  if (state === 'unseen' || status === 'unseen') return state === status
  return status === 'waiting' ? state === 'waiting' : countedStatus(session) === status
}

/** The branch of a session of Claude Code. */
export function branchOf({ claude_code }: BoardSession): string | undefined {
  return claude_code?.branch
}

/** Whether all words are in what the board shows of a session. */
function isFound(session: BoardSession, find: string): boolean {
  const { session_id, project_id, machine_id, claude_code } = session
  const text = [session_id, project_id, machine_id, claude_code?.name, claude_code?.branch, claude_code?.model].join('\n').toLowerCase()
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** Those that need attention first, the most urgent kind before the others; of each the newest first. */
export function byAttention(a: BoardSession, b: BoardSession): number {
  return attentionRank(a) - attentionRank(b) || compare(b.started_at, a.started_at) || compare(a.session_id, b.session_id)
}

/** The same for many: the rank of each is found once. */
function sortByAttention(sessions: readonly BoardSession[]): readonly BoardSession[] {
  return sessions
    .map((session) => ({ session, rank: attentionRank(session) }))
    .sort(
      (a, b) =>
        a.rank - b.rank || compare(b.session.started_at, a.session.started_at) || compare(a.session.session_id, b.session.session_id),
    )
    .map(({ session }) => session)
}

/** Live sessions that need no attention come before those that have ended well. */
function attentionRank(session: BoardSession): number {
  return needsAttention(session) ? urgencyOf(session) : session.completed_at === undefined ? 3 : 4
}

function byUrgency(a: BoardSession, b: BoardSession): number {
  return urgencyOf(a) - urgencyOf(b) || compare(attentionSince(a), attentionSince(b)) || compare(a.session_id, b.session_id)
}

/** Time since when a session needs attention, as ISO 8601. */
export function attentionSince(session: BoardSession): string {
  const state = toSessionState(session)
  if (state === 'waiting') return session.waiting_since ?? session.last_heartbeat
  return session.completed_at ?? session.last_heartbeat
}
