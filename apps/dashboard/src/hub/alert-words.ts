export {
  describeParameter,
  formatExactDuration,
  formatParameter,
  type ParameterValue,
  parseDuration,
  parseParameter,
  toParameterText,
} from '@signalbox/client/alert-parameter'
export { alertValueLabel, formatAlertValue, isInstant } from '@signalbox/client/alert-value'
export {
  type AlertCondition,
  alertConditionNames,
  alertConditionOf,
  channelStateNames,
  channelWords,
  closeReasonNames,
  describeAttempts,
  describeNotice,
  describeTest,
  flipNames,
} from '@signalbox/client/alert-words'
