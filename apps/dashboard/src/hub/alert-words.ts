export {
  formatExactDuration,
  formatParameter,
  type ParameterValue,
  parseDuration,
  parseParameter,
  toParameterText,
} from '@signalbox/client/alert-parameter'
export { alertValueLabel, formatAlertValue } from '@signalbox/client/alert-value'
export {
  type AlertCondition,
  alertConditionNames,
  alertConditionOf,
  channelStateNames,
  channelWords,
  closeReasonNames,
  describeAttempt,
  describeNotice,
  describeTest,
  flipNames,
} from '@signalbox/client/alert-words'
