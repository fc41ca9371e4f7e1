import type { BoardSession, ListedMachine } from '../hub/answer.ts'
import { locale } from '../words/language.ts'
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
  /** Numbers of the slots in use, by any session. */
  readonly usedSlots: ReadonlySet<number>
}

const byName = new Intl.Collator(locale, { numeric: true }).compare
const urgency = { waiting: 0, stalled: 1, failed: 2 } as const

/**
 * Sessions by machine, machines by name.
 * @param listed machines that are there without a session, too
 * @param all the sessions that hold slots
 */
export function viewMachines(
  sessions: readonly BoardSession[],
  machines: ReadonlyMap<string, ListedMachine>,
  listed: Iterable<string> = machines.keys(),
  all = sessions,
): readonly MachineView[] {
  const groups = new Map<string, { live: BoardSession[]; ended: BoardSession[]; usedSlots: Set<number> }>()
  const groupOf = (id: string) => {
    const known = groups.get(id)
    if (known !== undefined) return known
    const group = { live: [], ended: [], usedSlots: new Set<number>() }
    groups.set(id, group)
    return group
  }
  for (const id of listed) groupOf(id)
  for (const session of sessions) {
    const group = groupOf(session.machine_id)
    if (session.completed_at === undefined) group.live.push(session)
    else group.ended.push(session)
  }
  for (const { machine_id, docker_slot, completed_at } of all) {
    if (docker_slot !== undefined && completed_at === undefined) groups.get(machine_id)?.usedSlots.add(docker_slot)
  }
  return [...groups]
    .map(([machineId, group]) => ({
      machineId,
      machine: machines.get(machineId),
      live: group.live.sort(bySlot),
      ended: group.ended.sort(byEnd),
      usedSlots: group.usedSlots,
    }))
    .sort((a, b) => byName(a.machineId, b.machineId))
}

/** Of states that need attention the most urgent first, then the others. */
export function urgencyOf(session: BoardSession): number {
  const state = toSessionState(session)
  return state in urgency ? urgency[state as keyof typeof urgency] : 3
}

function bySlot(a: BoardSession, b: BoardSession): number {
  return (
    urgencyOf(a) - urgencyOf(b) ||
    (a.docker_slot ?? Number.MAX_SAFE_INTEGER) - (b.docker_slot ?? Number.MAX_SAFE_INTEGER) ||
    compare(a.started_at, b.started_at) ||
    compare(a.session_id, b.session_id)
  )
}

function byEnd(a: BoardSession, b: BoardSession): number {
  return urgencyOf(a) - urgencyOf(b) || compare(b.completed_at ?? '', a.completed_at ?? '') || compare(a.session_id, b.session_id)
}

export function countAttention(sessions: readonly BoardSession[]): number {
  return sessions.filter(needsAttention).length
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
