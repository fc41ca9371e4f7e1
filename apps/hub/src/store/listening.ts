import type { Gap } from '../state/listening.ts'

/** The newest gaps that are kept. */
export const MAX_GAPS = 200

/** What the monitor remembers over a restart: until when heartbeats were received, and when they were not. */
export interface ListeningStore {
  read(): Promise<Listened>
  /** Notes that heartbeats are received up to this instant; it may be earlier than the last one, after the clock was set back. */
  noteUntil(until: number): Promise<void>
  /** Adds a gap, and notes its end. */
  addGap(gap: Gap, until: number): Promise<void>
}

export interface Listened {
  /** Absent in a store in which no monitor has noted it yet. */
  readonly until?: number
  /** In the order in which they were added. */
  readonly gaps: readonly Gap[]
}
