import { projectOfFolder } from '@signalbox/usage/project-path'
import type { BoardSession, ListedMachine } from '../hub/answer.ts'
import type { SessionSearch, StatusFilter } from './session-search.ts'
import { needsAttention, toSessionState } from './session-state.ts'

/** One machine with its sessions. */
export interface MachineView {
  readonly machineId: string
  /** Undefined until the list of machines has loaded. */
  readonly machine: ListedMachine | undefined
  /** Live sessions: those that need attention first, then by slot. */
  readonly live: readonly BoardSession[]
  /** Recently ended: failed ones first, then the newest. */
  readonly ended: readonly BoardSession[]
  /** Numbers of the slots in use, independent of the filters. */
  readonly usedSlots: ReadonlySet<number>
}

export interface BoardView {
  /** By name. */
  readonly machines: readonly MachineView[]
  /** Waiting, stalled and failed sessions of all machines, the longest waiting first. */
  readonly needAttention: readonly BoardSession[]
  /** Number of sessions that pass the filters. */
  readonly count: number
}

const byName = new Intl.Collator(undefined, { numeric: true }).compare
const urgency = { waiting: 0, stalled: 1, failed: 2 } as const

/** Filters, groups and sorts the board. Machines without a matching session are left out. */
export function buildBoardView(
  sessions: Iterable<BoardSession>,
  machines: ReadonlyMap<string, ListedMachine>,
  search: SessionSearch = {},
): BoardView {
  const all = [...sessions]
  const groups = new Map<string, { live: BoardSession[]; ended: BoardSession[]; usedSlots: Set<number> }>()
  const groupOf = (id: string) => {
    const known = groups.get(id)
    if (known !== undefined) return known
    const group = { live: [], ended: [], usedSlots: new Set<number>() }
    groups.set(id, group)
    return group
  }
  // Without a session filter, machines that have no session are listed too.
  if (search.status === undefined && search.project === undefined)
    for (const id of machines.keys()) if (matchesMachine(search, id)) groupOf(id)
  const needAttention: BoardSession[] = []
  let count = 0
  for (const session of all) {
    if (!matches(session, search)) continue
    count++
    if (needsAttention(session)) needAttention.push(session)
    const group = groupOf(session.machine_id)
    if (session.completed_at === undefined) group.live.push(session)
    else group.ended.push(session)
  }
  for (const { machine_id, docker_slot, completed_at } of all) {
    if (docker_slot !== undefined && completed_at === undefined) groups.get(machine_id)?.usedSlots.add(docker_slot)
  }
  return {
    machines: [...groups]
      .map(([machineId, group]) => ({
        machineId,
        machine: machines.get(machineId),
        live: group.live.sort(bySlot),
        ended: group.ended.sort(byEnd),
        usedSlots: group.usedSlots,
      }))
      .sort((a, b) => byName(a.machineId, b.machineId)),
    needAttention: needAttention.sort(byUrgency),
    count,
  }
}

function matchesMachine({ machine }: SessionSearch, id: string): boolean {
  return machine === undefined || machine === id
}

function matches(session: BoardSession, search: SessionSearch): boolean {
  if (!matchesMachine(search, session.machine_id)) return false
  if (search.project !== undefined && !isOfProject(session, search.project)) return false
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
  return status === 'waiting' ? state === 'waiting' : session.status === status
}

function rank(session: BoardSession): number {
  const state = toSessionState(session)
  return state in urgency ? urgency[state as keyof typeof urgency] : 3
}

function bySlot(a: BoardSession, b: BoardSession): number {
  return (
    rank(a) - rank(b) ||
    (a.docker_slot ?? Number.MAX_SAFE_INTEGER) - (b.docker_slot ?? Number.MAX_SAFE_INTEGER) ||
    compare(a.started_at, b.started_at) ||
    compare(a.session_id, b.session_id)
  )
}

function byEnd(a: BoardSession, b: BoardSession): number {
  return rank(a) - rank(b) || compare(b.completed_at ?? '', a.completed_at ?? '') || compare(a.session_id, b.session_id)
}

function byUrgency(a: BoardSession, b: BoardSession): number {
  return rank(a) - rank(b) || compare(attentionSince(a), attentionSince(b)) || compare(a.session_id, b.session_id)
}

/** Time since when a session needs attention, as ISO 8601. */
export function attentionSince(session: BoardSession): string {
  const state = toSessionState(session)
  if (state === 'waiting') return session.waiting_since ?? session.last_heartbeat
  return session.completed_at ?? session.last_heartbeat
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
