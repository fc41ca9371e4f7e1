import { expect, it, onTestFinished } from 'vitest'
import { MATRIX_ROOM, MATRIX_TOKEN, startMatrixPeer } from '../../../../../test/peers/matrix.ts'
import { aMessage, anItem } from '../../../../../test/peers/message.ts'
import { wireForTests } from '../../../../../test/peers/peer-wire.ts'
import { matrix } from './matrix.ts'

const { signal } = new AbortController()

async function start() {
  const peer = await startMatrixPeer()
  onTestFinished(() => peer.close())
  const send = (message = aMessage(), config = {}) =>
    matrix.send(message, { server: `${peer.url}/`, access_token: MATRIX_TOKEN, room_id: MATRIX_ROOM, ...config }, wireForTests(), signal)
  return { peer, send }
}

it('writes both forms to the room, and calls no one', async () => {
  const { peer, send } = await start()
  const items = [anItem({ summary: '@room <b>x</b>' }), anItem()]
  expect(await send(aMessage({ items }))).toMatchObject({ outcome: 'sent', receipt: { id: '$event0' } })
  expect(peer.accepted[0]).toMatchObject({ msgtype: 'm.text', format: 'org.matrix.custom.html', 'm.mentions': {} })
  expect(peer.accepted[0]?.formatted_body).toContain('• @room &lt;b&gt;x&lt;/b&gt;<br>')
})

it('a repeat is the same event', async () => {
  const { peer, send } = await start()
  const first = await send()
  expect(await send()).toEqual(first)
  expect(peer.events.size).toBe(1)
})

it('a room that it has not joined and a token that is unknown are final', async () => {
  const { send } = await start()
  expect(await send(aMessage(), { room_id: '!other:peer.example' })).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('join'),
  })
  const wrong = await send(aMessage(), { access_token: 'planted_token' })
  expect(wrong).toMatchObject({ outcome: 'refused', receipt: { status: 401 } })
  expect(JSON.stringify(wrong)).not.toContain('planted')
})

it('waits the milliseconds that the server asks for', async () => {
  const { peer, send } = await start()
  peer.next.push({ status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', error: 'Too Many Requests', retry_after_ms: 1_234 } })
  expect(await send()).toMatchObject({ outcome: 'failed', retry_after_ms: 1_234 })
})
