import { type Forecast, findSeriesPoints, forecastLimit } from '@signalbox/usage/limit-forecast'
import { useId } from 'react'
import type { LimitHistory } from '../hub/answer.ts'
import { clockShare, levelOf, type WindowRow, warningOf } from '../hub/limit-row.ts'
import { Icon } from '../ui/icon.tsx'
import { formatPercent } from '../ui/number-format.ts'
import { formatDuration, formatExactMoment, formatMoment, formatTime, formatWeekdayAndTime, toLocalDay } from '../ui/time-format.ts'
import { formatAge } from './format-age.ts'
import { LimitBar } from './limit-bar.tsx'

interface LimitRowProps {
  readonly row: WindowRow
  readonly history: LimitHistory | undefined
  /** On the hub's clock. */
  readonly now: number
  readonly zone: string
}

const DAY_MS = 24 * 3_600_000

/** One window: its usage, its elapsed time and its forecast. */
export function LimitRow({ row, history, now, zone }: LimitRowProps) {
  const id = useId()
  const known = row.state === 'known'
  const level = levelOf(row.percent)
  const warning = warningOf(row.percent)
  return (
    <li className="limit-row" data-level={known ? level : undefined} data-state={row.state}>
      <p className="limit-head">
        <span id={id}>{row.label}</span>
        {row.state !== 'reset' && (
          <data value={row.percent} title={`${row.percent} % used`}>
            {formatPercent(row.percent / 100)}
          </data>
        )}
      </p>
      <LimitBar
        labelledBy={id}
        used={row.state === 'reset' ? undefined : row.percent}
        level={known ? level : levelOf(0)}
        elapsed={clockShare(row, now)}
      />
      {known && warning !== undefined && (
        <p className="limit-warning small">
          <Icon name="warning" size={14} /> {warning}
        </p>
      )}
      <p className="limit-details small muted">
        {row.state === 'reset' && <span>Reset · waiting for new data</span>}
        {row.state === 'idle' && <span>Starts when a message is sent</span>}
        {known && (
          <>
            <ResetText row={row} now={now} zone={zone} />
            <ForecastText forecast={forecastLimit(row, findSeriesPoints(row, history), now)} percent={row.percent} now={now} zone={zone} />
          </>
        )}
        {row.older && row.state !== 'reset' && (
          <span title={formatExactMoment(row.readAt, zone)}>Updated {formatAge(now - row.readAt)}</span>
        )}
      </p>
    </li>
  )
}

function ResetText({ row, now, zone }: Pick<LimitRowProps, 'row' | 'now' | 'zone'>) {
  if (row.resetsAt === undefined) return row.resetsText === undefined ? null : <span>Resets {row.resetsText.replace(/^resets /i, '')}</span>
  const remaining = row.resetsAt - now
  return (
    <time dateTime={new Date(row.resetsAt).toISOString()} title={formatExactMoment(row.resetsAt, zone)}>
      {remaining < DAY_MS ? `Resets in ${formatDuration(remaining)}` : `Resets ${formatDayAndTime(row.resetsAt, now, zone)}`}
    </time>
  )
}

interface ForecastTextProps {
  readonly forecast: Forecast
  readonly percent: number
  readonly now: number
  readonly zone: string
}

function ForecastText({ forecast, percent: used, now, zone }: ForecastTextProps) {
  // A reached limit needs no forecast.
  if (used >= 100) return null
  if (forecast.kind === 'on_track') return <span title="At this pace the limit lasts until the reset">On track</span>
  if (forecast.kind === 'unknown') return <span title="A forecast needs several recent updates">Not enough data for a forecast</span>
  return (
    <span className="limit-forecast" title={`At this pace, ${formatExactMoment(forecast.at, zone)}`}>
      Limit reached about {formatDayAndTime(forecast.at, now, zone)}
    </span>
  )
}

/** The shortest clear form: `14:10` today, `Thu 14:10` within the week, else with the date. */
function formatDayAndTime(at: number, now: number, zone: string): string {
  if (toLocalDay(at, zone) === toLocalDay(now, zone)) return formatTime(at, zone)
  return at - now < 6 * DAY_MS ? formatWeekdayAndTime(at, zone) : formatMoment(at, zone)
}
