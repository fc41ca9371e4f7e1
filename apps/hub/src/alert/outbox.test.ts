import type { AlertDetail } from '@signalbox/contract/alert'
import { expect, it } from 'vitest'
import { type AlertHub, openAlertHub } from '../../test/alert-hub.ts'
import { openAlertPeer } from '../../test/alert-peer.ts'

const HOUR = 3_600_000

async function fail({ fleet }: AlertHub): Promise<string> {
  const { session_id } = await fleet.session({ project_id: 'shop', machine_id: 'laptop' })
  await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
  return session_id
}

async function noticesOf({ hub }: AlertHub, session: string): Promise<AlertDetail['notices']> {
  const [alert] = (await hub.ask('GET', `/api/alerts?session_id=${session}`)).json() as { alert_id: string }[]
  return ((await hub.ask('GET', `/api/alerts/${alert!.alert_id}`)).json() as AlertDetail).notices
}

/** Lets something happen within the next step, after it has read what holds notices. */
function duringNextStep({ hub }: AlertHub, happen: () => Promise<unknown>): void {
  const { alerts } = hub.store
  const waitingOf = alerts.waitingOf.bind(alerts)
  let isDone = false
  alerts.waitingOf = async (ids) => {
    if (!isDone) {
      isDone = true
      await happen()
    }
    return waitingOf(ids)
  }
}

it.each([
  ['a pause', '/api/alerts/pause'],
  ['the snooze of a rule', '/api/alert-rules/session_failed/snooze'],
])('%s that ends while a step runs does not hold what that step has held once more', async (_, url) => {
  const one = await openAlertHub({ env: { ALERT_GROUP_MS: '0' } })
  await one.channel()
  await one.ok('POST', url, { for_ms: HOUR })
  const session = await fail(one)
  await one.hub.app.alerts.worker.step()
  duringNextStep(one, () => one.ok('DELETE', url))
  const second = await fail(one)
  await one.work()
  await one.pass(10_000)
  for (const id of [session, second]) expect(await noticesOf(one, id)).toMatchObject([{ state: 'sent' }])
})

it('steps that are repeated make no second notice and no second message', async () => {
  const one = await openAlertHub({ env: { ALERT_GROUP_MS: '0' } })
  await one.channel()
  const session = await fail(one)
  await one.work()
  const { outbox } = one.hub.app.alerts
  for (let times = 0; times < 3; times++) {
    await outbox.step()
    await one.hub.app.alerts.sender.idle()
  }
  expect(await noticesOf(one, session)).toMatchObject([{ state: 'sent' }])
  expect(one.peer.received).toHaveLength(1)
})

it('nothing overtakes a message of its channel that waits for its next attempt, and other channels go on', async () => {
  const one = await openAlertHub({ env: { ALERT_GROUP_MS: '0' } })
  const other = await openAlertPeer()
  await one.channel()
  await one.channel({ name: 'Other', config: { url: other.url } })
  one.peer.answers.push(503)
  await fail(one)
  await one.work()
  await fail(one)
  await one.work()
  expect([one.peer.received.length, other.received.length]).toEqual([1, 2])
  await one.pass(20_000)
  expect(one.peer.accepted()).toHaveLength(2)
  expect(one.peer.received[0]!.id).toBe(one.peer.accepted()[0]!.id)
  await other.close()
})

it('it knows when time alone gives it something to do', async () => {
  const one = await openAlertHub({ env: { ALERT_GROUP_MS: '20000' } })
  await one.channel()
  const { outbox } = one.hub.app.alerts
  expect(await outbox.nextAt()).toBeUndefined()
  await fail(one)
  await one.hub.app.alerts.worker.step()
  expect(await outbox.nextAt()).toBe(one.hub.clock.now() + 20_000)
})
