import { plural } from '@signalbox/contract/plural'
import type { UsageReport } from '../hub/answer.ts'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { FigureList } from '../ui/figure-list.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { formatPercent } from '../ui/number-format.ts'
import { aboutEstimates, describeEstimate } from './estimate-text.ts'
import './usage-totals.css'

interface UsageTotalsProps {
  readonly totals: UsageReport['totals']
  readonly unpriced: readonly string[]
  /** Whether the totals have the estimates. */
  readonly withEstimates: boolean
}

/** The totals of the selected usage. */
export function UsageTotals({ totals, unpriced, withEstimates }: UsageTotalsProps) {
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
