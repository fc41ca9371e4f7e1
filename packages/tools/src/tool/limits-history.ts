import type { LimitSeries } from '@signalbox/contract/limit-history'
import { countOf } from '@signalbox/contract/plural'
import { usageRangeSchema } from '@signalbox/contract/usage-range'
import { z } from 'zod'
import { compact, formatMoment, instantOf } from '../format.ts'
import { limitInput, matchesWindow, windowName } from '../limit-window.ts'
import { boundsOf, spanOf } from '../range.ts'
import { defineTool, ToolError } from '../tool.ts'

/** Rows of each window in the data: a model reads a course, and no more. */
const POINTS = 24

export const limitsHistory = defineTool({
  name: 'limits_history',
  title: 'History of the plan limits',
  description:
    'How much of each plan limit was used over time: the highest value, when it was reached, how often the window was reset and how often it ' +
    'was full, with the course in a few points. Use it for "how often did I hit a limit" and "the weekly limit of the last month". Percent, instants in UTC.',
  input: z.strictObject({ ...limitInput.shape, range: usageRangeSchema.describe('As of usage_report.') }),
  scope: 'read',
  async run(client, { window, account, range }, { now, timezone, weekStart, signal }) {
    const { from, to } = boundsOf(spanOf(range, { now, timezone, weekStart }), timezone)
    const until = Math.min(to, now)
    // Two years is more than a hub keeps.
    const since = Math.max(from, until - 731 * 86_400_000)
    const history = await client.getLimitHistory(compact({ since: instantOf(since), until: instantOf(until), account, points: 500 }), {
      signal,
    })
    const shown = history.series
      .filter(({ points }) => points.length > 0)
      .filter((one) => window === undefined || matchesWindow(one, window))
    if (shown.length === 0) {
      const known = history.series.map(windowName).join(', ')
      throw new ToolError(
        window === undefined ? `No value of a limit is known in ${range}` : `No value of a limit "${window}" is known in ${range}`,
        known === '' ? 'Try a longer range.' : `Known windows: ${known}.`,
      )
    }
    const series = shown.map((one) => ({ one, ...summarise(one) }))
    return {
      text: series
        .map(
          ({ one, highest, resets, full }) =>
            `${one.label}, ${range}: at most ${highest.percentageUsed}% (${formatMoment(Date.parse(highest.at), timezone)}), ${countOf(resets, 'reset')}, full ${countOf(full, 'time')}.`,
        )
        .join('\n'),
      data: compact({
        range,
        account: history.account,
        windows: series.map(({ one, highest, resets, full }) => ({
          window: windowName(one),
          highest_percent: highest.percentageUsed,
          highest_at: highest.at,
          resets,
          times_full: full,
          points: thin(one.points),
        })),
      }),
    }
  },
})

/** A window is full once in each of its runs, however many values say so. */
function summarise({ points }: LimitSeries) {
  let highest = points[0]!
  let resets = 0
  let full = 0
  let isFull = false
  for (const point of points) {
    if (point.percentageUsed > highest.percentageUsed) highest = point
    if (point.reset) {
      resets++
      isFull = false
    }
    if (point.percentageUsed >= 100 && !isFull) full++
    if (point.percentageUsed >= 100) isFull = true
  }
  return { highest, resets, full }
}

function thin(points: LimitSeries['points']) {
  const step = Math.max(1, Math.ceil(points.length / POINTS))
  return points
    .filter((_, n) => n % step === 0 || n === points.length - 1)
    .map(({ at, percentageUsed }) => ({ at, percent: percentageUsed }))
}
