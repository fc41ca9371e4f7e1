import type { TelegramConfig } from '@signalbox/contract/channel-config'
import { deliver, failed, type PeerAnswer, secretsOf, sent } from './answer.ts'
import type { ChannelKind, Message, SendOutcome } from './channel-kind.ts'
import { htmlStyle, messageBody, withoutMentions } from './message-text.ts'

// https://core.telegram.org/bots/api#sendmessage: counted without the markup, so that this is on the safe side.
const MAX_TEXT = 4_096
/** A name behind an @ would call that person. */
const style = { ...htmlStyle, escape: (text: string) => htmlStyle.escape(withoutMentions(text)) }

export const telegram: ChannelKind<TelegramConfig> = {
  kind: 'telegram',
  repeat: 'marked',
  // One a second for a chat, twenty a minute for a group.
  rate: { burst: 1, per_ms: 3_000 },
  async send(message, config, wire, signal) {
    const first = await post(message, config)
    const moved = first.migrated
    // A group that became a supergroup has another id: the message goes there, and so do all later ones.
    if (moved === undefined) return first.outcome
    const changed = { ...config, chat_id: moved }
    const { outcome } = await post(message, changed)
    return outcome.outcome === 'sent' ? { ...outcome, config: changed } : outcome

    async function post(text: Message, to: TelegramConfig) {
      let migrated: string | undefined
      const outcome = await deliver<TelegramConfig>(wire, requestFor(text, to), signal, secretsOf('telegram', to), (answer) => {
        migrated = migratedTo(answer)
        return judge(answer)
      })
      return { outcome, migrated }
    }
  },
}

function requestFor(message: Message, config: TelegramConfig) {
  const server = (config.server ?? 'https://api.telegram.org').replace(/\/+$/, '')
  // Telegram refuses the whole message when the address of a button is not on the internet, so that links stay in the text.
  const body = {
    chat_id: config.chat_id,
    ...(config.topic_id === undefined ? {} : { message_thread_id: Number(config.topic_id) }),
    text: messageBody(message, style, { max: MAX_TEXT, withTitle: true }),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
    disable_notification: message.severity === 'info',
  }
  return {
    method: 'POST',
    url: `${server}/bot${config.bot_token}/sendMessage`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  } as const
}

function judge(answer: PeerAnswer): SendOutcome<never> | undefined {
  const { ok, result, parameters } = answer.json as {
    ok?: unknown
    result?: { message_id?: unknown }
    parameters?: { retry_after?: unknown }
  }
  if (answer.status === 429) {
    return failed(answer, typeof parameters?.retry_after === 'number' ? parameters.retry_after * 1000 : undefined)
  }
  if (answer.status !== 200) return undefined
  // Without its word the message is not there: a page of a proxy answers 200 as well.
  if (ok === true) return sent(answer, result?.message_id)
  return failed(answer)
}

function migratedTo({ json }: PeerAnswer): string | undefined {
  const id = (json.parameters as { migrate_to_chat_id?: unknown } | undefined)?.migrate_to_chat_id
  return typeof id === 'number' || typeof id === 'string' ? String(id) : undefined
}
