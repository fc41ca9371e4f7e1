import type { StateTrackingApiClient } from '@signalbox/client'
import { countOf } from '@signalbox/contract/plural'
import { type UsageReport, usageQuerySchema } from '@signalbox/contract/usage'
import { type UsageRange, usageRangeSchema } from '@signalbox/contract/usage-range'
import { median } from '@signalbox/usage/cost-anomaly'
import { type CostChange, costChange, MIN_USUAL_DAYS, mainContribution, rankAmong } from '@signalbox/usage/cost-change'
import { lastSegment } from '@signalbox/usage/name-form'
import { addDays } from '@signalbox/usage/zone'
import { z } from 'zod'
import { compact, formatCompact, formatUsd, roundUsd, shorten } from '../format.ts'
import { boundsOf, type Span, spanOf } from '../range.ts'
import { defineTool, type ToolContext, ToolError } from '../tool.ts'
import { type HubFilter, resolveFilters, usageFilterShape } from '../usage-filter.ts'

const dimensions = ['project', 'model', 'machine', 'person', 'agent'] as const
/** Days back from which the usual is taken. */
const USUAL_DAYS = 28

export const usageCompare = defineTool({
  name: 'usage_compare',
  title: 'Usage compared, and why',
  description:
    'The cost of a span beside another, or a day beside what is usual: the difference, split exactly into more tokens and dearer tokens, and ' +
    'the project, model, machine, person or agent that explains it. Use it for "why did yesterday cost so much" and "this week against last week". ' +
    'It also says when a day was not unusual: then say that. Without baseline a day is compared with the median of the days of its kind ' +
    '(working days or weekends) of four weeks, a longer span with the one before. US dollars at list price.',
  input: z.strictObject({
    range: usageRangeSchema.describe('As of usage_report.'),
    baseline: usageRangeSchema.optional().describe('The span to compare with; what is usual when absent.'),
    why: z.boolean().optional().describe('Also the reason of the difference.'),
    measure: z.enum(['cost', 'tokens', 'calls']).optional().describe('What is compared; default cost.'),
    ...usageFilterShape,
    timezone: usageQuerySchema.shape.timezone.describe("An IANA zone in which days begin; default the hub's."),
  }),
  scope: 'read',
  async run(client, { range, baseline, why = false, measure = 'cost', timezone: asked, ...filter }, context) {
    const inZone = { ...context, timezone: asked ?? context.timezone }
    const now = boundsIn(spanOf(range, inZone), inZone)
    const filters = await resolveFilters(client, filter, { ...toSpan(now), timezone: inZone.timezone }, inZone)
    // Only a reason needs more than one of them.
    const wanted = why ? dimensions : dimensions.slice(0, 1)
    const read = (span: Span) => readParts(client, span, filters, wanted, inZone)
    const current = await read(toSpan(now))
    const before = baseline === undefined ? await usualOf(range, now, current, read, inZone) : await spanBefore(baseline, now, read, inZone)
    if (before === undefined) return tooEarly(range, current)
    const change = costChange(current, before)
    const reason = why ? mainContribution(change.difference, pairs(current, before)) : undefined
    return {
      text: describe(range, current, before, change, measure, why, reason),
      data: compact({
        range,
        compared_with: before.name,
        baseline: compact({ ...before.baseline }),
        ...(before.days === undefined ? {} : { usual_days: before.days, beyond_days: before.beyond, unusual: before.isUnusual }),
        now: toData(current),
        before: toData(before),
        difference_usd: roundUsd(change.difference),
        more_tokens_usd: why ? roundUsd(change.volume) : undefined,
        dearer_tokens_usd: why ? roundUsd(change.price) : undefined,
        reason: reason && {
          by: reason.dimension,
          parts: reason.parts.map((part) => ({ name: shorten(part.name, 200), difference_usd: roundUsd(part.difference) })),
        },
      }),
    }
  },
})

type Dimension = (typeof dimensions)[number]

interface Parts {
  readonly cost: number
  readonly tokens: number
  readonly calls: number
  /** Calls whose model has no known price. */
  readonly unpriced: number
  readonly by: Readonly<Record<Dimension, ReadonlyMap<string, number>>>
  readonly days: readonly UsageReport['rows'][number][]
}

interface Baseline {
  readonly kind: 'usual_working_day' | 'usual_weekend_day' | 'span' | 'same_time_before'
  readonly range?: string
  /** Only as much of it as has passed of the span that it is compared with. */
  readonly until_same_time?: true
}

interface Before extends Pick<Parts, 'cost' | 'tokens' | 'calls' | 'by'> {
  readonly name: string
  /** The same for programs. */
  readonly baseline: Baseline
  /** Of what is usual: the days it is the median of. */
  readonly days?: number
  readonly beyond?: number
  readonly isUnusual?: boolean
}

