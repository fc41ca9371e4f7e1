import * as parameter from '@signalbox/client/alert-parameter'
import * as value from '@signalbox/client/alert-value'
import * as alert from '@signalbox/client/alert-words'
import type { Alert } from '@signalbox/contract/alert'
import { isGerman } from '../words/language.ts'

/** What people see of alerts and channels; shared with the command line, which speaks English. */
export {
  describeParameter,
  formatExactDuration,
  type ParameterValue,
  parseDuration,
  toParameterText,
} from '@signalbox/client/alert-parameter'
export { isInstant } from '@signalbox/client/alert-value'
export { type AlertCondition, alertConditionOf } from '@signalbox/client/alert-words'

const [german, summaries] = isGerman
  ? await Promise.all([import('../words/de/packages/alert-words.ts'), import('../words/de/packages/alert-summary.ts')])
  : []

export const { alertConditionNames, channelStateNames, channelWords, closeReasonNames, flipNames } = german ?? alert

/** The sentence about an alert, with its language where that is not the page's. */
export function alertSummaryOf(one: Pick<Alert, 'kind' | 'about' | 'summary'>): { readonly text: string; readonly lang?: 'en' } {
  const text = summaries?.alertSummary(one)
  return text === undefined ? { text: one.summary, ...(isGerman ? { lang: 'en' } : {}) } : { text }
}

const inGerman = (text: string) => german?.germanValue(text) ?? text

export const alertValueLabel = (name: string) => german?.valueLabels[name] ?? value.alertValueLabel(name)
export const formatAlertValue = (...[name, figure, timeOf]: Parameters<typeof value.formatAlertValue>) =>
  inGerman(value.formatAlertValue(name, figure, timeOf, german?.yesAndNo))
export const formatParameter = (...[field, given]: Parameters<typeof parameter.formatParameter>) =>
  inGerman(parameter.formatParameter(field, given))
export const parseParameter = (...[field, text]: Parameters<typeof parameter.parseParameter>) =>
  parameter.parseParameter(field, text, german?.parameterProblems)

export const describeAttempts = (message: Parameters<typeof alert.describeAttempts>[0]) =>
  alert.describeAttempts(message, german?.sendingWords)
export const describeNotice = (notice: Parameters<typeof alert.describeNotice>[0]) => alert.describeNotice(notice, german?.sendingWords)
export const describeTest = (test: Parameters<typeof alert.describeTest>[0]) => alert.describeTest(test, german?.sendingWords)
