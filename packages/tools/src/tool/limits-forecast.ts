import { describeRecord, findForecast, noForecastBecause } from '@signalbox/client/forecast-words'
import type { WindowRow } from '@signalbox/client/limit-row'
import type { WindowForecast } from '@signalbox/contract/limit-forecast'
import { compact, formatDuration, formatMoment } from '../format.ts'
import { describeAge, describeWindow, joinAccounts, limitInput, readLimitRows, toWindowData } from '../limit-window.ts'
import { defineTool, type ToolContext } from '../tool.ts'

export const limitsForecast = defineTool({
  name: 'limits_forecast',
  title: 'Forecast of the plan limits',
  description:
    'Whether each limit of the Claude plan lasts until its reset, as a range that is right in nine of ten cases, from the present pace and ' +
    'the past of the account. Use it before long work, and for "will it be enough" and "when do I run out". Contains everything of ' +
    'limits_now. The forecast of a window is "on_track", "may_be_reached", "limit_reached", or "unknown" with the reason: then say that ' +
    'it is not known, and do not estimate. Say the whole range, never one instant of it.',
  input: limitInput,
  scope: 'read',
  async run(client, input, context) {
    const { now, signal } = context
    const all = await readLimitRows(client, input, context)
    const answers = all.map(async ({ limits, rows }) => {
      const { windows } = await client.getLimitForecast(compact({ account: limits.account }), { signal })
      const forecasts = rows.map((row) => ({ row, forecast: findForecast(row, windows) }))
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

function toForecastData(row: WindowRow, forecast: WindowForecast | undefined, now: number) {
  if (forecast?.low === undefined) return { forecast: 'unknown', unknown_because: unknownBecause(row, now) }
  const { low, high, likely, record } = forecast
  return compact({ forecast: forecast.forecast, low, high, likely, record })
}

function describeForecast(row: WindowRow, forecast: WindowForecast | undefined, context: ToolContext): string {
  if (forecast?.low === undefined || forecast.high === undefined) return `No forecast: ${unknownBecause(row, context.now)}.`
  if (row.percent >= 100) return 'The limit is reached.'
  return [rangeText(row, forecast.low, forecast.high, context), describeRecord(forecast)].filter((part) => part !== undefined).join(' ')
}

type End = NonNullable<WindowForecast['low']>

function rangeText(row: WindowRow, low: End, high: End, { now, timezone }: ToolContext): string {
  if ('percentageUsed' in high) {
    const least = 'percentageUsed' in low ? low.percentageUsed : row.percent
    return `It lasts until the reset, with ${least} to ${high.percentageUsed}% used then.`
  }
  const inTime = (instant: string) => `in ${formatDuration(Date.parse(instant) - now)} (${formatMoment(Date.parse(instant), timezone)})`
  return 'percentageUsed' in low
    ? `It may be reached, ${inTime(high.reachedAt)} at the earliest; or ${low.percentageUsed}% is used at the reset.`
    : `It is reached between ${inTime(high.reachedAt)} and ${inTime(low.reachedAt)}, before the reset.`
}

const unknownBecause = (row: WindowRow, now: number) => noForecastBecause(row, now, formatDuration)
