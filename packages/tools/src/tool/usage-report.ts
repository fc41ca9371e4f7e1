import { countOf } from '@signalbox/contract/plural'
import { type UsageGroup, usageGroupSchema, usageQuerySchema } from '@signalbox/contract/usage'
import { usageRangeSchema } from '@signalbox/contract/usage-range'
import { z } from 'zod'
import { compact, formatCompact, formatUsd, roundUsd, shorten } from '../format.ts'
import { type MergedReport, mergeReports } from '../merge-report.ts'
import { spanOf } from '../range.ts'
import { defineTool } from '../tool.ts'
import { describeUncertain, isNoUsage, uncertainData } from '../uncertain-usage.ts'
import { resolveFilters, usageFilterShape } from '../usage-filter.ts'

const measures = ['cost', 'tokens', 'calls'] as const
type Measure = (typeof measures)[number]
/** Groups in the order of time; the others are ordered by size. */
const timeGroups: ReadonlySet<UsageGroup> = new Set(['minute', 'hour', 'day', 'week', 'month', 'block'])
/** The most rows of an answer unless `top` says otherwise; a model reads no more. */
const DEFAULT_ROWS = { time: 62, name: 20 }

export const usageReport = defineTool({
  name: 'usage_report',
  title: 'Usage and cost',
  description:
    'What Claude Code used in a span of time: calls, tokens by kind, and cost in US dollars at API list price (a plan costs something else). ' +
    'Use it for "what did I spend", "which project is the most expensive", "tokens per model", "yesterday hour by hour" and the burn rate ' +
    '(group "block": 5-hour blocks, the open one with rate and projection). Without group the answer is the sum only. ' +
    'Rows of time are in its order, the others largest first. cost_usd null means that no price is known, not that it was free.',
  input: z.strictObject({
    range: usageRangeSchema.describe(
      'today, yesterday, this_week, last_week, this_month, last_month, this_year, all, last_30m, last_24h, last_7d, a day such as 2026-03-13, or days 2026-03-01..2026-03-13.',
    ),
    group: usageGroupSchema.optional().describe('One row for each of these; the sum only when absent.'),
    measure: z.enum(measures).optional().describe('What the rows are ordered by; default cost.'),
    top: z.int().min(1).max(100).optional().describe('The most rows.'),
    ...usageFilterShape,
    timezone: usageQuerySchema.shape.timezone.describe("An IANA zone in which days begin; default the hub's."),
  }),
  scope: 'read',
  async run(client, { range, group, measure = 'cost', top, timezone: asked, ...filter }, context) {
    const timezone = asked ?? context.timezone
    const span = spanOf(range, { ...context, timezone })
    const query = { ...span, timezone, week_start: context.weekStart }
    const filters = await resolveFilters(client, filter, { ...span, timezone }, context)
    const reports = await Promise.all(
      filters.map((one) => client.getUsage({ ...query, ...one, group: group ?? 'model' }, { signal: context.signal })),
    )
    const merged = mergeReports(reports)
    const { shown, leftOut } = group === undefined ? { shown: [], leftOut: 0 } : pickRows(merged, group, measure, top)
    return {
      text: describe(range, timezone, merged, shown, leftOut, measure),
      data: compact({
        range,
        ...span,
        timezone,
        group,
        totals: { ...toSums(merged.totals, true), ...uncertainData(merged.totals, merged.notItemised) },
        rows: group === undefined ? undefined : shown.map((row) => toRow(row, group)),
        left_out:
          leftOut === 0
            ? undefined
            : {
                rows: leftOut,
                cost_usd: roundUsd((merged.totals.cost_usd ?? 0) - sumCost(shown)),
                hint: 'Pass a larger top, or a filter.',
              },
        matched: filters.length > 1 ? filters : undefined,
        models_without_price: merged.unpriced.length === 0 ? undefined : merged.unpriced,
        price_table: reports[0]!.price_table.version,
      }),
    }
  },
})

type Row = MergedReport['rows'][number]

function pickRows({ rows, leftOut }: MergedReport, group: UsageGroup, measure: Measure, top: number | undefined) {
  if (timeGroups.has(group)) {
    const ordered = [...rows].sort((a, b) => (a.name < b.name ? -1 : 1))
    const count = top ?? DEFAULT_ROWS.time
    return { shown: ordered.slice(-count), leftOut: leftOut + Math.max(0, ordered.length - count) }
  }
  const ordered = [...rows].sort((a, b) => measured(b, measure) - measured(a, measure))
  const count = top ?? DEFAULT_ROWS.name
  return { shown: ordered.slice(0, count), leftOut: leftOut + Math.max(0, ordered.length - count) }
}

function measured({ cost_usd, total_tokens, calls }: Row | MergedReport['totals'], measure: Measure): number {
  return measure === 'cost' ? (cost_usd ?? 0) : measure === 'tokens' ? total_tokens : calls
}

function sumCost(rows: readonly Row[]): number {
  return rows.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0)
}

function toSums(
  { calls, input, output, write_5m, write_1h, read, total_tokens, cost_usd, unpriced_calls }: MergedReport['totals'],
  whole: boolean,
) {
  return compact({
    cost_usd: roundUsd(cost_usd),
    total_tokens,
    calls,
    input_tokens: whole ? input : undefined,
    output_tokens: output,
    cache_write_tokens: whole ? write_5m + write_1h : undefined,
    cache_read_tokens: whole ? read : undefined,
    unpriced_calls: unpriced_calls === 0 ? undefined : unpriced_calls,
  })
}

function toRow(row: Row, group: UsageGroup) {
  const { end, is_active, measured, burn_rate, projection, first_call_at, last_call_at } = row
  return compact({
    [group === 'block' ? 'start' : group]: shorten(row.name, 300),
    ...toSums(row, false),
    ...uncertainData(row),
    not_itemised: row.not_itemised,
    ...(group === 'block' ? { end, is_active, measured, burn_rate, projection } : {}),
    ...(group === 'session' ? { first_call_at, last_call_at } : {}),
  })
}

function describe(
  range: string,
  timezone: string,
  { totals, notItemised, unpriced, lastCallAt }: MergedReport,
  shown: readonly Row[],
  leftOut: number,
  measure: Measure,
): string {
  if (isNoUsage(totals)) {
    return `No usage in ${range} (${timezone}).${lastCallAt === undefined ? '' : ` The last call that the hub knows was at ${lastCallAt}.`}`
  }
  const lines = [
    `${range} (${timezone}): ${formatUsd(totals.cost_usd)} at list price, ${formatCompact(totals.total_tokens)} tokens in ${countOf(totals.calls, 'call')}.`,
  ]
  const all = measured(totals, measure)
  for (const row of shown) {
    const share = all > 0 ? ` (${Math.round((measured(row, measure) / all) * 100)}%)` : ''
    const name = row.name === '' ? '(without a name)' : shorten(row.name, 120)
    lines.push(
      `${name}${row.not_itemised ? ' (not itemised)' : ''}: ${formatUsd(row.cost_usd)}, ${formatCompact(row.total_tokens)} tokens, ${countOf(row.calls, 'call')}${share}`,
    )
  }
  if (leftOut > 0) lines.push(`${countOf(leftOut, 'more row')} left out; pass a larger top, or a filter.`)
  lines.push(...describeUncertain(totals, notItemised))
  if (unpriced.length > 0) lines.push(`No price is known for ${unpriced.join(', ')}: their tokens are counted, their cost is not.`)
  return lines.join('\n')
}
