import { z } from 'zod'
import { compact, formatCompact, formatDuration, formatMoment, formatUsd, roundUsd } from '../format.ts'
import { defineTool } from '../tool.ts'

export const blockNow = defineTool({
  name: 'block_now',
  title: 'The active block and its burn rate',
  description:
    'The 5-hour block of usage that is active now: its cost so far, tokens and US dollars an hour at the present pace, and what it will be ' +
    'at its end if that goes on. Says when no block is active, and whether the block is measured or estimated from the calls.',
  input: z.strictObject({}),
  scope: 'read',
  async run(client, _input, { now, timezone, weekStart, signal }) {
    // A block of now has begun five hours ago at most; the calls that begin it may be older.
    const report = await client.getUsage(
      { since: new Date(now - 24 * 3_600_000).toISOString(), group: 'block', timezone, week_start: weekStart },
      { signal },
    )
    const active = report.rows.find(({ is_active }) => is_active)
    if (active === undefined) return { text: 'No active block: nothing was used in it.', data: { active: false } }
    const { start, end, cost_usd, total_tokens, measured, burn_rate: rate, projection } = active
    const hourly = rate?.cost_per_minute == null ? undefined : rate.cost_per_minute * 60
    const lines = [
      `The active block: ${formatUsd(cost_usd)} at list price, ${formatCompact(total_tokens)} tokens; it ends in ${formatDuration(Date.parse(end!) - now)} (${formatMoment(Date.parse(end!), timezone)}).`,
    ]
    if (rate !== undefined)
      lines.push(
        `Burn rate: ${hourly === undefined ? '' : `${formatUsd(hourly)} an hour, `}${formatCompact(Math.round(rate.tokens_per_minute))} tokens a minute.`,
      )
    if (projection !== undefined)
      lines.push(`Projected at its end: ${formatUsd(projection.cost_usd)}, ${formatCompact(projection.total_tokens)} tokens.`)
    if (measured === false) lines.push('The block is estimated from the calls.')
    return {
      text: lines.join('\n'),
      data: compact({
        active: true,
        start,
        end,
        cost_usd: roundUsd(cost_usd),
        total_tokens,
        measured,
        cost_per_hour_usd: hourly === undefined ? undefined : roundUsd(hourly),
        tokens_per_minute: rate?.tokens_per_minute,
        projection,
      }),
    }
  },
})
