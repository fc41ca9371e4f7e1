import type { PagerdutyConfig } from '@signalbox/contract/channel-config'
import { deliver, failed, secretsOf, sent } from './answer.ts'
import type { ChannelKind, Message, MessageItem, SendOutcome } from './channel-kind.ts'
import { cutTo, itemLine, oneLine, titleOf } from './message-text.ts'

// https://developer.pagerduty.com/docs/events-api-v2-overview
const MAX_SUMMARY = 1_024
const MAX_KEY = 255
const hosts = { us: 'https://events.pagerduty.com', eu: 'https://events.eu.pagerduty.com' } as const

/** An incident for each alert, which PagerDuty closes and acknowledges by the alert's id. */
export const pagerduty: ChannelKind<PagerdutyConfig> = {
  kind: 'pagerduty',
  repeat: 'same',
  one_by_one: true,
  rate: { burst: 60, per_ms: 1_000 },
  async send(message, config, wire, signal) {
    const events = message.items.length === 0 ? [testEvent(message)] : message.items.map((item) => eventOf(item, message))
    let last: SendOutcome<PagerdutyConfig> | undefined
    for (const event of events) {
      const request = {
        method: 'POST',
        url: `${hosts[config.region ?? 'us']}/v2/enqueue`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ routing_key: config.routing_key, ...event }),
      } as const
      last = await deliver(wire, request, signal, secretsOf('pagerduty', config), (answer) => {
        if (answer.status === 202) return sent(answer, answer.json.dedup_key)
        return answer.status === 200 ? failed(answer) : undefined
      })
      // What follows is sent with the next attempt, in its order; what went before is the same event again.
      if (last.outcome !== 'sent') return last
    }
    return last ?? { outcome: 'refused', reason: 'The message is empty.' }
  },
}

function eventOf(item: MessageItem, message: Message): object {
  const dedup_key = cutTo(item.alert_id, MAX_KEY)
  if (item.what === 'closed') return { event_action: 'resolve', dedup_key }
  if (item.what === 'acknowledged') return { event_action: 'acknowledge', dedup_key }
  return {
    event_action: 'trigger',
    dedup_key,
    client: 'Signalbox',
    ...(message.url === undefined ? {} : { client_url: message.url }),
    payload: {
      summary: cutTo(itemLine(item), MAX_SUMMARY),
      source: cutTo(oneLine(item.about.machine_id ?? item.about.project_id ?? 'signalbox'), MAX_SUMMARY),
      severity: item.severity,
      timestamp: new Date(item.occurred_at).toISOString(),
      class: item.kind,
      custom_details: { ...item.about, ...item.values },
    },
    links: item.url === undefined ? [] : [{ href: item.url, text: 'Open alert' }],
  }
}

function testEvent(message: Message): object {
  const payload = { summary: titleOf(message, MAX_SUMMARY), source: 'signalbox', severity: 'info' }
  return { event_action: 'trigger', dedup_key: cutTo(message.id, MAX_KEY), client: 'Signalbox', payload }
}
