import { useId } from 'react'
import type { LimitHistory } from '../hub/answer.ts'
import { clockShare, levelOf, type WindowRow } from '../hub/limit-row.ts'
import { Icon } from '../ui/icon.tsx'
import { percent } from '../ui/number-format.ts'
import { clock, dayOf, duration, exactMoment, moment, weekdayAndClock } from '../ui/time-format.ts'
import { age } from './age.ts'
import { LimitBar } from './limit-bar.tsx'
import { type Forecast, forecastOf, pointsOf } from './pace.ts'

interface LimitRowProps {
  readonly row: WindowRow
  readonly history: LimitHistory | undefined
  /** On the hub's clock. */
  readonly now: number
  readonly zone: string
}

const DAY = 24 * 3_600_000

/** One window: how much of it is used, how much of its time has passed, and where that leads. */
export function LimitRow({ row, history, now, zone }: LimitRowProps) {
  const id = useId()
  const known = row.state === 'known'
  const level = levelOf(row.percent)
  const passed = clockShare(row, now)
  return (
    <li className="limit-row" data-level={known ? level : undefined} data-state={row.state}>
      <p className="limit-head">
        <span id={id}>{row.label}</span>
        {row.state !== 'reset' && (
          <data value={row.percent} title={`${row.percent} % used`}>
            {percent(row.percent / 100)}
          </data>
        )}
      </p>
      <LimitBar labelledBy={id} used={row.state === 'reset' ? undefined : row.percent} level={known ? level : 'calm'} passed={passed} />
      {known && level === 'red' && (
        <p className="limit-warning small">
          <Icon name="warning" size={14} /> {row.percent >= 100 ? 'Usage limit reached' : 'Approaching usage limit'}
        </p>
      )}
      <p className="limit-words small quiet">
        {row.state === 'reset' && <span>Reset · waiting for a reading</span>}
        {row.state === 'idle' && <span>Starts when a message is sent</span>}
        {known && (
          <>
            <Resets row={row} now={now} zone={zone} />
            <ForecastWords forecast={forecastOf(row, pointsOf(row, history), now)} percent={row.percent} now={now} zone={zone} />
          </>
        )}
        {row.older && row.state !== 'reset' && <span title={exactMoment(row.readAt, zone)}>read {age(now - row.readAt)}</span>}
      </p>
    </li>
  )
}

function Resets({ row, now, zone }: Pick<LimitRowProps, 'row' | 'now' | 'zone'>) {
  if (row.resetsAt === undefined) return row.resetsText === undefined ? null : <span>resets {row.resetsText.replace(/^resets /i, '')}</span>
  const left = row.resetsAt - now
  return (
    <time dateTime={new Date(row.resetsAt).toISOString()} title={exactMoment(row.resetsAt, zone)}>
      {left < DAY ? `resets in ${duration(left)}` : `resets ${dayAndClock(row.resetsAt, now, zone)}`}
    </time>
  )
}

interface ForecastWordsProps {
  readonly forecast: Forecast
  readonly percent: number
  readonly now: number
  readonly zone: string
}

function ForecastWords({ forecast, percent: used, now, zone }: ForecastWordsProps) {
  // What is full needs no forecast.
  if (used >= 100) return null
  if (forecast.kind === 'lasts') return <span>lasts to the reset</span>
  if (forecast.kind === 'unknown') return <span title="A forecast needs several readings of late">not enough data for a forecast</span>
  return (
    <span className="limit-full" title={exactMoment(forecast.at, zone)}>
      at this pace full at {dayAndClock(forecast.at, now, zone)}
    </span>
  )
}

/** As much of it as is needed: `14:10` today, `Thu 14:10` within the week. */
function dayAndClock(at: number, now: number, zone: string): string {
  if (dayOf(at, zone) === dayOf(now, zone)) return clock(at, zone)
  return at - now < 6 * DAY ? weekdayAndClock(at, zone) : moment(at, zone)
}
