import { useId } from 'react'
import type { WindowForecast } from '../hub/answer.ts'
import {
  clockShare,
  describeForecast,
  describeRecord,
  findForecast,
  levelOf,
  type WindowRow,
  warningOf,
  windowLabel,
} from '../hub/limit-row.ts'
import { Icon } from '../ui/icon.tsx'
import { formatExactPercent, formatPercent } from '../ui/number-format.ts'
import { formatDuration, formatExactMoment } from '../ui/time-format.ts'
import { t } from '../words/limits.ts'
import { formatAge } from './format-age.ts'
import { formatDayAndTime } from './format-day-and-time.ts'
import { LimitBar } from './limit-bar.tsx'

interface LimitRowProps {
  readonly row: WindowRow
  /** Undefined until they have loaded. */
  readonly forecasts: readonly WindowForecast[] | undefined
  /** On the hub's clock. */
  readonly now: number
  readonly zone: string
}

const DAY_MS = 24 * 3_600_000

/** One window: its usage, its elapsed time and its forecast. */
export function LimitRow({ row, forecasts, now, zone }: LimitRowProps) {
  const id = useId()
  const known = row.state === 'known'
  const level = levelOf(row.percent)
  const warning = warningOf(row.percent)
  return (
    <li className="limit-row" data-level={known ? level : undefined} data-state={row.state}>
      <p className="limit-head">
        <span id={id}>{windowLabel(row.label)}</span>
        {row.state !== 'reset' && (
          <data value={row.percent} title={t.usedShare(formatExactPercent(row.percent / 100))}>
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
        {row.state === 'reset' && <span>{t.resetWaitingForNew}</span>}
        {row.state === 'idle' && <span>{t.startsWhenMessageIs}</span>}
        {known && (
          <>
            <ResetText row={row} now={now} zone={zone} />
            {forecasts !== undefined && (
              <ForecastText forecast={findForecast(row, forecasts)} percent={row.percent} now={now} zone={zone} />
            )}
          </>
        )}
        {row.older && row.state !== 'reset' && (
          <span title={formatExactMoment(row.readAt, zone)}>{t.updated(formatAge(now - row.readAt))}</span>
        )}
      </p>
    </li>
  )
}

function ResetText({ row, now, zone }: Pick<LimitRowProps, 'row' | 'now' | 'zone'>) {
  if (row.resetsAt === undefined)
    return row.resetsText === undefined ? null : <span>{t.resets(row.resetsText.replace(/^resets /i, ''))}</span>
  const remaining = row.resetsAt - now
  return (
    <time dateTime={new Date(row.resetsAt).toISOString()} title={formatExactMoment(row.resetsAt, zone)}>
      {remaining < DAY_MS ? t.resetsIn(formatDuration(remaining)) : t.resets(formatDayAndTime(row.resetsAt, now, zone))}
    </time>
  )
}

interface ForecastTextProps {
  readonly forecast: WindowForecast | undefined
  readonly percent: number
  readonly now: number
  readonly zone: string
}

function ForecastText({ forecast, percent: used, now, zone }: ForecastTextProps) {
  // A reached limit needs no forecast.
  if (used >= 100) return null
  const words =
    forecast &&
    describeForecast(forecast, { percent: (percent) => formatPercent(percent / 100), instant: (at) => formatDayAndTime(at, now, zone) })
  if (forecast === undefined || words === undefined) {
    return <span title={t.aForecastNeedsSeveral}>{t.notEnoughDataFor}</span>
  }
  return (
    <span className={forecast.forecast === 'on_track' ? undefined : 'limit-forecast'} title={describeRecord(forecast)}>
      {words}
    </span>
  )
}
