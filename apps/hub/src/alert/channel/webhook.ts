import { randomBytes } from 'node:crypto'
import type { WebhookConfig } from '@signalbox/contract/channel-config'
import { Webhook } from 'standardwebhooks'
import type { Clock } from '../../clock.ts'
import { instantOf } from '../../clock.ts'
import { deliver, refused, secretsOf } from './answer.ts'
import type { ChannelKind, Message } from './channel-kind.ts'
import { oneLine, titleOf } from './message-text.ts'

/** A signing secret as Standard Webhooks describes it. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** https://www.standardwebhooks.com: the id is the same on every attempt, so that a receiver knows a repeat. */
export function webhook(clock: Pick<Clock, 'now'>): ChannelKind<WebhookConfig> {
  return {
    kind: 'webhook',
    repeat: 'same',
    rate: { burst: 60, per_ms: 1_000 },
    async send(message, config, wire, signal) {
      const { url, secret, previous_secret, authorization } = config
      if (secret === undefined) return { outcome: 'refused', reason: 'The channel has no signing secret.' }
      const now = clock.now()
      const body = JSON.stringify(payloadOf(message, now))
      const headers = {
        'content-type': 'application/json',
        'webhook-id': message.id,
        'webhook-timestamp': String(Math.floor(now / 1000)),
        'webhook-signature': [secret, previous_secret]
          .flatMap((one) => (one === undefined ? [] : [new Webhook(one).sign(message.id, new Date(now), body)]))
          .join(' '),
        ...(authorization === undefined ? {} : { authorization }),
      }
      return deliver(wire, { method: 'POST', url, headers, body }, signal, secretsOf('webhook', config), (answer) => {
        if (answer.status === 410) return refused(answer, 'does not want messages any more')
        // The status is all that Standard Webhooks knows.
        return answer.status >= 200 && answer.status < 300 ? { outcome: 'sent', receipt: answer.receipt } : undefined
      })
    },
  }
}

/** What happened to all alerts of the message, or `alert.several` where that differs. */
function typeOf({ items, test }: Message): string {
  if (test === true) return 'alert.test'
  const [first, ...others] = new Set(items.map((item) => item.what))
  return first !== undefined && others.length === 0 ? `alert.${first}` : 'alert.several'
}

function payloadOf(message: Message, now: number): object {
  return {
    type: typeOf(message),
    timestamp: instantOf(now),
    data: {
      message_id: message.id,
      title: titleOf({ ...message, may_be_repeat: false }),
      severity: message.severity,
      alerts: message.items.map(({ occurred_at, summary, ...item }) => ({
        ...item,
        summary: oneLine(summary),
        occurred_at: instantOf(occurred_at),
      })),
      more: message.more,
      notes: message.notes.map(oneLine),
      ...(message.url === undefined ? {} : { url: message.url }),
    },
  }
}
