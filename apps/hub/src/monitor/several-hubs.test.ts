import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../test/support/mongo.ts'
import { fleetOf } from '../../test/fleet.ts'
import { openHub } from '../../test/open-hub.ts'
import { logOf, names, slowAndWell } from '../../test/slow-hub.ts'
import { slowNetwork } from '../../test/slow-network.ts'
import { openMongoStore } from '../store/mongo/open.ts'
import { Monitor } from './monitor.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 60_000 })

const soon = { timeout: 45_000 }
const MINUTE = 60_000

describe('of two monitors', () => {
  it('one that dies between a transition and its event has its event published by the other, once', async () => {
    const { slow, well, line: network, clock } = await slowAndWell()
    const { session_id } = await well.fleet.session({ heartbeat_interval_ms: 5_000 })
    for (let second = 0; second < 15; second += 3) {
      clock.pass(3_000)
      if (second < 12) for (const { hub } of [slow, well]) await hub.monitor.check()
    }
    const insert = network.hold('insert', 'event')
    const checking = slow.hub.monitor.check().catch(() => {})
    await insert.reached
    // It is marked, and not published yet.
    expect((await well.fleet.read(session_id)).status).toBe('stalled')
    network.cut()
    await checking
    const stalled = async () => names(await logOf(well)).filter((name) => name === 'session.status stalled')
    await vi.waitFor(async () => expect(await stalled()).toHaveLength(1), soon)
    for (let second = 0; second < 6; second++) {
      clock.pass(1_000)
      await well.hub.monitor.check()
    }
    expect(await stalled()).toHaveLength(1)
  })

  it('one that dies with a pause open has it closed by the others, once', async () => {
    const { slow, well, line: network, clock } = await slowAndWell()
    const { session_id } = await well.fleet.session()
    clock.pass(6 * MINUTE)
    await slow.hub.monitor.check()
    network.cut()
    const [orphaned] = await logOf(well, '&types=monitor.paused')
    const third = new Monitor({ store: well.store, clock, rules: well.hub.config.rules, logger: well.hub.app.log as never })
    const closed = async () => (await logOf(well, '&types=monitor.resumed')).map(({ data }) => data.alert_id)
    await well.fleet.heartbeat(session_id)
    while (clock.now() < Date.parse(String(orphaned!.data.until)) + 75_000) {
      clock.pass(4_000)
      if (clock.now() % 60_000 < 4_000) await well.fleet.heartbeat(session_id)
      // Both find it at the same moment.
      await Promise.all([well.hub.monitor.check(), third.check()])
    }
    expect(await closed()).toEqual([orphaned!.data.alert_id])
  })

  it('each transition is published once, with the checks of both held at every step', async () => {
    const { slow, well, line: network, clock } = await slowAndWell()
    for (const command of ['find', 'update', 'insert'] as const) {
      const { session_id } = await well.fleet.session({ heartbeat_interval_ms: 5_000 })
      for (let second = 0; second < 14; second += 2) {
        clock.pass(2_000)
        for (const { hub } of [slow, well]) await hub.monitor.check()
      }
      clock.pass(1_000)
      const step = network.hold(command, command === 'insert' ? 'event' : 'session')
      const checking = slow.hub.monitor.check()
      await step.reached
      await well.hub.monitor.check()
      step.release()
      await checking
      expect((await well.fleet.read(session_id)).status).toBe('stalled')
      const published = (await logOf(well, `&session_id=${session_id}`)).filter(({ data }) => data.status === 'stalled')
      expect(published, command).toHaveLength(1)
    }
  })
})

describe('a store that delays the monitor', () => {
  it('may have delayed heartbeats too: that check marks nothing, and the time since the one before does not count', async () => {
    const { slow, well, line: network, clock } = await slowAndWell()
    const { session_id } = await well.fleet.session({ heartbeat_interval_ms: 5_000 })
    for (let second = 0; second < 14; second += 2) {
      clock.pass(2_000)
      await slow.hub.monitor.check()
    }
    clock.pass(1_000)
    const find = network.hold('find', 'session')
    const checking = slow.hub.monitor.check()
    await find.reached
    clock.pass(10_000)
    find.release()
    await checking
    expect((await well.fleet.read(session_id)).status).toBe('active')
    await slow.hub.monitor.check()
    expect((await logOf(well, '&types=monitor.paused')).map(({ data }) => data.reason)).toEqual(['The hub stood still for 11 s'])
    await well.fleet.heartbeat(session_id)
    expect(names(await logOf(well)).filter((name) => name === 'session.status stalled')).toEqual([])
  })
})

describe('a store that fails the monitor', () => {
  const slowPace = { pollMs: 30, recoveryMs: 1_000_000, orphanedMs: 60_000 }

  it('at its first check does not change the reason', async () => {
    const uri = await freshDatabase()
    const hub = await openHub({
      env: { LOG_LEVEL: 'silent' },
      store: await openMongoStore({ uri, prices: defaultPriceTable(), pace: slowPace }),
    })
    const fleet = fleetOf(hub)
    await hub.monitor.check()
    await fleet.session()
    hub.clock.pass(10 * MINUTE)
    const network = await slowNetwork(uri)
    const store = await openMongoStore({ uri: network.uri, prices: defaultPriceTable(), pace: slowPace })
    onTestFinished(() => store.close())
    const fresh = new Monitor({ store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never })
    network.cut()
    await expect(fresh.check()).rejects.toMatchObject({ code: 'unavailable' })
    network.mend()
    hub.clock.pass(1_000)
    await vi.waitFor(() => fresh.check(), soon)
    const log = (await hub.ask('GET', '/events?format=json&after=0&types=monitor.paused')).json() as { data: { reason: string } }[]
    expect(log.map(({ data }) => data.reason)).toEqual(['The hub was started'])
    expect((await hub.ask('GET', '/sessions')).json()).toMatchObject([{ status: 'active' }])
  })

  it('while it publishes a pause has that published later, once, and its end too', async () => {
    const { slow, well, line: network, clock } = await slowAndWell()
    const { session_id } = await well.fleet.session()
    await slow.hub.monitor.check()
    clock.pass(10 * MINUTE)
    const alerts = async (type: string) => (await logOf(well, `&types=${type}`)).map(({ data }) => data.alert_id)
    const failsAtEvent = async () => {
      const insert = network.hold('insert', 'event')
      const checking = slow.hub.monitor.check()
      await insert.reached
      network.cut()
      await expect(checking).rejects.toMatchObject({ code: 'unavailable' })
      network.mend()
      insert.release()
    }
    await failsAtEvent()
    expect(await alerts('monitor.paused')).toEqual([])
    await vi.waitFor(() => slow.hub.monitor.check(), soon)
    const opened = await alerts('monitor.paused')
    expect(opened).toHaveLength(1)
    for (let second = 0; second < 600; second += 4) {
      clock.pass(4_000)
      if (second % 60 === 0) await well.fleet.heartbeat(session_id)
      if (second < 596) await slow.hub.monitor.check()
    }
    await failsAtEvent()
    expect(await alerts('monitor.resumed')).toEqual([])
    // The time of this outage is added to it.
    for (let n = 0; n < 12; n++) {
      clock.pass(1_000)
      await vi.waitFor(() => slow.hub.monitor.check(), soon)
    }
    expect(await alerts('monitor.resumed')).toEqual(opened)
    expect(await alerts('monitor.paused')).toEqual(opened)
  })
})
