import { randomUUID } from 'node:crypto'
import type { HubEvent } from '@signalbox/contract/event'
import { describe, expect, it } from 'vitest'
import { fleetOf } from '../../test/fleet.ts'
import { openHub } from '../../test/open-hub.ts'
import { Monitor } from './monitor.ts'

const silentLog = { LOG_LEVEL: 'silent' }
const MINUTE = 60_000
/** Interval between two checks where the second does not matter: a longer gap would begin a grace period. */
const CHECK_MS = 4000

async function open(env: NodeJS.ProcessEnv = {}) {
  const hub = await openHub({ env: { ...silentLog, ...env } })
  const fleet = fleetOf(hub)
  await hub.monitor.check()
  const events = async (...types: string[]) =>
    ((await hub.ask('GET', `/events?format=json&after=0&limit=1000&types=${types.join()}`)).json() as HubEvent[]).map(({ data }) => data)
  return { hub, fleet, events, status: async (id: string) => (await fleet.read(id)).status }
}

describe('the monitor', () => {
  it('marks a session without heartbeats stalled once, dated at the due moment, and a heartbeat restores it', async () => {
    const { hub, fleet, events, status } = await open()
    const { session_id } = await fleet.session()
    const due = new Date(hub.clock.now() + 5 * MINUTE).toISOString()
    await fleet.passTime(5 * MINUTE - 1)
    expect(await status(session_id)).toBe('active')
    hub.clock.pass(2001)
    await fleet.passTime(10_000)
    expect(await status(session_id)).toBe('stalled')
    const published = (await events('session.status')).filter(({ status }) => status === 'stalled')
    expect(published).toHaveLength(1)
    expect(published[0]).toMatchObject({ session_id, from: 'active', reason: 'no heartbeat', occurred_at: due })
    expect((await fleet.read(session_id)).updated_at).toBe(due)
    expect((await fleet.heartbeat(session_id)).status).toBe('active')
    expect(await status(session_id)).toBe('active')
  })

  it('restores the status of a paused session', async () => {
    const { fleet, status } = await open()
    const { session_id } = await fleet.session()
    await fleet.ok('PUT', `/sessions/${session_id}`, { status: 'paused' })
    await fleet.passTime(6 * MINUTE, CHECK_MS)
    expect(await status(session_id)).toBe('stalled')
    await fleet.heartbeat(session_id)
    expect(await status(session_id)).toBe('paused')
  })

  it('waits for three heartbeat intervals where the session named one', async () => {
    const { fleet, status } = await open()
    const { session_id } = await fleet.session({ heartbeat_interval_ms: 5000 })
    await fleet.passTime(14_000)
    expect(await status(session_id)).toBe('active')
    await fleet.passTime(2000)
    expect(await status(session_id)).toBe('stalled')
  })

  it('marks a machine offline after ten minutes, and a heartbeat of its own or of a session brings it back', async () => {
    const { fleet } = await open()
    await fleet.machine('m')
    const online = async () => (await fleet.readMachine('m')).status
    await fleet.passTime(10 * MINUTE + 1000, CHECK_MS)
    expect(await online()).toBe('offline')
    await fleet.ok('POST', '/machines/m/heartbeat', {})
    expect(await online()).toBe('online')
    await fleet.passTime(10 * MINUTE + 1000, CHECK_MS)
    expect(await online()).toBe('offline')
    const { session_id } = await fleet.session()
    expect(await online()).toBe('online')
    for (let minute = 0; minute < 15; minute++) {
      await fleet.passTime(MINUTE, CHECK_MS)
      await fleet.heartbeat(session_id)
    }
    expect(await online()).toBe('online')
  })

  it('does not change a machine in maintenance', async () => {
    const { fleet } = await open()
    await fleet.machine('m')
    await fleet.ok('PUT', '/machines/m', { status: 'maintenance' })
    await fleet.passTime(11 * MINUTE, CHECK_MS)
    await fleet.ok('POST', '/machines/m/heartbeat', {})
    expect((await fleet.readMachine('m')).status).toBe('maintenance')
  })

  it('publishes each change once with two hubs on one store', async () => {
    const { hub, fleet, events } = await open()
    const other = new Monitor({ store: hub.store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never })
    await other.check()
    await Promise.all(Array.from({ length: 4 }, () => fleet.session()))
    for (let ms = 0; ms < 305_000; ms += CHECK_MS) {
      hub.clock.pass(CHECK_MS)
      await Promise.all([hub.monitor.check(), other.check()])
    }
    expect((await events('session.status')).filter(({ status }) => status === 'stalled')).toHaveLength(4)
  })
})

