import { createHash } from 'node:crypto'
import { alertSeverities } from '@signalbox/contract/alert-severity'
import { countOf } from '@signalbox/contract/plural'
import type { AlertRecord, ChannelRecord, MessageRecord, NoticeRecord } from '../store/alert.ts'
import type { MessageItem } from './channel/channel-kind.ts'

/** Items that a message lists; more are counted. */
export const MAX_ITEMS = 10
/** Notices of one message. */
export const MAX_NOTICES = 20_000
/** A notice that waited for longer than its group joins one digest of all kinds. */
const DIGEST_AFTER_MS = 60_000

/** The id of the message of these notices: the same in every hub and after every restart. */
export function messageId(notices: readonly NoticeRecord[]): string {
  const ids = notices.map(({ notice_id }) => notice_id).sort()
  return createHash('sha256').update(ids.join('\n')).digest('hex')
}

/** Due notices by the message that they belong into: one for each kind of rule, and one for what has waited for long. */
export function groupNotices(notices: readonly NoticeRecord[], now: number): NoticeRecord[][] {
  // What was said before about the same alerts goes with it, in one message.
  const late = new Set(
    notices
      .filter(({ held_by, created_at }) => (held_by !== undefined && held_by !== 'group') || now - created_at > DIGEST_AFTER_MS)
      .map(({ alert_id }) => alert_id),
  )
  const groups = Map.groupBy(notices, (notice) => (late.has(notice.alert_id) ? 'digest' : notice.kind))
  return [...groups.values()].map((group) => group.slice(0, MAX_NOTICES))
}

export interface MessageParts {
  readonly notices: readonly NoticeRecord[]
  readonly alertOf: (id: string) => AlertRecord | undefined
  readonly channel: ChannelRecord
  readonly now: number
  /** The address of the hub, without a slash at its end; undefined where it is not known. */
  readonly publicUrl: string | undefined
  readonly acknowledgeUrl: (alertId: string) => string | undefined
  /** What else can be done about an alert. */
  readonly actionOf: (alertId: string) => MessageItem['action']
}

type Content = NonNullable<MessageRecord['content']>

/** The text of a message, as far as all kinds of channels have the same. */
export function messageContent({ notices, alertOf, channel, publicUrl, acknowledgeUrl, actionOf }: MessageParts): Content {
  const items: MessageItem[] = []
  let passed = 0
  for (const [alertId, ofAlert] of Map.groupBy(notices, ({ alert_id }) => alert_id)) {
    const alert = alertOf(alertId)
    if (alert === undefined) continue
    const last = newestOf(ofAlert, alert)
    const first = ofAlert.some(({ what }) => what === 'opened' || what === 'flapping')
    if (first && last.what === 'closed' && ofAlert.every(({ held_by }) => held_by === 'quiet_hours')) passed++
    else items.push(itemOf(alert, last, { publicUrl, acknowledgeUrl, actionOf }))
  }
  items.sort((a, b) => rank(b) - rank(a) || a.occurred_at - b.occurred_at)
  const { lost } = channel
  const notes = [
    ...(passed === 0 ? [] : [`${countOf(passed, 'alert')} opened and closed in quiet hours.`]),
    ...(lost === undefined
      ? []
      : [
          `${countOf(lost.count, 'message')} could not be sent before, the newest of ${new Date(lost.newest_at).toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
        ]),
  ]
  const severity = alertSeverities[Math.max(0, ...items.map(({ severity }) => alertSeverities.indexOf(severity)))]!
  return {
    title: titleOf(items, passed),
    items: items.slice(0, MAX_ITEMS),
    more: Math.max(0, items.length - MAX_ITEMS),
    severity,
    notes,
    ...(publicUrl === undefined ? {} : { url: `${publicUrl}/app/alerts` }),
  }
}

/** An opening that was not sent before its end becomes one item: it was open for so long, and is over. */
function newestOf(notices: readonly NoticeRecord[], alert: AlertRecord): NoticeRecord {
  const order = new Map(alert.flips.map(({ flip_id }, at) => [flip_id, at]))
  return notices.reduce((newest, one) => ((order.get(one.flip_id) ?? -1) >= (order.get(newest.flip_id) ?? -1) ? one : newest))
}

function itemOf(
  alert: AlertRecord,
  { flip_id, what }: NoticeRecord,
  { publicUrl, acknowledgeUrl, actionOf }: Pick<MessageParts, 'publicUrl' | 'acknowledgeUrl' | 'actionOf'>,
): MessageItem {
  const flip = alert.flips.find((one) => one.flip_id === flip_id)
  const isOver = what === 'closed'
  const action = isOver ? undefined : actionOf(alert.alert_id)
  const acknowledge = isOver || what === 'acknowledged' || alert.acknowledged !== undefined ? undefined : acknowledgeUrl(alert.alert_id)
  return {
    alert_id: alert.alert_id,
    what,
    kind: alert.kind,
    severity: flip?.severity ?? alert.severity,
    summary: oneLine(flip?.summary ?? alert.summary),
    occurred_at: flip?.occurred_at ?? alert.occurred_at,
    ...(flip?.open_for_ms === undefined ? {} : { open_for_ms: flip.open_for_ms }),
    about: alert.about as Readonly<Record<string, string>>,
    values: alert.values,
    ...(publicUrl === undefined ? {} : { url: `${publicUrl}/app/alerts/${encodeURIComponent(alert.alert_id)}` }),
    ...(action === undefined ? {} : { action }),
    ...(acknowledge === undefined ? {} : { acknowledge_url: acknowledge }),
  }
}

/** The worst first; what is over comes last. */
function rank({ severity, what }: MessageItem): number {
  return (what === 'closed' ? 0 : 10) + alertSeverities.indexOf(severity)
}

function titleOf(items: readonly MessageItem[], passed: number): string {
  const [first] = items
  if (first === undefined) return `${countOf(passed, 'alert')} opened and closed`
  if (items.length === 1) {
    const prefix = {
      opened: '',
      closed: 'Resolved: ',
      reminder: 'Still: ',
      escalated: 'Escalated: ',
      acknowledged: 'Acknowledged: ',
      flapping: 'Flapping: ',
    }
    return `${prefix[first.what]}${first.summary}`
  }
  const closed = items.filter(({ what }) => what === 'closed').length
  const open = items.length - closed
  const counts = [...(open === 0 ? [] : [`${countOf(open, 'alert')}`]), ...(closed === 0 ? [] : [`${closed} resolved`])]
  return `${counts.join(', ')}: ${first.summary}`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
