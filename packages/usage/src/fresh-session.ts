import type { CurrentWindow } from '@signalbox/contract/current-limits'
import type { BlockWindow } from './block.ts'

/** The age from which limits are stale, in milliseconds. */
export const STALE_MS = 10 * 60_000

/** The five-hour window of limits that are not stale. */
export interface FreshSession {
  /** 0–1000; over 100 while extra usage pays. */
  readonly percentage: number
  /** The end of the open window, in milliseconds since 1970. */
  readonly resetsAt?: number | undefined
  /** No window is open; one begins with the next message. */
  readonly idle?: boolean | undefined
}

/** The fields of the current limits that are used; instants are ISO 8601. */
interface SessionLimits {
  readonly lastUpdated: string
  readonly currentSession?: Readonly<CurrentWindow> | undefined
}

/** @returns undefined when the limits have no five-hour window, it is stale, or it has ended */
export function freshSession({ currentSession: session, lastUpdated }: SessionLimits, now: number): FreshSession | undefined {
  if (session === undefined || now - Date.parse(session.asOf ?? lastUpdated) > STALE_MS) return undefined
  const resetsAt = session.resetsAt === undefined ? undefined : Date.parse(session.resetsAt)
  if (resetsAt !== undefined && resetsAt <= now) return undefined
  return { percentage: session.percentageUsed, resetsAt, idle: session.idle }
}

/** The measured block; undefined when no window is open or its end is unknown. */
export function measuredWindow({ resetsAt, idle }: Pick<FreshSession, 'resetsAt' | 'idle'>): BlockWindow | undefined {
  return resetsAt === undefined || idle ? undefined : { resetsAt }
}
