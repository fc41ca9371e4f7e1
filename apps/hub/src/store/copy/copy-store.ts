import type { CopyProgress, PieceKind } from '@signalbox/contract/store-copy'
import type { Store } from '../store.ts'
import type { SessionWithTasks } from './portion.ts'
import { Tally } from './tally.ts'

export interface CopyOptions {
  readonly from: Store
  readonly to: Store
  readonly now: number
  /** After each portion; what is done by then stays done. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
  /** Ends the copy after the portion that is under way. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Brings everything that is in one store into another. Done again it takes over what has changed since, and where it was
 * broken off it goes on; what is newer in the target stays.
 * @returns what became of it, as far as it came
 */
export async function copyStore({ from, to, now, onProgress, signal }: CopyOptions): Promise<Tally> {
  const tally = new Tally()
  const waiting = new Map<string, SessionWithTasks>()
  let kind: PieceKind | undefined
  let rows = 0
  for await (const portion of from.copy.dump(now)) {
    const { tally: done, waiting: some } = await to.copy.load(portion, from.id, now)
    tally.add(done)
    for (const one of some) waiting.set(one.session.session_id, one)
    if (kind !== portion.kind) rows = 0
    kind = portion.kind
    rows += portion.kind === 'whole' ? 1 : portion.rows.length
    onProgress?.({ kind, rows })
    if (signal?.aborted) return tally
  }
  // Whoever held their slots may have let go of them later in this copy.
  if (waiting.size > 0) tally.add(await giveSlots(to, from.id, [...waiting.values()], now))
  await to.copy.settle()
  return tally
}

async function giveSlots(to: Store, source: string, sessions: readonly SessionWithTasks[], now: number): Promise<Tally> {
  const tally = new Tally()
  // One may wait for another's, in a ring at worst: each turn gives one of them its slot, or the rest are held by strangers.
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
