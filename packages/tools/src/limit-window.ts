import type { StateTrackingApiClient } from '@signalbox/client'
import { accountLabel } from '@signalbox/client/account-label'
import { rowsOf, STALE_AFTER_MS, type WindowRow } from '@signalbox/client/limit-row'
import { describeHeldLimits } from '@signalbox/contract/clock-skew'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import { currentLimitsQuerySchema } from '@signalbox/contract/current-limits'
import { z } from 'zod'
import { compact, formatDuration, formatMoment, instantOf } from './format.ts'
import { containsName, matchesName } from './match-name.ts'
import { type ToolContext, ToolError } from './tool.ts'

/** The most accounts that are looked through. */
const MAX_ACCOUNTS = 100
const MIN_ID_LENGTH = 4

/** The arguments of every tool about the current limits. */
export const limitInput = z.strictObject({
  window: z
    .string()
    .min(1)
    .max(40)
    .optional()
    .describe('"session" (the 5-hour limit), "week" (all models), or a model such as "fable". All when absent.'),
  account: currentLimitsQuerySchema.shape.account.describe(
    'The name or id of an account, where several report to the hub. All when absent.',
  ),
})

/** Of one account. */
export interface LimitRows {
  readonly limits: CurrentLimits
  readonly rows: readonly WindowRow[]
}

/**
 * The windows of each account in use, or of one account: of people whose limits are mixed up, each gets false numbers.
 * @throws ToolError when there is no such account, or no plan has such a window
 */
export async function readLimitRows(
  client: StateTrackingApiClient,
  { window, account }: z.output<typeof limitInput>,
  { now, signal }: ToolContext,
): Promise<LimitRows[]> {
  const plans = await readPlans(client, account, signal)
  const found = plans.map((limits) => {
    const all = rowsOf(limits, now)
    return { limits, all, rows: window === undefined ? all : all.filter((row) => matchesWindow(row, window)) }
  })
  if (found.every(({ rows }) => rows.length === 0)) {
    const known = [...new Set(found.flatMap(({ all }) => all.map(windowName)))]
    throw new ToolError(
      window === undefined ? 'The newest snapshot of the plan limits has no window' : `The plan has no limit window "${window}"`,
      `Known windows: ${known.join(', ') || 'none'}.`,
    )
  }
  return found.filter(({ rows }) => rows.length > 0)
}

async function readPlans(
  client: StateTrackingApiClient,
  asked: string | undefined,
  signal: ToolContext['signal'],
): Promise<CurrentLimits[]> {
  const accounts = await client.listAccounts({ limit: MAX_ACCOUNTS }, { signal })
  // The error of the hub says why there is none.
  if (accounts.length === 0) return [await client.getCurrentLimits({}, { signal })]
  const inUse = accounts.filter((one) => one.inUse)
  if (asked === undefined) return inUse.map(({ limits }) => limits)
  const chosen =
    accounts.find(({ account }) => account === asked) ??
    accounts.find(({ name }) => name !== undefined && matchesName(name, asked)) ??
    accounts.find(({ account }) => asked.length >= MIN_ID_LENGTH && account?.startsWith(asked))
  if (chosen === undefined) {
    throw new ToolError(
      `No account has the name or id "${asked}"`,
      `Known accounts: ${accounts.map(({ limits }) => accountLabel(limits)).join(', ')}.`,
    )
  }
  return [chosen.limits]
}

/** One answer as it is, or the answers of several accounts, each with its account above it. */
export function joinAccounts(
  answers: readonly { readonly limits: CurrentLimits; readonly text: string; readonly data: Record<string, unknown> }[],
): { text: string; data: Record<string, unknown> } {
  const [only] = answers
  if (only !== undefined && answers.length === 1) return { text: only.text, data: only.data }
  return {
    text: answers.map(({ limits, text }) => `${accountLabel(limits)}:\n${text}`).join('\n\n'),
    data: { accounts: answers.map(({ data }) => data) },
  }
}

type NamedWindow = Pick<WindowRow, 'kind' | 'label'>

/** `session`, `week`, or the model of a weekly limit. */
export function windowName({ kind, label }: NamedWindow): string {
  return kind === 'session' ? 'session' : kind === 'weekly_all' ? 'week' : label.replace(/^Weekly limit · /, '').toLowerCase()
}

const aliases: Readonly<Record<string, WindowRow['kind']>> = {
  session: 'session',
  '5h': 'session',
  'five hour': 'session',
  block: 'session',
  week: 'weekly_all',
  weekly: 'weekly_all',
  '7d': 'weekly_all',
  'all models': 'weekly_all',
}

export function matchesWindow(row: NamedWindow, asked: string): boolean {
  const kind = aliases[asked.trim().toLowerCase()]
  if (kind !== undefined) return row.kind === kind
  return matchesName(row.label, asked) || (row.kind === 'weekly_scoped' && containsName(row.label, asked))
}

/** One window as data. A window that has been reset since has no percentage: what was used since is not known. */
export function toWindowData(row: WindowRow, now: number) {
  const { state, percent, resetsAt, resetsText, readAt } = row
  return compact({
    window: windowName(row),
    label: row.label,
    state,
    used_percent: state === 'reset' ? undefined : percent,
    resets_at: resetsAt === undefined ? undefined : instantOf(resetsAt),
    resets_text: resetsText,
    read_at: instantOf(readAt),
    age_minutes: Math.round((now - readAt) / 60_000),
  })
}

export function describeWindow(row: WindowRow, { now, timezone }: ToolContext): string {
  const { label, state, percent, resetsAt, resetsText } = row
  if (state === 'reset') return `${label}: has been reset since it was last read; how much is used now is not known.`
  if (state === 'idle') return `${label}: not running; it begins with the next call.`
  const reset =
    resetsAt !== undefined
      ? `resets in ${formatDuration(resetsAt - now)} (${formatMoment(resetsAt, timezone)})`
      : resetsText !== undefined
        ? `resets ${resetsText}`
        : 'when it resets is not known'
  return `${label}: ${percent}% used, ${reset}.`
}

/** How old the limits are, and when they are old, why there are no newer ones. */
export function describeAge({ lastUpdated, source, machine_id, collector }: CurrentLimits, now: number): { text: string; reason?: string } {
  const age = now - Date.parse(lastUpdated)
  const from = `${source}${machine_id === undefined ? '' : ` on ${machine_id}`}`
  if (age <= STALE_AFTER_MS) return { text: `Read ${formatDuration(age)} ago from ${from}.` }
  const reason = staleReason(collector, now)
  return { text: `These numbers are ${formatDuration(age)} old (from ${from}): ${reason}`, reason }
}

function staleReason(collector: CurrentLimits['collector'], now: number): string {
  if (collector === undefined) return 'no collector has reported to this hub.'
  const on = `the collector on ${collector.machine_id}`
  // Before its absence: reconnecting would not help until a person signs in.
  if (collector.state === 'needs_login') return `${on} has to be signed in to the usage page: "signalbox web login".`
  if (!collector.connected) return `${on} was last in contact ${formatDuration(now - Date.parse(collector.lastSeenAt))} ago.`
  if (collector.state === 'paused') return `every source of plan limits is disabled on ${collector.machine_id}.`
  const held = describeHeldLimits(collector)
  if (held !== undefined) return held
  if (collector.state === 'failing') return `${on} fails${collector.lastError === undefined ? '' : `: ${collector.lastError.message}`}.`
  return `${on} is connected, and no source there had anything newer.`
}
