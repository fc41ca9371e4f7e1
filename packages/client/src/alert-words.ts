import type { Alert, AlertMessage, MessageAttempt, Notice } from '@signalbox/contract/alert'
import type { AlertState } from '@signalbox/contract/alert-severity'
import type { Channel } from '@signalbox/contract/channel'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'

/** What people see of alerts and channels, on the page and in the terminal. */

export interface ChannelWords {
  readonly name: string
  /** Where messages arrive, in a few words. */
  readonly about: string
}

export const channelWords: Readonly<Record<ChannelKindName, ChannelWords>> = {
  web_push: { name: 'Web push', about: 'a notification of a browser, also while the page is closed' },
  email: { name: 'E-mail', about: 'over the mail server of SMTP_URL' },
  webhook: { name: 'Webhook', about: 'signed JSON for a program of yours' },
  ntfy: { name: 'ntfy', about: 'a topic of ntfy.sh or of your own server' },
  slack: { name: 'Slack', about: 'an incoming webhook of Slack, Mattermost or Rocket.Chat' },
  discord: { name: 'Discord', about: 'a webhook of a channel' },
  telegram: { name: 'Telegram', about: 'a bot that writes to a chat' },
  pagerduty: { name: 'PagerDuty', about: 'incidents that open and resolve' },
  matrix: { name: 'Matrix', about: 'a room' },
  teams: { name: 'Microsoft Teams', about: 'a workflow of a channel' },
  pushover: { name: 'Pushover', about: 'your phone, and again until you confirm' },
  desktop: { name: 'Desktop', about: 'a notification on a machine with a collector' },
  apprise: { name: 'Apprise', about: 'everything else, through your Apprise API' },
}

/** The state of an alert as one word, with what a person has done about it. */
export type AlertCondition = AlertState | 'acknowledged' | 'snoozed'

export function alertConditionOf(
  { state, acknowledged, snoozed }: Pick<Alert, 'state' | 'acknowledged' | 'snoozed'>,
  now: number,
): AlertCondition {
  if (state !== 'open' && state !== 'clearing') return state
  if (snoozed !== undefined && Date.parse(snoozed.until) > now) return 'snoozed'
  return acknowledged === undefined ? state : 'acknowledged'
}

export const alertConditionNames: Readonly<Record<AlertCondition, string>> = {
  pending: 'Pending',
  open: 'Open',
  clearing: 'Clearing',
  acknowledged: 'Acknowledged',
  snoozed: 'Snoozed',
  closed: 'Closed',
}

export const channelStateNames: Readonly<Record<Channel['state'], string>> = {
  ok: 'In order',
  failing: 'Failing',
  broken: 'Broken',
  off: 'Switched off',
}

/** Why an alert closed, behind `Closed`. */
export const closeReasonNames: Readonly<Record<NonNullable<Alert['close_reason']>, string>> = {
  cleared: 'it is over',
  passed: 'it has passed',
  gone: 'its subject or its rule is gone',
  by_hand: 'by hand',
}

/** What a channel was notified of. */
export const flipNames: Readonly<Record<Notice['what'], string>> = {
  opened: 'Opened',
  closed: 'Closed',
  reminder: 'Reminder',
  escalated: 'Escalated',
  acknowledged: 'Acknowledged',
  flapping: 'Flapping: opens and closes again and again',
}

export const holdNames: Readonly<Record<NonNullable<Notice['held_by']>, string>> = {
  group: 'collecting what belongs together',
  quiet_hours: 'quiet hours',
  snooze: 'snoozed',
  inhibited: 'another open alert explains it',
  paused: 'all messages are paused',
  backoff: 'the next attempt follows a failed one',
  broken: 'the channel is broken',
  off: 'the channel is switched off',
  rate: 'the channel takes no more for now',
  flapping: 'it opens and closes again and again',
}

/** The words of notices and of attempts to send; the page has them in other languages too. */
export interface SendingWords {
  readonly notSent: (reason: string) => string
  readonly noReason: string
  readonly waiting: string
  readonly waitingFor: (hold: string) => string
  readonly holds: typeof holdNames
  readonly outcomes: Readonly<Record<NonNullable<MessageAttempt['outcome']>, string>>
  readonly beingSent: string
  readonly willBeRepeated: (outcome: string) => string
  readonly notAccepted: string
}

/** Why a notice waits or was dropped; undefined for one that does neither. */
export function describeNotice({ state, held_by, reason }: Notice, words: SendingWords = sendingWords): string | undefined {
  if (state === 'dropped') return words.notSent(reason ?? words.noReason)
  if (state !== 'waiting') return undefined
  return held_by === undefined ? words.waiting : words.waitingFor(words.holds[held_by] ?? held_by)
}

const outcomeNames: Readonly<Record<NonNullable<MessageAttempt['outcome']>, string>> = {
  sent: 'accepted',
  failed: 'failed',
  refused: 'refused',
  unknown: 'it may have arrived',
}

export const sendingWords: SendingWords = {
  notSent: (reason) => `not sent: ${reason}`,
  noReason: 'no reason given',
  waiting: 'waiting',
  waitingFor: (hold) => `waiting: ${hold}`,
  holds: holdNames,
  outcomes: outcomeNames,
  beingSent: 'being sent',
  willBeRepeated: (outcome) => `${outcome}, will be repeated`,
  notAccepted: 'not accepted',
}

/** What came of each attempt to send a message, and what the peer answered. Only the last one that failed is still to be repeated. */
export function describeAttempts(
  { attempts, state }: Pick<AlertMessage, 'attempts' | 'state'>,
  words: SendingWords = sendingWords,
): string[] {
  return attempts.map(({ outcome, reason, receipt }, at) => {
    const named = outcome === undefined ? words.beingSent : (words.outcomes[outcome] ?? outcome)
    const isRepeated = outcome === 'failed' && at === attempts.length - 1 && state !== 'dropped'
    return describeAnswer(isRepeated ? words.willBeRepeated(named) : named, { reason, ...receipt })
  })
}

interface Answer {
  readonly reason?: string | undefined
  readonly status?: number | undefined
  readonly said?: string | undefined
  readonly id?: string | undefined
}

/** What came of a test message. @param answer what the peer said; a reason often repeats it */
export function describeTest(
  { outcome, ...answer }: { readonly outcome: NonNullable<MessageAttempt['outcome']> } & Answer,
  words: SendingWords = sendingWords,
): string {
  return describeAnswer(outcome === 'sent' ? words.outcomes.sent : words.notAccepted, answer)
}

function describeAnswer(words: string, { reason = '', status, said, id }: Answer): string {
  const code = status === undefined || reason.includes(String(status)) ? '' : ` (${status})`
  const parts = [`${words}${code}`, reason, said === undefined || reason.includes(said) ? '' : said, id === undefined ? '' : `id ${id}`]
  return parts.filter((part) => part !== '').join(' · ')
}
