import type { TimelineRow } from '@signalbox/contract/session-timeline'

/** How long a session waited for a person, in milliseconds; `other`: without a known reason. */
export interface WaitingTimes {
  readonly permission: number
  readonly input: number
  readonly other: number
}

/** One wait, at the row of the timeline that began it. */
export interface Wait {
  readonly row: TimelineRow
  readonly reason: keyof WaitingTimes
  /** Milliseconds. */
  readonly time: number
}

/** What an observed row is about, such as `tool`; undefined for the hub's own events. */
export function toObservedKind({ type, source }: Pick<TimelineRow, 'type' | 'source'>): string | undefined {
  return source === undefined ? undefined : type.slice(type.lastIndexOf('.') + 1)
}

/**
 * The waits of a timeline. A wait lasts until the next change of the activity or status, or until `now` while the session still
 * waits; one whose end nothing reported is left out, because its length is not known.
 * @param rows oldest first
 * @param waiting whether the session waits now
 */
export function findWaits(rows: readonly TimelineRow[], { now, waiting }: { readonly now: number; readonly waiting: boolean }): Wait[] {
  const waits: Wait[] = []
  let open: Omit<Wait, 'time'> | undefined
  const close = (at: number) => {
    if (open !== undefined) waits.push({ ...open, time: Math.max(0, at - Date.parse(open.row.at)) })
    open = undefined
  }
  for (const row of rows) {
    const kind = toObservedKind(row)
    if (kind !== 'activity' && row.type !== 'session.status') continue
    close(Date.parse(row.at))
    if (kind === 'activity' && row.to === 'waiting') open = { row, reason: toReason(row.reason) }
  }
  if (waiting) close(now)
  return waits
}

export function sumWaits(waits: readonly Wait[]): WaitingTimes {
  const times = { permission: 0, input: 0, other: 0 }
  for (const { reason, time } of waits) times[reason] += time
  return times
}

function toReason(reason: string | undefined): keyof WaitingTimes {
  return reason === 'permission' || reason === 'input' ? reason : 'other'
}
