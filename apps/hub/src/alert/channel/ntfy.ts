import type { NtfyConfig } from '@signalbox/contract/channel-config'
import { deliver, failed, secretsOf, sent } from './answer.ts'
import type { ChannelKind, Message } from './channel-kind.ts'
import { isOver, linksOf, messageBody, plainStyle, sizeInBytes, titleOf } from './message-text.ts'

// https://docs.ntfy.sh/publish: a longer message becomes an attachment, a longer title is refused.
const MAX_MESSAGE_BYTES = 4_000
const MAX_TITLE_BYTES = 1_000
const MAX_ACTIONS = 3
const style = { ...plainStyle, size: sizeInBytes }

export const ntfy: ChannelKind<NtfyConfig> = {
  kind: 'ntfy',
  // Servers since 2.16 replace the message with the same sequence; an older one shows it twice and answers the same.
  repeat: 'marked',
  rate: { burst: 60, per_ms: 5_000 },
  send(message, config, wire, signal) {
    const server = (config.server ?? 'https://ntfy.sh').replace(/\/+$/, '')
    const request = {
      method: 'POST',
      url: `${server}/`,
      headers: { 'content-type': 'application/json', ...authorization(config) },
      body: JSON.stringify({ topic: config.topic, ...contentOf(message) }),
    } as const
    const secrets = [...secretsOf('ntfy', config), ...Object.values(authorization(config))]
    return deliver(wire, request, signal, secrets, (answer) => {
      // Without an id it is a page on the way there.
      if (answer.status === 200) return typeof answer.json.id === 'string' ? sent(answer, answer.json.id) : failed(answer)
      return undefined
    })
  },
}

function authorization({ token, user, password }: NtfyConfig): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` }
  if (user === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` }
}

function contentOf(message: Message): object {
  const links = linksOf(message)
  const [click] = links
  const actions = links.slice(0, MAX_ACTIONS).map(({ label, url }) => ({ action: 'view', label, url, clear: true }))
  const body = messageBody(message, style, { max: MAX_MESSAGE_BYTES, withoutLinks: true })
  return {
    title: titleOf(message, MAX_TITLE_BYTES, sizeInBytes),
    message: body === '' ? titleOf(message, MAX_TITLE_BYTES, sizeInBytes) : body,
    priority: isOver(message) ? 3 : { critical: 5, warning: 4, info: 3 }[message.severity],
    tags: [
      isOver(message)
        ? 'white_check_mark'
        : { critical: 'rotating_light', warning: 'warning', info: 'information_source' }[message.severity],
    ],
    sequence_id: message.id.replace(/[^\w-]/g, '').slice(0, 64),
    ...(click === undefined ? {} : { click: click.url, actions }),
  }
}
