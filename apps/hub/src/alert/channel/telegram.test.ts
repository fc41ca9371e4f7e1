import { expect, it, onTestFinished } from 'vitest'
import { aMessage, anItem } from '../../../../../test/peers/message.ts'
import { wireForTests } from '../../../../../test/peers/peer-wire.ts'
import { startTelegramPeer, TELEGRAM_CHATS, TELEGRAM_TOKEN } from '../../../../../test/peers/telegram.ts'
import { telegram } from './telegram.ts'

const { signal } = new AbortController()

async function start() {
  const peer = await startTelegramPeer()
  onTestFinished(() => peer.close())
  const send = (message = aMessage(), config = {}) =>
    telegram.send(
      message,
      { bot_token: TELEGRAM_TOKEN, chat_id: TELEGRAM_CHATS.known, server: peer.url, ...config },
      wireForTests(),
      signal,
    )
  return { peer, send }
}

it('sends HTML with links, in a topic where there is one', async () => {
  const { peer, send } = await start()
  const items = [anItem({ summary: '<b>x</b> & @everyone' })]
  expect(await send(aMessage({ items }), { topic_id: '7' })).toMatchObject({ outcome: 'sent', receipt: { id: '1' } })
  expect(peer.accepted[0]).toMatchObject({ message_thread_id: 7, parse_mode: 'HTML', link_preview_options: { is_disabled: true } })
  expect(peer.accepted[0]?.text).toBe(
    '<b>Session failed: Fix login</b>\n&lt;b&gt;x&lt;/b&gt; &amp; @\u200beveryone\n' +
      '<a href="https://hub.example/app/alerts/a_3f9a1c20b7d4">Open alert</a>\n<a href="https://hub.example/a/token">Acknowledge</a>',
  )
})

it('follows a group that became a supergroup, and stores its new id', async () => {
  const { send } = await start()
  expect(await send(aMessage(), { chat_id: TELEGRAM_CHATS.migrated })).toMatchObject({
    outcome: 'sent',
    config: { chat_id: TELEGRAM_CHATS.known, bot_token: TELEGRAM_TOKEN },
  })
})

it('a bot that was blocked, a chat that is unknown and a token that is wrong are final', async () => {
  const { send } = await start()
  expect(await send(aMessage(), { chat_id: TELEGRAM_CHATS.blocked })).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('blocked'),
  })
  expect(await send(aMessage(), { chat_id: '1' })).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('chat not found') })
  const wrong = await send(aMessage(), { bot_token: '1:planted_planted_planted' })
  expect(wrong).toMatchObject({ outcome: 'refused', receipt: { status: 401 } })
  expect(JSON.stringify(wrong)).not.toContain('planted')
})

it('waits as long as Telegram asks, and believes no 200 without its word', async () => {
  const { peer, send } = await start()
  peer.next.push({ status: 429, body: { ok: false, error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 7 } } })
  expect(await send()).toMatchObject({ outcome: 'failed', retry_after_ms: 7_000 })
  peer.next.push({ status: 200, body: { ok: false, description: 'no' } }, { status: 200, body: '<html>captive portal</html>' })
  expect(await send()).toMatchObject({ outcome: 'failed' })
  expect(await send()).toMatchObject({ outcome: 'failed' })
})
