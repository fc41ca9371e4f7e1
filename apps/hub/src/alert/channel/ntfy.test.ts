import { expect, it, onTestFinished } from 'vitest'
import { aMessage, anItem } from '../../../../../test/peers/message.ts'
import { NTFY_TOKEN, NTFY_TOPIC, startNtfyPeer } from '../../../../../test/peers/ntfy.ts'
import { wireForTests } from '../../../../../test/peers/peer-wire.ts'
import { ntfy } from './ntfy.ts'

const { signal } = new AbortController()

async function start(options = {}) {
  const peer = await startNtfyPeer(options)
  onTestFinished(() => peer.close())
  const send = (message = aMessage(), config = {}) =>
    ntfy.send(message, { topic: NTFY_TOPIC, server: `${peer.url}/`, ...config }, wireForTests(), signal)
  return { peer, send }
}

it('publishes with priority, tags and actions', async () => {
  const { peer, send } = await start()
  expect(await send()).toMatchObject({ outcome: 'sent', receipt: { id: 'ntfy1', status: 200 } })
  expect(peer.accepted[0]).toMatchObject({
    topic: NTFY_TOPIC,
    title: 'Session failed: Fix login',
    message: 'Session "Fix login" failed on laptop',
    priority: 5,
    tags: ['rotating_light'],
    click: 'https://hub.example/app/alerts/a_3f9a1c20b7d4',
    actions: [{ label: 'Open alert' }, { label: 'Acknowledge', url: 'https://hub.example/a/token' }],
  })
})

it('a repeat replaces the message', async () => {
  const { peer, send } = await start()
  await send()
  await send(aMessage({ may_be_repeat: true }))
  expect([...peer.shown.values()].map(({ title }) => title)).toEqual(['(may be a repeat) Session failed: Fix login'])
})

it('a protected topic takes a token or a password', async () => {
  const { send } = await start({ isProtected: true })
  expect(await send(aMessage(), { token: NTFY_TOKEN })).toMatchObject({ outcome: 'sent' })
  expect(await send(aMessage(), { user: 'phil', password: 'correct horse' })).toMatchObject({ outcome: 'sent' })
  expect(await send()).toMatchObject({ outcome: 'refused', receipt: { status: 403 } })
  const wrong = await send(aMessage(), { token: 'tk_planted' })
  expect(wrong).toMatchObject({ outcome: 'refused', receipt: { status: 401 } })
  expect(JSON.stringify(wrong)).not.toContain('planted')
})

it('too many requests have failed for now', async () => {
  const { peer, send } = await start()
  peer.next.push({ status: 429, body: { code: 42901, http: 429, error: 'limit reached: too many requests' } })
  expect(await send()).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('limit reached') })
})

it('what is over is calm', async () => {
  const { peer, send } = await start()
  await send(aMessage({ items: [anItem({ what: 'closed' })] }))
  expect(peer.accepted[0]).toMatchObject({ priority: 3, tags: ['white_check_mark'] })
})
