import {
  type AlertMark,
  type AlertMarkName,
  type AlertRecord,
  type AlertRuleRecord,
  type ChannelRecord,
  type MessageRecord,
  type NoticeRecord,
  openKey,
  type PushSubscriptionRecord,
} from '../alert.ts'

/** A row of what belongs to alerts, by its table. Secrets are sealed in both stores: the hub of the copy needs the same key. */
export type CopiedAlertRow =
  | { readonly table: 'alert_rule'; readonly row: AlertRuleRecord }
  | { readonly table: 'channel'; readonly row: ChannelRecord }
  | { readonly table: 'alert'; readonly row: AlertRecord }
  | { readonly table: 'notice'; readonly row: NoticeRecord }
  | { readonly table: 'message'; readonly row: MessageRecord }
  | { readonly table: 'push_subscription'; readonly row: PushSubscriptionRecord }
  | { readonly table: 'alert_mark'; readonly row: AlertMark & { readonly name: AlertMarkName } }

export const otherAlertIsOpen = 'another alert of the same subject is open there'

/** What a store has of its own: where its worker is, and which hub works. */
export const ownMarks: ReadonlySet<string> = new Set<AlertMarkName>(['cursor', 'lease', 'address'])

/** The id of a row, unique in its table. */
export function alertRowId({ table, row }: CopiedAlertRow): string {
  if (table === 'alert_rule') return row.rule_id
  if (table === 'channel') return row.channel_id
  if (table === 'alert') return row.alert_id
  if (table === 'notice') return row.notice_id
  if (table === 'message') return row.message_id
  if (table === 'push_subscription') return row.subscription_id
  return row.name
}

const progress = { waiting: 0, in: 1, sent: 2, dropped: 2 } as const

/** Whether an offered row takes the place of a known one of the same id; never again once it has. */
export function isNewerAlertRow(known: CopiedAlertRow['row'] | undefined, offered: CopiedAlertRow): boolean {
  if (known === undefined) return true
  if (offered.table === 'notice') return progress[offered.row.state] > progress[(known as NoticeRecord).state]
  if (offered.table === 'push_subscription') return (offered.row.last_ok_at ?? 0) > ((known as PushSubscriptionRecord).last_ok_at ?? 0)
  // The keys of web push are those with which browsers have subscribed here.
  if (offered.table === 'alert_mark' && offered.row.name !== 'pause') return false
  return offered.row.revision > (known as AlertRecord).revision
}

/** The key that two open alerts must not share; undefined for other rows. */
export function openKeyOf({ table, row }: CopiedAlertRow): string | undefined {
  return table === 'alert' ? openKey(row) : undefined
}
