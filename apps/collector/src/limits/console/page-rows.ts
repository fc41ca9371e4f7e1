import { isDeepStrictEqual } from 'node:util'
import type { LimitSnapshot, PlanWindow } from '@signalbox/usage/limit-snapshot'
import type { PageLimits } from './page-text.ts'

/** The rows that most plans have, as they were seen since the last sign-in: one that was never there is not missing. */
export interface SeenRows {
  /** Another plan may have other rows. */
  readonly plan?: PageLimits['plan']
  /** When each was last on the page, by its field on the wire, ISO 8601. */
  readonly at: Readonly<Partial<Record<MainRow, string>>>
}

type MainRow = keyof typeof mainRows

type Errors = Readonly<Record<string, string>>

const mainRows = { currentSession: 'session', allModels: 'weekly_all' } as const
const rowNames = Object.keys(mainRows) as MainRow[]
/** A row that is not there for longer than this is no part of the plan any more. */
const MISSED_FOR_MS = 24 * 3_600_000
/** Rows are final when they have not changed for this long. */
const STABLE_ROWS_MS = 1_000
/** Timeout for rows that are not there, counted only while no request is pending. */
const SECTION_TIMEOUT_MS = 5_000

/** Follows the rows of a page while it loads. Times are those of a monotonic clock, in milliseconds. */
export class PageRows {
  #limits: PageLimits | undefined
  #summary = ''
  #changedAt = 0
  #readAt: number | undefined
  #idleMs = 0

  get limits(): PageLimits | undefined {
    return this.#limits
  }

  /** @returns whether the rows have changed */
  add(limits: PageLimits, at: number, isPending: boolean): boolean {
    if (!isPending) this.#idleMs += at - (this.#readAt ?? at)
    this.#readAt = at
    this.#limits = limits
    const summary = summarize(limits.windows)
    if (summary === this.#summary) return false
    this.#summary = summary
    this.#changedAt = at
    return true
  }

  /** Whether the rows are all there and final. */
  isComplete(at: number, seen: SeenRows | undefined, now: number): boolean {
    if (this.#limits === undefined || !this.isFinal(at)) return false
    return isEmpty(findRowsToCome(this.#limits)) && isEmpty(findMissedRows(this.#limits, seen, now))
  }

  /** Whether the rows that are there have their values, and have not changed for a while. */
  isFinal(at: number): boolean {
    return this.#limits?.isPartial === false && at - this.#changedAt >= STABLE_ROWS_MS
  }

  /** Whether a row that is not there does not come any more. */
  get isSettled(): boolean {
    return this.#idleMs >= SECTION_TIMEOUT_MS
  }

  /** The limits, with the rows that should be there and are not: a page that still loads may get any. */
  result(seen: SeenRows | undefined, now: number): (PageLimits & Pick<LimitSnapshot, 'errors'>) | undefined {
    if (this.#limits === undefined) return undefined
    const errors = this.isSettled ? findMissedRows(this.#limits, seen, now) : findRowsToCome(this.#limits)
    return isEmpty(errors) ? this.#limits : { ...this.#limits, errors, isPartial: true }
  }
}

/** The rows that the next snapshot may miss: those of this one, and those that it misses. */
export function seenRowsOf(
  { plan, windows, errors, capturedAt }: Pick<LimitSnapshot, 'plan' | 'windows' | 'errors' | 'capturedAt'>,
  before: SeenRows | undefined,
): SeenRows {
  const seenAt = (row: MainRow) => {
    if (hasRow(windows, row)) return new Date(capturedAt).toISOString()
    return errors?.[row] === undefined ? undefined : before?.at[row]
  }
  return {
    ...(plan === undefined ? {} : { plan }),
    at: Object.fromEntries(rowNames.flatMap((row) => (seenAt(row) === undefined ? [] : [[row, seenAt(row)]]))),
  }
}

function findMissedRows({ windows, plan }: PageLimits, seen: SeenRows | undefined, now: number): Errors {
  const isOtherPlan = plan !== undefined && seen?.plan !== undefined && !isDeepStrictEqual(plan, seen.plan)
  if (seen === undefined || isOtherPlan) return {}
  const missed = rowNames.filter((row) => {
    const at = seen.at[row]
    return at !== undefined && Math.abs(now - Date.parse(at)) <= MISSED_FOR_MS && !hasRow(windows, row)
  })
  return Object.fromEntries(missed.map((row) => [row, `its row is not on the page, where it was at ${seen.at[row]}`]))
}

/** The rows that a page which is still loading may get. */
function findRowsToCome({ windows }: PageLimits): Errors {
  const why = 'the page was still loading, and did not show its row yet'
  return {
    ...(windows.some(({ kind }) => kind === 'session') ? {} : { currentSession: why }),
    ...(windows.some(({ kind }) => kind !== 'session') ? {} : { allModels: why }),
  }
}

function hasRow(windows: readonly PlanWindow[], row: MainRow): boolean {
  return windows.some(({ kind, state }) => kind === mainRows[row] && state !== 'absent')
}

const isEmpty = (errors: Errors) => Object.keys(errors).length === 0

/** The rows without their reset times, which are computed anew with each poll. */
const summarize = (windows: readonly PlanWindow[]) =>
  JSON.stringify(windows.map(({ kind, scope, percentUsed, resetsText, state }) => [kind, scope, percentUsed, resetsText, state]))
