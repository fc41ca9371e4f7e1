import type { WindowForecast } from '@signalbox/contract/limit-forecast'
import type { WindowKind } from '@signalbox/contract/limit-label'

export interface ForecastWords {
  readonly percent: (percent: number) => string
  /** An instant in milliseconds, as short as is clear. */
  readonly instant: (at: number) => string
}

/** The forecast of a row of the limits. */
export function findForecast(
  { kind, label }: { readonly kind: WindowKind; readonly label: string },
  windows: readonly WindowForecast[],
): WindowForecast | undefined {
  return windows.find((one) => one.kind === kind && (kind !== 'weekly_scoped' || one.label.toLowerCase() === label.toLowerCase()))
}

/** How a window ends, in a few words; undefined where it is not known, and where the limit is reached already. */
export function describeForecast({ forecast, low, high, band }: WindowForecast, { percent, instant }: ForecastWords): string | undefined {
  if (low === undefined || high === undefined) return undefined
  if ('reachedAt' in high) {
    const earliest = instant(Date.parse(high.reachedAt))
    if ('percentageUsed' in low) return `May be reached, ${earliest} at the earliest, or ${percent(low.percentageUsed)} at the reset`
    if (forecast === 'limit_reached' && band === undefined) return undefined
    const latest = instant(Date.parse(low.reachedAt))
    return earliest === latest ? `Limit reached about ${earliest}` : `Limit reached between ${earliest} and ${latest}`
  }
  if ('reachedAt' in low) return undefined
  return low.percentageUsed === high.percentageUsed
    ? `On track: ${percent(low.percentageUsed)} at the reset`
    : `On track: ${percent(low.percentageUsed)} to ${percent(high.percentageUsed)} at the reset`
}

/** How often such ranges were right; undefined where the account has too little past. */
export function describeRecord({ record }: Pick<WindowForecast, 'record'>): string | undefined {
  if (record === undefined || record.cases === 0) return undefined
  const ofTen = Math.round((10 * record.right) / record.cases)
  return `Right ${ofTen} of 10 times: ${record.right} of ${record.cases} forecasts in the last ${record.windows} windows`
}
