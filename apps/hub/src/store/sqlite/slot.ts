import type { TakenSlot } from '../../state/change-set.ts'
import type { Connection } from './connection.ts'

/** The slots of a machine that live sessions hold. */
export function takenSlots(connection: Connection, machineId: string): TakenSlot[] {
  return connection
    .prepare(
      'SELECT docker_slot AS slot, session_id, stalled_at FROM session WHERE machine_id = ? AND docker_slot IS NOT NULL ORDER BY docker_slot',
    )
    .all(machineId) as TakenSlot[]
}
