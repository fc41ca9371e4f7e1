import { expect, it, onTestFinished } from 'vitest'
import { aMessage, anItem } from '../../../../../test/peers/message.ts'
import { wireForTests } from '../../../../../test/peers/peer-wire.ts'
import { SLACK_HOOK, startSlackPeer } from '../../../../../test/peers/slack.ts'
import { slack } from './slack.ts'

const { signal } = new AbortController()

async function start() {
  const peer = await startSlackPeer()
  onTestFinished(() => peer.close())
  const send = (message = aMessage(), config = {}) => slack.send(message, { url: peer.url + SLACK_HOOK, ...config }, wireForTests(), signal)
  return { peer, send }
}

it('posts blocks with buttons, and a text for the notification', async () => {
  const { peer, send } = await start()
  expect(await send()).toEqual({ outcome: 'sent', receipt: { status: 200, said: 'ok' } })
  const [message] = peer.accepted
  expect(message).toMatchObject({ text: 'Session failed: Fix login' })
  expect(JSON.stringify(message)).toContain('https://hub.example/a/token')
})

it('escapes what calls people', async () => {
  const { peer, send } = await start()
  await send(aMessage({ title: '<!channel> & co', items: [anItem({ summary: '<!here> <@U1> <https://evil.example|x>' })] }))
  const { text, blocks } = peer.accepted[0] as { text: string; blocks: { text: { text: string } }[] }
  expect(text).toBe('&lt;!channel&gt; &amp; co')
  expect(blocks[1]?.text.text).toContain('&lt;!here&gt; &lt;@U1&gt; &lt;https://evil.example|x&gt;')
})

it.each([
  [404, 'no_service'],
  [403, 'invalid_token'],
  [410, 'channel_is_archived'],
  [500, 'channel_not_found'],
])('%i %s is final', async (status, body) => {
  const { peer, send } = await start()
  peer.next.push({ status, body })
  expect(await send()).toMatchObject({ outcome: 'refused', receipt: { status, said: body } })
})

it('waits as long as Slack asks', async () => {
  const { peer, send } = await start()
  peer.next.push({ status: 429, headers: { 'retry-after': '30' }, body: 'rate_limited' })
  expect(await send()).toMatchObject({ outcome: 'failed', retry_after_ms: 30_000 })
})

it('a hook that is unknown is final, and its secret is in no outcome', async () => {
  const { peer } = await start()
  const url = `${peer.url}/services/T0PEER/B0PEER/plantedplantedplanted`
  const outcome = await slack.send(aMessage(), { url }, wireForTests(), signal)
  expect(outcome).toMatchObject({ outcome: 'refused' })
  expect(JSON.stringify(outcome)).not.toContain('planted')
})

it('Mattermost and Rocket.Chat get text in their markup, in the channel that was chosen, and no one is called', async () => {
  const { peer, send } = await start()
  const message = aMessage({ items: [anItem({ summary: '@all **x** [y](https://evil.example)' })] })
  await send(message, { server: 'mattermost', channel: 'ops' })
  await send(message, { server: 'rocketchat' })
  const [mattermost, rocketchat] = peer.accepted.map(({ text }) => String(text))
  expect(peer.accepted[0]).toMatchObject({ channel: 'ops' })
  expect(mattermost).toContain('**Session failed: Fix login**')
  expect(mattermost).toContain('[Open alert](https://hub.example/app/alerts/a_3f9a1c20b7d4)')
  expect(mattermost).toContain('\\*\\*x\\*\\* \\[y\\]\\(https')
  expect(rocketchat).toContain('<https://hub.example/app/alerts/a_3f9a1c20b7d4|Open alert>')
  for (const text of [mattermost, rocketchat]) expect(text).not.toContain('@all')
})
