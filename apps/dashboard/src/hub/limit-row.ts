import * as account from '@signalbox/client/account-label'
import * as extra from '@signalbox/client/extra-usage'
import * as forecast from '@signalbox/client/forecast-words'
import * as row from '@signalbox/client/limit-row'
import * as clock from '@signalbox/contract/clock-skew'
import { isGerman, locale } from '../words/language.ts'

/** Conversion of current limits to rows, shared with the command line, which speaks English. */
export { findForecast } from '@signalbox/client/forecast-words'
export { clockShare, type Level, levelOf, rowsOf, STALE_AFTER_MS, WINDOW_LENGTH_MS, type WindowRow } from '@signalbox/client/limit-row'

const german = isGerman ? await import('../words/de/packages/plan.ts') : undefined

export const accountLabel = (named: account.NamedAccount) => account.accountLabel(named, german?.accountWords)
export const describeExtraUsage = (usage: extra.ExtraUsageInput | undefined) =>
  extra.describeExtraUsage(usage, locale, german?.extraUsageWords)
export const describeForecast = (...[window, words]: Parameters<typeof forecast.describeForecast>) =>
  forecast.describeForecast(window, words, german?.forecastSentences)
export const describeRecord = (window: Parameters<typeof forecast.describeRecord>[0]) =>
  forecast.describeRecord(window, german?.forecastSentences)
export const missingOf = (limits: row.LimitRowInput) => row.missingOf(limits, german?.aPartOfThePage)
export const warningOf = (percent: number) => row.warningOf(percent, german?.warningWords)
export const noPlanNote = german?.noPlanNote ?? row.noPlanNote
export const describeHeldLimits = (collector: clock.CollectorClock) => clock.describeHeldLimits(collector, german?.heldLimitsWords)

/** The label of a window as people see it. The hub's own is its name, by which forecasts and histories find it. */
export const windowLabel = (label: string) => german?.windowLabel(label) ?? label