describe('the time in which heartbeats were missed does not count', () => {
  it('while the hub was down, and one event says so', async () => {
    const { hub, fleet, events, status } = await open()
    const made = await Promise.all(Array.from({ length: 3 }, () => fleet.session()))
    hub.clock.pass(10 * MINUTE)
    const fresh = new Monitor({ store: hub.store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never })
    const passTime = async (ms: number) => {
      for (let at = 0; at < ms; at += CHECK_MS) {
        hub.clock.pass(Math.min(CHECK_MS, ms - at))
        await fresh.check()
      }
    }
    await fresh.check()
    await passTime(4 * MINUTE)
    for (const { session_id } of made) expect(await status(session_id)).toBe('active')
    await fleet.heartbeat(made[0]!.session_id)
    await passTime(MINUTE + 1000)
    expect(await Promise.all(made.map(({ session_id }) => status(session_id)))).toEqual(['active', 'stalled', 'stalled'])
    const opened = await events('monitor.paused')
    expect(opened).toHaveLength(1)
    expect(opened[0]).toMatchObject({ about: 'hub', reason: 'The hub was started' })
    await passTime(10 * MINUTE)
    expect(await events('monitor.resumed')).toMatchObject([{ alert_id: opened[0]!.alert_id }])
  })

  it('and the pause is ended once by the next hub when its own hub was killed', async () => {
    const { hub, fleet, events } = await open()
    const { session_id } = await fleet.session()
    hub.clock.pass(6 * MINUTE)
    // It stood still, publishes that, and is killed.
    await hub.monitor.check()
    const [orphaned] = await events('monitor.paused')
    await fleet.heartbeat(session_id)
    const next = () => new Monitor({ store: hub.store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never })
    const closed = async () => (await events('monitor.resumed')).map(({ alert_id }) => alert_id)
    const passTime = async (monitors: Monitor[], until: number) => {
      for (let n = 0; hub.clock.now() < until; n++) {
        hub.clock.pass(CHECK_MS)
        if (n % 10 === 0) await fleet.heartbeat(session_id)
        for (const monitor of monitors) await monitor.check()
      }
    }
    const pauseEnd = Date.parse(String(orphaned!.until))
    await passTime([next()], pauseEnd)
    expect(await closed()).toEqual([])
    await passTime([next(), next()], pauseEnd + 80_000)
    expect(await closed()).toEqual([orphaned!.alert_id])
    await passTime([next()], pauseEnd + 100_000)
    expect(await closed()).toEqual([orphaned!.alert_id])
    expect(await events('monitor.paused')).toHaveLength(1)
  })

  it('so that a session which was due while the hub was down is stalled, and dated, by the time that it was silent while the hub ran', async () => {
    const { hub, fleet } = await open()
    const { session_id } = await fleet.session()
    hub.clock.pass(10 * MINUTE)
    const restartedAt = hub.clock.now()
    const fresh = new Monitor({ store: hub.store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never })
    await fresh.check()
    for (let at = 0; at < 302_000; at += CHECK_MS) {
      hub.clock.pass(CHECK_MS)
      await fresh.check()
    }
    expect(await fleet.read(session_id)).toMatchObject({ status: 'stalled', updated_at: new Date(restartedAt + 5 * MINUTE).toISOString() })
  })

  it('while its own loop lagged', async () => {
    const { hub, fleet, events, status } = await open()
    const { session_id } = await fleet.session()
    await fleet.passTime(2 * MINUTE, CHECK_MS)
    hub.clock.pass(4 * MINUTE)
    // As the system's clock: the store refuses a gap with a fraction, and each later check fails with it.
    hub.clock.fraction = 0.375
    await hub.monitor.check()
    await fleet.passTime(3 * MINUTE - 5000, CHECK_MS)
    expect(await status(session_id)).toBe('active')
    expect((await events('monitor.paused')).map(({ reason }) => reason)).toEqual(['The hub stood still for 240 s'])
    await fleet.passTime(6000, CHECK_MS)
    expect(await status(session_id)).toBe('stalled')
  })

  it('when the clock is set forward by an hour, or while the machine slept', async () => {
    const { hub, fleet, events, status } = await open()
    const { session_id } = await fleet.session()
    await fleet.passTime(10_000)
    hub.clock.set(60 * MINUTE)
    await fleet.passTime(4 * MINUTE, CHECK_MS)
    expect(await status(session_id)).toBe('active')
    expect(await events('monitor.paused')).toHaveLength(1)
    await fleet.passTime(2 * MINUTE, CHECK_MS)
    expect(await status(session_id)).toBe('stalled')
  })

  it('when the clock is set back by an hour, and a missed heartbeat is still noticed in time', async () => {
    const { hub, fleet, status } = await open()
    const [dead, living] = [await fleet.session(), await fleet.session()]
    await fleet.passTime(10_000)
    hub.clock.set(-60 * MINUTE)
    for (let minute = 0; minute < 4; minute++) {
      await fleet.passTime(MINUTE)
      await fleet.heartbeat(living.session_id)
    }
    expect(await status(dead.session_id)).toBe('active')
    await fleet.passTime(61_000)
    expect(await status(dead.session_id)).toBe('stalled')
    expect(await status(living.session_id)).toBe('active')
  })

  it('while a third of the sessions miss their heartbeats together: one more interval, one event, then they are stalled', async () => {
    const { fleet, events, status } = await open()
    const many = await Promise.all(Array.from({ length: 10 }, () => fleet.session()))
    await fleet.passTime(5 * MINUTE + 2000, CHECK_MS)
    expect(await status(many[0]!.session_id)).toBe('active')
    expect((await events('monitor.paused')).map(({ reason }) => reason)).toEqual(['10 of 10 sessions missed their heartbeats together'])
    await fleet.passTime(5 * MINUTE + 2000, CHECK_MS)
    for (const { session_id } of many) expect(await status(session_id)).toBe('stalled')
    expect(await events('monitor.paused')).toHaveLength(1)
  })

  it('but not when four of ten do so after the others have sent theirs', async () => {
    const { fleet, events, status } = await open()
    const many = await Promise.all(Array.from({ length: 10 }, () => fleet.session()))
    for (let minute = 0; minute < 6; minute++) {
      await fleet.passTime(MINUTE, CHECK_MS)
      for (const { session_id } of many.slice(4)) await fleet.heartbeat(session_id)
    }
    const statuses = await Promise.all(many.map(({ session_id }) => status(session_id)))
    expect(statuses.filter((one) => one === 'stalled')).toHaveLength(4)
    expect(await events('monitor.paused')).toEqual([])
  })

  it('when an outage affects one session after the other, because their heartbeats come at different seconds', async () => {
    const { fleet, status } = await open()
    const many = await Promise.all(Array.from({ length: 10 }, () => fleet.session()))
    for (const { session_id } of many) {
      await fleet.passTime(5000)
      await fleet.heartbeat(session_id)
    }
    // From here on no heartbeat arrives.
    await fleet.passTime(5 * MINUTE, CHECK_MS)
    for (const { session_id } of many) expect(await status(session_id)).toBe('active')
  })

  it('while the store could not be written', async () => {
    const { hub, fleet, status } = await open()
    const { session_id } = await fleet.session()
    await fleet.passTime(4 * MINUTE, CHECK_MS)
    hub.store.connection.db.pragma('query_only = 1')
    for (let second = 0; second < 90; second++) {
      hub.clock.pass(1000)
      if (second % 30 === 0) expect((await hub.ask('POST', `/sessions/${session_id}/heartbeat`)).statusCode).toBe(500)
      await hub.monitor.check().catch(() => {})
    }
    hub.store.connection.db.pragma('query_only = 0')
    await fleet.passTime(MINUTE - 5000, CHECK_MS)
    expect(await status(session_id)).toBe('active')
    await fleet.passTime(20_000, CHECK_MS)
    expect(await status(session_id)).toBe('stalled')
  })
})

