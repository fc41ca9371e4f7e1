import { expect, it, onTestFinished } from 'vitest'
import { aMessage, anItem } from '../../../../../test/peers/message.ts'
import { wireForTests } from '../../../../../test/peers/peer-wire.ts'
import { startTeamsPeer, TEAMS_HOOK } from '../../../../../test/peers/teams.ts'
import { teams } from './teams.ts'

const { signal } = new AbortController()

async function start() {
  const peer = await startTeamsPeer()
  onTestFinished(() => peer.close())
  const send = (message = aMessage(), path = TEAMS_HOOK) => teams.send(message, { url: peer.url + path }, wireForTests(), signal)
  return { peer, send }
}

it('posts a card whose text is shown as it is, and says that the workflow has begun', async () => {
  const { peer, send } = await start()
  const items = [anItem({ summary: '**x** [y](https://evil.example)' })]
  expect(await send(aMessage({ items }))).toMatchObject({
    outcome: 'sent',
    receipt: { status: 202, said: expect.stringContaining('not known') },
  })
  expect(JSON.stringify(peer.accepted[0])).toContain('"type":"TextRun","text":"**x** [y](https://evil.example)"')
  expect(JSON.stringify(peer.accepted[0])).toContain('"type":"Action.OpenUrl","title":"Acknowledge"')
})

it('a signature that is wrong and a workflow that is gone are final, and the signature is in no outcome', async () => {
  const { send } = await start()
  const wrong = await send(aMessage(), TEAMS_HOOK.replace('sig=secret', 'sig=planted'))
  expect(wrong).toMatchObject({ outcome: 'refused', receipt: { status: 401 } })
  expect(JSON.stringify(wrong)).not.toContain('planted')
  expect(await send(aMessage(), TEAMS_HOOK.replace('workflows/0', 'workflows/1'))).toMatchObject({ outcome: 'refused' })
})

it('too many messages wait', async () => {
  const { peer, send } = await start()
  peer.next.push({ status: 429, headers: { 'retry-after': '5' } })
  expect(await send()).toMatchObject({ outcome: 'failed', retry_after_ms: 5_000 })
})
