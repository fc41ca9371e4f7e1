import { createHash } from 'node:crypto'
import type { PushTarget, WebPushConfig } from '@signalbox/contract/channel-config'
import type { RequestOptions } from 'web-push'
import { deliver, failed, refused } from './answer.ts'
import type { ChannelKind, Message, SendOutcome, Wire } from './channel-kind.ts'
import { cutTo, isOver, linksOf, messageBody, plainStyle, sizeInBytes, titleOf } from './message-text.ts'

/** The keys by which push services know this hub, base64url. */
export interface VapidKeys {
  readonly publicKey: string
  readonly privateKey: string
}

export interface VapidDetails extends VapidKeys {
  /** `mailto:…` or `https://…`: whom the push service can ask. */
  readonly subject: string
}

/** What the browser's worker gets, as JSON. */
export interface PushPayload {
  readonly title: string
  readonly body: string
  /** A notification replaces the one with the same tag. */
  readonly tag: string
  readonly severity: Message['severity']
  /** It only says that something is over. */
  readonly over: boolean
  readonly url?: string
  readonly acknowledge_url?: string
  /** A further button, such as the one that answers a session. */
  readonly action?: { readonly label: string; readonly url: string }
}

/** Push services take 4,096 bytes, sealed. */
const MAX_PAYLOAD_BYTES = 3_000
const MAX_BODY_BYTES = 900
const MAX_TITLE_BYTES = 300
/** After a day the alerts' page says more. */
const TTL_S = 86_400
const AT_ONCE = 8

export async function newVapidKeys(): Promise<VapidKeys> {
  const { generateVAPIDKeys } = (await import('web-push')).default
  return generateVAPIDKeys()
}

/** Sends to every browser that is subscribed; the outcome's configuration has those that still are. */
export function webPush(vapid: () => Promise<VapidDetails>): ChannelKind<WebPushConfig> {
  return {
    kind: 'web_push',
    repeat: 'same',
    rate: { burst: 60, per_ms: 1_000 },
    async send(message, config, wire, signal) {
      const { subscriptions } = config
      if (subscriptions.length === 0) return { outcome: 'refused', reason: 'No browser is subscribed. Switch notifications on in one.' }
      const options = optionsFor(message, await vapid())
      const payload = JSON.stringify(payloadOf(message))
      const outcomes: SendOutcome<WebPushConfig>[] = []
      for (let at = 0; at < subscriptions.length; at += AT_ONCE) {
        const some = subscriptions.slice(at, at + AT_ONCE)
        outcomes.push(...(await Promise.all(some.map((target) => push(target, payload, options, wire, signal)))))
      }
      return together(outcomes, subscriptions)
    },
  }
}

async function push(
  target: PushTarget,
  payload: string,
  options: RequestOptions,
  wire: Wire,
  signal: AbortSignal,
): Promise<SendOutcome<WebPushConfig>> {
  try {
    const { generateRequestDetails } = (await import('web-push')).default
    const { headers, body, endpoint } = generateRequestDetails(target, payload, options)
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
    const secrets = [endpoint, new URL(endpoint).pathname]
    return await deliver(wire, { method: 'POST', url: endpoint, headers: plain, body }, signal, secrets, (answer) => {
      if (answer.status === 404 || answer.status === 410) return { ...refused(answer, 'does not know this browser any more'), gone: true }
      return answer.status === 413 ? failed(answer) : undefined
    })
  } catch (error) {
    signal.throwIfAborted()
    // The keys of this browser are none.
    return { outcome: 'refused', reason: error instanceof Error ? error.message : String(error), gone: true }
  }
}

/**
 * One outcome for all browsers. It is sent when one browser has it: a further attempt would show it there again. A browser that is
 * gone is left out of the configuration.
 */
function together(outcomes: readonly SendOutcome<WebPushConfig>[], subscriptions: readonly PushTarget[]): SendOutcome<WebPushConfig> {
  const isGone = (outcome: SendOutcome<WebPushConfig> | undefined) => outcome?.outcome === 'refused' && outcome.gone === true
  const left = subscriptions.filter((_, index) => !isGone(outcomes[index]))
  const accepted = outcomes.filter((one) => one.outcome === 'sent')
  const others = outcomes.filter((one) => one.outcome !== 'sent')
  const [firstFailed] = others.filter((one) => one.outcome === 'failed')
  const [firstOther] = others
  const [first] = accepted
  if (first !== undefined) {
    const problem = firstFailed ?? firstOther
    const said = `${accepted.length} of ${outcomes.length} browsers${problem === undefined ? '' : `; ${problem.reason}`}`
    const receipt = { ...first.receipt, said: cutTo(said, 200) }
    return { outcome: 'sent', receipt, ...(left.length === subscriptions.length ? {} : { config: { subscriptions: left } }) }
  }
  if (firstFailed !== undefined) return firstFailed
  const reason = others.find((one) => !isGone(one))?.reason
  if (reason !== undefined) return { outcome: 'refused', reason }
  return { outcome: 'refused', reason: 'No browser is subscribed any more. Switch notifications on in one.', gone: true }
}

function optionsFor(message: Message, vapidDetails: VapidDetails): RequestOptions {
  return {
    vapidDetails,
    TTL: TTL_S,
    contentEncoding: 'aes128gcm',
    urgency: isOver(message) ? 'low' : ({ critical: 'high', warning: 'normal', info: 'low' } as const)[message.severity],
    topic: tagOf(message),
  }
}

/** The same for all that is said of one alert, so that its end replaces its beginning; at most 32 characters of base64url. */
function tagOf({ id, items }: Message): string {
  const [first, ...others] = items
  const key = first !== undefined && others.length === 0 ? first.alert_id : id
  return createHash('sha256').update(key).digest('base64url').slice(0, 32)
}

function payloadOf(message: Message): PushPayload {
  const [open] = linksOf(message)
  const [single] = message.items.length === 1 && message.more === 0 ? message.items : []
  const payload = {
    title: titleOf(message, MAX_TITLE_BYTES, sizeInBytes),
    body: messageBody(message, { ...plainStyle, size: sizeInBytes }, { max: MAX_BODY_BYTES, withoutLinks: true }),
    tag: tagOf(message),
    severity: message.severity,
    over: isOver(message),
  }
  const withLinks = {
    ...payload,
    ...(open === undefined ? {} : { url: open.url }),
    ...(single?.acknowledge_url === undefined ? {} : { acknowledge_url: single.acknowledge_url }),
    ...(single?.action === undefined ? {} : { action: single.action }),
  }
  return sizeInBytes(JSON.stringify(withLinks)) <= MAX_PAYLOAD_BYTES ? withLinks : payload
}
