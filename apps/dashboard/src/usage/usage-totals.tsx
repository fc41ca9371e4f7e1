import { plural } from '@signalbox/contract/plural'
import type { UsageReport } from '../hub/answer.ts'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { FigureList } from '../ui/figure-list.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { formatPercent } from '../ui/number-format.ts'
import { aboutEstimates, describeEstimate } from './estimate-text.ts'
import { describeChange } from './period-before.ts'
import './usage-totals.css'

interface UsageTotalsProps {
  readonly totals: UsageReport['totals']
  readonly unpriced: readonly string[]
  /** Whether the totals have the estimates. */
  readonly withEstimates: boolean
  /** Of the period before, and its days; undefined where there is none, or it has not loaded. */
  readonly before?: { readonly totals: UsageReport['totals']; readonly days: number } | undefined
}

/** The totals of the selected usage. */
export function UsageTotals({ totals, unpriced, withEstimates, before }: UsageTotalsProps) {
  const writes = totals.write_5m + totals.write_1h
  const atLeast = whyAtLeast(totals)
  const estimate = describeEstimate(totals, withEstimates)
  const prompt = totals.input + writes + totals.read
  return (
    <section className="totals" aria-label="Totals">
      <div className="totals-main">
        <p className="overline">Cost at list price</p>
        <p className="totals-figure">
          <Money value={totals.cost_usd} calls={totals.calls} atLeast={atLeast} />
        </p>
        {before !== undefined && <Comparison totals={totals} before={before} />}
        {totals.unpriced_calls > 0 && (
          <p className="small muted">
            Excludes <Count value={totals.unpriced_calls} /> {plural(totals.unpriced_calls, 'call')} of{' '}
            {unpriced.map(formatModelName).join(', ')}, which {plural(unpriced.length, 'has', 'have')} no known price
          </p>
        )}
        {atLeast !== undefined && <p className="small muted">≥ is {atLeast}</p>}
        {estimate !== undefined && (
          <p className="small muted" title={aboutEstimates}>
            {estimate}
          </p>
        )}
        {totals.models.some((model) => model.not_itemised) && (
          <p className="small muted">Includes what Claude Code has recorded beyond its calls (not itemised)</p>
        )}
      </div>
      <FigureList
        figures={[
          { label: 'Tokens', value: <Count value={totals.total_tokens} atLeast={atLeast} /> },
          { label: 'Calls', value: <Count value={totals.calls} /> },
          { label: 'Input', value: <Count value={totals.input} /> },
          { label: 'Output', value: <Count value={totals.output} atLeast={atLeast} /> },
          { label: 'Cache writes', value: <Count value={writes} /> },
          { label: 'Cache reads', value: <Count value={totals.read} /> },
          { label: 'Cache hit rate', value: prompt === 0 ? '–' : formatPercent(totals.read / prompt) },
        ]}
      />
    </section>
  )
}

function Comparison({
  totals,
  before,
}: Required<Pick<UsageTotalsProps, 'totals'>> & { readonly before: NonNullable<UsageTotalsProps['before']> }) {
  const cost = describeChange(totals.cost_usd, before.totals.cost_usd, formatPercent)
  const tokens = describeChange(totals.total_tokens, before.totals.total_tokens, formatPercent)
  const period = before.days === 1 ? 'the day before' : `the ${before.days} days before`
  if (before.totals.calls === 0) return <p className="small muted totals-before">No usage in {period}</p>
  return (
    <p className="small muted totals-before">
      {cost !== undefined && (
        <>
          <b>{cost}</b> {cost.startsWith('as') || cost.endsWith('as much') ? 'as' : 'than'} in {period} (
          <Money value={before.totals.cost_usd} calls={before.totals.calls} />){tokens !== undefined && `, tokens ${tokens}`}
        </>
      )}
    </p>
  )
}
