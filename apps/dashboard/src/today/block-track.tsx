import { useHasSessionLimit } from '../hub/accounts.ts'
import { useNow } from '../ui/use-now.ts'
import { buildBlockSpans } from '../usage/block-span.ts'
import { describeBlock } from '../usage/block-text.ts'
import { endOfDay, startOfDay } from '../usage/day-start.ts'
import { t } from '../words/today.ts'
import { type TodayPanelProps, useRecentBlocks } from './use-reports.ts'
import './block-track.css'

/** The 5-hour blocks of the day, below its bars, with a dot at the current time. */
export function BlockTrack({ today, zone }: TodayPanelProps) {
  const now = useNow(30_000)
  const blocks = useRecentBlocks({ today, zone })
  const hasSessionLimit = useHasSessionLimit()
  const from = startOfDay(today, zone)
  const to = endOfDay(today, zone)
  const spans = hasSessionLimit ? buildBlockSpans(blocks.data?.rows ?? [], from, to) : []
  return (
    <>
      <div className="block-track" aria-hidden="true">
        {spans.map((span) => (
          <span
            key={span.start}
            className="day-block"
            data-active={span.active || undefined}
            style={{ left: `${span.left * 100}%`, width: `${span.width * 100}%` }}
            title={describeBlock(span, zone)}
          />
        ))}
        <span className="block-track-now" style={{ left: `${(Math.min(1, Math.max(0, (now - from) / (to - from))) * 100).toFixed(3)}%` }} />
      </div>
      {spans.length > 0 && (
        <p className="block-track-key small muted">
          <i aria-hidden="true" /> {t.fiveHourBlocks}
        </p>
      )}
    </>
  )
}
