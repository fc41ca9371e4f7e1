import { expect, it, onTestFinished } from 'vitest'
import { APPRISE_KEY, startApprisePeer } from '../../../../../test/peers/apprise.ts'
import { aMessage, anItem } from '../../../../../test/peers/message.ts'
import { wireForTests } from '../../../../../test/peers/peer-wire.ts'
import { apprise } from './apprise.ts'

const { signal } = new AbortController()

async function start() {
  const peer = await startApprisePeer()
  onTestFinished(() => peer.close())
  const send = (message: ReturnType<typeof aMessage>, config: object) =>
    apprise.send(message, { url: `${peer.url}/`, ...config }, wireForTests(), signal)
  return { peer, send }
}

it('sends to what is kept under a key, by tags, or to addresses', async () => {
  const { peer, send } = await start()
  expect(await send(aMessage(), { config_key: APPRISE_KEY, tags: 'ops' })).toMatchObject({ outcome: 'sent' })
  expect(await send(aMessage({ items: [anItem({ what: 'closed' })] }), { urls: ['gotify://a/b', 'mailto://c'] })).toMatchObject({
    outcome: 'sent',
  })
  expect(peer.accepted).toMatchObject([
    { type: 'failure', tag: 'ops', title: 'Session failed: Fix login', format: 'text' },
    { type: 'success', urls: 'gotify://a/b mailto://c' },
  ])
})

it('a key under which nothing is kept is final, and a service that did not take it is not', async () => {
  const { send } = await start()
  expect(await send(aMessage(), { config_key: 'other' })).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('nothing under'),
  })
  expect(await send(aMessage(), { urls: ['nonsense'] })).toMatchObject({ outcome: 'failed', receipt: { status: 424 } })
})
