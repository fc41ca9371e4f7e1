import type { UsageReport } from '../hub/answer.ts'
import { Count, Money } from '../ui/amount.tsx'
import { FigureList } from '../ui/figure-list.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { formatPercent } from '../ui/number-format.ts'
import './usage-totals.css'

interface UsageTotalsProps {
  readonly totals: UsageReport['totals']
  readonly unpriced: readonly string[]
}

/** The totals of the selected usage. */
export function UsageTotals({ totals, unpriced }: UsageTotalsProps) {
  const writes = totals.write_5m + totals.write_1h
  const prompt = totals.input + writes + totals.read
  return (
    <section className="totals" aria-label="Totals">
      <div className="totals-main">
        <p className="overline">Cost at list price</p>
        <p className="totals-figure">
          <Money value={totals.cost_usd} calls={totals.calls} />
        </p>
        {totals.unpriced_calls > 0 && (
          <p className="small muted">
            Excludes <Count value={totals.unpriced_calls} /> {totals.unpriced_calls === 1 ? 'call' : 'calls'} of{' '}
            {unpriced.map(formatModelName).join(', ')}, which {unpriced.length === 1 ? 'has' : 'have'} no known price
          </p>
        )}
      </div>
      <FigureList
        figures={[
          { label: 'Tokens', value: <Count value={totals.total_tokens} /> },
          { label: 'Calls', value: <Count value={totals.calls} /> },
          { label: 'Input', value: <Count value={totals.input} /> },
          { label: 'Output', value: <Count value={totals.output} /> },
          { label: 'Cache writes', value: <Count value={writes} /> },
          { label: 'Cache reads', value: <Count value={totals.read} /> },
          { label: 'Cache hit rate', value: prompt === 0 ? '–' : formatPercent(totals.read / prompt) },
        ]}
      />
    </section>
  )
}
