import { Webhook } from 'standardwebhooks'
import { expect, it, onTestFinished } from 'vitest'
import { aMessage, anItem, hostileTexts } from '../../../../../test/peers/message.ts'
import { wireForTests } from '../../../../../test/peers/peer-wire.ts'
import { startWebhookPeer } from '../../../../../test/peers/webhook.ts'
import { newWebhookSecret, webhook } from './webhook.ts'

const { signal } = new AbortController()
const clock = { now: () => Date.now() }

async function start(secret = newWebhookSecret()) {
  const peer = await startWebhookPeer((body, headers) => new Webhook(secret).verify(body, headers))
  onTestFinished(() => peer.close())
  const send = (message = aMessage(), config = {}, path = '/hook') =>
    webhook(clock).send(message, { url: peer.url + path, secret, ...config }, wireForTests(), signal)
  return { peer, send, secret }
}

it('is verified by the library, and has all that is known', async () => {
  const { peer, send } = await start()
  expect(await send(aMessage(), { authorization: 'Bearer x' })).toEqual({ outcome: 'sent', receipt: { status: 204 } })
  expect(peer.received[0]?.headers.authorization).toBe('Bearer x')
  expect([...peer.messages.values()]).toMatchObject([
    {
      type: 'alert.opened',
      timestamp: expect.stringMatching(/Z$/),
      data: {
        message_id: aMessage().id,
        severity: 'critical',
        alerts: [{ alert_id: 'a_3f9a1c20b7d4', what: 'opened', occurred_at: '2026-10-06T09:12:00.000Z', values: { reason: 'crashed' } }],
      },
    },
  ])
})

it('is verified with the old secret and the new one while they change', async () => {
  const { send, secret } = await start()
  expect(await send(aMessage(), { secret: newWebhookSecret(), previous_secret: secret })).toMatchObject({ outcome: 'sent' })
  expect(await send(aMessage(), { secret, previous_secret: newWebhookSecret() })).toMatchObject({ outcome: 'sent' })
  expect(await send(aMessage(), { secret: newWebhookSecret() })).toMatchObject({ outcome: 'refused', receipt: { status: 401 } })
})

it('has the same id on every attempt', async () => {
  const { peer, send } = await start()
  await send()
  await send(aMessage({ may_be_repeat: true }))
  expect(peer.messages.size).toBe(1)
})

it('names its kind: one, several, or a trial', async () => {
  const { peer, send } = await start()
  await send(aMessage({ id: '1', items: [anItem({ what: 'closed' }), anItem({ what: 'closed' })] }))
  await send(aMessage({ id: '2', items: [anItem(), anItem({ what: 'closed' })] }))
  await send(aMessage({ id: '3', items: [], test: true }))
  expect([...peer.messages.values()].map((message) => (message as { type: string }).type)).toEqual([
    'alert.closed',
    'alert.several',
    'alert.test',
  ])
})

it('410 and a missing secret are final', async () => {
  const { send } = await start()
  expect(await send(aMessage(), {}, '/gone')).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('does not want') })
  expect(await send(aMessage(), { secret: undefined })).toMatchObject({ outcome: 'refused' })
})

it('arrives whole and signed, whatever others wrote', async () => {
  const { peer, send } = await start()
  for (const [index, summary] of hostileTexts.entries()) {
    await send(aMessage({ id: `m${index}`, title: summary, items: [anItem({ summary })], notes: [summary] }))
  }
  expect(peer.messages.size).toBe(hostileTexts.length)
})
