import { snapshotSchema } from '@signalbox/contract/limit-snapshot'
import { type LimitSnapshot, type PlanWindow, snapshotBodyOf, snapshotFromBody, windowKey } from '@signalbox/usage/limit-snapshot'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readUtilization } from './utilization.ts'

const at = Date.parse('2026-10-06T09:18:00.000Z')
const tonight = '2026-10-06T12:00:00.123456+00:00'
const thursday = '2026-10-08T07:00:00+02:00'

const answer = {
  five_hour: { utilization: 47, resets_at: tonight },
  seven_day: { utilization: 31, resets_at: thursday },
  seven_day_opus: null,
  seven_day_sonnet: { utilization: 12.5, resets_at: thursday },
  seven_day_apps: { utilization: 0, resets_at: null },
  extra_usage: { is_enabled: true, monthly_limit: 5000, used_credits: 120 },
}
const row = (kind: string, percent: unknown, scope: unknown = null, resets_at: unknown = thursday) => ({ kind, percent, resets_at, scope })
const model = (display_name: string | null, id: string | null = null) => ({ model: { id, display_name }, surface: null })

const byKey = (windows: readonly PlanWindow[]) =>
  Object.fromEntries(windows.map((window) => [windowKey(window), window.percentUsed ?? window.state]))
const only = (body: unknown): PlanWindow => {
  const { windows } = readUtilization(body, at)
  expect(windows).toHaveLength(1)
  return windows[0] as PlanWindow
}
const asSnapshot = (body: unknown) => {
  const snapshot: LimitSnapshot = { source: 'claude-json', capturedAt: at, receivedAt: at, ...readUtilization(body, at) }
  return snapshotBodyOf(snapshot)
}

