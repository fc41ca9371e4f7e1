import type { LiveEvent } from '@signalbox/client'
import type { EventType } from '@signalbox/contract/event'
import type { Session } from '@signalbox/contract/session'
import type { QueryClient } from '@tanstack/react-query'
import { type Beats, machineBeat } from './beat.ts'
import { heardMeanwhile } from './heard-meanwhile.ts'
import { type MachineList, withMachineEvents } from './machine-list.ts'
import { keys } from './query-key.ts'
import { type SessionBoard, withSessionEvents } from './session-board.ts'

export const stateEvents = [
  'session.created',
  'session.updated',
  'session.heartbeat',
  'session.status',
  'task.created',
  'task.updated',
  'task.status',
  'machine.created',
  'machine.updated',
  'machine.status',
] as const satisfies readonly EventType[]

export interface StateFollower {
  /** An event of a session, a task or a machine. */
  readonly heard: (event: LiveEvent) => void
  readonly stop: () => void
}

/** Milliseconds between two changes of the page: a hundred beats a second are four drawings, not a hundred. */
const GAP = 250

/** Puts what events say into the lists that are kept, in place; what they only hint at is handed on by id of the session. */
export function followState(client: QueryClient, beats: Beats, touched: (sessionIds: ReadonlySet<string>) => void): StateFollower {
  let waiting: LiveEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = Number.NEGATIVE_INFINITY

  function flush(): void {
    timer = undefined
    last = performance.now()
    const events = waiting
    waiting = []
    change<SessionBoard>(keys.sessionBoard, (board) => withSessionEvents(board, events, Date.now()))
    change<MachineList>(keys.machines, (list) => withMachineEvents(list, events))
    const ids = new Set<string>()
    for (const { event, data } of events) {
      const { session_id: id } = data as { session_id?: string }
      if (id === undefined) continue
      if (event === 'session.heartbeat') hearBeat(data as unknown as Session)
      else ids.add(id)
      if (event.startsWith('session.')) change<Session>(keys.session(id), (known) => patched(known, data as unknown as Session))
    }
    if (ids.size > 0) touched(ids)
  }

  /** Only what really changes: each writing puts the fallback poll off. */
  function change<T>(key: readonly string[], next: (known: T) => T): void {
    const known = client.getQueryData<T>(key)
    if (known === undefined) return
    const changed = next(known)
    if (changed !== known) client.setQueryData<T>(key, changed)
  }

  function hearBeat({ session_id, machine_id, last_heartbeat }: Session): void {
    const at = Date.parse(last_heartbeat)
    beats.hear(session_id, at)
    // It counts for the machine as well.
    beats.hear(machineBeat(machine_id), at)
  }

  return {
    heard(event) {
      heardMeanwhile.hear(event)
      waiting.push(event)
      timer ??= setTimeout(flush, Math.max(0, last + GAP - performance.now()))
    },
    stop: () => clearTimeout(timer),
  }
}

/** The session as told, with the metadata that is known. */
function patched(known: Session, told: Session): Session {
  if (told.revision < known.revision) return known
  const { from: _, reason: __, occurred_at: ___, ...session } = told as Session & Record<'from' | 'reason' | 'occurred_at', unknown>
  return { ...session, metadata: known.metadata }
}
