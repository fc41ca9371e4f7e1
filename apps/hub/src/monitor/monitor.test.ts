import type { HubEvent } from '@signalbox/contract/event'
import { describe, expect, it } from 'vitest'
import { fleetOf } from '../../test/fleet.ts'
import { openHub } from '../../test/open-hub.ts'
import { Monitor } from './monitor.ts'

const quiet = { LOG_LEVEL: 'silent' }
const MINUTE = 60_000

async function open(env: NodeJS.ProcessEnv = {}) {
  const hub = await openHub({ env: { ...quiet, ...env } })
  const fleet = fleetOf(hub)
  await hub.monitor.look()
  const events = async (...types: string[]) =>
    ((await hub.ask('GET', `/events?format=json&after=0&limit=1000&types=${types.join()}`)).json() as HubEvent[]).map(({ data }) => data)
  return { hub, fleet, events, status: async (id: string) => (await fleet.read(id)).status }
}

describe('the monitor', () => {
  it('calls a silent session stalled once, dated at the moment it was due, and its beat brings it back', async () => {
    const { hub, fleet, events, status } = await open()
    const { session_id } = await fleet.session()
    const due = new Date(hub.clock.now() + 5 * MINUTE).toISOString()
    await fleet.live(5 * MINUTE - 1)
    expect(await status(session_id)).toBe('active')
    hub.clock.pass(2001)
    await fleet.live(10_000)
    expect(await status(session_id)).toBe('stalled')
    const told = (await events('session.status')).filter(({ status }) => status === 'stalled')
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ session_id, from: 'active', reason: 'no heartbeat', occurred_at: due })
    expect((await fleet.read(session_id)).updated_at).toBe(due)
    expect((await fleet.beat(session_id)).status).toBe('active')
    expect(await status(session_id)).toBe('active')
  })

  it('gives back what it was: a paused session is paused again', async () => {
    const { fleet, status } = await open()
    const { session_id } = await fleet.session()
    await fleet.ok('PUT', `/sessions/${session_id}`, { status: 'paused' })
    await fleet.live(6 * MINUTE)
    expect(await status(session_id)).toBe('stalled')
    await fleet.beat(session_id)
    expect(await status(session_id)).toBe('paused')
  })

  it('waits for three promised intervals where one was promised', async () => {
    const { fleet, status } = await open()
    const { session_id } = await fleet.session({ heartbeat_interval_ms: 5000 })
    await fleet.live(14_000)
    expect(await status(session_id)).toBe('active')
    await fleet.live(2000)
    expect(await status(session_id)).toBe('stalled')
  })

  it('calls a machine offline after ten minutes, and a beat of its own or of a session brings it back', async () => {
    const { fleet } = await open()
    await fleet.machine('m')
    const online = async () => (await fleet.readMachine('m')).status
    await fleet.live(10 * MINUTE + 1000)
    expect(await online()).toBe('offline')
    await fleet.ok('POST', '/machines/m/heartbeat', {})
    expect(await online()).toBe('online')
    await fleet.live(10 * MINUTE + 1000)
    expect(await online()).toBe('offline')
    const { session_id } = await fleet.session()
    expect(await online()).toBe('online')
    for (let minute = 0; minute < 15; minute++) {
      await fleet.live(MINUTE)
      await fleet.beat(session_id)
    }
    expect(await online()).toBe('online')
  })

  it('leaves a machine in maintenance alone', async () => {
    const { fleet } = await open()
    await fleet.machine('m')
    await fleet.ok('PUT', '/machines/m', { status: 'maintenance' })
    await fleet.live(11 * MINUTE)
    await fleet.ok('POST', '/machines/m/heartbeat', {})
    expect((await fleet.readMachine('m')).status).toBe('maintenance')
  })

  it('is told of each by one of two hubs on one store', async () => {
    const { hub, fleet, events } = await open()
    const other = new Monitor({ store: hub.store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never })
    await other.look()
    await Promise.all(Array.from({ length: 4 }, () => fleet.session()))
    for (let second = 0; second < 305; second++) {
      hub.clock.pass(1000)
      await Promise.all([hub.monitor.look(), other.look()])
    }
    expect((await events('session.status')).filter(({ status }) => status === 'stalled')).toHaveLength(4)
  })
})

