import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_PATIENCE_MS, mongoForTests } from '../../../../test/support/mongo.ts'
import { fleetOf } from '../../test/fleet.ts'
import { openHub } from '../../test/open-hub.ts'
import { logOf, names, slowAndWell } from '../../test/slow-hub.ts'
import { slowLine } from '../../test/slow-line.ts'
import { openMongoStore } from '../store/mongo/open.ts'
import { Monitor } from './monitor.ts'

beforeAll(mongoForTests, MONGO_PATIENCE_MS)
vi.setConfig({ testTimeout: 60_000 })

const soon = { timeout: 15_000 }
const MINUTE = 60_000

describe('of two monitors', () => {
  it('one that dies between a transition and its event has it told by the other, once', async () => {
    const { slow, well, line, clock } = await slowAndWell()
    const { session_id } = await well.fleet.session({ heartbeat_interval_ms: 5_000 })
    for (let second = 0; second < 15; second += 3) {
      clock.pass(3_000)
      if (second < 12) for (const { hub } of [slow, well]) await hub.monitor.look()
    }
    const tell = line.hold('insert', 'event')
    const looking = slow.hub.monitor.look().catch(() => {})
    await tell.reached
    // It is marked, and nobody knows.
    expect((await well.fleet.read(session_id)).status).toBe('stalled')
    line.cut()
    await looking
    const stalled = async () => names(await logOf(well)).filter((name) => name === 'session.status stalled')
    await vi.waitFor(async () => expect(await stalled()).toHaveLength(1), soon)
    for (let second = 0; second < 6; second++) {
      clock.pass(1_000)
      await well.hub.monitor.look()
    }
    expect(await stalled()).toHaveLength(1)
  })

  it('one that dies with an alert open has it closed by the others, once', async () => {
    const { slow, well, line, clock } = await slowAndWell()
    const { session_id } = await well.fleet.session()
    clock.pass(6 * MINUTE)
    await slow.hub.monitor.look()
    line.cut()
    const [left] = await logOf(well, '&types=alert.opened')
    const third = new Monitor({ store: well.store, clock, rules: well.hub.config.rules, logger: well.hub.app.log as never })
    const closed = async () => (await logOf(well, '&types=alert.closed')).map(({ data }) => data.alert_id)
    await well.fleet.beat(session_id)
    while (clock.now() < Date.parse(String(left!.data.until)) + 75_000) {
      clock.pass(4_000)
      if (clock.now() % 60_000 < 4_000) await well.fleet.beat(session_id)
      // Both find it in the same moment.
      await Promise.all([well.hub.monitor.look(), third.look()])
    }
    expect(await closed()).toEqual([left!.data.alert_id])
  })

  it('each transition is told once, with the looks of both held at every step', async () => {
    const { slow, well, line, clock } = await slowAndWell()
    for (const command of ['find', 'update', 'insert'] as const) {
      const { session_id } = await well.fleet.session({ heartbeat_interval_ms: 5_000 })
      for (let second = 0; second < 14; second += 2) {
        clock.pass(2_000)
        for (const { hub } of [slow, well]) await hub.monitor.look()
      }
      clock.pass(1_000)
      const step = line.hold(command, command === 'insert' ? 'event' : 'session')
      const looking = slow.hub.monitor.look()
      await step.reached
      await well.hub.monitor.look()
      step.release()
      await looking
      expect((await well.fleet.read(session_id)).status).toBe('stalled')
      const told = (await logOf(well, `&session_id=${session_id}`)).filter(({ data }) => data.status === 'stalled')
      expect(told, command).toHaveLength(1)
    }
  })
})

describe('a store that keeps the monitor waiting', () => {
  it('has perhaps kept the beats waiting too: nobody is called by that look, and everybody gets one more interval', async () => {
    const { slow, well, line, clock } = await slowAndWell()
    const { session_id } = await well.fleet.session({ heartbeat_interval_ms: 5_000 })
    for (let second = 0; second < 14; second += 2) {
      clock.pass(2_000)
      await slow.hub.monitor.look()
    }
    clock.pass(1_000)
    const find = line.hold('find', 'session')
    const looking = slow.hub.monitor.look()
    await find.reached
    clock.pass(10_000)
    find.release()
    await looking
    expect((await well.fleet.read(session_id)).status).toBe('active')
    await slow.hub.monitor.look()
    expect((await logOf(well, '&types=alert.opened')).map(({ data }) => data.reason)).toEqual(['The hub stood still for 10 s'])
    await well.fleet.beat(session_id)
    expect(names(await logOf(well)).filter((name) => name === 'session.status stalled')).toEqual([])
  })
})

describe('a store that fails the monitor', () => {
  const patient = { follow: 30, tidy: 1_000_000, dead: 60_000 }

  it('at its first look leaves the reason what it was', async () => {
    const uri = await freshDatabase()
    const hub = await openHub({
      env: { LOG_LEVEL: 'silent' },
      store: await openMongoStore({ uri, prices: defaultPriceTable(), pace: patient }),
    })
    const fleet = fleetOf(hub)
    await hub.monitor.look()
    await fleet.session()
    hub.clock.pass(10 * MINUTE)
    const line = await slowLine(uri)
    const store = await openMongoStore({ uri: line.uri, prices: defaultPriceTable(), pace: patient })
    onTestFinished(() => store.close())
    const fresh = new Monitor({ store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never })
    line.cut()
    await expect(fresh.look()).rejects.toMatchObject({ code: 'unavailable' })
    line.mend()
    hub.clock.pass(1_000)
    await vi.waitFor(() => fresh.look(), soon)
    const log = (await hub.ask('GET', '/events?format=json&after=0&types=alert.opened')).json() as { data: { reason: string } }[]
    expect(log.map(({ data }) => data.reason)).toEqual(['The hub was started'])
    expect((await hub.ask('GET', '/sessions')).json()).toMatchObject([{ status: 'active' }])
  })

  it('while it tells that it pauses has that told later, once, and its end too', async () => {
    const { slow, well, line, clock } = await slowAndWell()
    const { session_id } = await well.fleet.session()
    await slow.hub.monitor.look()
    clock.pass(10 * MINUTE)
    const alerts = async (type: string) => (await logOf(well, `&types=${type}`)).map(({ data }) => data.alert_id)
    const failsAtEvent = async () => {
      const tell = line.hold('insert', 'event')
      const looking = slow.hub.monitor.look()
      await tell.reached
      line.cut()
      await expect(looking).rejects.toMatchObject({ code: 'unavailable' })
      line.mend()
      tell.release()
    }
    await failsAtEvent()
    expect(await alerts('alert.opened')).toEqual([])
    await vi.waitFor(() => slow.hub.monitor.look(), soon)
    const opened = await alerts('alert.opened')
    expect(opened).toHaveLength(1)
    for (let second = 0; second < 600; second += 4) {
      clock.pass(4_000)
      if (second % 60 === 0) await well.fleet.beat(session_id)
      if (second < 596) await slow.hub.monitor.look()
    }
    await failsAtEvent()
    expect(await alerts('alert.closed')).toEqual([])
    for (let look = 0; look < 3; look++) {
      clock.pass(1_000)
      await vi.waitFor(() => slow.hub.monitor.look(), soon)
    }
    expect(await alerts('alert.closed')).toEqual(opened)
    expect(await alerts('alert.opened')).toEqual(opened)
  })
})
