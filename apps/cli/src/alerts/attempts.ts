import { describeAttempts, describeNotice, flipNames } from '@signalbox/client/alert-words'
import type { AlertMessage, Notice } from '@signalbox/contract/alert'
import { printable } from '@signalbox/contract/printable'
import type { Column } from '../table.ts'

/** One line of what a channel was notified of: an attempt, or a notice that has none. */
export interface AttemptRow {
  readonly channel: string
  readonly what: string
  readonly at: string
  readonly outcome: string
}

/** Each attempt to send about an alert, and each notice that was not sent, oldest first. */
export function attemptRows(
  notices: readonly Notice[],
  messages: readonly AlertMessage[],
  nameOf: (channelId: string) => string,
): AttemptRow[] {
  const rows = notices.flatMap((notice): AttemptRow[] => {
    const message = messages.find(({ message_id }) => message_id === notice.message_id)
    const row = { channel: message?.channel_name ?? nameOf(notice.channel_id), what: flipNames[notice.what].split(':')[0] ?? notice.what }
    const attempts = message?.attempts ?? []
    const outcomes = message === undefined ? [] : describeAttempts(message)
    const words = describeNotice(notice)
    return [
      ...attempts.map((attempt, at) => ({ ...row, at: attempt.started_at, outcome: outcomes[at] ?? '' })),
      ...(attempts.length > 0 && words === undefined ? [] : [{ ...row, at: notice.created_at, outcome: words ?? 'being sent' }]),
    ]
  })
  return rows.sort((a, b) => a.at.localeCompare(b.at))
}

export function attemptColumns(timeOf: (instant: string) => string): Column<AttemptRow>[] {
  return [
    { title: 'At', cell: ({ at }) => timeOf(at) },
    { title: 'Channel', minWidths: [12, 8], cell: ({ channel }) => printable(channel) },
    { title: 'What', dropOrder: 1, cell: ({ what }) => what },
    { title: 'Outcome', minWidths: [20, 10], cell: ({ outcome }) => printable(outcome) },
  ]
}