describe('nobody cries wolf', () => {
  it('after the hub was down: everybody gets one more interval, and one event says so', async () => {
    const { hub, fleet, events, status } = await open()
    const made = await Promise.all(Array.from({ length: 3 }, () => fleet.session()))
    hub.clock.pass(10 * MINUTE)
    const fresh = new Monitor({ store: hub.store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never })
    const live = async (ms: number) => {
      for (let at = 0; at < ms; at += 1000) {
        hub.clock.pass(1000)
        await fresh.look()
      }
    }
    await fresh.look()
    await live(4 * MINUTE)
    for (const { session_id } of made) expect(await status(session_id)).toBe('active')
    await fleet.beat(made[0]!.session_id)
    await live(MINUTE + 1000)
    expect(await Promise.all(made.map(({ session_id }) => status(session_id)))).toEqual(['active', 'stalled', 'stalled'])
    const opened = await events('alert.opened')
    expect(opened).toHaveLength(1)
    expect(opened[0]).toMatchObject({ about: 'hub', reason: 'The hub was started' })
    await live(10 * MINUTE)
    expect(await events('alert.closed')).toMatchObject([{ alert_id: opened[0]!.alert_id }])
  })

  it('and what a hub that was killed has left open is closed once after the next start, when its time is over', async () => {
    const { hub, fleet, events } = await open()
    const { session_id } = await fleet.session()
    hub.clock.pass(6 * MINUTE)
    // It stood still, says so, and is not seen again.
    await hub.monitor.look()
    const [left] = await events('alert.opened')
    await fleet.beat(session_id)
    const next = () => new Monitor({ store: hub.store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never })
    const closed = async () => (await events('alert.closed')).map(({ alert_id }) => alert_id)
    const live = async (monitors: Monitor[], until: number) => {
      while (hub.clock.now() < until) {
        hub.clock.pass(4000)
        await fleet.beat(session_id)
        for (const monitor of monitors) await monitor.look()
      }
    }
    const over = Date.parse(String(left!.until))
    await live([next()], over)
    expect(await closed()).toEqual([])
    await live([next(), next()], over + 80_000)
    expect(await closed()).toEqual([left!.alert_id])
    await live([next()], over + 100_000)
    expect(await closed()).toEqual([left!.alert_id])
    expect(await events('alert.opened')).toHaveLength(1)
  })

  it('survives a restart: what was due before it is dated by the interval that was given', async () => {
    const { hub, fleet } = await open()
    const { session_id } = await fleet.session()
    hub.clock.pass(10 * MINUTE)
    const restartedAt = hub.clock.now()
    const fresh = new Monitor({ store: hub.store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never })
    await fresh.look()
    for (let at = 0; at < 302; at++) {
      hub.clock.pass(1000)
      await fresh.look()
    }
    expect(await fleet.read(session_id)).toMatchObject({ status: 'stalled', updated_at: new Date(restartedAt + 5 * MINUTE).toISOString() })
  })

  it('after its own loop lagged', async () => {
    const { hub, fleet, events, status } = await open()
    const { session_id } = await fleet.session()
    await fleet.live(2 * MINUTE)
    hub.clock.pass(4 * MINUTE)
    await hub.monitor.look()
    await fleet.live(4 * MINUTE)
    expect(await status(session_id)).toBe('active')
    expect((await events('alert.opened')).map(({ reason }) => reason)).toEqual(['The hub stood still for 240 s'])
    await fleet.live(MINUTE + 1000)
    expect(await status(session_id)).toBe('stalled')
  })

  it('when the clock is set forward by an hour, or the machine slept', async () => {
    const { hub, fleet, events, status } = await open()
    const { session_id } = await fleet.session()
    await fleet.live(10_000)
    hub.clock.set(60 * MINUTE)
    await fleet.live(4 * MINUTE)
    expect(await status(session_id)).toBe('active')
    expect(await events('alert.opened')).toHaveLength(1)
    await fleet.live(2 * MINUTE)
    expect(await status(session_id)).toBe('stalled')
  })

  it('when the clock is set back by an hour, and who falls silent then is missed in time all the same', async () => {
    const { hub, fleet, status } = await open()
    const [dead, living] = [await fleet.session(), await fleet.session()]
    await fleet.live(10_000)
    hub.clock.set(-60 * MINUTE)
    for (let minute = 0; minute < 4; minute++) {
      await fleet.live(MINUTE)
      await fleet.beat(living.session_id)
    }
    expect(await status(dead.session_id)).toBe('active')
    await fleet.live(61_000)
    expect(await status(dead.session_id)).toBe('stalled')
    expect(await status(living.session_id)).toBe('active')
  })

  it('when a third of the sessions fall silent together: one more interval, one event, then they are called', async () => {
    const { fleet, events, status } = await open()
    const many = await Promise.all(Array.from({ length: 10 }, () => fleet.session()))
    await fleet.live(5 * MINUTE + 2000)
    expect(await status(many[0]!.session_id)).toBe('active')
    expect((await events('alert.opened')).map(({ reason }) => reason)).toEqual(['10 of 10 sessions fell silent together'])
    await fleet.live(5 * MINUTE + 2000)
    for (const { session_id } of many) expect(await status(session_id)).toBe('stalled')
    expect(await events('alert.opened')).toHaveLength(1)
  })

  it('but four of ten are called, and so is one of five after the other', async () => {
    const { fleet, events, status } = await open()
    const many = await Promise.all(Array.from({ length: 10 }, () => fleet.session()))
    for (let minute = 0; minute < 6; minute++) {
      await fleet.live(MINUTE)
      for (const { session_id } of many.slice(4)) await fleet.beat(session_id)
    }
    const statuses = await Promise.all(many.map(({ session_id }) => status(session_id)))
    expect(statuses.filter((one) => one === 'stalled')).toHaveLength(4)
    expect(await events('alert.opened')).toEqual([])
  })

  it('when an outage is seen one session after the other: their beats come at different seconds', async () => {
    const { fleet, status } = await open()
    const many = await Promise.all(Array.from({ length: 10 }, () => fleet.session()))
    for (const { session_id } of many) {
      await fleet.live(5000)
      await fleet.beat(session_id)
    }
    // From here on nobody is heard.
    await fleet.live(5 * MINUTE)
    for (const { session_id } of many) expect(await status(session_id)).toBe('active')
  })

  it('when the store could not be written meanwhile', async () => {
    const { hub, fleet, status } = await open()
    const { session_id } = await fleet.session()
    await fleet.live(4 * MINUTE)
    hub.store.connection.db.pragma('query_only = 1')
    for (let second = 0; second < 90; second++) {
      hub.clock.pass(1000)
      if (second % 30 === 0) expect((await hub.ask('POST', `/sessions/${session_id}/heartbeat`)).statusCode).toBe(500)
      await hub.monitor.look().catch(() => {})
    }
    hub.store.connection.db.pragma('query_only = 0')
    await fleet.live(4 * MINUTE)
    expect(await status(session_id)).toBe('active')
    await fleet.live(2 * MINUTE)
    expect(await status(session_id)).toBe('stalled')
  })
})

it('a record that cannot be written steps aside, and the others are called', async () => {
  const { hub, fleet, status } = await open()
  const [bad, good] = [await fleet.session(), await fleet.session()]
  hub.store.connection.db.prepare("UPDATE session SET history = 'not JSON' WHERE session_id = ?").run(bad.session_id)
  await fleet.live(6 * MINUTE)
  expect(await status(good.session_id)).toBe('stalled')
  hub.store.connection.db.prepare(`UPDATE session SET history = '{"transitions":[]}' WHERE session_id = ?`).run(bad.session_id)
  await fleet.live(MINUTE + 2000)
  expect(await status(bad.session_id)).toBe('stalled')
})
