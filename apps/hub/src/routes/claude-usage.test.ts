import { claudeUsageSchema } from '@signalbox/contract/claude-usage'
import { describe, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openHub, type TestHub } from '../../test/open-hub.ts'
import { someSnapshot, someWindow } from '../../test/snapshot.ts'

const ingest = (hub: TestHub, machine_id: string, ...at: string[]) =>
  hub.ask('POST', '/api/usage/calls', {
    payload: {
      machine_id,
      calls: at.map((at, n) => someCall({ at, session_id: `s${n % 2}`, model: n === 0 ? 'claude-haiku-4-5' : 'claude-opus-5-5' })),
    },
  })
const summary = async (hub: TestHub, query = '') => {
  const answer = await hub.ask('GET', `/api/claude-usage${query}`)
  expect(answer.statusCode, answer.body).toBe(200)
  return claudeUsageSchema.strict().parse(answer.json())
}
const allCertain = { unfinishedCalls: 0, oddCalls: 0, unpricedCalls: 0 }
const tokens = 12 + 800 + 3_000 + 90_000

describe('the summary', () => {
  it('of no calls has zeros, and null for unknown values', async () => {
    const hub = await openHub()
    expect(await summary(hub)).toEqual({
      fiveHourWindow: { used: 0, cost: 0, ...allCertain, startedAt: null, resetsAt: null, resetsIn: null, measured: false },
      today: { tokens: 0, estimatedCost: null, sessions: 0, ...allCertain },
      monthToDate: { tokens: 0, estimatedCost: null, sessions: 0, ...allCertain },
      modelBreakdown: [],
      lastUpdated: null,
      dataSource: 'none',
      timezone: 'UTC',
    })
  })

  it('adds up the open window, today and the month', async () => {
    const hub = await openHub()
    await ingest(hub, 'a', '2026-10-01T00:00:00.000Z', '2026-10-05T23:30:00.000Z', '2026-10-06T06:30:00.000Z', '2026-10-06T09:00:00.000Z')
    await ingest(hub, 'a', '2026-09-30T23:59:59.999Z')
    hub.clock.pass(60_000)
    const all = await summary(hub)
    expect(all).toMatchObject({
      fiveHourWindow: {
        used: 2 * tokens,
        startedAt: '2026-10-06T06:00:00.000Z',
        resetsAt: '2026-10-06T11:00:00.000Z',
        resetsIn: '1 hr 47 min',
        measured: false,
      },
      today: { tokens: 2 * tokens, sessions: 2 },
      monthToDate: { tokens: 4 * tokens, sessions: 2 },
      lastUpdated: '2026-10-06T09:12:00.000Z',
      dataSource: 'transcripts',
    })
    expect(all.fiveHourWindow).not.toHaveProperty('percentage')
    expect(all.modelBreakdown.map(({ model, tokens, percentage }) => [model, tokens, percentage])).toEqual([
      ['claude-opus-5-5', 3 * tokens, 75],
      ['claude-haiku-4-5', tokens, 25],
    ])
    expect(all.modelBreakdown.reduce((sum, { cost }) => sum + cost!, 0)).toBeCloseTo(all.monthToDate.estimatedCost!, 9)
    expect(await summary(hub, '/code')).toEqual(all)
    // What is not itemised is in the sums, and in the line of its model.
    const rest = { source: 'cost-state', as_of: '2026-10-06T09:00:00.000Z', model: 'claude-haiku-4-5', session_id: 's0' }
    await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'a', calls: [someCall(rest)] } })
    const more = await summary(hub)
    expect(more).toMatchObject({ today: { tokens: 3 * tokens, sessions: 2 }, monthToDate: { tokens: 5 * tokens } })
    expect(more.fiveHourWindow).toMatchObject({ used: 3 * tokens, startedAt: '2026-10-06T06:00:00.000Z' })
    expect(more.modelBreakdown.map(({ model, tokens, percentage }) => [model, tokens, percentage])).toEqual([
      ['claude-opus-5-5', 3 * tokens, 60],
      ['claude-haiku-4-5', 2 * tokens, 40],
    ])
  })

  it('says how many calls make a sum a least', async () => {
    const hub = await openHub()
    const at = '2026-10-06T09:00:00.000Z'
    const calls = [
      someCall({ at, unfinished: true, model: 'claude-opus-5-5' }),
      someCall({ at, model: 'claude-opus-5-5' }),
      someCall({ at, model: 'an-unknown-model' }),
    ]
    await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'a', calls } })
    const sums = { unfinishedCalls: 1, oddCalls: 0, unpricedCalls: 1 }
    expect(await summary(hub)).toMatchObject({
      fiveHourWindow: sums,
      today: sums,
      monthToDate: sums,
      modelBreakdown: [
        { model: 'claude-opus-5-5', unfinishedCalls: 1, unpricedCalls: 0 },
        { model: 'an-unknown-model', unfinishedCalls: 0, unpricedCalls: 1 },
      ],
    })
  })

  it('has its days in the viewer’s time zone', async () => {
    const hub = await openHub()
    await ingest(hub, 'a', '2026-10-05T22:30:00.000Z', '2026-09-30T22:30:00.000Z')
    expect((await summary(hub)).today.tokens).toBe(0)
    const berlin = await summary(hub, '?timezone=Europe/Berlin')
    expect([berlin.today.tokens, berlin.monthToDate.tokens, berlin.timezone]).toEqual([tokens, 2 * tokens, 'Europe/Berlin'])
    expect((await summary(hub)).monthToDate.tokens).toBe(tokens)
  })

  it('can be limited to one machine', async () => {
    const hub = await openHub()
    await ingest(hub, 'a', '2026-10-06T09:00:00.000Z')
    await ingest(hub, 'b', '2026-10-06T08:00:00.000Z', '2026-10-06T08:01:00.000Z')
    expect((await summary(hub, '?machine_id=b')).today.tokens).toBe(2 * tokens)
    expect(await summary(hub, '?machine_id=unknown')).toMatchObject({ lastUpdated: null, dataSource: 'none' })
  })

  it('has no open window when the last five hours are over', async () => {
    const hub = await openHub()
    await ingest(hub, 'a', '2026-10-06T03:59:00.000Z')
    expect((await summary(hub)).fiveHourWindow).toMatchObject({ used: 0, startedAt: null, resetsIn: null })
  })

  it('has the window and the plan of a fresh snapshot, and else computes the window from calls', async () => {
    const hub = await openHub()
    const now = hub.clock.now()
    await ingest(hub, 'a', '2026-10-06T06:30:00.000Z', '2026-10-06T09:00:00.000Z')
    const put = (at: number, session: Parameters<typeof someSnapshot>[1]) => hub.store.limits.put(someSnapshot(at, session), { now })
    await put(now - 60_000, { currentSession: someWindow(47, Date.parse('2026-10-06T12:10:00.000Z')), planInfo: { name: 'Max' } })
    expect(await summary(hub)).toMatchObject({
      plan: 'Max',
      fiveHourWindow: {
        used: tokens,
        startedAt: '2026-10-06T07:10:00.000Z',
        resetsAt: '2026-10-06T12:10:00.000Z',
        resetsIn: '2 hr 58 min',
        percentage: 47,
        measured: true,
      },
    })
    const computed = { used: 2 * tokens, startedAt: '2026-10-06T06:00:00.000Z', measured: false }
    hub.clock.pass(10 * 60_000)
    const { plan, fiveHourWindow } = await summary(hub)
    expect([plan, fiveHourWindow]).toEqual(['Max', expect.objectContaining(computed)])
    expect(fiveHourWindow).not.toHaveProperty('percentage')
    // A window that has ended by now.
    await put(now + 5 * 60_000, { currentSession: someWindow(90, now + 6 * 60_000) })
    expect((await summary(hub)).fiveHourWindow).toEqual(fiveHourWindow)
    await put(now + 6 * 60_000, { currentSession: someWindow(0) })
    expect((await summary(hub)).fiveHourWindow).toEqual({
      used: 0,
      cost: 0,
      ...allCertain,
      startedAt: null,
      resetsAt: null,
      resetsIn: null,
      percentage: 0,
      measured: true,
    })
    // Without a reset time, only the percentage is known.
    await put(now + 7 * 60_000, { currentSession: { resetsIn: '1 hr', percentageUsed: 80 } })
    expect((await summary(hub)).fiveHourWindow).toMatchObject({ ...computed, percentage: 80 })
  })
})
