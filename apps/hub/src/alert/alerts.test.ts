import { expect, it } from 'vitest'
import { openAlertHub } from '../../test/alert-hub.ts'

it('a stalled session is sent once, and its recovery to the same channel', async () => {
  const { peer, channel, stalledSession, pass, work, fleet, titles } = await openAlertHub()
  await channel()
  await work()
  const id = await stalledSession()
  await work()
  expect(titles()).toEqual([])
  await pass(10_000)
  expect(peer.received).toMatchObject([{ type: 'alert.opened', alerts: [{ kind: 'session_stalled', what: 'opened' }] }])
  await pass(60_000)
  expect(titles()).toHaveLength(1)
  await fleet.heartbeat(id)
  await pass(90_000)
  expect(peer.received).toMatchObject([{ type: 'alert.opened' }, { type: 'alert.closed', alerts: [{ what: 'closed' }] }])
})