/** Instants, so that a span that is not over can be compared with as much of another. */
function boundsIn(span: Span, { now, timezone }: ToolContext): { from: number; to: number } {
  const { from, to } = boundsOf(span, timezone)
  if (from === Number.NEGATIVE_INFINITY)
    throw new ToolError('All of the usage has nothing before it to compare with', 'Ask for a shorter range.')
  return { from, to: Math.min(to, now) }
}

const toSpan = ({ from, to }: { from: number; to: number }): Span => ({
  since: new Date(from).toISOString(),
  until: new Date(to).toISOString(),
})

async function readParts(
  client: StateTrackingApiClient,
  span: Span,
  filters: readonly HubFilter[],
  wanted: readonly Dimension[],
  { timezone, weekStart, signal }: ToolContext,
): Promise<Parts> {
  const by = byDimension(() => new Map<string, number>())
  const sums = { cost: 0, tokens: 0, calls: 0, unpriced: 0 }
  const days: UsageReport['rows'][number][] = []
  const reports = filters.flatMap((filter) =>
    wanted.map(async (split) => ({
      split,
      report: await client.getUsage({ ...span, ...filter, timezone, week_start: weekStart, group: 'day', split }, { signal }),
    })),
  )
  for (const { split, report } of await Promise.all(reports)) {
    // One repository on two machines may have two paths: the last part of a project's name is its name.
    for (const { name, cost_usd } of report.totals.splits ?? [])
      add(by[split], split === 'project' ? lastSegment(name) : name, cost_usd ?? 0)
    if (split !== 'project') continue
    sums.cost += report.totals.cost_usd ?? 0
    sums.tokens += report.totals.total_tokens
    sums.calls += report.totals.calls
    sums.unpriced += report.totals.unpriced_calls
    days.push(...report.rows)
  }
  return { ...sums, by, days }
}

function byDimension<T>(of: (dimension: Dimension) => T): Record<Dimension, T> {
  return Object.fromEntries(dimensions.map((one) => [one, of(one)])) as Record<Dimension, T>
}

function add(to: Map<string, number>, name: string, cost: number): void {
  to.set(name, (to.get(name) ?? 0) + cost)
}

type Read = (span: Span) => Promise<Parts>

/** Another span; of one that goes on, as much as has passed of it. */
async function spanBefore(baseline: UsageRange, now: { from: number; to: number }, read: Read, context: ToolContext): Promise<Before> {
  const { from, to } = boundsIn(spanOf(baseline, context), context)
  const isRunning = now.to === context.now && to < context.now
  const until = isRunning ? Math.min(to, from + (now.to - now.from)) : to
  const { days: _, ...parts } = await read(toSpan({ from, to: until }))
  const isCut = until < to
  return {
    ...parts,
    name: isCut ? `${baseline} until the same time` : baseline,
    baseline: { kind: 'span', range: baseline, ...(isCut ? { until_same_time: true } : {}) },
  }
}

const previous: Readonly<Record<string, UsageRange>> = { this_week: 'last_week', this_month: 'last_month' }

/** What a day usually costs; of a longer span, the one before it. */
async function usualOf(
  range: UsageRange,
  now: { from: number; to: number },
  current: Parts,
  read: Read,
  context: ToolContext,
): Promise<Before | undefined> {
  const day = dayOf(range, context)
  if (day === undefined) {
    const named = previous[range]
    if (named !== undefined) return spanBefore(named, now, read, context)
    const length = now.to - now.from
    const { days: _, ...parts } = await read(toSpan({ from: now.from - length, to: now.from }))
    return { ...parts, name: 'the same time before', baseline: { kind: 'same_time_before' } }
  }
  const past = await read({ since: addDays(day, -USUAL_DAYS), until: addDays(day, -1) })
  const costs = new Map<string, { cost: number; tokens: number; calls: number }>()
  for (const row of past.days) {
    const sums = costs.get(row.day!) ?? { cost: 0, tokens: 0, calls: 0 }
    costs.set(row.day!, { cost: sums.cost + (row.cost_usd ?? 0), tokens: sums.tokens + row.total_tokens, calls: sums.calls + row.calls })
  }
  const usual = [...costs].filter(([one, { calls }]) => calls > 0 && isWeekend(one) === isWeekend(day)).map(([, sums]) => sums)
  if (usual.length < MIN_USUAL_DAYS) return undefined
  // The parts are those of all days, as a share of one.
  const middle = {
    cost: median(usual.map(({ cost }) => cost)),
    tokens: median(usual.map(({ tokens }) => tokens)),
    calls: median(usual.map(({ calls }) => calls)),
  }
  const factor = past.cost === 0 ? 0 : middle.cost / past.cost
  const share = (one: Dimension) => new Map([...past.by[one]].map(([name, cost]) => [name, cost * factor]))
  const by = byDimension(share)
  const rank = rankAmong(
    current.cost,
    usual.map(({ cost }) => cost),
  )
  const kind = isWeekend(day) ? 'usual_weekend_day' : 'usual_working_day'
  return { ...middle, by, name: `a ${kind.replaceAll('_', ' ')}`, baseline: { kind }, days: usual.length, ...rank }
}

