import type { DiscordConfig } from '@signalbox/contract/channel-config'
import { deliver, failed, secretsOf, sent } from './answer.ts'
import type { ChannelKind, Message } from './channel-kind.ts'
import { isOver, linksOf, messageBody, sizeInUnits, type TextStyle, titleOf } from './message-text.ts'

// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const MAX_TITLE = 256
const MAX_DESCRIPTION = 4_096
const MAX_ADDRESS = 2_048

const style: TextStyle = {
  escape: (text) => text.replace(/[\\`*_~|>#\-[\]()<:@]/g, '\\$&'),
  bold: (text) => `**${text}**`,
  link: (label, url) => `[${label}](${url.replace(/[()\s]/g, encodeURIComponent)})`,
  size: sizeInUnits,
}

export const discord: ChannelKind<DiscordConfig> = {
  kind: 'discord',
  repeat: 'marked',
  // Five in two seconds, and thirty a minute.
  rate: { burst: 5, per_ms: 2_000 },
  send(message, config, wire, signal) {
    const url = new URL(config.url)
    // Only then is the answer the message with its id, and an error is known.
    url.searchParams.set('wait', 'true')
    if (config.thread_id !== undefined) url.searchParams.set('thread_id', config.thread_id)
    const request = {
      method: 'POST',
      url: url.href,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        username: 'Signalbox',
        // No text can call people, whatever it says.
        allowed_mentions: { parse: [] },
        embeds: [embedOf(message)],
      }),
    } as const
    return deliver(wire, request, signal, secretsOf('discord', config), (answer) => {
      if (answer.status === 429) {
        const { retry_after } = answer.json
        return failed(answer, typeof retry_after === 'number' ? retry_after * 1000 : undefined)
      }
      // Without an id it is a page on the way there.
      if (answer.status === 200) return typeof answer.json.id === 'string' ? sent(answer, answer.json.id) : failed(answer)
      return undefined
    })
  },
}

function embedOf(message: Message): object {
  const [first] = linksOf(message)
  const body = messageBody(message, style, { max: MAX_DESCRIPTION })
  return {
    title: titleOf(message, MAX_TITLE),
    ...(body === '' ? {} : { description: body }),
    color: colorOf(message),
    ...(first === undefined || first.url.length > MAX_ADDRESS ? {} : { url: first.url }),
  }
}

function colorOf(message: Message): number {
  if (isOver(message)) return 0x2e9e5b
  return { critical: 0xd03a3a, warning: 0xe08a1e, info: 0x3a7bd0 }[message.severity]
}
