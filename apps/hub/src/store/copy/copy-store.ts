import type { CopyProgress, PieceKind } from '@signalbox/contract/store-copy'
import type { Store } from '../store.ts'
import type { PortionSize, SessionWithTasks } from './portion.ts'
import { Tally } from './tally.ts'

export interface CopyOptions {
  readonly from: Store
  readonly to: Store
  readonly now: number
  /** Called after each portion, when it is stored for good. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
  /** Ends the copy after the current portion. */
  readonly signal?: AbortSignal | undefined
  readonly portionSize?: PortionSize | undefined
}

/**
 * Copies one store into another. A repeated copy takes over what has changed since, and continues an aborted one; rows that
 * are newer in the target stay.
 * @returns the outcome of the rows copied so far
 */
export async function copyStore({ from, to, now, onProgress, signal, portionSize }: CopyOptions): Promise<Tally> {
  const tally = new Tally()
  const waiting = new Map<string, SessionWithTasks>()
  let kind: PieceKind | undefined
  let rows = 0
  for await (const portion of from.copy.dump(now, portionSize)) {
    const { tally: loaded, waiting: withoutSlot } = await to.copy.load(portion, from.id, now)
    tally.add(loaded)
    for (const one of withoutSlot) waiting.set(one.session.session_id, one)
    if (kind !== portion.kind) rows = 0
    kind = portion.kind
    rows += portion.kind === 'whole' ? 1 : portion.rows.length
    onProgress?.({ kind, rows })
    if (signal?.aborted) return tally
  }
  // Their slots may have been released later in this copy.
  if (waiting.size > 0) tally.add(await loadWithSlots(to, from.id, [...waiting.values()], now))
  await to.copy.settle()
  return tally
}

async function loadWithSlots(to: Store, source: string, sessions: readonly SessionWithTasks[], now: number): Promise<Tally> {
  const tally = new Tally()
  // Sessions may wait for each other's slots, at worst in a ring: each round gives at least one its slot, unless sessions of
  // the target hold all that are left.
  for (let rest = sessions; rest.length > 0; ) {
    const { waiting } = await to.copy.load({ kind: 'sessions', rows: rest }, source, now)
    if (waiting.length === rest.length) {
      for (const { session } of rest) {
        const id = `${session.session_id} (slot ${session.docker_slot} of ${session.machine_id})`
        tally.differs('sessions', 'copied without its slot, which another session holds there', id)
      }
      return tally
    }
    rest = waiting
  }
  return tally
}
