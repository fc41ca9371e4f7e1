import type { Alert } from '@signalbox/contract/alert'
import { expect, it } from 'vitest'
import { type AlertHub, openAlertHub } from '../../test/alert-hub.ts'

async function fail({ fleet }: AlertHub): Promise<string> {
  const { session_id } = await fleet.session({ project_id: 'shop', machine_id: 'laptop' })
  await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
  return session_id
}
const alertsOf = async ({ hub }: AlertHub, query: string) => (await hub.ask('GET', `/api/alerts?${query}`)).json() as Alert[]
const cursorOf = async ({ hub }: AlertHub) => (await hub.store.alerts.mark('cursor'))?.value.event

it('what happened before the first step is judged, since the hub takes requests before it', async () => {
  const one = await openAlertHub()
  const session = await fail(one)
  await one.work()
  expect(await alertsOf(one, `session_id=${session}`)).toHaveLength(1)
})

it('the cursor moves only after what it points to is stored, and a repetition opens nothing more', async () => {
  const one = await openAlertHub()
  await one.work()
  const before = await cursorOf(one)
  const session = await fail(one)
  const { alerts } = one.hub.store
  const write = alerts.write.bind(alerts)
  alerts.write = async () => {
    throw new Error('killed')
  }
  await expect(one.work()).rejects.toThrow('killed')
  expect(await cursorOf(one)).toBe(before)
  alerts.write = write
  one.hub.app.alerts.worker.noteEvents((await one.hub.store.events.page({ after: 0, limit: 10 })).slice(-1))
  await one.work()
  const [alert, ...more] = await alertsOf(one, `session_id=${session}`)
  expect([alert?.state, more]).toEqual(['open', []])
  await alerts.putMark('cursor', {
    value: { event: before, store_id: one.hub.store.id },
    revision: ((await alerts.mark('cursor'))?.revision ?? 0) + 1,
  })
  one.hub.app.alerts.changed()
  await one.work()
  expect(await alertsOf(one, `session_id=${session}`)).toMatchObject([{ alert_id: alert!.alert_id, flaps: 0 }])
})

it('a rule that fails steps aside, and the others are judged', async () => {
  const one = await openAlertHub()
  const rule = (await one.hub.store.alerts.findRule('session_stalled'))!
  // As another version would have stored it.
  await one.hub.store.alerts.putRule({ ...rule, parameters: { unknown: 1 }, revision: rule.revision + 1 }, { now: one.hub.clock.now() })
  const session = await fail(one)
  await one.work()
  expect(await alertsOf(one, `session_id=${session}`)).toMatchObject([{ kind: 'session_failed' }])
  expect(one.hub.log.filter(({ msg }) => msg === 'an alert rule cannot be used')).not.toEqual([])
})

it('everything is judged once a minute, also without an event', async () => {
  const one = await openAlertHub()
  const session = await one.stalledSession()
  await one.work()
  const [alert] = await alertsOf(one, `session_id=${session}`)
  const { alerts } = one.hub.store
  const stored = (await alerts.find(alert!.alert_id))!
  // As if it had been lost.
  await alerts.write([{ alert: { ...stored, revision: stored.revision + 1 }, events: [], remove: true }], { now: one.hub.clock.now() })
  await one.work()
  expect(await alertsOf(one, `session_id=${session}`)).toEqual([])
  await one.pass(60_000)
  expect(await alertsOf(one, `session_id=${session}`)).toMatchObject([{ state: 'open' }])
})
