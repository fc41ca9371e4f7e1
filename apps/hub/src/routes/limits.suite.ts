import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { accountSchema } from '@signalbox/contract/account'
import type { ClaudeUsage } from '@signalbox/contract/claude-usage'
import { currentLimitsSchema } from '@signalbox/contract/current-limits'
import type { HubEvent } from '@signalbox/contract/event'
import { limitForecastSchema } from '@signalbox/contract/limit-forecast'
import { limitHistorySchema } from '@signalbox/contract/limit-history'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { stretchForLoad } from '../../../../test/support/machine-load.ts'
import { masterKey, type openHub, type TestHub } from '../../test/open-hub.ts'
import { someSnapshot, someWindow } from '../../test/snapshot.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const path = '/api/claude/console-usage'
/** The shape that the first collectors sent: both weekly windows, and only the fields of the page. */
const oldShape = {
  currentSession: { resetsIn: '3 hr 7 min', percentageUsed: 22 },
  weeklyLimits: {
    allModels: { resetsIn: 'Fri 6:00 PM', percentageUsed: 9 },
    sonnetOnly: { resetsIn: 'Fri 6:00 PM', percentageUsed: 4.5 },
  },
  lastUpdated: '2026-10-06T09:11:00Z',
}

/** `{n: {n: …}}` */
const nestedText = (depth: number) => `${'{"n":'.repeat(depth)}{}${'}'.repeat(depth)}`
const withExtraUsage = (json: string) => JSON.stringify({ ...oldShape, extraUsage: '?' }).replace('"?"', json)

/**
 * What the routes of plan limits promise on any store.
 * @param waits whether a collector's question waits for its answer, which it does not where each second of a request is paid for
 */
