import { Link } from '@tanstack/react-router'
import type { UsageReport } from '../hub/answer.ts'
import { Count, Money } from '../ui/amount.tsx'
import { modelName } from '../ui/model-name.ts'
import { percent } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { ShareBar } from '../ui/share-bar.tsx'
import { modelColor } from '../usage/model-color.ts'
import './models-panel.css'

/** Which models the month went to. */
export function ModelsPanel({ report }: { /** The month by day. */ readonly report: UsageReport }) {
  const { totals } = report
  const priced = (totals.cost_usd ?? 0) > 0
  const whole = priced ? (totals.cost_usd ?? 0) : totals.total_tokens
  const models = totals.models.map((row) => ({
    ...row,
    share: whole === 0 ? 0 : (priced ? (row.cost_usd ?? 0) : row.total_tokens) / whole,
  }))
  models.sort((a, b) => b.share - a.share || b.total_tokens - a.total_tokens)
  const shown = models.slice(0, 6)

  return (
    <Panel title="Models this month" className="models" aside={<span className="small quiet">share of {priced ? 'cost' : 'tokens'}</span>}>
      {shown.length === 0 && <p className="quiet">None yet.</p>}
      <ul>
        {shown.map((row) => (
          <li key={row.model}>
            <Link to="/usage" search={{ range: 'month', model: row.model }} className="models-row" title={row.model}>
              <span className="models-name">
                <i aria-hidden="true" style={{ background: modelColor(row.model) }} />
                {modelName(row.model)}
              </span>
              <span className="models-cost">
                <Money value={row.cost_usd} calls={row.calls} />
              </span>
              <ShareBar share={row.share} color={modelColor(row.model)} />
              <span className="models-share small quiet">
                {priced && row.cost_usd === null ? 'no price' : percent(row.share)}
                <span className="unseen">
                  , <Count value={row.total_tokens} unit="tokens" />
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {models.length > shown.length && <p className="small quiet">and {models.length - shown.length} more</p>}
    </Panel>
  )
}
