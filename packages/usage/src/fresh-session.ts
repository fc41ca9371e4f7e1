import type { ShownWindow } from '@signalbox/contract/limits'
import type { BlockWindow } from './block.ts'

/** Older than this, in milliseconds, a reading is stale. */
export const STALE_MS = 10 * 60_000

/** What a reading that is not stale says of the five hours. */
export interface FreshSession {
  /** 0–100 */
  readonly percentage: number
  /** Milliseconds: when the window is over that is open now. */
  readonly resetsAt?: number | undefined
  /** None is open: it begins with the next message. */
  readonly idle?: boolean | undefined
}

/** What a merged reading has for it; instants are ISO 8601. */
interface SessionReading {
  readonly lastUpdated: string
  readonly currentSession?: Readonly<ShownWindow> | undefined
}

/** @returns undefined where the reading has none, has it from too long ago, or its window is over */
export function freshSession({ currentSession: session, lastUpdated }: SessionReading, now: number): FreshSession | undefined {
  if (session === undefined || now - Date.parse(session.asOf ?? lastUpdated) > STALE_MS) return undefined
  const resetsAt = session.resetsAt === undefined ? undefined : Date.parse(session.resetsAt)
  if (resetsAt !== undefined && resetsAt <= now) return undefined
  return { percentage: session.percentageUsed, resetsAt, idle: session.idle }
}

/** The block that is measured; undefined where none is open, or nobody knows until when. */
export function measuredWindow({ resetsAt, idle }: Pick<FreshSession, 'resetsAt' | 'idle'>): BlockWindow | undefined {
  return resetsAt === undefined || idle ? undefined : { resetsAt }
}