describe('a hub that stood still beside another', () => {
  it('goes on with what the other has noted: silence is noticed in time, and no pause begins', async () => {
    const { hub, fleet, status, pauses, startMonitor } = await openBrisk()
    const other = startMonitor()
    await other.check()
    const [dead, living] = [await fleet.session(), await fleet.session()]
    for (let second = 1; second <= 14; second++) {
      hub.clock.pass(1000)
      await fleet.heartbeat(living.session_id)
      if (second === 5) await fleet.heartbeat(dead.session_id)
      // One is frozen for the first ten seconds, the other one from then on.
      await (second < 10 ? hub.monitor : other).check()
      expect(await status(dead.session_id), `after ${second} s`).toBe(second < 11 ? 'active' : 'stalled')
      expect(await status(living.session_id)).toBe('active')
    }
    expect(await pauses()).toEqual([[], []])
  })

  it('when the other stood still too, the time does not count', async () => {
    const { hub, fleet, startMonitor } = await openBrisk()
    const other = startMonitor()
    const { session_id } = await fleet.session()
    for (let second = 0; second < 3; second++) {
      hub.clock.pass(1000)
      await Promise.all([hub.monitor.check(), other.check()])
    }
    hub.clock.pass(15_000)
    for (const monitor of [hub.monitor, other]) await monitor.check()
    hub.clock.pass(2000)
    for (const monitor of [hub.monitor, other]) await monitor.check()
    expect((await fleet.read(session_id)).status).toBe('active')
    hub.clock.pass(3000)
    for (const monitor of [hub.monitor, other]) await monitor.check()
    expect((await fleet.read(session_id)).status).toBe('stalled')
  })
})

