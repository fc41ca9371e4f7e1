import type { AlertSeverity, AlertState } from '@signalbox/contract/alert-severity'
import { type AlertRecord, type NoticeRecord, occupies, openKey } from './alert.ts'

/** What queries need of an alert, beside the whole as JSON. Both stores keep the same. */
export interface AlertColumns {
  readonly open_key: string
  readonly rule_id: string
  readonly kind: string
  readonly subject: string
  readonly state: AlertState
  readonly severity: AlertSeverity
  readonly acknowledged: number
  readonly occupies: number
  readonly session_id: string | null
  readonly machine_id: string | null
  readonly created_at: number
  readonly closed_at: number | null
  readonly next_at: number | null
  /** When the oldest flip without notices was made. */
  readonly unspread_at: number | null
  readonly data: string
}

export function alertColumns(alert: AlertRecord): AlertColumns {
  const { rule_id, kind, subject, state, severity, about, created_at } = alert
  return {
    open_key: openKey(alert),
    rule_id,
    kind,
    subject,
    state,
    severity,
    acknowledged: alert.acknowledged === undefined ? 0 : 1,
    occupies: occupies(alert) ? 1 : 0,
    session_id: about.session_id ?? null,
    machine_id: about.machine_id ?? null,
    created_at,
    closed_at: alert.closed_at ?? null,
    next_at: alert.next_at ?? null,
    unspread_at: alert.unspread === 0 ? null : (alert.flips.at(-alert.unspread)?.at ?? created_at),
    data: JSON.stringify(alert),
  }
}

/** The columns of a notice; small, because a storm makes very many. */
export interface NoticeRow {
  readonly notice_id: string
  readonly flip_id: string
  readonly alert_id: string
  readonly rule_id: string
  readonly kind: string
  readonly channel_id: string
  readonly what: string
  readonly severity: string
  readonly state: string
  readonly created_at: number
  readonly not_before: number
  readonly held_by: string | null
  readonly message_id: string | null
  readonly reason: string | null
}

export function noticeRow({ held_by, message_id, reason, ...notice }: NoticeRecord): NoticeRow {
  return { ...notice, held_by: held_by ?? null, message_id: message_id ?? null, reason: reason ?? null }
}

export function noticeOf({ held_by, message_id, reason, ...row }: NoticeRow): NoticeRecord {
  return {
    ...(row as unknown as NoticeRecord),
    ...(held_by === null ? {} : { held_by: held_by as NonNullable<NoticeRecord['held_by']> }),
    ...(message_id === null ? {} : { message_id }),
    ...(reason === null ? {} : { reason }),
  }
}
