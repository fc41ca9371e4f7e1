import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { HubEvent } from '@signalbox/contract/event'
import { currentReadingSchema, type LimitReading, limitHistorySchema } from '@signalbox/contract/limits'
import { beforeEach, describe, expect, it } from 'vitest'
import { type HubOptions, masterKey, type TestHub } from '../../test/open-hub.ts'
import { someReading, someWindow } from '../../test/reading.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const path = '/api/claude/console-usage'
/** As collectors sent it from the first day on: both weekly windows, and nothing but what the page says. */
const oldShape = {
  currentSession: { resetsIn: '3 hr 7 min', percentageUsed: 22 },
  weeklyLimits: {
    allModels: { resetsIn: 'Fri 6:00 PM', percentageUsed: 9 },
    sonnetOnly: { resetsIn: 'Fri 6:00 PM', percentageUsed: 4.5 },
  },
  lastUpdated: '2026-10-06T09:11:00Z',
}

/** What the doors of plan limits promise on any store. */
export function limitRoutesSuite(open: (options: HubOptions) => Promise<TestHub>): void {
  let hub: TestHub
  let now: number
  beforeEach(async () => {
    hub = await open({ env: { LOG_LEVEL: 'silent', MAX_VERSIONS: '5', RETENTION_DAYS_LIMITS: '2' } })
    now = hub.clock.now()
  })
  const send = (payload: unknown, headers = {}) => hub.ask('POST', path, { payload: payload as object, headers })
  const put = async (reading: unknown) => {
    const answer = await send(reading)
    expect([answer.statusCode, answer.body]).toEqual([200, answer.body])
    return answer.json() as { version: number; message: string; timestamp: string }
  }
  const ago = (minutes: number, more: Partial<LimitReading> = {}) => someReading(now - minutes * MINUTE, more)
  const get = async (query = '') => {
    const answer = await hub.ask('GET', `${path}${query}`)
    expect([answer.statusCode, answer.body]).toEqual([200, answer.body])
    return currentReadingSchema.strict().parse(answer.json())
  }
  const refused = async (query: string) => {
    const answer = await hub.ask('GET', `${path}${query}`)
    return { status: answer.statusCode, ...answer.json() }
  }
  const events = async () => (await hub.ask('GET', '/events?format=json&after=0&limit=1000')).json() as HubEvent[]
  const ask = (more: object = {}) =>
    hub.ask('POST', `${path}/collector`, {
      payload: { machine_id: 'laptop', collector: { state: 'ok', consecutiveFailures: 0 }, waitMs: 0, ...more },
    })

  describe('a reading', () => {
    it('is kept and answered as it was sent, with its age and its version', async () => {
      const stored = await put(ago(3))
      expect(stored).toEqual({ success: true, message: 'Reading stored', timestamp: new Date(now).toISOString(), version: 1 })
      const answer = await get()
      const { machine_id, source, currentSession, weeklyLimits, lastUpdated } = ago(3)
      expect(answer).toEqual({
        lastUpdated,
        currentSession,
        weeklyLimits,
        source,
        machine_id,
        isStale: false,
        ageMinutes: 3,
        versionInfo: {
          current: 1,
          total: 1,
          timestamp: lastUpdated,
          filename: expect.stringMatching(/^2026-10-06T09-09-00-[0-9a-f]{8}\.json$/),
        },
      })
      expect((await events()).map(({ event, data }) => [event, data])).toEqual([
        ['limits.snapshot', { machine_id: 'laptop', lastUpdated, version: 1 }],
      ])
      hub.clock.pass(7 * MINUTE)
      expect(await get()).toMatchObject({ isStale: false, ageMinutes: 10 })
      hub.clock.pass(1)
      expect(await get()).toMatchObject({ isStale: true, ageMinutes: 10.1 })
      hub.clock.set(-DAY)
      expect(await get()).toMatchObject({ isStale: false, ageMinutes: 0 })
    })

    it('is taken in the shape of old, and with one weekly window alone', async () => {
      await put(oldShape)
      const { lastUpdated: _, ...windows } = oldShape
      expect(await get()).toMatchObject({ ...windows, lastUpdated: '2026-10-06T09:11:00.000Z', source: 'unknown' })
      for (const [n, name] of ['allModels', 'sonnetOnly'].entries()) {
        const window = { resetsIn: 'Fri 6:00 PM', percentageUsed: 30 }
        await put({ lastUpdated: new Date(now + n).toISOString(), weeklyLimits: { [name]: window } })
        expect((await get()).weeklyLimits).toMatchObject({ [name]: window })
      }
      await put({ lastUpdated: new Date(now + 5).toISOString(), currentSession: { percentageUsed: 0, idle: true } })
      const { currentSession, weeklyLimits } = await get()
      expect([currentSession, weeklyLimits]).toEqual([{ percentageUsed: 0, idle: true }, undefined])
    })

    it('that is sent again changes nothing, and one that comes late slots in', async () => {
      const first = ago(10)
      await put(first)
      await put(ago(2, { currentSession: someWindow(55, now + HOUR) }))
      expect(await put(first)).toMatchObject({ version: 1, message: 'Reading was stored before' })
      expect((await put(ago(60))).version).toBe(1)
      expect((await put(ago(5))).version).toBe(3)
      expect(await get()).toMatchObject({ currentSession: { percentageUsed: 55 }, versionInfo: { current: 4, total: 4 }, ageMinutes: 2 })
      expect((await events()).length).toBe(4)
      const again = { 'idempotency-key': 'k' }
      const one = await send(ago(1), again)
      expect((await send(ago(1), again)).statusCode).toBe(409)
      const reading = ago(0)
      const [a, b] = [await send(reading, { 'idempotency-key': 'l' }), await send(reading, { 'idempotency-key': 'l' })]
      expect([one.statusCode, a.json().version, b.json().version, b.headers['idempotent-replayed']]).toEqual([200, 6, 6, 'true'])
    })

    it.each<[string, unknown, string, string, RegExp]>([
      ['no JSON', '{"lastUpdated":', 'the body', 'VALIDATION_INVALID_TYPE', /JSON/],
      ['no object', [], 'the body', 'VALIDATION_INVALID_TYPE', /./],
      ['nothing', {}, 'lastUpdated', 'VALIDATION_MISSING_FIELD', /^lastUpdated is missing$/],
      ['no time', { ...oldShape, lastUpdated: 'yesterday' }, 'lastUpdated', 'VALIDATION_INVALID_TYPE', /^lastUpdated is not an instant/],
      ['a number', { ...oldShape, lastUpdated: 5 }, 'lastUpdated', 'VALIDATION_INVALID_TYPE', /^lastUpdated/],
      ['no zone', { ...oldShape, lastUpdated: '2026-10-06T09:11:00' }, 'lastUpdated', 'VALIDATION_INVALID_TYPE', /not an instant/],
      [
        'the future, and no windows',
        { lastUpdated: '2026-10-06T09:17:00.001Z' },
        'lastUpdated',
        'VALIDATION_OUT_OF_RANGE',
        /^lastUpdated is more than 5 minutes in the future$/,
      ],
      ['no windows', { lastUpdated: oldShape.lastUpdated }, 'currentSession', 'VALIDATION_MISSING_FIELD', /or a window in weeklyLimits/],
      [
        'empty windows',
        { ...oldShape, currentSession: undefined, weeklyLimits: {} },
        'currentSession',
        'VALIDATION_MISSING_FIELD',
        /^currentSession must be there/,
      ],
      ['101 %', session({ percentageUsed: 101 }), 'currentSession.percentageUsed', 'VALIDATION_OUT_OF_RANGE', /must be 0 to 100/],
      [
        'less than nothing',
        session({ percentageUsed: -0.1 }),
        'currentSession.percentageUsed',
        'VALIDATION_OUT_OF_RANGE',
        /must be 0 to 100/,
      ],
      ['a text', session({ percentageUsed: '47' }), 'currentSession.percentageUsed', 'VALIDATION_INVALID_TYPE', /must be a number/],
      ['no percentage', session({ percentageUsed: undefined }), 'currentSession.percentageUsed', 'VALIDATION_MISSING_FIELD', /is missing/],
      ['no resetsIn', session({ resetsIn: undefined }), 'currentSession.resetsIn', 'VALIDATION_MISSING_FIELD', /unless the window is idle/],
      ['an empty resetsIn', session({ resetsIn: '' }), 'currentSession.resetsIn', 'VALIDATION_OUT_OF_RANGE', /^currentSession.resetsIn/],
      ['a wrong resetsAt', session({ resetsAt: 'soon' }), 'currentSession.resetsAt', 'VALIDATION_INVALID_TYPE', /not an instant/],
      ['an unknown property', session({ used: 3 }), 'currentSession.used', 'VALIDATION_INVALID_TYPE', /not known here/],
      [
        'a wrong weekly window',
        { ...oldShape, weeklyLimits: { allModels: { resetsIn: 'Fri', percentageUsed: 'x' } } },
        'weeklyLimits.allModels.percentageUsed',
        'VALIDATION_INVALID_TYPE',
        /must be a number/,
      ],
      [
        'a weekly name',
        { ...oldShape, weeklyLimits: { fable: { resetsIn: 'Fri', percentageUsed: 1 } } },
        'weeklyLimits.fable',
        'VALIDATION_INVALID_TYPE',
        /must be allModels or <model>Only/,
      ],
      ['an unknown field', { ...oldShape, hello: 1 }, 'hello', 'VALIDATION_INVALID_TYPE', /The property hello is not known here/],
      ['an unknown source', { ...oldShape, source: 'dream' }, 'source', 'VALIDATION_OUT_OF_RANGE', /^source/],
      ['isPartial', { ...oldShape, isPartial: 'yes' }, 'isPartial', 'VALIDATION_INVALID_TYPE', /^isPartial/],
      ['errors', { ...oldShape, extractionErrors: { opusOnly: 4 } }, 'extractionErrors.opusOnly', 'VALIDATION_INVALID_TYPE', /opusOnly/],
      ['a plan', { ...oldShape, planInfo: { tier: 'x' } }, 'planInfo.name', 'VALIDATION_MISSING_FIELD', /planInfo.name is missing/],
      [
        'a state',
        { ...oldShape, collector: { state: 'fine', consecutiveFailures: 0 } },
        'collector.state',
        'VALIDATION_OUT_OF_RANGE',
        /collector.state/,
      ],
      ['an account', { ...oldShape, account: 'a\nb' }, 'account', 'VALIDATION_INVALID_TYPE', /control characters/],
      ['too much', { ...oldShape, extraUsage: { much: 'x'.repeat(66_000) } }, 'extraUsage', 'VALIDATION_INVALID_TYPE', /64 KiB/],
    ])('with %s is refused, and the field named', async (_, body, field, errorCode, message) => {
      const answer = await (typeof body === 'string'
        ? hub.ask('POST', path, { payload: body, headers: { 'content-type': 'application/json' } })
        : send(body))
      expect([answer.statusCode, answer.json()]).toEqual([
        400,
        expect.objectContaining({ success: false, errorCode, message: expect.stringMatching(message), suggestion: expect.any(String) }),
      ])
      if (field !== 'the body') expect(answer.json().details.field).toBe(field)
      expect((await refused('')).status).toBe(404)
    })

    it('is looked at after the key, and in its order', async () => {
      const knock = (payload: string, authorization?: string) =>
        hub.knock({
          method: 'POST',
          url: path,
          payload,
          headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
        })
      expect((await knock('{')).json().errorCode).toBe('AUTH_MISSING')
      expect((await knock('{', 'Bearer nobody')).json().errorCode).toBe('AUTH_INVALID')
      expect((await knock('{', `Bearer ${masterKey}`)).json().message).toMatch(/JSON/)
      const both = await send({ lastUpdated: 'x', currentSession: { percentageUsed: 'y' } })
      expect(both.json().details.problems.map(({ field }: { field: string }) => field)).toEqual([
        'lastUpdated',
        'currentSession.percentageUsed',
      ])
      // Five minutes are no future yet: clocks differ.
      await put(ago(-5))
      expect(await get()).toMatchObject({ ageMinutes: 0, isStale: false })
    })
  })

  describe('a version', () => {
    beforeEach(async () => {
      for (const minutes of [40, 10, 30, 20]) await put(ago(minutes, { currentSession: someWindow(minutes, now + HOUR) }))
    })
    const used = async (query: string) => (await get(query)).currentSession!.percentageUsed

    it('is counted from the oldest, or back from the newest', async () => {
      expect(await Promise.all([1, 2, 3, 4].map((n) => used(`?version=${n}`)))).toEqual([40, 30, 20, 10])
      expect(await Promise.all([-1, -2, -4].map((n) => used(`?version=${n}`)))).toEqual([10, 20, 40])
      expect((await get('?version=-3')).versionInfo).toMatchObject({ current: 2, total: 4, timestamp: ago(30).lastUpdated })
    })

    it.each([0, 5, -5, 99])('%i is none', async (version) => {
      expect(await refused(`?version=${version}`)).toMatchObject({
        status: 400,
        errorCode: 'VALIDATION_OUT_OF_RANGE',
        details: { field: 'version', validRange: { min: 1, max: 4 }, versionsAvailable: 4 },
      })
    })

    it('that is no number, and an instant that is none, are refused by name', async () => {
      for (const version of ['x', '1.5'])
        expect(await refused(`?version=${version}`)).toMatchObject({ status: 400, details: { field: 'version' } })
      expect(await refused('?timestamp=noon')).toMatchObject({ status: 400, details: { field: 'timestamp' } })
      expect(await refused('?versions=1')).toMatchObject({ status: 400, details: { field: 'versions' } })
    })

    it('is found by an instant, which beats its number; the earlier of two as near', async () => {
      const at = (minutes: number) => `?timestamp=${new Date(now - minutes * MINUTE).toISOString()}`
      expect(await Promise.all([99, 35, 34.9, 25, 0].map((minutes) => used(at(minutes))))).toEqual([40, 40, 30, 30, 10])
      expect(await used(`${at(30)}&version=1`)).toBe(30)
      expect(await used(`${at(30)}&version=99`)).toBe(30)
      expect((await get(at(30))).versionInfo).toMatchObject({ current: 2, total: 4 })
    })

    it('goes when it is neither among the newest nor young', async () => {
      hub.clock.pass(2 * DAY)
      now = hub.clock.now()
      for (const minutes of [3, 2, 1]) await put(ago(minutes))
      await expect.poll(async () => (await get()).versionInfo.total).toBe(5)
      expect((await hub.store.limits.metadata()).totalVersionsDeleted).toBe(2)
    })
  })

  describe('what several sources say', () => {
    it('is put together, each window with the age of whoever speaks of it', async () => {
      const [reset, week] = [now + HOUR, now + 80 * HOUR]
      await put(
        ago(8, {
          currentSession: someWindow(50, reset),
          weeklyLimits: { allModels: someWindow(20, week), fableOnly: someWindow(7, week, { label: 'Fable only' }) },
          planInfo: { name: 'Max' },
        }),
      )
      await put(ago(2, { source: 'statusline', currentSession: someWindow(58, reset), weeklyLimits: { allModels: someWindow(19, week) } }))
      const { currentSession, weeklyLimits, ...rest } = await get()
      expect(currentSession).toEqual(someWindow(58, reset))
      const asOf = ago(8).lastUpdated
      expect(weeklyLimits).toEqual({
        allModels: { ...someWindow(20, week), asOf },
        fableOnly: { ...someWindow(7, week, { label: 'Fable only' }), asOf },
      })
      expect(rest).toMatchObject({ lastUpdated: ago(2).lastUpdated, source: 'statusline', planInfo: { name: 'Max' }, ageMinutes: 2 })
      // As it was sent, it stands alone.
      expect((await get('?version=-1')).weeklyLimits).toEqual({ allModels: someWindow(19, week) })
      // A session that was told long ago makes nothing fresher.
      await put(ago(1, { source: 'statusline', currentSession: someWindow(9, reset), weeklyLimits: {} }))
      expect(await get()).toMatchObject({ lastUpdated: asOf, versionInfo: { current: 1, total: 3 } })
    })

    it('of a row that could not be read is why, and a partial reading says so', async () => {
      await put(ago(20))
      await put(
        ago(1, { currentSession: undefined as never, isPartial: true, extractionErrors: { currentSession: 'no percentage in its row' } }),
      )
      expect(await get()).toMatchObject({ isPartial: true, extractionErrors: { currentSession: 'no percentage in its row' } })
      expect((await get()).currentSession).toBeUndefined()
    })

    it('is kept apart by account; what names none is of the only one there is', async () => {
      await put(ago(9, { source: 'statusline' }))
      await put(ago(5, { account: 'ann', currentSession: someWindow(33, now + HOUR) }))
      expect(await get()).toMatchObject({ account: 'ann', versionInfo: { total: 2 } })
      await put(ago(4, { account: 'bob', machine_id: 'box', currentSession: someWindow(66, now + HOUR) }))
      expect((await get('?account=ann')).currentSession!.percentageUsed).toBe(33)
      expect(await get()).toMatchObject({ account: 'bob', currentSession: { percentageUsed: 66 }, versionInfo: { total: 1 } })
      expect(await refused('?account=carl')).toMatchObject({ status: 404, errorCode: 'NOT_FOUND' })
    })

    it('may be kept by a client for as long as nothing in it changes, and its age does', async () => {
      await put(ago(3))
      const first = await hub.ask('GET', path)
      expect(first.headers['cache-control']).toBe('private, no-cache')
      const again = () => hub.ask('GET', path, { headers: { 'if-none-match': first.headers.etag as string } })
      expect([(await again()).statusCode, (await again()).body]).toEqual([304, ''])
      hub.clock.pass(6_001)
      expect((await again()).statusCode).toBe(200)
    })
  })

  describe('while there is none', () => {
    it('the answer says what the collector says', async () => {
      const hint = async () => {
        const { status, errorCode, suggestion, message } = await refused('')
        expect([status, errorCode, message]).toEqual([404, 'NOT_FOUND', 'There is no reading of the plan limits yet'])
        return suggestion as string
      }
      expect(await hint()).toMatch(/No collector has been heard yet/)
      await ask()
      expect(await hint()).toMatch(/laptop is connected/)
      await ask({ collector: { state: 'needs_login', consecutiveFailures: 2 } })
      expect(await hint()).toBe('The collector on laptop needs a login: run "signalbox console login" there.')
      await ask({ collector: { state: 'failing', consecutiveFailures: 4, lastError: { category: 'NETWORK_ERROR', message: 'no page' } } })
      expect(await hint()).toMatch(/fails to read them: no page/)
      await ask({ collector: { state: 'paused', consecutiveFailures: 0 } })
      expect(await hint()).toMatch(/LIMIT_SOURCES/)
      hub.clock.pass(61_000)
      expect(await hint()).toMatch(/laptop is offline, last seen 2026-10-06T09:12:00.000Z/)
    })
  })

  describe('history', () => {
    const history = async (query: string) => {
      const answer = await hub.ask('GET', `${path}/history${query}`)
      expect([answer.statusCode, answer.body]).toEqual([200, answer.body])
      return limitHistorySchema.strict().parse(answer.json())
    }
    const at = (minutes: number) => new Date(now - minutes * MINUTE).toISOString()

    it('has a series for each window, with its resets', async () => {
      for (const [minutes, percent, reset] of [
        [50, 70, 40],
        [45, 88, 40.3],
        [35, 0, undefined],
        [30, 2, -270],
        [20, 9, -270.4],
      ] as const) {
        await put(ago(minutes, { currentSession: someWindow(percent, reset === undefined ? undefined : now - reset * MINUTE) }))
      }
      const { series, since, until } = await history('')
      expect([since, until]).toEqual([at(7 * 24 * 60), at(0)])
      expect(series.map(({ kind, label, scope }) => [kind, label, scope])).toEqual([
        ['session', 'Current session', undefined],
        ['weekly_all', 'All models', undefined],
      ])
      expect(
        series[0]!.points.map(({ at: time, percentageUsed, reset }) => [(now - Date.parse(time)) / MINUTE, percentageUsed, reset ?? false]),
      ).toEqual([
        [50, 70, false],
        [45, 88, false],
        [35, 0, true],
        [30, 2, false],
        [20, 9, false],
      ])
      expect((await history(`?since=${at(46)}&until=${at(34)}`)).series[0]!.points.map(({ percentageUsed }) => percentageUsed)).toEqual([
        88, 0,
      ])
    })

    it('goes on where readings are gone, with the highest of each hour', async () => {
      const hours = 60
      for (let n = hours * 3; n >= 0; n -= 1) {
        await hub.store.limits.put(ago(n * 20, { currentSession: someWindow((n * 7) % 90, now + HOUR), weeklyLimits: {} }), { now })
      }
      await put(ago(0.5, { currentSession: someWindow(1, now + HOUR), weeklyLimits: {} }))
      await expect.poll(async () => (await get()).versionInfo.total).toBe(2 * 24 * 3 + 2)
      const [{ points } = { points: [] }] = (await history(`?since=${at(hours * 60)}&points=5000`)).series
      const [old, young] = [points.filter((point) => point.at < at(2 * 24 * 60)), points.filter((point) => point.at >= at(2 * 24 * 60))]
      expect(young.length).toBe(2 * 24 * 3 + 2)
      // Of three in an hour the first, the highest and the last are all of them.
      expect(old.length).toBeGreaterThan(12)
      expect(old.length).toBeLessThanOrEqual(12 * 3 + 1)
    })

    it('refuses what makes no sense, by name', async () => {
      const refusal = async (query: string) => {
        const answer = await hub.ask('GET', `${path}/history${query}`)
        return [answer.statusCode, answer.json().details.field]
      }
      expect(await refusal('?points=1')).toEqual([400, 'points'])
      expect(await refusal('?points=5001')).toEqual([400, 'points'])
      expect(await refusal('?since=monday')).toEqual([400, 'since'])
      expect(await refusal(`?since=${at(0)}`)).toEqual([400, 'since'])
      expect((await history('')).series).toEqual([])
    })
  })

  describe('a trigger', () => {
    const trigger = (query = '', headers = {}) => hub.ask('POST', `${path}/trigger${query}`, { headers })
    const steps = async () =>
      (await events()).filter(({ event }) => event === 'limits.trigger').map(({ data }) => [data.machine_id, data.step])

    it('without a collector is refused, with when it was seen last', async () => {
      const answer = await trigger()
      expect([answer.statusCode, answer.json()]).toEqual([
        503,
        expect.objectContaining({ errorCode: 'UNAVAILABLE', message: 'collector offline, last seen never' }),
      ])
      await ask()
      hub.clock.pass(60_001)
      expect((await trigger()).json()).toMatchObject({
        message: 'collector offline, last seen 2026-10-06T09:12:00.000Z',
        details: { machine_id: 'laptop' },
      })
      expect((await trigger('?machine_id=box')).json().message).toBe('collector offline, last seen never')
    })

    it('reaches the collector that waits, once, and is followed to its end', async () => {
      const waiting = [ask({ waitMs: 3_000 }), ask({ waitMs: 3_000 })]
      await expect.poll(async () => (await hub.store.limits.collectors()).length).toBe(1)
      await delay(50)
      const began = performance.now()
      const answer = await trigger()
      expect(answer.statusCode).toBe(202)
      const { id, machine_id } = answer.json()
      expect(machine_id).toBe('laptop')
      const [first, second] = (await Promise.all(waiting)).map((one) => one.json().trigger)
      expect(performance.now() - began).toBeLessThan(5_000)
      expect([first, second].filter((one) => one !== undefined)).toEqual([{ id }])
      await ask({ triggers: [{ id, step: 'done' }] })
      expect(await steps()).toEqual(['requested', 'picked_up', 'done'].map((step) => ['laptop', step]))
    })

    it('goes to the collector of the newest reading, or to the one that is named', async () => {
      await ask({ machine_id: 'box' })
      await put(ago(2))
      await ask()
      await ask({ machine_id: 'box' })
      expect((await trigger()).json().machine_id).toBe('laptop')
      expect((await trigger('?machine_id=box')).json().machine_id).toBe('box')
      const headers = { 'idempotency-key': 'k' }
      expect((await trigger('', headers)).json().id).toBe((await trigger('', headers)).json().id)
      const work = [await ask(), await ask(), await ask()].map((one) => one.json().trigger !== undefined)
      expect(work).toEqual([true, true, false])
    })

    it('goes to another collector that is connected where that of the newest reading is not', async () => {
      const who = async () => (await trigger()).json().machine_id
      const says = (machine_id: string, state = 'ok') => ask({ machine_id, collector: { state, consecutiveFailures: 0 } })
      await put(ago(9, { machine_id: 'page', source: 'console' }))
      await put(ago(6, { machine_id: 'file', source: 'claude-json' }))
      await put(ago(1, { machine_id: 'laptop', source: 'statusline' }))
      await says('laptop')
      hub.clock.pass(60_001)
      expect((await trigger()).json()).toMatchObject({ errorCode: 'UNAVAILABLE', details: { machine_id: 'laptop' } })
      await says('mute', 'paused')
      expect(await who()).toBe('mute')
      await says('new')
      await says('mute', 'paused')
      expect(await who()).toBe('new')
      await says('file')
      await says('new')
      expect(await who()).toBe('file')
      await says('page', 'needs_login')
      expect(await who()).toBe('file')
      await says('page')
      await says('file')
      expect(await who()).toBe('page')
      await says('laptop', 'paused')
      expect(await who()).toBe('page')
      await says('laptop')
      expect(await who()).toBe('laptop')
      const asked = (await steps()).filter(([, step]) => step === 'requested').map(([machine]) => machine)
      expect(asked).toEqual(['mute', 'new', 'file', 'file', 'page', 'page', 'laptop'])
      hub.clock.pass(60_001)
      expect((await trigger()).json()).toMatchObject({
        message: 'collector offline, last seen 2026-10-06T09:13:00.001Z',
        details: { machine_id: 'laptop' },
      })
    })
  })

  describe('a collector that waits', () => {
    const listen = async () => {
      await hub.app.listen({ port: 0, host: '127.0.0.1' })
      return `http://127.0.0.1:${(hub.app.server.address() as AddressInfo).port}${path}/collector`
    }
    const call = (url: string, signal?: AbortSignal) =>
      fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ machine_id: 'laptop', collector: { state: 'ok', consecutiveFailures: 0 } }),
        ...(signal === undefined ? {} : { signal }),
      })

    it('is answered when the hub stops', async () => {
      const url = await listen()
      const answer = call(url)
      await expect.poll(async () => (await hub.store.limits.collectors()).length).toBe(1)
      const began = performance.now()
      await Promise.all([hub.app.close(), answer])
      const { trigger } = (await (await answer).json()) as { trigger?: unknown }
      expect([(await answer).status, trigger]).toEqual([200, undefined])
      expect(performance.now() - began).toBeLessThan(3_000)
    })

    it('and goes away is not there any more', async () => {
      const url = await listen()
      const end = new AbortController()
      const answer = call(url, end.signal).catch(() => 'gone')
      await expect.poll(async () => (await hub.store.limits.collectors())[0]?.askedAt).toBeDefined()
      end.abort()
      expect(await answer).toBe('gone')
      await expect.poll(async () => (await hub.store.limits.collectors())[0]?.askedAt).toBeUndefined()
      expect((await hub.ask('POST', `${path}/trigger`)).statusCode).toBe(503)
      // Its fetch has opened another socket by now, on which nothing was said.
      const again = await fetch(url.replace('/collector', ''), { headers: { authorization: `Bearer ${masterKey}` } })
      await again.text()
      const began = performance.now()
      await hub.app.close()
      expect(performance.now() - began).toBeLessThan(5_000)
    })
  })
}

function session(change: Record<string, unknown>): unknown {
  return { ...oldShape, currentSession: { ...oldShape.currentSession, ...change } }
}