function dayOf(range: UsageRange, context: ToolContext): string | undefined {
  const { since, until } = spanOf(range, context)
  return since !== undefined && since === until && since.length === 10 ? since : undefined
}

const isWeekend = (day: string) => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())

const pairs = (now: Parts, before: Before) =>
  Object.fromEntries(dimensions.map((one) => [one, { now: now.by[one], before: before.by[one] }]))

const toData = ({ cost, tokens, calls }: Pick<Parts, 'cost' | 'tokens' | 'calls'>) => ({
  cost_usd: roundUsd(cost),
  total_tokens: tokens,
  calls,
})

function tooEarly(range: string, current: Parts) {
  return {
    text: `${range}: ${formatUsd(current.cost)} at list price. There are too few days of its kind to say what is usual; pass a baseline.`,
    data: { range, now: toData(current), unusual: null },
  }
}

function describe(
  range: string,
  current: Parts,
  before: Before,
  change: CostChange,
  measure: 'cost' | 'tokens' | 'calls',
  why: boolean,
  reason: ReturnType<typeof mainContribution>,
): string {
  const lines = [
    measure === 'cost'
      ? costLine(range, current, before, change)
      : `${range}: ${amount(current, measure)}, against ${amount(before, measure)} (${before.name}).`,
  ]
  if (before.days !== undefined && !before.isUnusual) lines.push('That is not unusual.')
  else if (before.days !== undefined)
    lines.push(`That is ${change.difference > 0 ? 'more' : 'less'} than on ${before.beyond} of the last ${before.days} such days.`)
  if (why) lines.push(...reasons(current, before, change, reason))
  if (current.unpriced > 0) lines.push(`${countOf(current.unpriced, 'call')} without a known price count as no cost.`)
  return lines.join('\n')
}

function costLine(range: string, current: Parts, before: Before, { difference, ratio }: CostChange): string {
  const cost = `${range}: ${formatUsd(current.cost)} at list price`
  const is =
    Math.abs(difference) < 0.005
      ? 'as much as'
      : `${formatUsd(Math.abs(difference))}${ratio === undefined ? '' : ` (${Math.round(Math.abs(ratio) * 100)}%)`} ${difference > 0 ? 'more' : 'less'} than`
  return `${cost}, ${is} ${before.name} (${formatUsd(before.cost)}).`
}

const amount = (sums: Pick<Parts, 'tokens' | 'calls'>, measure: 'tokens' | 'calls') =>
  measure === 'tokens' ? `${formatCompact(sums.tokens)} tokens` : countOf(sums.calls, 'call')

function reasons(
  current: Parts,
  before: Before,
  { difference, volume, price }: CostChange,
  reason: ReturnType<typeof mainContribution>,
): string[] {
  if (Math.abs(difference) < 0.005) return []
  const signed = (usd: number) => `${usd < 0 ? '−' : '+'}${formatUsd(Math.abs(usd))}`
  const parts = [
    `${signed(volume)} by ${volume < 0 ? 'fewer' : 'more'} tokens`,
    `${signed(price)} by ${price < 0 ? 'cheaper' : 'dearer'} ones`,
  ]
  if (Math.abs(price) > Math.abs(volume)) parts.reverse()
  const perMillion = ({ cost, tokens }: { cost: number; tokens: number }) => (tokens === 0 ? '–' : formatUsd((cost / tokens) * 1e6))
  const lines = [
    `${parts.join(', ')}: ${formatCompact(current.tokens)} tokens at ${perMillion(current)} a million, against ${formatCompact(before.tokens)} at ${perMillion(before)}.`,
  ]
  lines.push(
    reason === undefined
      ? 'No single project, model, machine, person or agent explains it.'
      : `By ${reason.dimension}: ${reason.parts.map(({ name, difference }) => `${name === '' ? nameless(reason.dimension) : shorten(name, 120)} ${signed(difference)}`).join(', ')}.`,
  )
  return lines
}

/** Calls without an agent are those of Claude Code. */
const nameless = (dimension: string) => (dimension === 'agent' ? 'Claude Code' : '(without a name)')
