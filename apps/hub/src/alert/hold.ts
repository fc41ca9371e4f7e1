import type { NoticeHold } from '@signalbox/contract/alert'
import type { AlertRecord, AlertRuleRecord, ChannelRecord, NoticeRecord } from '../store/alert.ts'
import { isExplained } from './inhibition.ts'
import { quietUntil } from './quiet.ts'

/** What is held without a known end is looked at again after so long. */
export const RECHECK_MS = 60_000
/** Notices of peers that do not answer are dropped after this. */
export const NOTICE_LIFETIME_MS = 86_400_000

export const TOO_OLD = 'It could not be sent for 24 hours'
export const OVER_BEFORE = 'It was over before it could be sent'

export interface HoldCircumstances {
  readonly now: number
  readonly channel: ChannelRecord
  /** How long a notice waits for others of its kind. */
  readonly groupMsOf: (notice: NoticeRecord) => number
  /** Everything is held until then. */
  readonly pausedUntil: number | undefined
  readonly alertOf: (id: string) => AlertRecord | undefined
  readonly ruleOf: (id: string) => AlertRuleRecord | undefined
  /** Open alerts of kinds that explain others. */
  readonly explaining: readonly AlertRecord[]
  /** When the first waiting notice of a kind was made that nothing else holds. */
  readonly firstOf: (notice: NoticeRecord) => number
}

export type Held = { readonly held_by: NoticeHold; readonly not_before: number }
export type Fate = 'due' | Held | { readonly drop: string }

/** What becomes of a waiting notice now. */
export function fateOf(notice: NoticeRecord, circumstances: HoldCircumstances): Fate {
  const { now, channel, alertOf } = circumstances
  const alert = alertOf(notice.alert_id)
  if (alert === undefined) return { drop: 'Its alert is not there any more' }
  if (channel.state === 'off') return { drop: 'The channel is off' }
  if (now - notice.created_at >= NOTICE_LIFETIME_MS && !isHeldOnPurpose(notice)) return { drop: TOO_OLD }
  if (alert.state === 'closed' && alert.close_reason === 'gone' && notice.what !== 'closed') return { drop: 'What it was about is gone' }
  const held = heldBy(notice, alert, circumstances)
  if (held !== undefined) return held
  // While snoozed, it has come and gone.
  const wasSnoozed = notice.held_by === 'snooze' || notice.held_by === 'paused' || notice.held_by === 'inhibited'
  if (wasSnoozed && alert.state === 'closed' && notice.what !== 'closed') return { drop: OVER_BEFORE }
  if ((notice.what === 'reminder' || notice.what === 'escalated') && alert.state === 'closed') return { drop: OVER_BEFORE }
  const groupEnd = circumstances.firstOf(notice) + circumstances.groupMsOf(notice)
  return groupEnd > now ? { held_by: 'group', not_before: groupEnd } : 'due'
}

/** What holds a notice but for its group. */
export function heldBy(notice: NoticeRecord, alert: AlertRecord, circumstances: HoldCircumstances): Held | undefined {
  const { now, channel, pausedUntil, ruleOf, explaining } = circumstances
  if (channel.state === 'broken') return { held_by: 'broken', not_before: now + RECHECK_MS }
  if (pausedUntil !== undefined && pausedUntil > now) return { held_by: 'paused', not_before: pausedUntil }
  const snoozedUntil = Math.max(alert.snoozed?.until ?? 0, ruleOf(alert.rule_id)?.snoozed_until ?? 0, channel.snoozed_until ?? 0)
  if (snoozedUntil > now) return { held_by: 'snooze', not_before: snoozedUntil }
  if (notice.what !== 'closed' && isExplained(notice.kind, alert.about, explaining)) {
    return { held_by: 'inhibited', not_before: now + RECHECK_MS }
  }
  if (notice.severity === 'critical' && channel.lets_through === 'critical') return undefined
  const quietEnd = quietUntil(channel.quiet_hours, now)
  return quietEnd === undefined ? undefined : { held_by: 'quiet_hours', not_before: quietEnd }
}

/** A person has asked for it to wait, however long. */
function isHeldOnPurpose({ held_by }: NoticeRecord): boolean {
  return held_by === 'quiet_hours' || held_by === 'snooze' || held_by === 'paused' || held_by === 'inhibited'
}
