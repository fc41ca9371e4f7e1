import type { MovedMachine } from '@signalbox/contract/machine-removal'
import { HubError } from '../hub-error.ts'
import type { LimitService } from '../limits/limit-service.ts'
import { type MachineRecord, machineNotFound } from '../state/machine-record.ts'
import { requireCollectorAway, takeMachineOver, withoutMachine } from '../state/machine-removal.ts'
import { moveSession } from '../state/session-machine.ts'
import type { Change } from '../store/change.ts'
import type { Store } from '../store/store.ts'
import { requireNoLiveSessions, sessionsOf } from './delete-data.ts'

type Moved = Omit<MovedMachine, 'machine_id' | 'from' | 'dry_run'>

/**
 * Gives everything of one machine to another, and removes the first. What was moved stays moved when it is interrupted, and
 * a repetition moves the rest.
 * @param as `rename` makes the other machine, `merge` needs it
 * @throws HubError `not_found`, `conflict`
 */
export async function moveMachine(
  store: Store,
  limits: LimitService,
  { from, to, as, dryRun }: { from: string; to: string; as: 'rename' | 'merge'; dryRun: boolean },
  change: Change,
): Promise<Moved> {
  const { machines, usage, sessions } = store
  const { now } = change
  const [machine, target] = [await machines.find(from), await machines.find(to)]
  if (machine === undefined) throw machineNotFound(from)
  if (from === to) throw new HubError('conflict', `The machine is called ${to} already`)
  if (as === 'merge' && target === undefined) throw machineNotFound(to)
  if (as === 'rename' && target !== undefined) {
    throw new HubError('conflict', `There is a machine ${to} already`, {
      suggestion: `Merge the two: POST /machines/${encodeURIComponent(from)}/merge with {"into": …, "confirm": true}.`,
    })
  }
  requireCollectorAway(machine, now, to)
  await requireNoLiveSessions(store, { machine_id: from })
  if (dryRun) {
    let count = 0
    for await (const _ of sessionsOf(store, { machine_id: from })) count++
    return {
      calls: await usage.countCalls({ machine: from }),
      snapshots: await store.limits.countSnapshots({ machine: from }),
      sessions: count,
    }
  }
  await machines.change<MachineRecord>(to, { now }, (state) => takeMachineOver(state, machine, to, now))
  let moved = 0
  for await (const { session_id } of sessionsOf(store, { machine_id: from })) {
    await sessions.change(session_id, {}, { now }, (state) => moveSession(state, to, now, session_id))
    moved++
  }
  const counts = {
    calls: await usage.moveCalls(from, to, { now }),
    snapshots: await limits.moveSnapshots(from, to, { now }),
    sessions: moved,
  }
  await store.folders.move(from, to, { now })
  await store.keys.rebind(from, to, now)
  await store.limits.removeCollector(from, { now })
  await machines.change(from, { now }, (state) => withoutMachine(state, from, now, to))
  return counts
}

/** Removes a machine and its collector for good. @throws HubError `not_found`, `conflict` */
export async function purgeMachine(
  store: Store,
  id: string,
  change: Change,
  dryRun: boolean,
): Promise<{ sessions: number; collectors: number }> {
  const { now } = change
  const machine = await store.machines.find(id)
  const collectors = (await store.limits.collectors()).filter((collector) => collector.machine === id).length
  if (machine === undefined && collectors === 0) throw machineNotFound(id)
  if (machine !== undefined) requireCollectorAway(machine, now)
  await requireNoLiveSessions(store, { machine_id: id })
  let sessions = 0
  for await (const _ of sessionsOf(store, { machine_id: id })) sessions++
  if (dryRun) return { sessions, collectors }
  await store.limits.removeCollector(id, { now })
  if (machine !== undefined) await store.machines.change(id, { now }, (state) => withoutMachine(state, id, now))
  return { sessions, collectors }
}
