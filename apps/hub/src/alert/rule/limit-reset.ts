import type { LimitHistory } from '@signalbox/contract/limit-history'
import type { WindowKind } from '@signalbox/contract/limit-label'
import type { PlanFacts } from '../facts.ts'
import { changesLimits, isWanted, windowSubject } from './limit-window.ts'
import { type Judged, listedKind } from './listed-kind.ts'
import type { Parameters } from './parameters.ts'
import { instantValue, limitWords } from './words.ts'

/** A reset is news for so long: a hub that was down meanwhile reports it late. In milliseconds. */
const NEWS_MS = 3_600_000

/** A window that ended. Instants are milliseconds. */
export interface WindowReset {
  readonly kind: WindowKind
  readonly label: string
  /** The highest percentage before it. */
  readonly percent: number
  /** When it was due, by which it is known; where no source knew that, when it was seen. */
  readonly dueAt: number
  readonly at: number
}

export const limitReset = listedKind<Parameters<'limit_reset'>>({
  kind: 'limit_reset',
  severity: 'info',
  touchesAll: changesLimits,
  async list(facts, { percent, window }, now) {
    const all = await Promise.all(
      (await facts.limits()).map(async (plan): Promise<Judged[]> => {
        const resets = [...resetsOf(await plan.series()), ...endedRows(plan)]
        const news = resets.filter(
          (one) => isWanted(one.kind, window) && one.percent >= percent && one.at <= now && now - one.at <= NEWS_MS,
        )
        // A reset that is due and one that a snapshot shows are the same.
        const byKey = new Map(news.map((reset) => [windowSubject(plan.account, reset, reset.dueAt).key, reset]))
        return [...byKey.values()].map((reset) => judgedReset(plan, reset))
      }),
    )
    return all.flat()
  },
})

function judgedReset(plan: PlanFacts, reset: WindowReset): Judged {
  return {
    subject: windowSubject(plan.account, reset, reset.dueAt),
    verdict: {
      verdict: 'holds',
      since: reset.at,
      severity: 'info',
      summary: `${limitWords(plan, reset.label)} was reset`,
      values: { limit: reset.label, percent_before: reset.percent, reset_at: instantValue(reset.at) },
      closes_itself: true,
    },
  }
}

/** The resets that a history shows. */
export function resetsOf(series: LimitHistory['series']): WindowReset[] {
  return series.flatMap(({ kind, label, points }) =>
    points.flatMap((point, index) => {
      const before = points[index - 1]
      if (!point.reset || before === undefined) return []
      const begin = points.findLastIndex(({ reset }, at) => reset === true && at < index)
      const percent = Math.max(...points.slice(Math.max(0, begin), index).map(({ percentageUsed }) => percentageUsed))
      const seenAt = Date.parse(point.at)
      const dueAt = before.resetsAt === undefined ? seenAt : Date.parse(before.resetsAt)
      // A plan may be reset before it is due.
      return [{ kind, label, percent, dueAt, at: Math.min(dueAt, seenAt) }]
    }),
  )
}

/** The windows that have ended since their newest snapshot. */
function endedRows({ windows }: PlanFacts): WindowReset[] {
  return windows.flatMap(({ kind, label, state, percent, resetsAt }) =>
    state === 'reset' && resetsAt !== undefined ? [{ kind, label, percent, dueAt: resetsAt, at: resetsAt }] : [],
  )
}
