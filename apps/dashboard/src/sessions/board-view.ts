import type { BoardSession, ListedMachine } from '../hub/answer.ts'
import type { SessionSearch, StatusFilter } from './session-search.ts'
import { needsPerson, stateOf } from './session-state.ts'

/** One machine and who is on it. */
export interface MachineView {
  readonly machineId: string
  /** Absent while the list of machines is not here yet. */
  readonly machine: ListedMachine | undefined
  /** Live sessions: who needs a person first, then by slot. */
  readonly live: readonly BoardSession[]
  /** Ended a short while ago: failed ones first, then the newest. */
  readonly ended: readonly BoardSession[]
  /** Numbers of the slots that are held, whatever the filters leave out. */
  readonly heldSlots: ReadonlySet<number>
}

export interface BoardView {
  /** By name. */
  readonly machines: readonly MachineView[]
  /** Across all machines: who waits, stands still or failed; the one that waits for longest first. */
  readonly needPerson: readonly BoardSession[]
  /** Sessions left after the filters. */
  readonly shown: number
}

const byName = new Intl.Collator(undefined, { numeric: true }).compare
const urgency = { waiting: 0, stalled: 1, failed: 2 } as const

/** The board as it is drawn: filtered, grouped and ordered. A machine that the filters leave nothing of is not there. */
export function boardView(
  sessions: Iterable<BoardSession>,
  machines: ReadonlyMap<string, ListedMachine>,
  search: SessionSearch = {},
): BoardView {
  const all = [...sessions]
  const groups = new Map<string, { live: BoardSession[]; ended: BoardSession[]; heldSlots: Set<number> }>()
  const groupOf = (id: string) => {
    const known = groups.get(id)
    if (known !== undefined) return known
    const made = { live: [], ended: [], heldSlots: new Set<number>() }
    groups.set(id, made)
    return made
  }
  // A filter of sessions asks for sessions; without one, a machine that has none is worth a line too.
  if (search.status === undefined && search.project === undefined) for (const id of machines.keys()) if (isOf(search, id)) groupOf(id)
  const needPerson: BoardSession[] = []
  let shown = 0
  for (const session of all) {
    if (!passes(session, search)) continue
    shown++
    if (needsPerson(session)) needPerson.push(session)
    const group = groupOf(session.machine_id)
    if (session.completed_at === undefined) group.live.push(session)
    else group.ended.push(session)
  }
  for (const { machine_id, docker_slot, completed_at } of all) {
    if (docker_slot !== undefined && completed_at === undefined) groups.get(machine_id)?.heldSlots.add(docker_slot)
  }
  return {
    machines: [...groups]
      .map(([machineId, group]) => ({
        machineId,
        machine: machines.get(machineId),
        live: group.live.sort(bySlot),
        ended: group.ended.sort(byEnd),
        heldSlots: group.heldSlots,
      }))
      .sort((a, b) => byName(a.machineId, b.machineId)),
    needPerson: needPerson.sort(byUrgency),
    shown,
  }
}

function isOf({ machine }: SessionSearch, id: string): boolean {
  return machine === undefined || machine === id
}

function passes(session: BoardSession, search: SessionSearch): boolean {
  if (!isOf(search, session.machine_id)) return false
  if (search.project !== undefined && search.project !== session.project_id) return false
  return search.status === undefined || hasStatus(session, search.status)
}

export function hasStatus(session: BoardSession, status: StatusFilter): boolean {
  if (status === 'person') return needsPerson(session)
  return status === 'waiting' ? stateOf(session) === 'waiting' : session.status === status
}

function rank(session: BoardSession): number {
  const state = stateOf(session)
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
  return rank(a) - rank(b) || compare(neededSince(a), neededSince(b)) || compare(a.session_id, b.session_id)
}

/** Since when a person was needed, as ISO 8601. */
export function neededSince(session: BoardSession): string {
  const state = stateOf(session)
  if (state === 'waiting') return session.waiting_since ?? session.last_heartbeat
  return session.completed_at ?? session.last_heartbeat
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
