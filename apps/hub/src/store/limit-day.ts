import type { WindowName } from '../limits/window-samples.ts'

/** The thinned series, which outlives the versions. */
export interface LimitDayStore {
  /** The thinned series of the days in [from, to], earliest first. */
  days(query: DayQuery): Promise<LimitDay[]>
  /** The names of all windows ever stored. */
  windows(accounts: readonly string[]): Promise<WindowName[]>
}

export interface DayQuery {
  readonly accounts: readonly string[]
  /** The first and the last day, in days since 1970. */
  readonly from: number
  readonly to: number
}

export interface LimitDay {
  readonly account: string
  /** See `windowKey`. */
  readonly window: string
  readonly day: number
  /** See `limits/day-hours.ts`. */
  readonly hours: Uint8Array
}

export const THINNED_SERIES_RETENTION_DAYS = 400
