import { changesLimits, isFresh, judgeFormerWindow, noFreshSnapshot, type PlanWindowRow, windowSubject, windowsOf } from './limit-window.ts'
import { listedKind } from './listed-kind.ts'
import type { Parameters } from './parameters.ts'
import type { Verdict } from './rule-kind.ts'
import { instantValue, limitWords } from './words.ts'

export const limitOver = listedKind<Parameters<'limit_over'>>({
  kind: 'limit_over',
  severity: 'warning',
  touchesAll: changesLimits,
  async list(facts, { percent, window }, now) {
    return (await windowsOf(facts, window)).map(({ plan, row }) => ({
      subject: windowSubject(plan.account, row, row.resetsAt),
      verdict: judgeWindow({ plan, row }, percent, now),
    }))
  },
  absent: (subject, facts, _, now) => judgeFormerWindow(subject, facts, now),
})

function judgeWindow({ plan, row }: PlanWindowRow, percent: number, now: number): Verdict {
  // An ended window has been reset, although no source has said so yet.
  if (row.state === 'reset') return { verdict: 'clear' }
  if (!isFresh(row, now)) return noFreshSnapshot
  if (row.state === 'idle' || row.percent < percent) return { verdict: 'clear' }
  // Extra usage pays for what is over 100 %.
  const step = row.percent > 100 ? 'is exceeded' : row.percent === 100 ? 'is used up' : `is used to ${percent}% or more`
  return {
    verdict: 'holds',
    since: row.readAt,
    severity: 'warning',
    summary: `${limitWords(plan, row.label)} ${step}`,
    values: {
      limit: row.label,
      percent: row.percent,
      threshold_percent: percent,
      ...(row.resetsAt === undefined ? {} : { resets_at: instantValue(row.resetsAt) }),
    },
  }
}
