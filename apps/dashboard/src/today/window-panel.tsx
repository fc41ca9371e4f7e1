import { Count, Money } from '../ui/amount.tsx'
import { Lamp } from '../ui/lamp.tsx'
import { Clock } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { duration } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { useBlocks } from './use-blocks.ts'
import './window-panel.css'

/** The five-hour block that runs now: what it took, how fast, and where that leads. */
export function WindowPanel({ zone, today }: { readonly zone: string; readonly today: string }) {
  const now = useNow(30_000)
  const blocks = useBlocks(today, zone)
  const block = blocks.data?.rows.findLast((row) => row.is_active && !row.is_gap)
  const open = block?.start !== undefined && block.end !== undefined && Date.parse(block.end) > now

  if (!open || block.start === undefined || block.end === undefined) {
    return (
      <Panel title="Five-hour block">
        <p className="window-state">
          <Lamp color="dark" /> The section is clear
        </p>
        <p className="quiet">{blocks.data === undefined ? 'Being fetched …' : 'No block is open. The next call opens one.'}</p>
      </Panel>
    )
  }
  const [start, end] = [Date.parse(block.start), Date.parse(block.end)]
  return (
    <Panel title="Five-hour block" aside={<span className="small quiet">{block.measured ? 'measured' : 'estimated'}</span>}>
      <p className="figure">
        <Money value={block.cost_usd} calls={block.calls} />
        <small>list price so far</small>
      </p>
      <div className="window-clock">
        <div className="window-bar" aria-hidden="true">
          <i style={{ width: `${Math.min(100, ((now - start) / (end - start)) * 100)}%` }} />
        </div>
        <p className="small quiet">
          <Clock at={block.start} zone={zone} /> to <Clock at={block.end} zone={zone} />, {duration(end - now)} left
        </p>
      </div>
      <dl className="window-facts">
        <div>
          <dt>Calls</dt>
          <dd>
            <Count value={block.calls} />
          </dd>
        </div>
        <div>
          <dt>Tokens</dt>
          <dd>
            <Count value={block.total_tokens} unit="tokens" />
          </dd>
        </div>
        {block.burn_rate !== undefined && (
          <div>
            <dt>Cost an hour</dt>
            <dd>
              <Money value={block.burn_rate.cost_per_minute === null ? null : block.burn_rate.cost_per_minute * 60} />
            </dd>
          </div>
        )}
        {block.burn_rate !== undefined && (
          <div>
            <dt>Tokens a minute</dt>
            <dd>
              <Count value={Math.round(block.burn_rate.tokens_per_minute)} />
            </dd>
          </div>
        )}
        {block.projection !== undefined && (
          <div>
            <dt>At its end, if it goes on so</dt>
            <dd>
              <Money value={block.projection.cost_usd} calls={block.calls} />
            </dd>
          </div>
        )}
      </dl>
    </Panel>
  )
}
