import type { WindowRow } from '@signalbox/client/limit-row'
import { FORECAST_MAX_AGE_MS, type Forecast, findSeriesPoints, forecastLimit } from '@signalbox/usage/limit-forecast'
import { compact, formatDuration, formatMoment, instantOf } from '../format.ts'
import { describeAge, describeWindow, joinAccounts, limitInput, readLimitRows, toWindowData } from '../limit-window.ts'
import { defineTool, type ToolContext } from '../tool.ts'

/** The weekly pace is that of the last day; one hour more has the point before it. */
const HISTORY_MS = 25 * 3_600_000
const HISTORY_POINTS = 300

export const limitsForecast = defineTool({
  name: 'limits_forecast',
  title: 'Forecast of the plan limits',
  description:
    'Whether each limit of the Claude plan lasts until its reset, and if not, when it is reached at the present pace (of the last hour for ' +
    'the 5-hour limit, of the last day for weekly limits). Use it before long work, and for "will it be enough" and "when do I run out". ' +
    'Contains everything of limits_now. The forecast of a window is "on_track", "limit_reached" with the instant, or "unknown" with the ' +
    'reason: then say that it is not known, and do not estimate.',
  input: limitInput,
  scope: 'read',
  async run(client, input, context) {
    const { now, signal } = context
    const all = await readLimitRows(client, input, context)
    const answers = all.map(async ({ limits, rows }) => {
      const history = await client.getLimitHistory(
        compact({ since: instantOf(now - HISTORY_MS), points: HISTORY_POINTS, account: limits.account }),
        { signal },
      )
      const forecasts = rows.map((row) => ({ row, forecast: forecastLimit(row, findSeriesPoints(row, history), now) }))
      const age = describeAge(limits, now)
      return {
        limits,
        text: [
          ...forecasts.map(({ row, forecast }) => `${describeWindow(row, context)} ${describeForecast(row, forecast, context)}`),
          age.text,
        ].join('\n'),
        data: compact({
          windows: forecasts.map(({ row, forecast }) => ({ ...toWindowData(row, now), ...toForecastData(row, forecast, now) })),
          last_updated: limits.lastUpdated,
          source: limits.source,
          account: limits.account,
          account_name: limits.accountName,
          stale_reason: age.reason,
        }),
      }
    })
    return joinAccounts(await Promise.all(answers))
  },
})

function toForecastData(row: WindowRow, forecast: Forecast, now: number) {
  return compact({
    forecast: forecast.kind,
    reached_at: forecast.kind === 'limit_reached' ? instantOf(forecast.at) : undefined,
    unknown_because: forecast.kind === 'unknown' ? unknownBecause(row, now) : undefined,
  })
}

function describeForecast(row: WindowRow, forecast: Forecast, { now, timezone }: ToolContext): string {
  switch (forecast.kind) {
    case 'on_track':
      return 'At this pace it lasts until the reset.'
    case 'limit_reached':
      return forecast.at <= now
        ? 'The limit is reached.'
        : `At this pace it is reached in ${formatDuration(forecast.at - now)} (${formatMoment(forecast.at, timezone)}), ` +
            `${formatDuration(row.resetsAt! - forecast.at)} before the reset.`
    case 'unknown':
      return `No forecast: ${unknownBecause(row, now)}.`
  }
}

function unknownBecause(row: WindowRow, now: number): string {
  if (row.state === 'reset') return 'it has been reset since it was last read'
  if (row.state === 'idle') return 'the window is not running'
  if (row.resetsAt === undefined) return 'when it resets is not known'
  const age = now - row.readAt
  if (age > FORECAST_MAX_AGE_MS) return `the newest value is ${formatDuration(age)} old`
  return 'there are too few recent values for a pace'
}
