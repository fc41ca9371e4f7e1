import { type BudgetPeriod, periodAt } from '../alert/rule/budget-period.ts'
import type { Spent } from '../alert/usage-costs.ts'
import type { Metric, Scrape } from './metric.ts'

const periods = ['day', 'month'] as const satisfies readonly BudgetPeriod[]

export const usageMetrics: readonly Metric[] = [
  {
    name: 'signalbox_cost_usd',
    help: 'Cost at list prices since the day or month began in the time zone of the hub; calls without a price are not in it',
    labels: ['period'],
    read: async (scrape) =>
      (await spentOf(scrape)).flatMap(({ period, spent }) => (spent.usd === undefined ? [] : [{ value: spent.usd, labels: { period } }])),
  },
  {
    name: 'signalbox_tokens',
    help: 'Tokens since the day or month began in the time zone of the hub',
    labels: ['period', 'kind'],
    read: async (scrape) =>
      (await spentOf(scrape)).flatMap(({ period, spent }) =>
        Object.entries(spent.tokens).map(([kind, value]) => ({ value, labels: { period, kind } })),
      ),
  },
]

/** The sums are kept until calls come, so that both metrics cost one addition. */
function spentOf({ usage, config: { timezone, weekStart }, now }: Scrape): Promise<{ period: string; spent: Spent }[]> {
  return Promise.all(
    periods.map(async (period) => {
      const { from, to } = periodAt(period, timezone, weekStart, now)
      return { period, spent: await usage.spent({ from, to }, now) }
    }),
  )
}