describe('a hub of processes that are frozen between requests, with a tick a minute', () => {
  async function openTicked(env = {}) {
    const opened = await open(env)
    const { hub } = opened
    const start = () =>
      new Monitor({ store: hub.store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never, tickMs: MINUTE })
    return { ...opened, start }
  }

  it.each(['a new process each time', 'one that was frozen', 'three in turns'])(
    'finds a silent session at the next tick: %s',
    async (which) => {
      const { hub, fleet, events, status, start } = await openTicked()
      const three = [start(), start(), start()]
      const [dead, living] = [await fleet.session(), await fleet.session()]
      for (let minute = 1; minute <= 12; minute++) {
        hub.clock.pass(MINUTE - 300 + 100 * (minute % 7))
        await fleet.heartbeat(living.session_id)
        const monitor = which.startsWith('a new') ? start() : which.startsWith('one') ? three[0]! : three[minute % 3]!
        await monitor.check()
        expect(await status(living.session_id)).toBe('active')
        if (minute !== 5) expect(await status(dead.session_id), `minute ${minute}`).toBe(minute < 5 ? 'active' : 'stalled')
      }
      expect((await events('session.status')).filter((event) => event.status === 'stalled')).toHaveLength(1)
      expect(await events('monitor.paused')).toEqual([])
    },
  )

  it('finds it within seconds where requests ask for checks between the ticks', async () => {
    const { hub, fleet, status, start } = await openTicked()
    const monitor = start()
    const { session_id } = await fleet.session({ heartbeat_interval_ms: 5000 })
    for (let second = 0; second < 14; second += 2) {
      hub.clock.pass(2000)
      await (second % 6 === 0 ? start() : monitor).check()
    }
    expect(await status(session_id)).toBe('active')
    hub.clock.pass(2000)
    await monitor.check()
    expect(await status(session_id)).toBe('stalled')
  })

  it('does not count the time in which ticks were missing', async () => {
    const { hub, fleet, events, status, start } = await openTicked()
    const { session_id } = await fleet.session()
    await start().check()
    hub.clock.pass(20 * MINUTE)
    await start().check()
    expect(await status(session_id)).toBe('active')
    expect((await events('monitor.paused')).map(({ reason }) => reason)).toEqual(['The hub was started'])
    for (let minute = 0; minute < 4; minute++) {
      hub.clock.pass(MINUTE)
      await start().check()
      expect(await status(session_id)).toBe('active')
    }
    hub.clock.pass(MINUTE + 1000)
    await start().check()
    expect(await status(session_id)).toBe('stalled')
  })
})

/** A hub with a threshold of six seconds. */
async function openBrisk() {
  const opened = await open({ STALL_THRESHOLD_MS: '6000' })
  const { hub, events } = opened
  return {
    ...opened,
    /** The monitor of the next start. */
    startMonitor: () => new Monitor({ store: hub.store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never }),
    /** The ids of the pauses that were opened, and of those that were closed. */
    pauses: async () => {
      const [paused, resumed] = await Promise.all([events('monitor.paused'), events('monitor.resumed')])
      return [paused.map(({ alert_id }) => alert_id), resumed.map(({ alert_id }) => alert_id)]
    },
  }
}

