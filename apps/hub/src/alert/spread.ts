import type { AlertRecord, AlertRuleRecord, AlertStore, ChannelRecord, FlipRecord, NoticeRecord } from '../store/alert.ts'
import { groupWaitOf } from './group-wait.ts'

/** Alerts whose flips are spread in one step. */
const ALERTS_PER_STEP = 500
/** Notices of one alert that are read for its recovery. */
const MAX_NOTICES_OF_ALERT = 5_000

export interface SpreadParts {
  readonly store: AlertStore
  readonly rules: ReadonlyMap<string, AlertRuleRecord>
  readonly channels: readonly ChannelRecord[]
  readonly groupMs: number
  readonly now: number
}

/** Makes a notice of each new flip for each of its channels. @returns whether there may be more */
export async function spreadFlips({ store, rules, channels, groupMs, now }: SpreadParts): Promise<boolean> {
  const alerts = await store.unspread(ALERTS_PER_STEP)
  if (alerts.length === 0) return false
  const notices: NoticeRecord[] = []
  for (const alert of alerts) {
    const flips = alert.flips.slice(-alert.unspread)
    const notified = flips.some((flip) => flip.channels === 'opening') ? await notifiedChannels(store, alert) : new Set<string>()
    for (const flip of flips) {
      for (const channel_id of channelsOf(flip, alert, rules.get(alert.rule_id), channels, notified)) {
        if (flip.what !== 'closed' && flip.what !== 'acknowledged') notified.add(channel_id)
        notices.push({
          notice_id: `${flip.flip_id}/${channel_id}`,
          flip_id: flip.flip_id,
          alert_id: alert.alert_id,
          rule_id: alert.rule_id,
          kind: alert.kind,
          channel_id,
          what: flip.what,
          severity: flip.severity,
          state: 'waiting',
          created_at: flip.at,
          not_before: Math.max(now, flip.at + groupWaitOf({ kind: alert.kind, what: flip.what }, groupMs, undefined, now)),
          held_by: 'group',
        })
      }
    }
  }
  // First: a hub that dies in between does it again, and meets the same ids.
  if (notices.length > 0) await store.addNotices(notices)
  const spread = alerts.map((alert) => ({ alert: { ...alert, unspread: 0, revision: alert.revision + 1 }, events: [] }))
  await store.write(spread, { now })
  return true
}

/** The channels that are to be notified of a flip. */
export function channelsOf(
  { what, channels: wanted }: Pick<FlipRecord, 'what' | 'channels'>,
  { kind, subject }: Pick<AlertRecord, 'kind' | 'subject'>,
  rule: AlertRuleRecord | undefined,
  channels: readonly ChannelRecord[],
  notified: ReadonlySet<string>,
): string[] {
  // A rule that was removed meanwhile opens nothing any more.
  if (rule === undefined && what !== 'closed') return []
  return channels
    .filter((channel) => {
      if (channel.state === 'off') return false
      // A channel that is broken is reported through the others.
      if (kind === 'channel_broken' && channel.channel_id === subject) return false
      // Only there it changes something at the peer: others need no message about what one of their readers has done.
      if (what === 'acknowledged' && channel.kind !== 'pagerduty') return false
      return wanted === 'opening' ? notified.has(channel.channel_id) : wanted === 'all' || wanted.includes(channel.channel_id)
    })
    .map(({ channel_id }) => channel_id)
}

/** The channels that got the opening of an alert, may have got it, or are about to. */
async function notifiedChannels(store: AlertStore, { alert_id }: AlertRecord): Promise<Set<string>> {
  const notices = await store.noticesOf(alert_id, MAX_NOTICES_OF_ALERT)
  return new Set(notices.filter(({ what, state }) => what !== 'closed' && state !== 'dropped').map(({ channel_id }) => channel_id))
}
