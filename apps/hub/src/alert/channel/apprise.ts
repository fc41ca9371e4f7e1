import type { AppriseConfig } from '@signalbox/contract/channel-config'
import { deliver, failed, refused, secretsOf } from './answer.ts'
import type { ChannelKind, Message } from './channel-kind.ts'
import { isOver, messageBody, plainStyle, titleOf } from './message-text.ts'

/** Enough for every service behind it to cut further. */
const MAX_BODY = 8_000
const MAX_TITLE = 250

/** An Apprise API of the user, which forwards to what it knows and we do not. */
export const apprise: ChannelKind<AppriseConfig> = {
  kind: 'apprise',
  repeat: 'marked',
  rate: { burst: 60, per_ms: 1_000 },
  send(message, config, wire, signal) {
    const server = config.url.replace(/\/+$/, '')
    const request = {
      method: 'POST',
      url: config.config_key === undefined ? `${server}/notify/` : `${server}/notify/${config.config_key}`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        title: titleOf(message, MAX_TITLE),
        body: messageBody(message, plainStyle, { max: MAX_BODY }) || titleOf(message, MAX_TITLE),
        type: typeOf(message),
        format: 'text',
        ...(config.urls === undefined ? {} : { urls: config.urls.join(' ') }),
        ...(config.tags === undefined ? {} : { tag: config.tags }),
      }),
    } as const
    return deliver(wire, request, signal, secretsOf('apprise', config), (answer) => {
      if (answer.status === 204) return refused(answer, 'has nothing under this configuration key')
      // One of the services behind it did not take the message: that may pass.
      return answer.status === 424 ? failed(answer) : undefined
    })
  },
}

function typeOf(message: Message): string {
  if (isOver(message)) return 'success'
  return { critical: 'failure', warning: 'warning', info: 'info' }[message.severity]
}
