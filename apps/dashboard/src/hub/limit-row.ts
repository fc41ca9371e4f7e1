/** Conversion of current limits to rows, shared with the command line. */
export { accountLabel } from '@signalbox/client/account-label'
export { describeExtraUsage } from '@signalbox/client/extra-usage'
export { describeForecast, describeRecord, findForecast } from '@signalbox/client/forecast-words'
export {
  clockShare,
  type Level,
  levelOf,
  missingOf,
  noPlanNote,
  rowsOf,
  STALE_AFTER_MS,
  WINDOW_LENGTH_MS,
  type WindowRow,
  warningOf,
} from '@signalbox/client/limit-row'
export { describeHeldLimits } from '@signalbox/contract/clock-skew'
