import type { AlertDetail, AlertMessage, Channel, Notice } from '../hub/answer.ts'

/** What one channel was notified of about an alert, oldest first. */
export interface NotifiedChannel {
  readonly channel_id: string
  readonly name: string
  readonly kind: Channel['kind'] | undefined
  readonly notices: readonly { readonly notice: Notice; readonly message: AlertMessage | undefined }[]
}

/** The notices of an alert by channel, each with the message that carried it. A channel may have been removed since. */
export function notifiedChannels(
  { notices, messages }: Pick<AlertDetail, 'notices' | 'messages'>,
  channels: readonly Channel[],
): NotifiedChannel[] {
  const ids = [...new Set(notices.map(({ channel_id }) => channel_id))]
  return ids.map((id) => {
    const known = channels.find(({ channel_id }) => channel_id === id)
    const sent = messages.find(({ channel_id }) => channel_id === id)
    return {
      channel_id: id,
      name: known?.name ?? sent?.channel_name ?? id,
      kind: known?.kind ?? sent?.channel_kind,
      notices: notices
        .filter(({ channel_id }) => channel_id === id)
        .map((notice) => ({ notice, message: messages.find(({ message_id }) => message_id === notice.message_id) })),
    }
  })
}
