import { expect, it, onTestFinished } from 'vitest'
import { aMessage, anItem } from '../../../../../test/peers/message.ts'
import { wireTo } from '../../../../../test/peers/peer-wire.ts'
import { PUSHOVER_TOKEN, PUSHOVER_USER, startPushoverPeer } from '../../../../../test/peers/pushover.ts'
import { pushover } from './pushover.ts'

const { signal } = new AbortController()

async function start() {
  const peer = await startPushoverPeer()
  onTestFinished(() => peer.close())
  const wire = wireTo({ 'https://api.pushover.net': peer.url })
  const send = (message = aMessage(), config = {}) =>
    pushover.send(message, { app_token: PUSHOVER_TOKEN, user_key: PUSHOVER_USER, ...config }, wire, signal)
  return { peer, send }
}

it('sends a message with a link, for one device where one is named', async () => {
  const { peer, send } = await start()
  expect(await send(aMessage(), { device: 'phone' })).toMatchObject({ outcome: 'sent', receipt: { id: 'r-1', status: 200 } })
  expect(peer.accepted[0]).toMatchObject({
    message: 'Session "Fix login" failed on laptop',
    priority: '1',
    device: 'phone',
    url: 'https://hub.example/app/alerts/a_3f9a1c20b7d4',
  })
})

it('an emergency sounds until the alert is over', async () => {
  const { peer, send } = await start()
  expect(await send(aMessage(), { emergency: true, retry_s: 30 })).toMatchObject({ outcome: 'sent', receipt: { id: 'receipt-1' } })
  expect([...peer.sounding]).toEqual(['a_3f9a1c20b7d4'])
  await send(aMessage({ items: [anItem({ what: 'closed' })] }), { emergency: true })
  expect([...peer.sounding]).toEqual([])
  expect(peer.received.at(-1)?.path).toBe('/1/receipts/cancel_by_tag/a_3f9a1c20b7d4.json')
})

it('a user or a token that is unknown is final', async () => {
  const { send } = await start()
  expect(await send(aMessage(), { user_key: 'x'.repeat(30) })).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('user'),
  })
  const wrong = await send(aMessage(), { app_token: 'planted'.padEnd(30, 'x') })
  expect(wrong).toMatchObject({ outcome: 'refused' })
  expect(JSON.stringify(wrong)).not.toContain('planted')
})

it('an application over its limit waits, and a 200 without status 1 is none', async () => {
  const { peer, send } = await start()
  peer.next.push({ status: 429, headers: { 'x-limit-app-remaining': '0' }, body: { status: 0, errors: ['message limit reached'] } })
  expect(await send()).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('limit reached') })
  peer.next.push({ status: 200, body: { status: 0 } })
  expect(await send()).toMatchObject({ outcome: 'failed' })
})