describe('a usage response', () => {
  it('is read from its list when there is one', () => {
    const limits = [row('session', 48, null, tonight), row('weekly_all', 32), row('weekly_scoped', 44, model('Fable'))]
    const { windows, extraUsage, isPartial, errors } = readUtilization({ ...answer, limits }, at)
    expect(byKey(windows)).toEqual({
      session: 48,
      weekly_all: 32,
      'weekly_scoped:fable': 44,
      'weekly_scoped:opus': 'absent',
      'weekly_scoped:sonnet': 12.5,
    })
    expect({ extraUsage, isPartial, errors }).toEqual({ extraUsage: answer.extra_usage, isPartial: false, errors: undefined })
    expect(windows.find(({ scope }) => scope === 'Fable')).toMatchObject({ label: 'Weekly limit · Fable' })
  })

  it.each([undefined, null, []])('is read from its own fields when the list is %j', (limits) => {
    const { windows, isPartial } = readUtilization({ ...answer, limits }, at)
    expect(isPartial).toBe(false)
    expect(windows).toEqual([
      {
        kind: 'session',
        label: '5-hour limit',
        percentUsed: 47,
        resetsAt: Date.parse('2026-10-06T12:00:00.123Z'),
        resetsText: '2 hr 42 min',
        state: 'known',
      },
      {
        kind: 'weekly_all',
        label: 'Weekly limit',
        percentUsed: 31,
        resetsAt: Date.parse('2026-10-08T05:00:00Z'),
        resetsText: '1 day 19 hr',
        state: 'known',
      },
      { kind: 'weekly_scoped', scope: 'Opus', label: 'Weekly limit · Opus', state: 'absent' },
      {
        kind: 'weekly_scoped',
        scope: 'Sonnet',
        label: 'Weekly limit · Sonnet',
        percentUsed: 12.5,
        resetsAt: Date.parse('2026-10-08T05:00:00Z'),
        resetsText: '1 day 19 hr',
        state: 'known',
      },
    ])
  })

  it('has an idle window where nothing is used and nothing resets, and an unreadable one where something is used and nothing resets', () => {
    expect(only({ five_hour: { utilization: 0, resets_at: null } })).toEqual({
      kind: 'session',
      label: '5-hour limit',
      percentUsed: 0,
      state: 'idle',
    })
    expect(only({ limits: [row('session', 19, null, null)] })).toMatchObject({
      state: 'unreadable',
      problem: 'it has 19% and no reset time',
    })
  })

  it('has no window where an entry has no value: the plan has no such limit', () => {
    const none = { utilization: null, resets_at: null }
    for (const body of [
      { five_hour: none, seven_day: answer.seven_day },
      { five_hour: null, seven_day: answer.seven_day },
      { seven_day: answer.seven_day },
      { limits: [row('session', null, null, null), row('weekly_all', 31)] },
    ])
      expect(asSnapshot(body)).toEqual({
        lastUpdated: new Date(at).toISOString(),
        source: 'claude-json',
        weeklyLimits: { allModels: expect.objectContaining({ percentageUsed: 31 }) },
      })
  })

  it('keeps a zero with a reset as a known zero', () => {
    expect(only({ limits: [row('weekly_all', 0)] })).toMatchObject({ percentUsed: 0, state: 'known' })
  })

  it('gives a row of an unknown kind its own name, also on the wire', () => {
    const limits = [row('weekly_night_owls', 5), row('monthly_scoped', 6, model('Saga')), row('weekly_scoped', 7, { surface: 'Browser' })]
    const { windows } = readUtilization({ limits }, at)
    expect(windows.map(({ label, percentUsed }) => [label, percentUsed])).toEqual([
      ['Weekly night owls', 5],
      ['Monthly scoped: Saga', 6],
      ['Weekly limit · Browser', 7],
    ])
    expect(byKey(snapshotFromBody(snapshotSchema.parse(asSnapshot({ limits })), at).windows)).toEqual(byKey(windows))
  })

  it('names a model without a name by its id, and a row without either by its kind', () => {
    const limits = [row('weekly_scoped', 5, model(null, 'claude-saga-1')), row('weekly_scoped', 6), row('weekly_scoped', 7, model('  '))]
    const { windows, errors, isPartial } = readUtilization({ limits }, at)
    expect(windows.map(({ label }) => label)).toEqual(['Weekly limit · claude-saga-1', 'Weekly scoped'])
    expect(errors).toEqual({ weeklyScopedOnlyAgain: 'there are two rows of this name; the other says 7%' })
    expect(isPartial).toBe(true)
  })

  it('uses the own field where the row of the list is unreadable', () => {
    const { windows, isPartial } = readUtilization(
      { ...answer, limits: [row('session', 'much', null, tonight), row('weekly_all', 32)] },
      at,
    )
    expect(byKey(windows)).toMatchObject({ session: 47, weekly_all: 32 })
    expect(isPartial).toBe(false)
  })

  it('includes an unknown weekly field once some of it is used', () => {
    const later = { seven_day_night_owls: { utilization: 3, resets_at: thursday }, seven_day_apps: answer.seven_day_apps }
    expect(only(later)).toMatchObject({ label: 'Weekly limit · Night owls', percentUsed: 3 })
  })

  it.each([
    ['1,001', 1_001, 'the percentage should be 0 to 1000, and is 1001'],
    ['below zero', -1, 'the percentage should be 0 to 1000, and is -1'],
    ['a text', '47', 'the percentage should be a number, and is "47"'],
    ['null', null, 'the percentage should be a number, and is null'],
    ['missing', undefined, 'the percentage should be a number, and is missing'],
    ['infinite', Number.POSITIVE_INFINITY, 'the percentage should be a number, and is null'],
  ])('has an unreadable window where the percentage is %s', (_, percent, problem) => {
    for (const body of [{ limits: [row('session', percent)] }, { five_hour: { utilization: percent, resets_at: tonight } }]) {
      const { windows, isPartial } = readUtilization(body, at)
      expect(windows).toEqual([{ kind: 'session', label: '5-hour limit', state: 'unreadable', problem }])
      expect(isPartial).toBe(true)
    }
  })

  it.each(['soon', '2026-10-08T07:00:00', '2026-13-08T07:00:00Z', 1_760_000_000, { at: 1 }, '2036-10-08T07:00:00Z'])(
    'has an unreadable window where the reset is %j',
    (resets_at) => {
      const { state, problem, percentUsed } = only({ five_hour: { utilization: 47, resets_at } })
      expect({ state, percentUsed }).toEqual({ state: 'unreadable', percentUsed: undefined })
      expect(problem).toContain(JSON.stringify(resets_at))
    },
  )

  it.each([null, undefined, 47, 'text', [], true])('is rejected when it is %j', (body) => {
    const { windows, errors, isPartial } = readUtilization(body, at)
    expect(windows).toEqual([])
    expect(errors?.utilization).toMatch(/should be an object/)
    expect(isPartial).toBe(true)
  })

  it('without any window has an error that lists its fields', () => {
    expect(readUtilization({ error: { type: 'rate_limit_error' } }, at).errors).toEqual({
      utilization: 'it has no known window; it has ["error"]',
    })
  })

  it('is cut to the windows and extra usage that a snapshot may have', () => {
    const limits = Array.from({ length: 200 }, (_, n) => row('weekly_scoped', 5, model(`Saga ${n}`)))
    const { windows, isPartial, extraUsage, errors } = readUtilization({ limits, extra_usage: { text: 'x'.repeat(100_000) } }, at)
    expect(windows).toHaveLength(50)
    expect(isPartial).toBe(true)
    expect(extraUsage).toBeUndefined()
    expect(errors?.extraUsage).toBeUndefined()
    expect(snapshotSchema.safeParse(asSnapshot({ limits, extra_usage: { text: 'x'.repeat(100_000) } })).success).toBe(true)
  })

  it('has the money of extra usage in the old and in the new shape, and none that is doubtful', () => {
    const extra = (body: object) => readUtilization({ five_hour: { utilization: 101, resets_at: thursday }, ...body }, at).extraUsage
    const old = { is_enabled: true, monthly_limit: 5000, used_credits: 5120, utilization: 102.4, currency: 'EUR', decimal_places: 2 }
    expect(extra({ extra_usage: old })).toEqual({
      is_enabled: true,
      monthly_limit: 5000,
      used_credits: 5120,
      percentageUsed: 102.4,
      currency: 'EUR',
      decimal_places: 2,
    })
    const money = (amount_minor: unknown, currency = 'GBP') => ({ amount_minor, currency, exponent: 2 })
    const spend = {
      used: money(251),
      limit: money(3750),
      balance: money(900),
      percent: 7,
      enabled: false,
      disabled_reason: 'out_of_credits',
    }
    expect(extra({ extra_usage: old, spend })).toEqual({
      is_enabled: false,
      used_credits: 251,
      monthly_limit: 3750,
      balance: 900,
      currency: 'GBP',
      decimal_places: 2,
      percentageUsed: 7,
      disabled_reason: 'out_of_credits',
    })
    expect(extra({ extra_usage: { is_enabled: false, monthly_limit: null, used_credits: null, utilization: null } })).toEqual({
      is_enabled: false,
    })
    expect(
      extra({ extra_usage: { used_credits: -1, monthly_limit: 1e300, currency: '$', decimal_places: 99, utilization: 1001 } }),
    ).toBeUndefined()
  })

  it('of any JSON gives a snapshot that the hub accepts, if it has a window at all', () => {
    const percent = fc.oneof(fc.double(), fc.integer({ min: -5, max: 105 }), fc.jsonValue())
    const reset = fc.oneof(
      fc.constant(thursday),
      fc.constant(null),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.jsonValue(),
    )
    const scope = fc.oneof(fc.record({ model: fc.record({ display_name: fc.string({ unit: 'binary' }) }) }), fc.jsonValue())
    const kind = fc.oneof(fc.constantFrom('session', 'weekly_all', 'weekly_scoped'), fc.string(), fc.jsonValue())
    const window = fc.oneof(fc.record({ utilization: percent, resets_at: reset }), fc.jsonValue())
    const body = fc.record(
      {
        five_hour: window,
        seven_day: window,
        seven_day_opus: window,
        seven_day_later: window,
        extra_usage: fc.jsonValue(),
        limits: fc.oneof(fc.array(fc.oneof(fc.record({ kind, percent, resets_at: reset, scope }), fc.jsonValue())), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(body, (body) => {
        const { windows } = readUtilization(body, at)
        for (const { state, percentUsed } of windows) expect(percentUsed !== undefined).toBe(state === 'known' || state === 'idle')
        const snapshot = asSnapshot(body)
        if (snapshot.currentSession === undefined && snapshot.weeklyLimits === undefined) return
        const { success, error } = snapshotSchema.safeParse(snapshot)
        expect(success, error?.message).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
