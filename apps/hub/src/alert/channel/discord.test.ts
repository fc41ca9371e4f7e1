import { expect, it, onTestFinished } from 'vitest'
import { DISCORD_HOOK, startDiscordPeer } from '../../../../../test/peers/discord.ts'
import { aMessage, anItem } from '../../../../../test/peers/message.ts'
import { wireForTests } from '../../../../../test/peers/peer-wire.ts'
import { discord } from './discord.ts'

const { signal } = new AbortController()

async function start() {
  const peer = await startDiscordPeer()
  onTestFinished(() => peer.close())
  const send = (message = aMessage(), path = DISCORD_HOOK) =>
    discord.send(message, { url: peer.url + path, thread_id: '42' }, wireForTests(), signal)
  return { peer, send }
}

it('posts an embed, knows the id of the message, and calls no one', async () => {
  const { peer, send } = await start()
  const items = [anItem({ summary: '@everyone <@&99> **x** [y](https://evil.example)' })]
  expect(await send(aMessage({ items }))).toMatchObject({ outcome: 'sent', receipt: { id: '1001', status: 200 } })
  expect(peer.received[0]?.path).toBe(`${DISCORD_HOOK}?wait=true&thread_id=42`)
  expect(peer.accepted[0]).toMatchObject({
    allowed_mentions: { parse: [] },
    embeds: [{ title: 'Session failed: Fix login', color: 0xd03a3a }],
  })
  expect(JSON.stringify(peer.accepted[0])).toContain('\\\\[y\\\\]')
})

it('a webhook that is gone is final', async () => {
  const { send } = await start()
  expect(await send(aMessage(), '/api/webhooks/1/other')).toMatchObject({ outcome: 'refused', receipt: { status: 404 } })
})

it('waits the seconds of the body, fractions too', async () => {
  const { peer, send } = await start()
  peer.next.push({
    status: 429,
    headers: { 'retry-after': '1' },
    body: { message: 'You are being rate limited.', retry_after: 0.65, global: false },
  })
  expect(await send()).toMatchObject({ outcome: 'failed', retry_after_ms: 650 })
})

it('what is over is green', async () => {
  const { peer, send } = await start()
  await send(aMessage({ items: [anItem({ what: 'closed', open_for_ms: 60_000 })] }))
  expect(peer.accepted[0]).toMatchObject({ embeds: [{ color: 0x2e9e5b }] })
})
