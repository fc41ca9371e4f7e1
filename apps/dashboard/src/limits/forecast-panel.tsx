import type { WindowForecast } from '../hub/answer.ts'
import { useHubNow } from '../hub/hub-clock.ts'
import { describeForecast, describeRecord, findForecast, rowsOf, WINDOW_LENGTH_MS, type WindowRow, windowLabel } from '../hub/limit-row.ts'
import { useLimitForecast, useLimitHistory, useLimits } from '../hub/limits.ts'
import { formatPercent } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/limit-history.ts'
import { buildForecastDrawing, type ForecastDrawing } from './forecast-drawing.ts'
import { formatDayAndTime } from './format-day-and-time.ts'
import './forecast-panel.css'

/** How each running window went so far and goes on: a lane for each, from its start to its reset. */
export function ForecastPanel({ account }: { readonly account: string | undefined }) {
  const { current } = useLimits(account)
  const forecast = useLimitForecast(account)
  const history = useLimitHistory('7d', account)
  const now = useHubNow(60_000)
  const windows = forecast.data?.windows
  if (current === undefined || windows === undefined) return null
  const rows = rowsOf(current, now).filter(({ state }) => state === 'known')
  const lanes = rows.flatMap((row) => {
    const found = findForecast(row, windows)
    const drawing = found && buildForecastDrawing(row, found, history.data?.series ?? [], WINDOW_LENGTH_MS[row.kind])
    return found === undefined || drawing === undefined ? [] : [{ row, found, drawing }]
  })
  if (lanes.length === 0) return null
  return (
    <Panel title={t.forecast} className="forecast">
      <ul className="forecast-lanes">
        {lanes.map(({ row, found, drawing }) => (
          <ForecastLane key={row.key} row={row} forecast={found} drawing={drawing} now={now} />
        ))}
      </ul>
      <p className="small muted">{t.theShadedRangeHolds}</p>
    </Panel>
  )
}

interface ForecastLaneProps {
  readonly row: WindowRow
  readonly forecast: WindowForecast
  readonly drawing: ForecastDrawing
  readonly now: number
}

function ForecastLane({ row, forecast, drawing, now }: ForecastLaneProps) {
  const zone = browserTimeZone()
  const instant = (at: number) => formatDayAndTime(at, now, zone)
  const words = describeForecast(forecast, { percent: (percent) => formatPercent(percent / 100), instant })
  const record = describeRecord(forecast)
  const { line, band, nowX, limitY, start, end } = drawing
  return (
    <li className="forecast-lane">
      <p className="forecast-head">
        <b>{windowLabel(row.label)}</b> <span className="muted">{t.used(formatPercent(row.percent / 100))}</span>
      </p>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" data-forecast={forecast.forecast}>
        <line className="forecast-limit" x1="0" x2="100" y1={limitY} y2={limitY} />
        {band !== '' && <polygon className="forecast-band" points={band} />}
        <polyline className="forecast-line" points={line} />
        <line className="forecast-now" x1={nowX} x2={nowX} y1="0" y2="100" />
      </svg>
      <p className="forecast-axis small muted" aria-hidden="true">
        <span>{instant(start)}</span>
        <span>{t.reset(instant(end))}</span>
      </p>
      <p className="forecast-words">{row.percent >= 100 ? t.limitReached : (words ?? t.notEnoughDataFor)}</p>
      <p className="small muted">{record ?? (words === undefined ? '' : t.tooFewWindowsHave)}</p>
    </li>
  )
}
