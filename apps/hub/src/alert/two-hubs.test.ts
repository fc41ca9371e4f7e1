import type { Alert, AlertDetail } from '@signalbox/contract/alert'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../test/support/mongo.ts'
import { openAlertHub } from '../../test/alert-hub.ts'
import { openAlertPeer } from '../../test/alert-peer.ts'
import { TestClock } from '../../test/open-hub.ts'
import { openMongoStore } from '../store/mongo/open.ts'
import { LEASE_TTL_MS } from './lease.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

it('two hubs that judge and send at once open each alert once, and send it once', async () => {
  const uri = await freshDatabase()
  const peer = await openAlertPeer()
  const open = async (clock: TestClock) => {
    const store = await openMongoStore({ uri, prices: defaultPriceTable() })
    return openAlertHub({ store, clock, env: { SECRET_KEY: 'a key that both have' } }, peer)
  }
  const first = await open(new TestClock())
  const ahead = new TestClock()
  // To this one the lease of the other one has always run out, so both work.
  ahead.pass(LEASE_TTL_MS + 1)
  const second = await open(ahead)
  await first.channel()
  for (let n = 0; n < 8; n++) {
    const { session_id } = await first.fleet.session({ project_id: 'shop', machine_id: 'laptop' })
    await first.fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
  }
  for (let n = 0; n < 6; n++) {
    for (const { hub } of [first, second]) hub.clock.pass(5_000)
    await Promise.all([first.hub.app.alerts.worker.step(), second.hub.app.alerts.worker.step()])
    await Promise.all([first.hub.app.alerts.sender.idle(), second.hub.app.alerts.sender.idle()])
  }
  await first.work()
  await second.work()
  const alerts = (await first.hub.ask('GET', '/api/alerts?kind=session_failed')).json() as Alert[]
  expect(new Set(alerts.map(({ subject }) => subject)).size).toBe(8)
  expect(alerts).toHaveLength(8)
  const details = await Promise.all(
    alerts.map(async ({ alert_id }) => (await second.hub.ask('GET', `/api/alerts/${alert_id}`)).json() as AlertDetail),
  )
  for (const { flips, notices } of details) {
    expect(flips.map(({ what }) => what)).toEqual(['opened'])
    expect(notices.map(({ state }) => state)).toEqual(['sent'])
  }
  const listed = peer.accepted().filter(({ alerts }) => alerts.some(({ kind }) => kind === 'session_failed'))
  const ids = listed.flatMap((message) => message.alerts.map(({ alert_id }) => alert_id))
  expect(ids.sort()).toEqual(alerts.map(({ alert_id }) => alert_id).sort())
  const events = (await first.hub.ask('GET', '/events?format=json&limit=1000&types=alert.opened')).json() as { data: { kind: string } }[]
  expect(events.filter(({ data }) => data.kind === 'session_failed')).toHaveLength(8)
  await peer.close()
}, 60_000)
