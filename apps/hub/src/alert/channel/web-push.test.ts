import { expect, it, onTestFinished } from 'vitest'
import { aMessage, anItem, hostileTexts } from '../../../../../test/peers/message.ts'
import { wireForTests } from '../../../../../test/peers/peer-wire.ts'
import { startPushService } from '../../../../../test/peers/push-service.ts'
import { newVapidKeys, type PushPayload, webPush } from './web-push.ts'

const { signal } = new AbortController()

async function start() {
  const service = await startPushService()
  onTestFinished(() => service.close())
  const vapid = { ...(await newVapidKeys()), subject: 'mailto:ops@example.com' }
  const subscriptions = [service.subscribe(vapid.publicKey), service.subscribe(vapid.publicKey)]
  const send = (message = aMessage(), to = subscriptions, keys = vapid) =>
    webPush(async () => keys).send(message, { subscriptions: to }, wireForTests(), signal)
  const shown = (index: number) => service.waiting(subscriptions[index]!).map(({ text }) => JSON.parse(text) as PushPayload)
  return { service, vapid, subscriptions, send, shown }
}

it('reaches every browser, sealed and signed, with the urgency of the alert', async () => {
  const { service, subscriptions, send, shown } = await start()
  expect(await send()).toEqual({ outcome: 'sent', receipt: { status: 201, said: '2 of 2 browsers' } })
  expect(shown(1)).toEqual([
    {
      title: 'Session failed: Fix login',
      body: 'Session "Fix login" failed on laptop',
      tag: expect.stringMatching(/^[\w-]{32}$/),
      severity: 'critical',
      over: false,
      url: 'https://hub.example/app/alerts/a_3f9a1c20b7d4',
      acknowledge_url: 'https://hub.example/a/token',
    },
  ])
  expect(service.waiting(subscriptions[0]!)).toMatchObject([{ urgency: 'high', topic: shown(0)[0]?.tag }])
})

it('a repeat and the end of the alert replace what waits and what is shown', async () => {
  const { send, shown } = await start()
  await send()
  const [opened] = shown(0)
  await send()
  await send(aMessage({ id: 'other', items: [anItem({ what: 'closed' })] }))
  expect(shown(0)).toMatchObject([{ over: true, tag: opened?.tag }])
  await send(aMessage({ id: 'several', items: [anItem(), anItem()] }))
  expect(shown(0)).toHaveLength(2)
})

it('a browser that is gone is left out of the configuration', async () => {
  const { service, subscriptions, send } = await start()
  service.forget(subscriptions[0]!)
  expect(await send()).toMatchObject({
    outcome: 'sent',
    receipt: { said: expect.stringContaining('1 of 2 browsers') },
    config: { subscriptions: [subscriptions[1]] },
  })
  service.forget(subscriptions[1]!)
  expect(await send()).toMatchObject({ outcome: 'refused', gone: true })
  expect(await send(aMessage(), [])).toMatchObject({ outcome: 'refused' })
})

it('a push service that is busy has failed for now; one browser that got it is enough', async () => {
  const { service, subscriptions, send } = await start()
  service.next.push({ status: 429, headers: { 'retry-after': '9' } })
  expect(await send(aMessage(), [subscriptions[0]!])).toMatchObject({ outcome: 'failed', retry_after_ms: 9_000 })
  service.next.push({ status: 503 })
  expect(await send()).toMatchObject({ outcome: 'sent', receipt: { said: expect.stringContaining('1 of 2 browsers; ') } })
})

it('keys that are none, or of another hub, are final, and the address is in no outcome', async () => {
  const { subscriptions, send } = await start()
  const broken = { ...subscriptions[0]!, keys: { p256dh: 'x'.repeat(87), auth: subscriptions[0]!.keys.auth } }
  expect(await send(aMessage(), [broken])).toMatchObject({ outcome: 'refused', gone: true })
  const other = await send(aMessage(), [subscriptions[0]!], { ...(await newVapidKeys()), subject: 'mailto:a@example.com' })
  expect(other).toMatchObject({ outcome: 'refused' })
  expect(JSON.stringify(other)).not.toContain('/push/')
})

it('fits and is whole, whatever others wrote', async () => {
  const { service, send, shown } = await start()
  for (const [index, summary] of hostileTexts.entries()) {
    const items = Array.from({ length: 10 }, () => anItem({ summary }))
    expect(await send(aMessage({ id: `m${index}`, title: summary, items, notes: [summary], more: 90 }))).toMatchObject({ outcome: 'sent' })
  }
  expect(Math.max(...service.received.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(4_096)
  expect(shown(0)).toHaveLength(hostileTexts.length)
})
