import type { UsageReport } from '../hub/answer.ts'
import { Link } from '../router/link.tsx'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { formatModelName } from '../ui/model-name.ts'
import { formatPercent } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { partKey } from '../ui/part-name.ts'
import { ShareBar } from '../ui/share-bar.tsx'
import { modelColor } from '../usage/model-color.ts'
import type { UsageSearch } from '../usage/usage-search.ts'
import { t } from '../words/today.ts'
import { type TodayRange, todayRangeLabels } from './today-range.ts'
import './models-panel.css'

const MAX_MODELS = 6

interface ModelsPanelProps {
  readonly range: TodayRange
  readonly report: UsageReport
}

/** Where Usage has no range of minutes and hours, it shows the day. */
function searchOf({ model, not_itemised }: UsageReport['totals']['models'][number], range: TodayRange): UsageSearch {
  return { range: range === '7d' || range === '30d' ? range : 'today', model, ...(not_itemised ? { not_itemised: 'only' } : {}) }
}

/** The models of the chosen time and their share. */
export function ModelsPanel({ range, report }: ModelsPanelProps) {
  const { totals } = report
  const priced = (totals.cost_usd ?? 0) > 0
  const total = priced ? (totals.cost_usd ?? 0) : totals.total_tokens
  const models = totals.models.map((row) => ({
    ...row,
    share: total === 0 ? 0 : (priced ? (row.cost_usd ?? 0) : row.total_tokens) / total,
  }))
  models.sort((a, b) => b.share - a.share || b.total_tokens - a.total_tokens)
  const visible = models.slice(0, MAX_MODELS)

  return (
    <Panel
      title={t.models(todayRangeLabels[range].short)}
      className="models"
      aside={<span className="small muted">{t.shareOf(priced ? t.costShare : t.tokenShare)}</span>}
    >
      {visible.length === 0 && (
        <p className="muted">{t.noUsage(range === 'today' ? t.todayYet : t.inRange(todayRangeLabels[range].long))}</p>
      )}
      <ul>
        {visible.map((row) => (
          <li key={partKey(row)}>
            <Link to="/usage" search={searchOf(row, range)} className="models-row" title={partKey(row)}>
              <span className="models-name">
                <i aria-hidden="true" style={{ background: modelColor(partKey(row)) }} />
                {formatModelName(partKey(row))}
              </span>
              <span className="models-cost">
                <Money value={row.cost_usd} calls={row.calls} atLeast={whyAtLeast(row)} />
              </span>
              <ShareBar share={row.share} color={modelColor(partKey(row))} />
              <span className="models-share small muted">
                {priced && row.cost_usd === null ? t.noPrice : formatPercent(row.share)}
                <span className="visually-hidden">
                  , <Count value={row.total_tokens} unit="token" />
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {models.length > visible.length && <p className="small muted">{t.andMore(models.length - visible.length)}</p>}
    </Panel>
  )
}
