import type { Collection, Filter } from 'mongodb'
import type { TakenSlot } from '../../state/change-set.ts'
import { liveStatuses } from '../../state/transition.ts'
import type { SessionDocument } from './session-document.ts'

/** The slots of machines that live sessions hold. */
export async function takenSlots(
  sessions: Collection<SessionDocument>,
  machineIds: readonly string[],
): Promise<(TakenSlot & { machine_id: string })[]> {
  const found = await sessions
    .find({ 'session.machine_id': { $in: machineIds }, 'session.docker_slot': { $gt: 0 } } as unknown as Filter<SessionDocument>, {
      projection: { 'session.session_id': 1, 'session.machine_id': 1, 'session.docker_slot': 1, 'session.stalled_at': 1 },
    })
    .toArray()
  return found
    .map(({ session }) => ({
      slot: session.docker_slot!,
      session_id: session.session_id,
      stalled_at: session.stalled_at,
      machine_id: session.machine_id,
    }))
    .sort((a, b) => a.slot - b.slot)
}

/** The ids of the live sessions on machines, each with its machine. */
export async function liveOn(
  sessions: Collection<SessionDocument>,
  machineIds: readonly string[],
): Promise<{ session_id: string; machine_id: string }[]> {
  const filter = {
    'session.machine_id': { $in: machineIds },
    'session.status': { $in: liveStatuses },
  } as unknown as Filter<SessionDocument>
  const found = await sessions.find(filter, { projection: { 'session.session_id': 1, 'session.machine_id': 1 } }).toArray()
  return found.map(({ session: { session_id, machine_id } }) => ({ session_id, machine_id }))
}
