import { changesLimits, isFresh, judgeFormerWindow, noFreshSnapshot, type PlanWindowRow, windowSubject, windowsOf } from './limit-window.ts'
import { listedKind } from './listed-kind.ts'
import type { Parameters } from './parameters.ts'
import type { Verdict } from './rule-kind.ts'
import { instantValue, limitWords } from './words.ts'

export const limitRunsOut = listedKind<Parameters<'limit_runs_out'>>({
  kind: 'limit_runs_out',
  severity: 'warning',
  touchesAll: changesLimits,
  async list(facts, { least_ms, window }, now) {
    const windows = await windowsOf(facts, window)
    return Promise.all(
      windows.map(async ({ plan, row }) => ({
        subject: windowSubject(plan.account, row, row.resetsAt),
        verdict: await judgeWindow({ plan, row }, least_ms, now),
      })),
    )
  },
  absent: (subject, facts, _, now) => judgeFormerWindow(subject, facts, now),
})

async function judgeWindow({ plan, row }: PlanWindowRow, leastMs: number, now: number): Promise<Verdict> {
  if (row.state !== 'known') return { verdict: 'clear' }
  if (!isFresh(row, now)) return noFreshSnapshot
  const forecast = await plan.forecast(row)
  if (forecast.kind === 'unknown') return { verdict: 'unknown', reason: 'There are too few recent values for a pace' }
  const { likely } = forecast
  if (!('reachedAt' in likely) || row.resetsAt! - likely.reachedAt < leastMs) return { verdict: 'clear' }
  return {
    verdict: 'holds',
    since: row.readAt,
    severity: 'warning',
    summary: `${limitWords(plan, row.label)} ${row.percent >= 100 ? 'is used up before its reset' : 'runs out before its reset at the recent pace'}`,
    values: {
      limit: row.label,
      percent: row.percent,
      reached_at: instantValue(Math.round(likely.reachedAt)),
      resets_at: instantValue(row.resetsAt!),
    },
  }
}
