import type { WindowForecast } from '@signalbox/contract/limit-forecast'
import type { WindowKind } from '@signalbox/contract/limit-label'
import { STALE_AFTER_MS, type WindowRow } from './limit-row.ts'

export interface ForecastWords {
  readonly percent: (percent: number) => string
  /** An instant in milliseconds, as short as is clear. */
  readonly instant: (at: number) => string
}

/** The sentences of forecasts; the page has them in other languages too. */
export const forecastSentences = {
  mayBeReached: (earliest: string, percent: string) => `May be reached, ${earliest} at the earliest, or ${percent} at the reset`,
  reachedAbout: (at: string) => `Limit reached about ${at}`,
  reachedBetween: (earliest: string, latest: string) => `Limit reached between ${earliest} and ${latest}`,
  onTrack: (percent: string) => `On track: ${percent} at the reset`,
  onTrackBetween: (low: string, high: string) => `On track: ${low} to ${high} at the reset`,
  record: (ofTen: number, right: number, cases: number, windows: number) =>
    `Right ${ofTen} of 10 times: ${right} of ${cases} forecasts in the last ${windows} windows`,
}

/** The forecast of a row of the limits. */
export function findForecast(
  { kind, label }: { readonly kind: WindowKind; readonly label: string },
  windows: readonly WindowForecast[],
): WindowForecast | undefined {
  return windows.find((one) => one.kind === kind && (kind !== 'weekly_scoped' || one.label.toLowerCase() === label.toLowerCase()))
}

/** How a window ends, in a few words; undefined where it is not known, and where the limit is reached already. */
export function describeForecast(
  { forecast, low, high, band }: WindowForecast,
  { percent, instant }: ForecastWords,
  sentences: typeof forecastSentences = forecastSentences,
): string | undefined {
  if (low === undefined || high === undefined) return undefined
  if ('reachedAt' in high) {
    const earliest = instant(Date.parse(high.reachedAt))
    if ('percentageUsed' in low) return sentences.mayBeReached(earliest, percent(low.percentageUsed))
    if (forecast === 'limit_reached' && band === undefined) return undefined
    const latest = instant(Date.parse(low.reachedAt))
    return earliest === latest ? sentences.reachedAbout(earliest) : sentences.reachedBetween(earliest, latest)
  }
  if ('reachedAt' in low) return undefined
  return low.percentageUsed === high.percentageUsed
    ? sentences.onTrack(percent(low.percentageUsed))
    : sentences.onTrackBetween(percent(low.percentageUsed), percent(high.percentageUsed))
}

/** How often such ranges were right; undefined where the account has too little past. */
export function describeRecord(
  { record }: Pick<WindowForecast, 'record'>,
  sentences: typeof forecastSentences = forecastSentences,
): string | undefined {
  if (record === undefined || record.cases === 0) return undefined
  const rounded = Math.round((10 * record.right) / record.cases)
  // 131 of 132 is not every time.
  const ofTen = rounded === 10 && record.right < record.cases ? 9 : rounded
  return sentences.record(ofTen, record.right, record.cases, record.windows)
}

/** Why the hub, or a machine, makes no forecast of a row. @param duration `16 min` */
export function noForecastBecause(row: WindowRow, now: number, duration: (milliseconds: number) => string): string {
  if (row.state === 'reset') return 'it has been reset since it was last read'
  if (row.state === 'idle') return 'the window is not running'
  if (row.resetsAt === undefined) return 'when it resets is not known'
  const age = now - row.readAt
  if (age > STALE_AFTER_MS) return `the newest value is ${duration(age)} old`
  return 'there are too few recent values for a pace'
}
