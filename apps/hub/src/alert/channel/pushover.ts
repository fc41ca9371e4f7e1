import type { PushoverConfig } from '@signalbox/contract/channel-config'
import { deliver, failed, secretsOf, sent } from './answer.ts'
import type { ChannelKind, Message, SendOutcome, Wire } from './channel-kind.ts'
import { isOver, linksOf, messageBody, plainStyle, titleOf } from './message-text.ts'

// https://pushover.net/api
const API = 'https://api.pushover.net/1'
const MAX_MESSAGE = 1_024
const MAX_TITLE = 250
const MAX_ADDRESS = 512
/** Of an emergency that sounds until a person confirms it, in seconds. */
const defaults = { retry_s: 60, expire_s: 3_600 }

export const pushover: ChannelKind<PushoverConfig> = {
  kind: 'pushover',
  repeat: 'marked',
  rate: { burst: 60, per_ms: 1_000 },
  async send(message, config, wire, signal) {
    const request = form(`${API}/messages.json`, { ...contentOf(message, config), token: config.app_token, user: config.user_key })
    const outcome = await deliver<PushoverConfig>(wire, request, signal, secretsOf('pushover', config), (answer) => {
      const { status, request: id, receipt } = answer.json
      if (answer.status === 200) return status === 1 ? sent(answer, receipt ?? id) : failed(answer)
      return undefined
    })
    if (outcome.outcome === 'sent' && config.emergency === true) await endEmergencies(message, config, wire, signal)
    return outcome
  },
}

/** What is over must not go on sounding. That the message arrived counts; Pushover ends the sound by itself as well. */
async function endEmergencies(message: Message, config: PushoverConfig, wire: Wire, signal: AbortSignal): Promise<void> {
  for (const item of message.items.filter((one) => one.what === 'closed' || one.what === 'acknowledged')) {
    const url = `${API}/receipts/cancel_by_tag/${tagOf(item.alert_id)}.json`
    const outcome: SendOutcome<never> = await deliver(wire, form(url, { token: config.app_token }), signal, secretsOf('pushover', config))
    if (outcome.outcome !== 'sent') return
  }
}

/** Tags are separated by commas. */
const tagOf = (alertId: string) => alertId.replace(/[^\w-]/g, '_')

function contentOf(message: Message, config: PushoverConfig): Record<string, string> {
  const [link] = linksOf(message).filter(({ url }) => url.length <= MAX_ADDRESS)
  const body = messageBody(message, plainStyle, { max: MAX_MESSAGE, withoutLinks: true })
  const emergency = config.emergency === true && message.severity === 'critical' && !isOver(message)
  const { retry_s = defaults.retry_s, expire_s = defaults.expire_s } = config
  return {
    title: titleOf(message, MAX_TITLE),
    message: body === '' ? titleOf(message, MAX_MESSAGE) : body,
    priority: String(isOver(message) ? 0 : emergency ? 2 : { critical: 1, warning: 0, info: -1 }[message.severity]),
    ...(emergency
      ? { retry: String(retry_s), expire: String(expire_s), tags: message.items.map((item) => tagOf(item.alert_id)).join(',') }
      : {}),
    ...(config.device === undefined ? {} : { device: config.device }),
    ...(link === undefined ? {} : { url: link.url, url_title: link.label }),
  }
}

function form(url: string, fields: Readonly<Record<string, string>>) {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  } as const
}
