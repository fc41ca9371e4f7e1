import { alertSeverities } from '@signalbox/contract/alert-severity'
import type { Alert } from '../hub/answer.ts'

/** The worst first, those that someone has acknowledged or snoozed last; in each group the order stays. */
export function bySeverity(alerts: readonly Alert[]): Alert[] {
  const isHandled = ({ acknowledged, snoozed }: Alert) => Number(acknowledged !== undefined || snoozed !== undefined)
  const rank = ({ severity }: Alert) => alertSeverities.indexOf(severity)
  return alerts.toSorted((a, b) => isHandled(a) - isHandled(b) || rank(b) - rank(a))
}
