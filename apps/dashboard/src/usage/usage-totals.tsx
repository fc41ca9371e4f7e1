import type { UsageReport } from '../hub/answer.ts'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { FigureList } from '../ui/figure-list.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { formatPercent } from '../ui/number-format.ts'
import { t } from '../words/usage.ts'
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
    <section className="totals" aria-label={t.totals}>
      <div className="totals-main">
        <p className="overline">{t.costAtListPrice}</p>
        <p className="totals-figure">
          <Money value={totals.cost_usd} calls={totals.calls} atLeast={atLeast} />
        </p>
        {before !== undefined && <Comparison totals={totals} before={before} />}
        {totals.unpriced_calls > 0 && (
          <p className="small muted">
            {t.excludesCallsOfWhich(
              <Count value={totals.unpriced_calls} />,
              totals.unpriced_calls,
              unpriced.map(formatModelName).join(', '),
              unpriced.length,
            )}
          </p>
        )}
        {atLeast !== undefined && <p className="small muted">{t.atLeastMeans(atLeast)}</p>}
        {estimate !== undefined && (
          <p className="small muted" title={aboutEstimates}>
            {estimate}
          </p>
        )}
        {totals.models.some((model) => model.not_itemised) && <p className="small muted">{t.includesWhatClaudeCode}</p>}
      </div>
      <FigureList
        figures={[
          { label: t.tokens, value: <Count value={totals.total_tokens} atLeast={atLeast} /> },
          { label: t.calls, value: <Count value={totals.calls} /> },
          { label: t.input, value: <Count value={totals.input} /> },
          { label: t.output, value: <Count value={totals.output} atLeast={atLeast} /> },
          { label: t.cacheWrites, value: <Count value={writes} /> },
          {
            label: t.cacheReads,
            value: (
              <>
                <Count value={totals.read} />
                {prompt > 0 && <span className="totals-note small muted">{t.cacheHitRate(formatPercent(totals.read / prompt))}</span>}
              </>
            ),
          },
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
  const period = before.days === 1 ? t.theDayBefore : t.theDaysBefore(before.days)
  if (before.totals.calls === 0) return <p className="small muted totals-before">{t.noUsageIn(period)}</p>
  return (
    <p className="small muted totals-before">
      {cost !== undefined &&
        t.comparedWith(
          <b>{cost}</b>,
          cost.endsWith(t.more) || cost.endsWith(t.less) ? t.moreThan : t.asMuchAs,
          period,
          <Money value={before.totals.cost_usd} calls={before.totals.calls} />,
          tokens !== undefined && t.tokensChange(tokens === t.asMuch ? t.unchanged : tokens),
        )}
    </p>
  )
}
