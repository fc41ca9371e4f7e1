import { expect, it, onTestFinished } from 'vitest'
import { aMessage, anItem } from '../../../../../test/peers/message.ts'
import { PAGERDUTY_KEY, startPagerdutyPeer } from '../../../../../test/peers/pagerduty.ts'
import { wireTo } from '../../../../../test/peers/peer-wire.ts'
import { pagerduty } from './pagerduty.ts'

const { signal } = new AbortController()

async function start() {
  const peer = await startPagerdutyPeer()
  onTestFinished(() => peer.close())
  const wire = wireTo({ 'https://events.pagerduty.com': peer.url, 'https://events.eu.pagerduty.com': peer.url })
  const send = (message = aMessage(), config = {}) => pagerduty.send(message, { routing_key: PAGERDUTY_KEY, ...config }, wire, signal)
  return { peer, send }
}

it('opens, acknowledges and closes one incident by the id of the alert', async () => {
  const { peer, send } = await start()
  const states: string[] = []
  for (const what of ['opened', 'acknowledged', 'closed'] as const) {
    expect(await send(aMessage({ items: [anItem({ what })] }), { region: 'eu' })).toMatchObject({
      outcome: 'sent',
      receipt: { id: 'a_3f9a1c20b7d4', status: 202 },
    })
    states.push(peer.incidents.get('a_3f9a1c20b7d4')?.state ?? '')
  }
  expect(states).toEqual(['triggered', 'acknowledged', 'resolved'])
  expect(peer.incidents.size).toBe(1)
})

it('a repeat changes nothing', async () => {
  const { peer, send } = await start()
  await send()
  await send()
  expect([...peer.incidents.values()]).toMatchObject([{ state: 'triggered', events: 2 }])
})

it('a trial and several alerts arrive as well', async () => {
  const { peer, send } = await start()
  expect(await send(aMessage({ items: [], test: true }))).toMatchObject({ outcome: 'sent' })
  expect(await send(aMessage({ items: [anItem({ alert_id: 'a_1' }), anItem({ alert_id: 'a_2', what: 'closed' })] }))).toMatchObject({
    outcome: 'sent',
  })
  expect(peer.accepted.map(({ event_action, dedup_key }) => [event_action, String(dedup_key).slice(0, 3)])).toEqual([
    ['trigger', '5d4'],
    ['trigger', 'a_1'],
    ['resolve', 'a_2'],
  ])
})

it('a key that is unknown is final, and too many events wait', async () => {
  const { peer, send } = await start()
  expect(await send(aMessage(), { routing_key: 'x'.repeat(32) })).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('routing_key'),
  })
  peer.next.push({ status: 429, body: { status: 'throttle exceeded' } })
  expect(await send()).toMatchObject({ outcome: 'failed' })
})
