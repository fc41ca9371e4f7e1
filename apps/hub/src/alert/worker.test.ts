import { expect, it, vi } from 'vitest'
import { openAlertHub } from '../../test/alert-hub.ts'

async function running() {
  const one = await openAlertHub({ env: { ALERT_GROUP_MS: '0' } })
  await one.channel()
  const stop = new AbortController()
  const ended = one.hub.app.alerts.run(stop.signal)
  const fail = async () => {
    const { session_id } = await one.fleet.session({ project_id: 'shop', machine_id: 'laptop' })
    await one.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
  }
  return { ...one, fail, stop, ended }
}

it('an event is judged and sent without any timer coming due, and it ends when it is asked to', async () => {
  const { peer, fail, stop, ended } = await running()
  await fail()
  await vi.waitFor(() => expect(peer.accepted()).toHaveLength(1), 20_000)
  stop.abort()
  await ended
})

it('a store that fails is logged once, and what happened meanwhile is sent when it is back', async () => {
  const { hub, peer, fail, stop, ended } = await running()
  const { alerts } = hub.store
  const rules = alerts.rules.bind(alerts)
  let failures = 0
  alerts.rules = async () => {
    failures++
    throw new Error('the disk is full')
  }
  await fail()
  await vi.waitFor(() => expect(failures).toBeGreaterThanOrEqual(2), 20_000)
  alerts.rules = rules
  await vi.waitFor(() => expect(peer.accepted()).toHaveLength(1), 20_000)
  const said = (message: string) => hub.log.filter(({ msg }) => msg === message).length
  expect([said('alerts could not be judged or sent'), said('alerts are judged and sent again')]).toEqual([1, 1])
  stop.abort()
  await ended
})
