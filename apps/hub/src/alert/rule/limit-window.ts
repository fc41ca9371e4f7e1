import type { HubEvent } from '@signalbox/contract/event'
import type { WindowKind } from '@signalbox/contract/limit-label'
import { FORECAST_MAX_AGE_MS, type ForecastWindow } from '@signalbox/usage/limit-forecast'
import type { Facts, PlanFacts } from '../facts.ts'
import type { Subject, Verdict } from './rule-kind.ts'

/** Sources name the reset of a window some seconds, and words such as `2 hr 42 min` a minute, apart. In milliseconds. */
const RESET_GRAIN_MS = 600_000

export type WindowChoice = 'any' | WindowKind

/** A window that the rule is about, and its plan. */
export interface PlanWindowRow {
  readonly plan: PlanFacts
  readonly row: ForecastWindow
}

export function isWanted(kind: WindowKind, choice: WindowChoice): boolean {
  return choice === 'any' || choice === kind
}

/** The windows of all plans that a rule is about. */
export async function windowsOf(facts: Facts, choice: WindowChoice): Promise<PlanWindowRow[]> {
  return (await facts.limits()).flatMap((plan) => plan.windows.filter(({ kind }) => isWanted(kind, choice)).map((row) => ({ plan, row })))
}

/** The window itself, whichever reset it has: of the windows of single models each is its own. */
export function windowId({ kind, label }: { readonly kind: WindowKind; readonly label: string }): string {
  return kind === 'weekly_scoped' ? `${kind}:${label.toLowerCase()}` : kind
}

/** One window from one reset to the next: each is a subject of its own. */
export function windowSubject(
  account: string,
  window: { readonly kind: WindowKind; readonly label: string },
  resetsAt: number | undefined,
): Subject {
  const reset = resetsAt === undefined ? '-' : String((Math.round(resetsAt / RESET_GRAIN_MS) * RESET_GRAIN_MS) / 1_000)
  return { key: [account, windowId(window), reset].map(encodeURIComponent).join('/'), about: account === '' ? {} : { account } }
}

export function isFresh({ readAt }: Pick<ForecastWindow, 'readAt'>, now: number): boolean {
  return now - readAt <= FORECAST_MAX_AGE_MS
}

export const noFreshSnapshot: Verdict = { verdict: 'unknown', reason: 'There is no fresh snapshot of the plan limits' }

/** What is true of a window with an alert that the current limits do not have: it was reset, unless they are only incomplete. */
export async function judgeFormerWindow(subject: Subject, facts: Facts, now: number): Promise<Verdict> {
  const [account, id, reset] = subject.key.split('/').map(decodeURIComponent)
  const plan = (await facts.limits()).find((one) => one.account === account)
  if (plan === undefined) return { verdict: 'gone' }
  if (reset !== '-' && Number(reset) * 1_000 <= now) return { verdict: 'clear' }
  const row = plan.windows.find((one) => windowId(one) === id)
  return row !== undefined && isFresh(row, now) ? { verdict: 'clear' } : noFreshSnapshot
}

/** Events after which the limits are others. */
export function changesLimits({ event }: HubEvent): boolean {
  return event === 'limits.snapshot' || event === 'data.deleted' || event === 'machine.removed'
}