describe('a dead session is found within its interval and the time in which heartbeats were missed', () => {
  it.each([
    [2500, 'forward'],
    [-2500, 'back'],
  ])('though the clock is set by %d ms every four seconds (%s)', async (step) => {
    const { hub, fleet, status, pauses } = await openBrisk()
    const dead = await fleet.session()
    const living = await fleet.session()
    const began = hub.clock.monotonic()
    let noticed: number | undefined
    for (let second = 1; second <= 60; second++) {
      hub.clock.pass(1000)
      if (second % 4 === 0) hub.clock.set(step)
      if (second % 2 === 0) await fleet.heartbeat(living.session_id)
      await hub.monitor.check()
      expect(await status(living.session_id), `the living one after ${second} s`).toBe('active')
      if ((await status(dead.session_id)) === 'stalled') noticed ??= hub.clock.monotonic() - began
    }
    // By a clock that runs evenly.
    expect(noticed).toBeGreaterThanOrEqual(6000)
    expect(noticed).toBeLessThanOrEqual(8000)
    const [paused, resumed] = await pauses()
    expect(resumed).toEqual(paused)
    expect(paused!.length).toBeLessThanOrEqual(1)
  })

  it.each([
    ['stopped', true],
    ['killed', false],
  ])('though the hub is %s every six seconds', async (_how, stops) => {
    const { hub, fleet, status, pauses, startMonitor } = await openBrisk()
    const dead = await fleet.session()
    const living = await fleet.session()
    let listened = 0
    let noticed: number | undefined
    for (let start = 0; start < 8; start++) {
      const monitor = startMonitor()
      const ending = new AbortController()
      await monitor.check()
      for (let second = 0; second < 4; second++) {
        hub.clock.pass(1000)
        listened += 1000
        if (second % 2 === 1) await fleet.heartbeat(living.session_id)
        await monitor.check()
        if ((await status(dead.session_id)) === 'stalled') noticed ??= listened
      }
      ending.abort()
      if (stops) await monitor.run(ending.signal)
      hub.clock.pass(2000)
    }
    expect(await status(living.session_id)).toBe('active')
    expect(noticed).toBeGreaterThanOrEqual(6000)
    expect(noticed).toBeLessThanOrEqual(9000)
    const [paused, resumed] = await pauses()
    expect(resumed).toEqual(paused)
    expect(paused!.length).toBeLessThanOrEqual(1)
    const { updated_at, last_heartbeat } = await fleet.read(dead.session_id)
    // Dated when it was due: after six seconds of listening and two of downtime.
    expect(Date.parse(updated_at) - Date.parse(last_heartbeat)).toBe(8000)
  })

  it('though the clock was set back while the hub was down', async () => {
    const { hub, fleet, status, startMonitor } = await openBrisk()
    const dead = await fleet.session()
    await fleet.machine('m2')
    await fleet.passTime(3000)
    hub.clock.set(-60 * MINUTE)
    const monitor = startMonitor()
    await monitor.check()
    expect(Date.parse((await fleet.read(dead.session_id)).last_heartbeat)).toBeLessThanOrEqual(hub.clock.now())
    expect(Date.parse((await fleet.readMachine('m2')).last_heartbeat)).toBeLessThanOrEqual(hub.clock.now())
    for (let second = 1; second <= 2; second++) {
      hub.clock.pass(1000)
      await monitor.check()
    }
    expect(await status(dead.session_id)).toBe('active')
    for (let second = 1; second <= 3; second++) {
      hub.clock.pass(1000)
      await monitor.check()
    }
    expect(await status(dead.session_id)).toBe('stalled')
  })
})

