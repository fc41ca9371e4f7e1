import type { UsageReport } from '../hub/answer.ts'
import { Count, Money } from '../ui/amount.tsx'
import { modelName } from '../ui/model-name.ts'
import { percent } from '../ui/number-format.ts'
import './sums-strip.css'

interface SumsStripProps {
  readonly totals: UsageReport['totals']
  readonly unpriced: readonly string[]
}

/** What it all came to. */
export function SumsStrip({ totals, unpriced }: SumsStripProps) {
  const written = totals.write_5m + totals.write_1h
  const prompt = totals.input + written + totals.read
  return (
    <section className="sums" aria-label="Sums">
      <div className="sums-main">
        <p className="plate">Cost at list price</p>
        <p className="sums-figure">
          <Money value={totals.cost_usd} calls={totals.calls} />
        </p>
        {totals.unpriced_calls > 0 && (
          <p className="small quiet">
            without <Count value={totals.unpriced_calls} /> {totals.unpriced_calls === 1 ? 'call' : 'calls'} of{' '}
            {unpriced.map(modelName).join(', ')}, which {unpriced.length === 1 ? 'has' : 'have'} no known price
          </p>
        )}
      </div>
      <dl>
        <div>
          <dt>Tokens</dt>
          <dd>
            <Count value={totals.total_tokens} />
          </dd>
        </div>
        <div>
          <dt>Calls</dt>
          <dd>
            <Count value={totals.calls} />
          </dd>
        </div>
        <div>
          <dt>Input</dt>
          <dd>
            <Count value={totals.input} />
          </dd>
        </div>
        <div>
          <dt>Output</dt>
          <dd>
            <Count value={totals.output} />
          </dd>
        </div>
        <div>
          <dt>Cache written</dt>
          <dd>
            <Count value={written} />
          </dd>
        </div>
        <div>
          <dt>Cache read</dt>
          <dd>
            <Count value={totals.read} />
          </dd>
        </div>
        <div>
          <dt>Prompt from cache</dt>
          <dd>{prompt === 0 ? '–' : percent(totals.read / prompt)}</dd>
        </div>
      </dl>
    </section>
  )
}
