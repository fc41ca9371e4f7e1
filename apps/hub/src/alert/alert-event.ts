import type { AlertChange } from '@signalbox/contract/alert'
import { instantOf } from '../clock.ts'
import type { NewEvent } from '../event/new-event.ts'
import type { AlertRecord } from '../store/alert.ts'

/** The event of a change. It has the ids of `about` at its top too, by which streams are filtered. */
export function alertEvent(alert: AlertRecord, change: AlertChange): NewEvent {
  const { alert_id, rule_id, kind, subject, about, state, severity, summary, occurred_at, opened_at, closed_at, close_reason } = alert
  const { session_id, machine_id, project_id } = about
  const data = {
    alert_id,
    rule_id,
    kind,
    subject,
    about,
    ...(session_id === undefined ? {} : { session_id }),
    ...(machine_id === undefined ? {} : { machine_id }),
    ...(project_id === undefined ? {} : { project_id }),
    state,
    severity,
    summary,
    occurred_at: instantOf(occurred_at),
    ...(opened_at === undefined ? {} : { opened_at: instantOf(opened_at) }),
    ...(closed_at === undefined ? {} : { closed_at: instantOf(closed_at) }),
    ...(close_reason === undefined ? {} : { reason: close_reason }),
    change,
  }
  return { event: change === 'opened' ? 'alert.opened' : change === 'closed' ? 'alert.closed' : 'alert.updated', data }
}
