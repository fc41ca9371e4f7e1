import type { ClaudeUsage } from '@signalbox/contract/claude-usage'
import { MAX_ROW_PARTS, type UsageTotals } from '@signalbox/contract/usage'
import { addUsage, type PlainSums } from '@signalbox/usage/add-usage'
import { buildReport } from '@signalbox/usage/group'
import type { Slice } from '@signalbox/usage/slice'
import { addDays, localDay, localMonth, startOfDay } from '@signalbox/usage/zone'
import { instantOf } from '../clock.ts'
import type { FreshPlan } from '../limits/fresh-plan.ts'
import type { UsageFilter, UsageStore } from '../store/usage.ts'
import type { ReportDefaults } from './report.ts'

const MINUTE_MS = 60_000
const FIVE_HOURS_MS = 5 * 60 * MINUTE_MS
const CLOSED_WINDOW = {
  used: 0,
  cost: 0,
  unfinishedCalls: 0,
  oddCalls: 0,
  unpricedCalls: 0,
  startedAt: null,
  resetsAt: null,
  resetsIn: null,
} as const

/** The answer of `GET /api/claude-usage`: the 5-hour block, today, and the month so far with its models. */
export async function usageSummary(
  store: UsageStore,
  query: { timezone?: string | undefined; machine_id?: string | undefined },
  defaults: ReportDefaults,
  now: number,
  plan: FreshPlan | undefined,
): Promise<ClaudeUsage> {
  const timezone = query.timezone ?? defaults.timezone
  const filter: UsageFilter = { machine: query.machine_id }
  const day = localDay(timezone, now)
  const today = { from: startOfDay(timezone, day), to: startOfDay(timezone, addDays(day, 1)) }
  const month = { from: startOfDay(timezone, `${localMonth(timezone, now)}-01`), to: today.to }
  const slices = await store.slices({ ...month, filter, keep: [], daysOf: timezone, now })
  const report = (of: Iterable<Slice>) =>
    buildReport({ group: 'model', timezone, slices: of, table: defaults.prices, maxRowParts: MAX_ROW_PARTS })
  const monthReport = report(slices)
  const { totals } = report(slices.filter(({ first_at }) => first_at >= today.from))
  const hasCalls = (await store.lastCallAt(filter)) !== undefined
  const { lastIngestAt } = await store.state()
  return {
    ...(plan?.name === undefined ? {} : { plan: plan.name }),
    ...(plan?.account === undefined ? {} : { account: plan.account }),
    ...(plan?.accountName === undefined ? {} : { accountName: plan.accountName }),
    fiveHourWindow: await readWindow(store, filter, { ...defaults, timezone }, now, plan),
    today: { ...spanOf(totals), sessions: await store.countSessions({ ...today, filter }) },
    monthToDate: { ...spanOf(monthReport.totals), sessions: await store.countSessions({ ...month, filter }) },
    modelBreakdown: breakdownOf(monthReport.totals),
    lastUpdated: hasCalls && lastIngestAt !== undefined ? instantOf(lastIngestAt) : null,
    dataSource: hasCalls ? 'transcripts' : 'none',
    timezone,
  }
}

function spanOf(sums: PlainSums) {
  return { tokens: sums.total_tokens, estimatedCost: sums.cost_usd, ...uncertainOf(sums) }
}

function uncertainOf({ unfinished_calls, odd_calls, unpriced_calls }: PlainSums) {
  return { unfinishedCalls: unfinished_calls, oddCalls: odd_calls, unpricedCalls: unpriced_calls }
}

/** A line for each model: what is not itemised is in that of its model. */
function breakdownOf({ models, total_tokens: all }: UsageTotals): ClaudeUsage['modelBreakdown'] {
  const sums = new Map<string, PlainSums>()
  for (const row of models) {
    const known = sums.get(row.model)
    sums.set(row.model, known === undefined ? row : addUsage(known, row))
  }
  return [...sums]
    .map(([model, sums]) => {
      const { total_tokens: tokens, cost_usd: cost } = sums
      return { model, tokens, cost, percentage: Math.round((tokens / Math.max(1, all)) * 1000) / 10, ...uncertainOf(sums) }
    })
    .sort((a, b) => b.tokens - a.tokens || (a.model < b.model ? -1 : 1))
}

/** The 5-hour window, from a fresh snapshot where there is one, else from the calls. */
async function readWindow(
  store: UsageStore,
  filter: UsageFilter,
  defaults: ReportDefaults,
  now: number,
  plan: FreshPlan | undefined,
): Promise<ClaudeUsage['fiveHourWindow']> {
  const { percentage, resetsAt, idle } = plan ?? {}
  const share = percentage === undefined ? {} : { percentage }
  if (idle) return { ...CLOSED_WINDOW, ...share, measured: true }
  if (resetsAt === undefined) return { ...(await readOpenBlock(store, filter, defaults, now)), ...share }
  const from = resetsAt - FIVE_HOURS_MS
  const slices = await store.slices({ from, to: now + 1, filter, keep: [], now })
  const { totals } = buildReport({ group: 'model', timezone: defaults.timezone, slices, table: defaults.prices })
  return {
    used: totals.total_tokens,
    cost: totals.cost_usd,
    ...uncertainOf(totals),
    startedAt: instantOf(from),
    resetsAt: instantOf(resetsAt),
    resetsIn: formatDuration(resetsAt - now),
    ...share,
    measured: true,
  }
}

async function readOpenBlock(
  store: UsageStore,
  filter: UsageFilter,
  { prices, timezone }: ReportDefaults,
  now: number,
): Promise<ClaudeUsage['fiveHourWindow']> {
  const from = await store.blockStart(now, filter)
  const slices = from === undefined ? [] : await store.slices({ from, to: now + 1, filter, keep: [], now })
  const { rows } = buildReport({ group: 'block', timezone, slices, table: prices, now })
  const open = rows.find((row) => row.is_active)
  if (open === undefined) return { ...CLOSED_WINDOW, measured: false }
  return {
    used: open.total_tokens,
    cost: open.cost_usd,
    ...uncertainOf(open),
    startedAt: open.start!,
    resetsAt: open.end!,
    resetsIn: formatDuration(Date.parse(open.end!) - now),
    measured: open.measured ?? false,
  }
}

/** As the usage page writes it: `2 hr 42 min`, `47 min`. */
function formatDuration(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / MINUTE_MS))
  const hours = Math.floor(minutes / 60)
  return [...(hours > 0 ? [`${hours} hr`] : []), ...(minutes % 60 > 0 || hours === 0 ? [`${minutes % 60} min`] : [])].join(' ')
}
