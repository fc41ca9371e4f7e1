import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { type Figure, FigureList } from '../ui/figure-list.tsx'
import { Clock } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { StatusIndicator } from '../ui/status-indicator.tsx'
import { formatDuration } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { type TodayPanelProps, useRecentBlocks } from './use-reports.ts'
import './current-block-panel.css'

/** The active 5-hour block: its usage, burn rate and projection. */
export function CurrentBlockPanel(props: TodayPanelProps) {
  const now = useNow(30_000)
  const blocks = useRecentBlocks(props)
  const block = blocks.data?.rows.findLast((row) => row.is_active && !row.is_gap)

  if (block?.start === undefined || block.end === undefined || Date.parse(block.end) <= now) {
    return (
      <Panel title="5-hour block">
        <p className="current-block-state">
          <StatusIndicator color="off" /> No active block
        </p>
        <p className="muted">{blocks.data === undefined ? 'Loading …' : 'The next call starts one.'}</p>
      </Panel>
    )
  }
  const [start, end] = [Date.parse(block.start), Date.parse(block.end)]
  const { burn_rate: burnRate, projection } = block
  const atLeast = whyAtLeast(block)
  const figures: Figure[] = [
    { label: 'Calls', value: <Count value={block.calls} /> },
    { label: 'Tokens', value: <Count value={block.total_tokens} unit="token" atLeast={atLeast} /> },
  ]
  if (burnRate !== undefined) {
    const perHour = burnRate.cost_per_minute === null ? null : burnRate.cost_per_minute * 60
    figures.push(
      {
        label: 'Burn rate',
        value: (
          <>
            <Money value={perHour} atLeast={atLeast} /> per hour
          </>
        ),
      },
      { label: 'Tokens per minute', value: <Count value={Math.round(burnRate.tokens_per_minute)} atLeast={atLeast} /> },
    )
  }
  if (projection !== undefined)
    figures.push({ label: 'Projected', value: <Money value={projection.cost_usd} calls={block.calls} atLeast={atLeast} /> })
  return (
    <Panel title="5-hour block" aside={<span className="small muted">{block.measured ? 'Measured' : 'Estimated'}</span>}>
      <p className="figure">
        <Money value={block.cost_usd} calls={block.calls} atLeast={atLeast} />
        <small>at list price so far</small>
      </p>
      <div className="current-block-time">
        <div className="current-block-bar" aria-hidden="true">
          <i style={{ width: `${Math.min(100, ((now - start) / (end - start)) * 100)}%` }} />
        </div>
        <p className="small muted">
          <Clock at={block.start} zone={props.zone} /> to <Clock at={block.end} zone={props.zone} />, {formatDuration(end - now)} left
        </p>
      </div>
      <FigureList figures={figures} layout="rows" className="current-block-figures" />
    </Panel>
  )
}