describe('a session that is stalled for too long', () => {
  const brisk = { STALL_THRESHOLD_MS: '5000' }
  /** Time without a heartbeat of anything, in which the hub listens. */
  const sleep = async (hub: Awaited<ReturnType<typeof openHub>>, ms: number) => {
    for (let at = 0; at < ms; at += 5000) {
      hub.clock.pass(Math.min(5000, ms - at))
      await hub.monitor.check()
    }
  }

  it('is failed after STALLED_FAIL_AFTER with a reason, its slot is free, and it may be recovered', async () => {
    const { hub, fleet, events, status } = await open({ ...brisk, STALLED_FAIL_AFTER: '2m' })
    await fleet.machine('m', [1])
    const { session_id } = await fleet.session({ docker_slot: 1 })
    const { task_id } = await fleet.task(session_id)
    await fleet.ok('POST', `/tasks/${task_id}/start`)
    await sleep(hub, 2 * MINUTE)
    expect(await status(session_id)).toBe('stalled')
    const { stalled_since } = await fleet.read(session_id)
    await sleep(hub, 5000)
    const failed = await fleet.read(session_id)
    expect(failed).toMatchObject({ status: 'failed' })
    expect(failed.docker_slot).toBeUndefined()
    expect(failed.stalled_since).toBeUndefined()
    expect((await fleet.readTask(task_id)).status).toBe('failed')
    expect(await fleet.ok('GET', `/sessions/${session_id}/failure-info`)).toMatchObject({
      failure_reason: 'stalled for 2 min',
      error_details: expect.stringContaining(`stalled since ${stalled_since}`),
    })
    const published = (await events('session.status')).filter((data) => data.status === 'failed')
    expect(published).toMatchObject([{ session_id, from: 'stalled', reason: 'stalled for 2 min' }])
    await fleet.session({ docker_slot: 1 })
    await fleet.ok('POST', `/sessions/${session_id}/recover`, {})
    expect(await fleet.read(session_id)).toMatchObject({ status: 'active', attempt: 2 })
  })

  it('is failed after its own time, which 0 makes never', async () => {
    const { hub, fleet, status } = await open({ ...brisk, STALLED_FAIL_AFTER: 'never' })
    const [quick, never, usual] = [
      await fleet.session({ stalled_fail_after_ms: 60_000 }),
      await fleet.session({ stalled_fail_after_ms: 0 }),
      await fleet.session(),
    ]
    await sleep(hub, MINUTE)
    expect(await status(quick.session_id)).toBe('stalled')
    await sleep(hub, 5000)
    expect(await status(quick.session_id)).toBe('failed')
    await sleep(hub, 5 * MINUTE)
    expect([await status(never.session_id), await status(usual.session_id)]).toEqual(['stalled', 'stalled'])
    const changed = await fleet.ok('PUT', `/sessions/${never.session_id}`, { stalled_fail_after_ms: 1000 })
    expect(changed).toMatchObject({ stalled_fail_after_ms: 1000 })
    await sleep(hub, 5000)
    expect(await status(never.session_id)).toBe('failed')
  })

  it('is not failed for the time in which the hub was down', async () => {
    const { hub, fleet, status } = await open({ ...brisk, STALLED_FAIL_AFTER: '2m' })
    const { session_id } = await fleet.session()
    await sleep(hub, 10_000)
    hub.clock.pass(48 * 60 * MINUTE)
    const next = new Monitor({ store: hub.store, clock: hub.clock, rules: hub.config.rules, logger: hub.app.log as never })
    await next.check()
    expect(await status(session_id)).toBe('stalled')
    await fleet.heartbeat(session_id)
    expect(await status(session_id)).toBe('active')
  })

  it('where it is only observed, and was not seen as long, keeps its status and loses its slot', async () => {
    const { hub, fleet } = await open({ STALLED_FAIL_AFTER: '2m' })
    await fleet.machine('m', [1])
    const session_id = randomUUID()
    const observe = (id: string) =>
      fleet.ok('POST', '/sessions/observations', {
        machine_id: 'm',
        observations: [
          { observation_id: id, session_id, source: 'process-file', at: new Date(hub.clock.now()).toISOString(), alive: true },
        ],
      })
    await observe('a')
    await fleet.ok('POST', '/machines/m/assign-session', { session_id })
    await sleep(hub, 2 * MINUTE - 5000)
    expect(await fleet.read(session_id)).toMatchObject({ status: 'active', docker_slot: 1, not_seen_since: expect.any(String) })
    await sleep(hub, 10_000)
    const unseen = await fleet.read(session_id)
    expect([unseen.status, unseen.docker_slot]).toEqual(['active', undefined])
    await observe('b')
    expect((await fleet.read(session_id)).not_seen_since).toBeUndefined()
  })
})

it('a record that cannot be written is skipped, and the others are stalled', async () => {
  const { hub, fleet, status } = await open()
  const [bad, good] = [await fleet.session(), await fleet.session()]
  hub.store.connection.db.prepare("UPDATE session SET history = 'not JSON' WHERE session_id = ?").run(bad.session_id)
  await fleet.passTime(6 * MINUTE, CHECK_MS)
  expect(await status(good.session_id)).toBe('stalled')
  hub.store.connection.db.prepare(`UPDATE session SET history = '{"transitions":[]}' WHERE session_id = ?`).run(bad.session_id)
  await fleet.passTime(MINUTE + 2000, CHECK_MS)
  expect(await status(bad.session_id)).toBe('stalled')
})
