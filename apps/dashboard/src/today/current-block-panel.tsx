import { toProblem } from '../hub/problem.ts'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { type Figure, FigureList } from '../ui/figure-list.tsx'
import { Clock } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { StatusIndicator } from '../ui/status-indicator.tsx'
import { formatDuration } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/today.ts'
import { type TodayPanelProps, useRecentBlocks } from './use-reports.ts'
import './current-block-panel.css'

/** The active 5-hour block: its usage, burn rate and projection. */
export function CurrentBlockPanel(props: TodayPanelProps) {
  const now = useNow(30_000)
  const blocks = useRecentBlocks(props)
  const block = blocks.data?.rows.findLast((row) => row.is_active && !row.is_gap)

  // Neither loading nor failed is the same as none.
  if (blocks.data === undefined) {
    return (
      <Panel title={t.fiveHourBlock}>
        <p className="muted">{blocks.error === null ? t.loading : toProblem(blocks.error).message}</p>
      </Panel>
    )
  }
  if (block?.start === undefined || block.end === undefined || Date.parse(block.end) <= now) {
    return (
      <Panel title={t.fiveHourBlock}>
        <p className="current-block-state">
          <StatusIndicator color="off" /> {t.noActiveBlock}
        </p>
        <p className="muted">{t.theNextCallStarts}</p>
      </Panel>
    )
  }
  const [start, end] = [Date.parse(block.start), Date.parse(block.end)]
  const { burn_rate: burnRate, projection } = block
  const atLeast = whyAtLeast(block)
  const figures: Figure[] = [
    { label: t.calls, value: <Count value={block.calls} /> },
    { label: t.tokens, value: <Count value={block.total_tokens} unit="token" atLeast={atLeast} /> },
  ]
  if (burnRate !== undefined) {
    const perHour = burnRate.cost_per_minute === null ? null : burnRate.cost_per_minute * 60
    figures.push(
      {
        label: t.burnRate,
        value: <>{t.perHour(<Money value={perHour} atLeast={atLeast} />)}</>,
      },
      { label: t.tokensPerMinute, value: <Count value={Math.round(burnRate.tokens_per_minute)} atLeast={atLeast} /> },
    )
  }
  if (projection !== undefined)
    figures.push({ label: t.projected, value: <Money value={projection.cost_usd} calls={block.calls} atLeast={atLeast} /> })
  return (
    <Panel title={t.fiveHourBlock} aside={<span className="small muted">{block.measured ? t.measured : t.estimated}</span>}>
      <p className="figure">
        <Money value={block.cost_usd} calls={block.calls} atLeast={atLeast} />
        <small>{t.atListPriceSo}</small>
      </p>
      <div className="current-block-time">
        <div className="current-block-bar" aria-hidden="true">
          <i style={{ width: `${Math.min(100, ((now - start) / (end - start)) * 100)}%` }} />
        </div>
        <p className="small muted">
          {t.toLeft(<Clock at={block.start} zone={props.zone} />, <Clock at={block.end} zone={props.zone} />, formatDuration(end - now))}
        </p>
      </div>
      <FigureList figures={figures} layout="rows" className="current-block-figures" />
    </Panel>
  )
}