export function limitRoutesSuite(open: typeof openHub, { waits = true } = {}): void {
  let hub: TestHub
  let now: number
  const openFor = async (onClose?: typeof afterAll) => {
    hub = await open({ env: { LOG_LEVEL: 'silent', MAX_VERSIONS: '5', RETENTION_DAYS_LIMITS: '2' } }, onClose)
    now = hub.clock.now()
  }
  const onNewHub = () => beforeEach(() => openFor())
  /** One hub for tests that leave it as it is. */
  const onSharedHub = () => beforeAll(() => openFor(afterAll))
  const send = (payload: unknown, headers = {}) => hub.ask('POST', path, { payload: payload as object, headers })
  const put = async (snapshot: unknown) => {
    const answer = await send(snapshot)
    expect([answer.statusCode, answer.body]).toEqual([200, answer.body])
    return answer.json() as { version: number; message: string; timestamp: string }
  }
  const ago = (minutes: number, more: Partial<SnapshotBody> = {}) => someSnapshot(now - minutes * MINUTE, more)
  const get = async (query = '') => {
    const answer = await hub.ask('GET', `${path}${query}`)
    expect([answer.statusCode, answer.body]).toEqual([200, answer.body])
    return currentLimitsSchema.strict().parse(answer.json())
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

  describe('a snapshot', () => {
    onNewHub()
    it('is stored and answered as it was sent, with its age and its version', async () => {
      const stored = await put(ago(3))
      expect(stored).toEqual({ success: true, message: 'Snapshot stored', timestamp: new Date(now).toISOString(), version: 1 })
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

    it('is accepted with the same content once its time has come; the refusal says when', async () => {
      const early = ago(-7)
      const refusal = await send(early)
      expect([refusal.statusCode, refusal.headers['retry-after'], refusal.json().errorCode]).toEqual([
        400,
        '420',
        'VALIDATION_OUT_OF_RANGE',
      ])
      expect(refusal.json().suggestion).toContain(new Date(now).toISOString())
      hub.clock.pass(7 * MINUTE)
      await put(early)
      expect(await get()).toMatchObject({ lastUpdated: early.lastUpdated, ageMinutes: 0 })
    })

    it.each(['0000-01-01T00:00:00+01:00', '1969-12-31T23:59:59Z', '2100-01-01T00:00:00Z', '9999-12-31T00:00:00Z'])(
      'of a year that is none, %s, is refused for good',
      async (lastUpdated) => {
        const answer = await send({ ...oldShape, lastUpdated })
        expect([answer.statusCode, answer.headers['retry-after'], answer.json().details?.field]).toEqual([400, undefined, 'lastUpdated'])
        expect(answer.json().message).toContain('1970 to 2099')
      },
    )

    it('of a status line that dates its windows may lower one, and a window that it only repeats has its age', async () => {
      const line = (minutes: number, five: number, seven: number, since: number) =>
        ago(minutes, {
          source: 'statusline',
          currentSession: { ...someWindow(five, now + HOUR), asOf: new Date(now - minutes * MINUTE).toISOString() },
          weeklyLimits: { allModels: { ...someWindow(seven, now + DAY), asOf: new Date(now - since * MINUTE).toISOString() } },
        })
      await put(line(9, 40, 62, 9))
      await put(line(8, 41, 2, 8))
      expect((await get()).weeklyLimits?.allModels).toMatchObject({ percentageUsed: 2 })
      await put(line(2, 42, 2, 8))
      const { currentSession, weeklyLimits, lastUpdated, ageMinutes } = await get()
      expect([currentSession?.percentageUsed, currentSession?.asOf, ageMinutes]).toEqual([42, undefined, 2])
      expect([weeklyLimits?.allModels?.percentageUsed, weeklyLimits?.allModels?.asOf]).toEqual([
        2,
        new Date(now - 8 * MINUTE).toISOString(),
      ])
      expect(lastUpdated).toBe(new Date(now - 2 * MINUTE).toISOString())
      // What another source read between does not lose to the repeated value.
      await put(ago(5, { source: 'claude-json', weeklyLimits: { allModels: someWindow(6, now + DAY) } }))
      expect((await get()).weeklyLimits?.allModels).toMatchObject({ percentageUsed: 6, asOf: new Date(now - 5 * MINUTE).toISOString() })
      const { series } = limitHistorySchema.parse((await hub.ask('GET', `${path}/history`)).json())
      const points = series.find(({ kind }) => kind === 'weekly_all')?.points ?? []
      expect(points.map(({ percentageUsed, reset }) => [percentageUsed, reset ?? false])).toEqual([
        [62, false],
        [2, true],
        [6, false],
      ])
    })

    it('says that the clock of its machine is wrong, also before the first one is accepted', async () => {
      const lastError = { category: 'CLOCK', message: 'the clock of this machine is 7 min ahead' }
      await ask({ collector: { state: 'failing', consecutiveFailures: 1, clockSkewMs: 420_000, lastError } })
      const none = await hub.ask('GET', path)
      expect([none.statusCode, none.json().suggestion]).toEqual([
        404,
        expect.stringMatching(/^Not yet: the clock of laptop is 7 min ahead of the/),
      ])
      expect(none.json().details.collector.clockSkewMs).toBe(420_000)
      await put(ago(1))
      expect((await get()).collector).toMatchObject({ clockSkewMs: 420_000 })
    })

    it('over 100 % is a value everywhere: extra usage pays for it', async () => {
      const over = (percentageUsed: number) => ({ currentSession: { ...someWindow(1, now + HOUR), percentageUsed } })
      await put(ago(40, over(98)))
      await put(ago(20, over(101)))
      await put(ago(2, over(1_000)))
      expect((await get()).currentSession).toMatchObject({ percentageUsed: 1_000 })
      expect((await get('?version=2')).currentSession).toMatchObject({ percentageUsed: 101 })
      // Of the versions, of the thinned series, and thinned to two points.
      for (const query of ['', `?since=${new Date(now - 300 * DAY).toISOString()}`, '?points=2']) {
        const answer = await hub.ask('GET', `${path}/history${query}`)
        const { series } = limitHistorySchema.parse(answer.json())
        const session = series.find(({ kind }) => kind === 'session')
        expect(session?.points.at(-1)?.percentageUsed, query).toBe(1_000)
      }
      const usage = await hub.ask('GET', '/api/claude-usage')
      expect([usage.statusCode, usage.json().fiveHourWindow?.percentage]).toEqual([200, 1_000])
    })

    it('answers extra usage with its types, whatever its source called it, and leaves out what is no amount', async () => {
      const extra = async (extraUsage: Record<string, unknown>, minutes: number) => {
        await put(ago(minutes, { extraUsage }))
        return (await get()).extraUsage
      }
      expect(
        await extra({ is_enabled: true, monthly_limit: 5000, used_credits: 1250.5, utilization: 104.2, currency: 'usd', daily: null }, 9),
      ).toEqual({ is_enabled: true, monthly_limit: 5000, used_credits: 1250.5, percentageUsed: 104.2, currency: 'USD', decimal_places: 2 })
      expect(await extra({ used_credits: '12', monthly_limit: -1, currency: 'dollars', is_enabled: 'yes' }, 8)).toBeUndefined()
      expect(await extra({ a: JSON.parse(nestedText(5)) }, 7)).toBeUndefined()
      expect((await get('?version=1')).extraUsage).toMatchObject({ used_credits: 1250.5 })
    })

    it('is accepted in the old shape, and with one weekly window alone', async () => {
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

    it('that is sent again changes nothing, and a late one is inserted in order', async () => {
      const first = ago(10)
      await put(first)
      await put(ago(2, { currentSession: someWindow(55, now + HOUR) }))
      expect(await put(first)).toMatchObject({ version: 1, message: 'Snapshot was stored before' })
      expect((await put(ago(60))).version).toBe(1)
      expect((await put(ago(5))).version).toBe(3)
      expect(await get()).toMatchObject({ currentSession: { percentageUsed: 55 }, versionInfo: { current: 4, total: 4 }, ageMinutes: 2 })
      expect((await events()).length).toBe(4)
      const again = { 'idempotency-key': 'k' }
      const one = await send(ago(1), again)
      expect((await send(ago(1), again)).statusCode).toBe(409)
      const snapshot = ago(0)
      const [a, b] = [await send(snapshot, { 'idempotency-key': 'l' }), await send(snapshot, { 'idempotency-key': 'l' })]
      expect([one.statusCode, a.json().version, b.json().version, b.headers['idempotent-replayed']]).toEqual([200, 6, 6, 'true'])
    })

    it('is validated after the key, in the order of its fields', async () => {
      const request = (payload: string, authorization?: string) =>
        hub.inject({
          method: 'POST',
          url: path,
          payload,
          headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
        })
      expect((await request('{')).json().errorCode).toBe('AUTH_MISSING')
      expect((await request('{', 'Bearer unknown')).json().errorCode).toBe('AUTH_INVALID')
      expect((await request('{', `Bearer ${masterKey}`)).json().message).toMatch(/JSON/)
      const both = await send({ lastUpdated: 'x', currentSession: { percentageUsed: 'y' } })
      expect(both.json().details.problems.map(({ field }: { field: string }) => field)).toEqual([
        'lastUpdated',
        'currentSession.percentageUsed',
      ])
      // Five minutes are within the tolerance for clocks.
      await put(ago(-5))
      expect(await get()).toMatchObject({ ageMinutes: 0, isStale: false })
    })
  })

  describe('an invalid snapshot', () => {
    onSharedHub()

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
      [
        'no windows',
        { lastUpdated: oldShape.lastUpdated },
        'currentSession',
        'VALIDATION_MISSING_FIELD',
        /unless weeklyLimits has a window/,
      ],
      [
        'empty windows',
        { ...oldShape, currentSession: undefined, weeklyLimits: {} },
        'currentSession',
        'VALIDATION_MISSING_FIELD',
        /^currentSession is required/,
      ],
      ['1,001 %', session({ percentageUsed: 1_001 }), 'currentSession.percentageUsed', 'VALIDATION_OUT_OF_RANGE', /must be 0 to 1000/],
      [
        'less than nothing',
        session({ percentageUsed: -0.1 }),
        'currentSession.percentageUsed',
        'VALIDATION_OUT_OF_RANGE',
        /must be 0 to 1000/,
      ],
      ['a text', session({ percentageUsed: '47' }), 'currentSession.percentageUsed', 'VALIDATION_INVALID_TYPE', /must be a number/],
      ['no percentage', session({ percentageUsed: undefined }), 'currentSession.percentageUsed', 'VALIDATION_MISSING_FIELD', /is missing/],
      ['no resetsIn', session({ resetsIn: undefined }), 'currentSession.resetsIn', 'VALIDATION_MISSING_FIELD', /unless the window is idle/],
      ['an empty resetsIn', session({ resetsIn: '' }), 'currentSession.resetsIn', 'VALIDATION_OUT_OF_RANGE', /^currentSession.resetsIn/],
      ['a wrong resetsAt', session({ resetsAt: 'soon' }), 'currentSession.resetsAt', 'VALIDATION_INVALID_TYPE', /not an instant/],
      ['an unknown property', session({ used: 3 }), 'currentSession.used', 'VALIDATION_INVALID_TYPE', /is unknown/],
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
      ['an unknown field', { ...oldShape, hello: 1 }, 'hello', 'VALIDATION_INVALID_TYPE', /The property hello is unknown/],
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
      ['extra usage nested deeply', withExtraUsage(nestedText(20)), 'extraUsage', 'VALIDATION_INVALID_TYPE', /deeper than 8/],
      ['too much', { ...oldShape, extraUsage: { much: 'x'.repeat(66_000) } }, 'extraUsage', 'VALIDATION_INVALID_TYPE', /64 KiB/],
    ])('with %s is refused with the name of the field', async (_, body, field, errorCode, message) => {
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
  })

  describe('a version', () => {
    onSharedHub()
    beforeAll(async () => {
      for (const minutes of [40, 10, 30, 20]) await put(ago(minutes, { currentSession: someWindow(minutes, now + HOUR) }))
    })
    const used = async (query: string) => (await get(query)).currentSession!.percentageUsed

    it('is numbered from the oldest, or back from the newest', async () => {
      expect(await Promise.all([1, 2, 3, 4].map((n) => used(`?version=${n}`)))).toEqual([40, 30, 20, 10])
      expect(await Promise.all([-1, -2, -4].map((n) => used(`?version=${n}`)))).toEqual([10, 20, 40])
      expect((await get('?version=-3')).versionInfo).toMatchObject({ current: 2, total: 4, timestamp: ago(30).lastUpdated })
    })

    it.each([0, 5, -5, 99])('%i does not exist', async (version) => {
      expect(await refused(`?version=${version}`)).toMatchObject({
        status: 400,
        errorCode: 'VALIDATION_OUT_OF_RANGE',
        details: { field: 'version', validRange: { min: 1, max: 4 }, versionsAvailable: 4 },
      })
    })

    it('that is no number, and an invalid instant, are refused by name', async () => {
      for (const version of ['x', '1.5'])
        expect(await refused(`?version=${version}`)).toMatchObject({ status: 400, details: { field: 'version' } })
      expect(await refused('?timestamp=noon')).toMatchObject({ status: 400, details: { field: 'timestamp' } })
      expect(await refused('?versions=1')).toMatchObject({ status: 400, details: { field: 'versions' } })
    })

    it('is found by an instant, which takes precedence over a number; the earlier of two as near', async () => {
      const at = (minutes: number) => `?timestamp=${new Date(now - minutes * MINUTE).toISOString()}`
      expect(await Promise.all([99, 35, 34.9, 25, 0].map((minutes) => used(at(minutes))))).toEqual([40, 40, 30, 30, 10])
      expect(await used(`${at(30)}&version=1`)).toBe(30)
      expect(await used(`${at(30)}&version=99`)).toBe(30)
      expect((await get(at(30))).versionInfo).toMatchObject({ current: 2, total: 4 })
    })

    it('is removed when it is neither among the newest nor recent', async () => {
      hub.clock.pass(2 * DAY)
      now = hub.clock.now()
      for (const minutes of [3, 2, 1]) await put(ago(minutes))
      await expect.poll(async () => (await get()).versionInfo.total).toBe(5)
      expect((await hub.store.limits.metadata()).totalVersionsDeleted).toBe(2)
    })
  })

  describe('current limits of several sources', () => {
    onNewHub()
    it('are merged, each window with the age of its snapshot', async () => {
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
      // A single version is not merged.
      expect((await get('?version=-1')).weeklyLimits).toEqual({ allModels: someWindow(19, week) })
      // A status line with an old window makes nothing newer.
      await put(ago(1, { source: 'statusline', currentSession: someWindow(9, reset), weeklyLimits: {} }))
      expect(await get()).toMatchObject({ lastUpdated: asOf, versionInfo: { current: 1, total: 3 } })
    })

    it('have the reason of an unreadable row, and a partial snapshot is marked', async () => {
      await put(ago(20))
      await put(
        ago(1, { currentSession: undefined as never, isPartial: true, extractionErrors: { currentSession: 'no percentage in its row' } }),
      )
      expect(await get()).toMatchObject({ isPartial: true, extractionErrors: { currentSession: 'no percentage in its row' } })
      expect((await get()).currentSession).toBeUndefined()
    })

    it('are separate by account; a snapshot without an account belongs to the only one', async () => {
      await put(ago(9, { source: 'statusline' }))
      await put(ago(5, { account: 'ann', currentSession: someWindow(33, now + HOUR) }))
      expect(await get()).toMatchObject({ account: 'ann', versionInfo: { total: 2 } })
      await put(ago(4, { account: 'bob', machine_id: 'box', currentSession: someWindow(66, now + HOUR) }))
      expect((await get('?account=ann')).currentSession!.percentageUsed).toBe(33)
      expect(await get('?account=bob')).toMatchObject({ account: 'bob', currentSession: { percentageUsed: 66 }, versionInfo: { total: 1 } })
      expect(await refused('?account=carl')).toMatchObject({ status: 404, errorCode: 'NOT_FOUND' })
    })

    it('may be cached by a client until they change, and their age does', async () => {
      await put(ago(3))
      const first = await hub.ask('GET', path)
      expect(first.headers['cache-control']).toBe('private, no-cache')
      const again = () => hub.ask('GET', path, { headers: { 'if-none-match': first.headers.etag as string } })
      expect([(await again()).statusCode, (await again()).body]).toEqual([304, ''])
      hub.clock.pass(6_001)
      expect((await again()).statusCode).toBe(200)
    })
  })

  describe('several accounts', () => {
    onNewHub()
    const send = (account: string | undefined, machine: string, percent: number, minutes = 0, more: Partial<SnapshotBody> = {}) =>
      put(
        ago(minutes, {
          ...(account === undefined ? {} : { account }),
          machine_id: machine,
          currentSession: someWindow(percent, now + HOUR),
          ...more,
        }),
      )
    const accounts = async (query = '') => {
      const answer = await hub.ask('GET', `/api/claude/accounts${query}`)
      expect([answer.statusCode, answer.body]).toEqual([200, answer.body])
      return z.array(accountSchema.strict()).parse(answer.json())
    }
    const name = (account: string, payload: object, headers = {}) =>
      hub.ask('PATCH', `/api/claude/accounts/${encodeURIComponent(account)}`, { payload, headers })
    const usage = async (query = '') => (await hub.ask('GET', `/api/claude-usage${query}`)).json() as ClaudeUsage

    it('never change places: without one in the request, the answer is about the first in use, whichever sent last', async () => {
      await send('anna', 'laptop-anna', 20, 3)
      await send('ben', 'laptop-ben', 91, 2)
      expect(await get()).toMatchObject({ account: 'anna', currentSession: { percentageUsed: 20 } })
      await send('anna', 'laptop-anna', 21, 1)
      expect(await get()).toMatchObject({ account: 'anna', currentSession: { percentageUsed: 21 } })
      await send('ben', 'laptop-ben', 92)
      expect(await get()).toMatchObject({ account: 'anna', currentSession: { percentageUsed: 21 } })
      expect(await get('?account=ben')).toMatchObject({ account: 'ben', currentSession: { percentageUsed: 92 } })
      const history = limitHistorySchema.parse((await hub.ask('GET', `${path}/history`)).json())
      expect(history).toMatchObject({ account: 'anna' })
      expect(history.series[0]!.points.map(({ percentageUsed }) => percentageUsed)).toEqual([20, 21])
    })

    it('are listed with their machines and limits, and have the names that people gave them', async () => {
      expect(await accounts()).toEqual([])
      await send('anna', 'laptop-anna', 21, 3)
      await send('ben', 'box', 90, 2, { source: 'claude-json' })
      await send('ben', 'laptop-ben', 91, 1)
      expect((await name('ben', { name: '  Ben  ' })).json()).toEqual({ account: 'ben', name: 'Ben' })
      expect(await accounts()).toMatchObject([
        { account: 'anna', inUse: true, machines: ['laptop-anna'], limits: { account: 'anna', currentSession: { percentageUsed: 21 } } },
        {
          account: 'ben',
          name: 'Ben',
          inUse: true,
          machines: ['laptop-ben', 'box'],
          lastSeenAt: ago(1).lastUpdated,
          limits: { account: 'ben', accountName: 'Ben', currentSession: { percentageUsed: 91 } },
        },
      ])
      expect(await accounts('?limit=1&offset=1')).toMatchObject([{ account: 'ben', hasSessionLimit: true }])
      expect(await get('?account=ben')).toMatchObject({ accountName: 'Ben' })
      expect(await get('?account=ben&version=1')).toMatchObject({ accountName: 'Ben', currentSession: { percentageUsed: 90 } })
      expect((await hub.ask('GET', `${path}/history?account=ben`)).json()).toMatchObject({ account: 'ben', accountName: 'Ben' })
      expect((await events()).at(-1)).toMatchObject({ event: 'limits.account', data: { account: 'ben', name: 'Ben' } })
      expect((await name('ben', { name: null })).json()).toEqual({ account: 'ben' })
      expect((await accounts())[1]).not.toHaveProperty('name')
    })

    it('have no 5-hour limit where a source with every limit of the plan shows none', async () => {
      const week = { allModels: someWindow(8, now + 50 * HOUR) }
      const withoutSession = (account: string, minutes: number, more: Partial<SnapshotBody> = {}) => {
        const { currentSession: _, ...rest } = ago(minutes, { account, machine_id: account, weeklyLimits: week, ...more })
        return put(rest)
      }
      await withoutSession('ultra', 3, { source: 'claude-json' })
      // Newer, and it has two windows at most.
      await withoutSession('ultra', 2, { source: 'statusline' })
      await withoutSession('unknown', 2, { source: 'statusline' })
      await withoutSession('partly', 2, { source: 'console', isPartial: true, extractionErrors: { currentSession: 'no number' } })
      await send('max', 'laptop', 5, 3)
      await withoutSession('max', 2, { source: 'statusline' })
      expect(Object.fromEntries((await accounts()).map(({ account, hasSessionLimit }) => [account, hasSessionLimit]))).toEqual({
        ultra: false,
        unknown: true,
        partly: true,
        max: true,
      })
    })

    it('are named with a key that may write, once there is such an account, with one line', async () => {
      await send('a/b "ç"', 'laptop', 5)
      expect((await name('a/b "ç"', { name: 'Ann' })).json()).toEqual({ account: 'a/b "ç"', name: 'Ann' })
      expect((await name('carl', { name: 'Carl' })).json()).toMatchObject({ errorCode: 'NOT_FOUND' })
      for (const wrong of ['', ' ', 'a\nb', 'x'.repeat(101), 7]) expect((await name('a/b "ç"', { name: wrong })).statusCode).toBe(400)
      expect((await name('a/b "ç"', {})).statusCode).toBe(400)
    })

    it('of one machine: the former one is in use for five hours more, and is then found by its id only', async () => {
      await send('old', 'laptop', 70, 4 * 60)
      hub.clock.pass(1)
      await send('new', 'laptop', 3, 1)
      expect((await accounts()).map(({ account, inUse }) => [account, inUse])).toEqual([
        ['old', true],
        ['new', true],
      ])
      hub.clock.pass(2 * HOUR)
      now = hub.clock.now()
      await send('new', 'laptop', 5)
      expect((await accounts()).map(({ account, inUse }) => [account, inUse])).toEqual([
        ['new', true],
        ['old', false],
      ])
      expect(await get()).toMatchObject({ account: 'new' })
      expect(await get('?account=old')).toMatchObject({ account: 'old', currentSession: { percentageUsed: 70 } })
    })

    it('that no machine has used for a week are former ones', async () => {
      await send('anna', 'laptop-anna', 20, 7 * 24 * 60 + 1)
      await send('ben', 'laptop-ben', 30)
      expect((await accounts()).map(({ account, inUse }) => [account, inUse])).toEqual([
        ['ben', true],
        ['anna', false],
      ])
      expect(await get()).toMatchObject({ account: 'ben' })
    })

    it('are never the plan of calls that may be another account’s', async () => {
      await send('anna', 'laptop-anna', 20, 1, { planInfo: { name: 'Max' } })
      expect(await usage()).toMatchObject({ account: 'anna', plan: 'Max', fiveHourWindow: { percentage: 20, measured: true } })
      await send('ben', 'laptop-ben', 91, 0, { planInfo: { name: 'Pro' } })
      await name('ben', { name: 'Ben' })
      const all = await usage()
      expect([all.account, all.plan, all.fiveHourWindow.percentage, all.fiveHourWindow.measured]).toEqual([
        undefined,
        undefined,
        undefined,
        false,
      ])
      expect(await usage('?account=ben')).toMatchObject({
        account: 'ben',
        accountName: 'Ben',
        plan: 'Pro',
        fiveHourWindow: { percentage: 91 },
      })
      expect(await usage('?machine_id=laptop-anna')).toMatchObject({ account: 'anna', fiveHourWindow: { percentage: 20 } })
      expect((await hub.ask('GET', '/api/claude-usage?account=carl')).statusCode).toBe(404)
    })

    it('are asked for a snapshot on their own machines, and no collector of another explains their age', async () => {
      await send('anna', 'laptop-anna', 20, 30)
      await send('ben', 'laptop-ben', 91, 20)
      await ask({ machine_id: 'laptop-ben', account: 'ben', collector: { state: 'needs_login', consecutiveFailures: 1 } })
      expect(await get('?account=anna')).not.toHaveProperty('collector')
      expect(await get('?account=ben')).toMatchObject({ collector: { machine_id: 'laptop-ben', state: 'needs_login' } })
      const trigger = (query: string) => hub.ask('POST', `${path}/trigger${query}`)
      expect((await trigger('?account=anna')).statusCode).toBe(503)
      expect((await trigger('?account=ben')).json()).toMatchObject({ machine_id: 'laptop-ben' })
      const states = (await events()).filter(({ data }) => data.state !== undefined)
      expect(states.map(({ data }) => data)).toEqual([{ account: 'ben', machine_id: 'laptop-ben', state: 'needs_login' }])
    })
  })

  describe('without a snapshot', () => {
    onNewHub()
    it('the answer has the state of the collector', async () => {
      const hint = async () => {
        const { status, errorCode, suggestion, message } = await refused('')
        expect([status, errorCode, message]).toEqual([404, 'NOT_FOUND', 'There is no snapshot of the plan limits yet'])
        return suggestion as string
      }
      expect(await hint()).toMatch(/No collector has connected yet/)
      await ask()
      expect(await hint()).toMatch(/laptop is connected, but no source has read the limits yet: run "signalbox collector status" there/)
      const lastSuccessAt = '2026-10-06T09:11:00.000Z'
      await ask({ collector: { state: 'ok', consecutiveFailures: 0, lastSuccessAt } })
      expect(await hint()).toMatch(/laptop is connected and has read them/)
      await ask({ collector: { state: 'needs_login', consecutiveFailures: 2 } })
      expect(await hint()).toBe('The collector on laptop needs a login: run "signalbox web login" there.')
      await ask({ collector: { state: 'failing', consecutiveFailures: 4, lastError: { category: 'NETWORK_ERROR', message: 'no page' } } })
      expect(await hint()).toMatch(/fails to read them: no page/)
      await ask({ collector: { state: 'paused', consecutiveFailures: 0 } })
      expect(await hint()).toMatch(/LIMIT_SOURCES/)
      hub.clock.pass(61_000)
      expect(await hint()).toMatch(/laptop is offline, last seen 2026-10-06T09:12:00.000Z/)
    })
  })

  it('forecasts each window as a range, with the record of its past windows, and 404 without a snapshot', async () => {
    await openFor()
    expect((await hub.ask('GET', `${path}/forecast`)).statusCode).toBe(404)
    const end = now + 3 * HOUR + 7
    // Eight windows that ended at 40 %, and one that is at 20 % after two hours.
    for (let window = 8; window >= 0; window--) {
      for (const hour of window === 0 ? [0, 1, 2] : [0, 1, 2, 3, 4.5]) {
        const at = end - (window + 1) * 5 * HOUR + hour * HOUR
        await put(someSnapshot(at, { currentSession: someWindow(hour * 10, end - window * 5 * HOUR), weeklyLimits: {} }))
      }
    }
    const { windows, timestamp } = limitForecastSchema.parse((await hub.ask('GET', `${path}/forecast`)).json())
    expect(timestamp).toBe(new Date(now).toISOString())
    expect(windows).toMatchObject([{ kind: 'session', forecast: 'on_track', record: { windows: 8 } }])
    const [{ low, high, band, record }] = windows as [(typeof windows)[number]]
    const percentOf = (one: typeof low) => (one !== undefined && 'percentageUsed' in one ? one.percentageUsed : Number.NaN)
    expect(percentOf(low)).toBeGreaterThanOrEqual(20)
    expect(percentOf(low)).toBeLessThanOrEqual(45)
    expect(percentOf(high)).toBeGreaterThanOrEqual(45)
    expect(percentOf(high)).toBeLessThan(80)
    expect(band!.at(-1)!.at).toBe(new Date(end).toISOString())
    expect(record!.right).toBeLessThanOrEqual(record!.cases)
  })

  describe('history', () => {
    onNewHub()
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
        ['session', '5-hour limit', undefined],
        ['weekly_all', 'Weekly limit', undefined],
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

    it('continues before the oldest snapshot with the highest of each hour', async () => {
      // Three in each hour around the age of two days, from which snapshots are removed.
      const [oldest, newest] = [60, 46]
      for (let n = oldest * 3; n >= newest * 3; n -= 1) {
        await hub.store.limits.put(ago(n * 20, { currentSession: someWindow((n * 7) % 90, now + HOUR), weeklyLimits: {} }), { now })
      }
      await put(ago(0.5, { currentSession: someWindow(1, now + HOUR), weeklyLimits: {} }))
      const stored = (48 - newest) * 3 + 1 + 1
      await expect.poll(async () => (await get()).versionInfo.total).toBe(stored)
      const [{ points } = { points: [] }] = (await history(`?since=${at(oldest * 60)}&points=5000`)).series
      const [old, young] = [points.filter((point) => point.at < at(2 * 24 * 60)), points.filter((point) => point.at >= at(2 * 24 * 60))]
      expect(young.length).toBe(stored)
      // Of three snapshots in an hour, the first, the highest and the last are all.
      expect(old.length).toBeGreaterThan(12)
      expect(old.length).toBeLessThanOrEqual(12 * 3 + 1)
    })

    it('refuses invalid parameters by name', async () => {
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
    onNewHub()
    const trigger = (query = '', headers = {}) => hub.ask('POST', `${path}/trigger${query}`, { headers })

    it('needs the scope write: it opens a browser on another machine', async () => {
      for (const [scopes, status] of [
        [['read'], 403],
        [['ingest'], 403],
        [['read', 'ingest', 'admin'], 403],
        [['write'], 503],
      ] as const) {
        const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: 'k', scopes } })).json() as { key: string }
        const answer = await hub.inject({ method: 'POST', url: `${path}/trigger`, headers: { 'x-api-key': key } })
        expect(answer.statusCode, scopes.join()).toBe(status)
      }
    })
    const steps = async () =>
      (await events()).filter(({ event }) => event === 'limits.trigger').map(({ data }) => [data.machine_id, data.step])

    it('without a collector is refused with the time it was last seen', async () => {
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

    it.runIf(waits)('reaches one waiting collector, and is followed to its end', async () => {
      const waiting = [ask({ waitMs: 1_000 }), ask({ waitMs: 1_000 })]
      await expect.poll(async () => (await hub.store.limits.collectors()).length).toBe(1)
      await delay(50)
      const began = performance.now()
      const answer = await trigger()
      expect(answer.statusCode).toBe(202)
      const { id, machine_id } = answer.json()
      expect(machine_id).toBe('laptop')
      const [first, second] = (await Promise.all(waiting)).map((one) => one.json().trigger)
      expect(performance.now() - began).toBeLessThan(await stretchForLoad(5_000))
      expect([first, second].filter((one) => one !== undefined)).toEqual([{ id }])
      await ask({ triggers: [{ id, step: 'done' }] })
      expect(await steps()).toEqual(['requested', 'picked_up', 'done'].map((step) => ['laptop', step]))
    })

    it('goes to the collector of the newest snapshot, or to the named one', async () => {
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

    it('goes to another connected collector when that of the newest snapshot is offline', async () => {
      const target = async () => (await trigger()).json().machine_id
      const report = (machine_id: string, state = 'ok') => ask({ machine_id, collector: { state, consecutiveFailures: 0 } })
      await put(ago(9, { machine_id: 'page', source: 'console' }))
      await put(ago(6, { machine_id: 'file', source: 'claude-json' }))
      await put(ago(1, { machine_id: 'laptop', source: 'statusline' }))
      await report('laptop')
      hub.clock.pass(60_001)
      expect((await trigger()).json()).toMatchObject({ errorCode: 'UNAVAILABLE', details: { machine_id: 'laptop' } })
      await report('mute', 'paused')
      expect(await target()).toBe('mute')
      await report('new')
      await report('mute', 'paused')
      expect(await target()).toBe('new')
      await report('file')
      await report('new')
      expect(await target()).toBe('file')
      await report('page', 'needs_login')
      expect(await target()).toBe('file')
      await report('page')
      await report('file')
      expect(await target()).toBe('page')
      await report('laptop', 'paused')
      expect(await target()).toBe('page')
      await report('laptop')
      expect(await target()).toBe('laptop')
      const requested = (await steps()).filter(([, step]) => step === 'requested').map(([machine]) => machine)
      expect(requested).toEqual(['mute', 'new', 'file', 'file', 'page', 'page', 'laptop'])
      hub.clock.pass(60_001)
      expect((await trigger()).json()).toMatchObject({
        message: 'collector offline, last seen 2026-10-06T09:13:00.001Z',
        details: { machine_id: 'laptop' },
      })
    })
  })

  describe.runIf(waits)('a waiting collector', () => {
    onNewHub()
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
      expect(performance.now() - began).toBeLessThan(await stretchForLoad(3_000))
    })

    it('that disconnects is offline', async () => {
      const url = await listen()
      const end = new AbortController()
      const answer = call(url, end.signal).catch(() => 'gone')
      await expect.poll(async () => (await hub.store.limits.collectors())[0]?.askedAt).toBeDefined()
      end.abort()
      expect(await answer).toBe('gone')
      await expect.poll(async () => (await hub.store.limits.collectors())[0]?.askedAt).toBeUndefined()
      expect((await hub.ask('POST', `${path}/trigger`)).statusCode).toBe(503)
      // By now fetch has opened another socket, without a byte on it.
      const again = await fetch(url.replace('/collector', ''), { headers: { authorization: `Bearer ${masterKey}` } })
      await again.text()
      const began = performance.now()
      await hub.app.close()
      expect(performance.now() - began).toBeLessThan(await stretchForLoad(5_000))
    })
  })
}

function session(change: Record<string, unknown>): unknown {
  return { ...oldShape, currentSession: { ...oldShape.currentSession, ...change } }
}
