import type { Call } from '@signalbox/contract/call'
import { callFields, MAX_TOKENS_PER_CALL } from '@signalbox/contract/call-field'
import { MAX_REPORT_ROWS, type UsageRow } from '@signalbox/contract/usage'
import { BLOCK_MS } from '@signalbox/usage/block'
import { ESTIMATED, NOT_ITEMISED } from '@signalbox/usage/call'
import { currentKey, replacedKey } from '@signalbox/usage/call-key'
import { mergeCalls } from '@signalbox/usage/call-merge'
import { buildReport } from '@signalbox/usage/group'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { createProjectMap } from '@signalbox/usage/project-map'
import { type Slice, toSlice } from '@signalbox/usage/slice'
import { startOfDay } from '@signalbox/usage/zone'
import fc from 'fast-check'
import { beforeEach, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { namesOf, usageReport } from '../usage/report.ts'
import type { Idempotency } from './idempotency.ts'
import type { Store } from './store.ts'
import type { SliceQuery, UsageFilter } from './usage.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')
const table = defaultPriceTable()
const everything = { filter: {}, keep: ['machine', 'project', 'branch', 'session'], now } as const

/** The contract of `UsageStore`, for any store. @param runs of each random test */
export function usageSuite(open: () => Promise<Store>, { runs }: { runs: number }): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  const ingest = (machine: string, ...calls: Call[]) => store.usage.ingest(machine, calls, { now })

  it('counts each call once, however often and from whatever machine it is sent', async () => {
    const call = someCall()
    expect(await ingest('a', call)).toEqual({ accepted: 1, improved: 0, duplicates: 0 })
    expect(await ingest('b', call)).toEqual({ accepted: 0, improved: 0, duplicates: 1 })
    const slices = await store.usage.slices(everything)
    expect(slices).toHaveLength(1)
    expect(slices[0]).toMatchObject({ calls: 1, machine: 'a', output: call.output })
  })

  it('stores the better record, at the time and in the session of the earliest', async () => {
    const first = someCall({ at: '2026-10-06T09:00:00.000Z', session_id: 'one', output: 5, read: 7 })
    const better = { ...first, at: '2026-10-06T10:20:00.000Z', session_id: 'two', output: 50, read: 1 }
    await ingest('a', first)
    expect(await ingest('b', better)).toEqual({ accepted: 0, improved: 1, duplicates: 0 })
    expect(await ingest('b', better, first)).toEqual({ accepted: 0, improved: 0, duplicates: 2 })
    const slices = await store.usage.slices(everything)
    expect(slices).toEqual([{ ...toSlice(better, table.thresholds, 'a'), ...startOf(first) }])
  })

  it('removes a moved call from its old slice, and corrects the ends of the slice', async () => {
    const early = someCall({ at: '2026-10-06T09:01:00.000Z' })
    const late = someCall({ at: '2026-10-06T09:14:00.000Z' })
    await ingest('a', early, late)
    await ingest('a', { ...late, at: '2026-10-06T08:00:00.000Z' })
    const slices = await store.usage.slices(everything)
    expect(slices.map(({ first_at, last_at, calls }) => [iso(first_at), iso(last_at), calls])).toEqual([
      ['2026-10-06T08:00:00.000Z', '2026-10-06T08:00:00.000Z', 1],
      ['2026-10-06T09:01:00.000Z', '2026-10-06T09:01:00.000Z', 1],
    ])
  })

  it('distinguishes an absent name from an empty one in the winner rule, but not in queries', async () => {
    const call = someCall({ cwd: '' })
    const { cwd: _, ...without } = call
    await ingest('a', without as Call)
    expect(await ingest('a', call)).toEqual({ accepted: 0, improved: 1, duplicates: 0 })
    expect(await ingest('a', without as Call)).toEqual({ accepted: 0, improved: 0, duplicates: 1 })
    await ingest('a', someCall({ cwd: 'x' }))
    expect(sum(await store.usage.slices({ ...everything, filter: { project: '' } }))).toBe(1)
  })

  it('sums the most tokens that a call may have exactly', async () => {
    const most = MAX_TOKENS_PER_CALL
    const classes = { input: most, write_5m: most, write_1h: 1, read: most }
    const calls = Array.from({ length: 100 }, (_, n) => someCall({ ...classes, output: most - n }))
    await ingest('a', ...calls)
    for (const query of [everything, { filter: {}, keep: [], daysOf: 'UTC', now } as const]) {
      const slices = await store.usage.slices(query)
      expect(slices).toHaveLength(1)
      expect(slices[0]).toMatchObject({ input: 99_999_999_999_900, output: 99_999_999_994_950, write_1h: 100, read: 99_999_999_999_900 })
    }
  })

  it('stores a whole batch or, when its write fails, nothing', async () => {
    const good = someCall()
    const idempotency: Idempotency = { owner: 'o', key: 'k', fingerprint: 'one', replayed: false }
    await store.usage.ingest('a', [good], { now, idempotency })
    await expect(store.usage.ingest('a', [someCall()], { now, idempotency: { ...idempotency, fingerprint: 'two' } })).rejects.toMatchObject(
      {
        code: 'conflict',
      },
    )
    expect(sum(await store.usage.slices(everything))).toBe(1)
  })

  it('filters by every name, and finds nothing for an unknown name', async () => {
    await ingest('a', someCall({ cwd: 'p', git_branch: 'b', session_id: 's', model: 'claude-opus-5-5' }))
    await ingest('z', someCall({ cwd: 'q', git_branch: 'c', session_id: 't', model: 'claude-haiku-5-5' }))
    for (const filter of [{ machine: 'a' }, { project: 'p' }, { branch: 'b' }, { session: 's' }, { model: 'claude-opus-5-5' }]) {
      const slices = await store.usage.slices({ ...everything, filter })
      expect(slices, JSON.stringify(filter)).toHaveLength(1)
      expect(slices[0]).toMatchObject({ machine: 'a', project: 'p', branch: 'b', session: 's' })
      expect(await store.usage.countSessions({ filter })).toBe(1)
      expect(await store.usage.lastCallAt(filter)).toBe(Date.parse('2026-10-06T09:00:00.000Z'))
    }
    for (const filter of [{ project: ['p', 'q'] }, { model: ['claude-opus-5-5', 'claude-haiku-5-5', 'unknown'] }, { branch: ['c', 'b'] }]) {
      expect(await store.usage.slices({ ...everything, filter }), JSON.stringify(filter)).toHaveLength(2)
      expect(await store.usage.slices({ filter, keep: [], daysOf: 'UTC', now }), JSON.stringify(filter)).toHaveLength(2)
      expect(await store.usage.countSessions({ filter })).toBe(2)
    }
    for (const filter of [{ machine: 'unknown' }, { project: 'p', machine: 'z' }, { project: [] }, { project: ['x'], model: [] }]) {
      expect(await store.usage.slices({ ...everything, filter })).toEqual([])
      expect(await store.usage.countSessions({ filter })).toBe(0)
      expect(await store.usage.lastCallAt(filter)).toBeUndefined()
    }
  })

  it('keeps every field of a call, and absent ones stay other than empty ones', async () => {
    const full = {
      ...someCall({ web_searches: 3, speed: 'fast', service_tier: 'batch', inference_geo: 'us', agent_id: 'sub', request_id: 'r' }),
      ...{ session_since: '2026-10-01T00:00:00.000Z', agent: 'codex', outcome: 'refused', source: 'telemetry', prompt: 9 },
      ...{ unfinished: true, odd: false, as_of: '2026-10-02T00:00:00.000Z' },
    }
    expect(Object.keys(full).sort()).toEqual(Object.keys(callFields).sort())
    const { model, key, at, is_sidechain, input, output, write_5m, write_1h, read } = someCall()
    const least = { model, key, at, is_sidechain, input, output, write_5m, write_1h, read }
    const empty = {
      ...least,
      key: `${key}e`,
      session_id: '',
      agent: '',
      outcome: '',
      request_id: '',
      unfinished: false,
      prompt: 0,
      odd: true,
    }
    await ingest('a', full, least, empty)
    expect(await storedCalls(store)).toEqual([full, least, empty].sort((a, b) => (a.key < b.key ? -1 : 1)))
  })

  it('takes a final record for an unfinished one, however much output that had, and counts what is unfinished', async () => {
    const unfinished = someCall({ output: 900, unfinished: true, odd: true, prompt: 250_000 })
    await ingest('a', unfinished, someCall({ unfinished: true }))
    expect(await store.usage.slices({ ...everything, filter: {}, keep: [] })).toMatchObject([{ calls: 1 }, { calls: 1 }])
    expect(add(await store.usage.slices(everything), 'unfinished', 'odd')).toEqual([2, 1])
    expect(await ingest('a', { ...unfinished, output: 5, unfinished: false, odd: false })).toMatchObject({ improved: 1 })
    expect(await ingest('b', unfinished)).toMatchObject({ duplicates: 1 })
    expect(add(await store.usage.slices(everything), 'unfinished', 'odd', 'output')).toEqual([1, 0, 805])
  })

  it('gives a call that several sessions have to the older one, and keeps the latest of what is not itemised', async () => {
    const copy = someCall({ session_id: 'a-fork', session_since: '2026-10-06T08:00:00.000Z' })
    await ingest('a', copy)
    expect(await ingest('b', { ...copy, session_id: 'z-first', session_since: '2026-10-06T07:00:00.000Z' })).toMatchObject({ improved: 1 })
    expect(await ingest('a', copy)).toMatchObject({ duplicates: 1 })
    expect((await store.usage.slices(everything)).map(({ session }) => session)).toEqual(['z-first'])
    const rest = someCall({ key: 'cost-state/s/m', source: NOT_ITEMISED, output: 70, as_of: '2026-10-06T09:00:00.000Z', session_id: 's' })
    await ingest('a', rest)
    expect(await ingest('a', { ...rest, output: 40, as_of: '2026-10-06T10:00:00.000Z' })).toMatchObject({ improved: 1 })
    expect(await ingest('a', rest)).toMatchObject({ duplicates: 1 })
    const [slice, ...others] = await store.usage.slices({ ...everything, filter: { notItemised: 'only' } })
    expect([slice, others]).toMatchObject([{ calls: 0, output: 40, session: 's' }, []])
    expect(await store.usage.slices({ ...everything, filter: { notItemised: 'without' } })).toMatchObject([
      { calls: 1, session: 'z-first' },
    ])
    expect(await store.usage.countSessions({ filter: {} })).toBe(2)
    expect(await store.usage.lastCallAt({ session: 's' })).toBe(Date.parse(rest.at))
  })

  it('counts, moves and deletes records that are no calls like calls', async () => {
    const rest = { source: NOT_ITEMISED, as_of: '2026-10-06T09:00:00.000Z' }
    await ingest('a', someCall(rest), someCall({ ...rest, cwd: 'p' }), someCall())
    await ingest('b', someCall(rest))
    expect(await store.usage.countCalls({ machine: 'a' })).toBe(3)
    expect(await store.usage.countCalls({ project: 'p' })).toBe(1)
    expect(await store.usage.moveCalls('b', 'a', { now })).toBe(1)
    expect(await store.usage.countCalls({ machine: 'a' })).toBe(4)
    expect(await store.usage.deleteCalls({ machine: 'a' }, { now })).toBe(4)
    expect([await store.usage.countCalls({ machine: 'a' }), await store.usage.slices(everything)]).toEqual([0, []])
  })

  it('knows a call by its message id, whatever its request was, also from an old collector', async () => {
    const { request_id: _, ...call } = someCall({ key: 'msg_a:req_1' })
    expect(await ingest('a', call)).toEqual({ accepted: 1, improved: 0, duplicates: 0 })
    expect(await ingest('b', { ...call, key: 'msg_a:req_2' }, { ...call, key: 'msg_a' })).toMatchObject({ accepted: 0 })
    const inside = { ...call, key: 'msg_a#1', output: 3 }
    expect(await ingest('b', inside, { ...inside, key: 'msg_a#1:req_1' })).toEqual({ accepted: 1, improved: 1, duplicates: 0 })
    expect(await storedCalls(store)).toEqual([
      { ...call, key: 'msg_a', request_id: 'req_1' },
      { ...inside, request_id: 'req_1' },
    ])
  })

  it('removes the call that a former version stored for several of a relay, in any order', async () => {
    const former = someCall({ key: 'gen-1:req', output: 900 })
    const calls = [1, 2].map((n) => someCall({ key: `gen-1:req@${n}/10/0`, output: n }))
    const other = someCall({ key: 'gen-1:req+', output: 7 })
    const rest = { accepted: 0, improved: 0, duplicates: 0 }
    expect(await ingest('a', former, other)).toEqual({ ...rest, accepted: 2 })
    for (const keep of [[], ['machine']] as const) await store.usage.slices({ ...everything, keep, daysOf: 'UTC' })
    expect(await ingest('b', ...calls)).toEqual({ ...rest, accepted: 2 })
    expect(await ingest('a', former)).toEqual({ ...rest, duplicates: 1 })
    expect(await ingest('b', ...calls)).toEqual({ ...rest, duplicates: 2 })
    expect((await storedCalls(store)).map(({ key }) => key)).toEqual(['gen-1:req+', ...calls.map(({ key }) => key)])
    for (const daysOf of [undefined, 'UTC'])
      expect(add(await store.usage.slices({ ...everything, keep: [], daysOf }), 'output')).toEqual([10])
    expect((await store.usage.slices(everything)).map(({ machine, output }) => [machine, output])).toEqual(
      expect.arrayContaining([
        ['a', 7],
        ['b', 3],
      ]),
    )
  })

  it('cuts exactly at the millisecond, also inside a slice', async () => {
    const calls = ['09:01:00.000', '09:02:00.000', '09:03:00.000'].map((time) => someCall({ at: `2026-10-06T${time}Z` }))
    await ingest('a', ...calls)
    const between = (from: string, to: string) =>
      store.usage.slices({ ...everything, from: Date.parse(`2026-10-06T${from}Z`), to: Date.parse(`2026-10-06T${to}Z`) })
    expect(sum(await between('09:01:00.000', '09:03:00.000'))).toBe(2)
    expect(sum(await between('09:01:00.001', '09:03:00.001'))).toBe(2)
    expect(sum(await between('09:01:00.001', '09:02:00.000'))).toBe(0)
    expect((await between('09:01:30.000', '23:00:00.000'))[0]).toMatchObject({
      calls: 2,
      first_at: Date.parse('2026-10-06T09:02:00.000Z'),
      last_at: Date.parse('2026-10-06T09:03:00.000Z'),
    })
  })

  it('cuts slices at the given instants, and sums nothing across them', async () => {
    const calls = ['08:50:00.000', '09:01:00.000', '09:02:00.000', '09:03:00.000'].map((time) => someCall({ at: `2026-10-06T${time}Z` }))
    await ingest('a', ...calls)
    const at = (time: string) => Date.parse(`2026-10-06T${time}Z`)
    for (const daysOf of [undefined, 'UTC']) {
      const cut = await store.usage.slices({
        ...everything,
        from: at('09:00:00.000'),
        to: at('09:02:30.000'),
        cutAt: [at('08:55:00.000'), at('09:01:00.001'), at('09:02:00.000'), at('09:02:45.000')],
        keep: [],
        daysOf,
      })
      expect(cut.map(({ first_at, last_at, calls }) => [iso(first_at).slice(11, 19), iso(last_at).slice(11, 19), calls])).toEqual([
        ['09:01:00', '09:01:00', 1],
        ['09:02:00', '09:02:00', 1],
      ])
    }
  })

  it('finds the start of the latest block that begins by an instant', async () => {
    const at = (time: string) => Date.parse(`2026-10-06T${time}:00.000Z`)
    const start = async (time: string, machine?: string) => {
      const found = await store.usage.blockStart(at(time), { machine })
      return found === undefined ? undefined : iso(found).slice(11, 16)
    }
    await ingest('a', ...['01:10', '08:10', '12:59', '15:20'].map((time) => someCall({ at: iso(at(time)) })))
    await ingest('b', someCall({ at: iso(at('05:59')) }))
    expect([await start('00:50', 'a'), await start('01:00', 'a'), await start('01:10', 'a'), await start('05:59', 'a')]).toEqual([
      undefined,
      '01:00',
      '01:00',
      '01:00',
    ])
    expect([await start('06:00', 'a'), await start('12:59', 'a'), await start('13:00', 'a'), await start('15:20', 'a')]).toEqual([
      '01:00',
      '08:00',
      '08:00',
      '15:00',
    ])
    expect([await start('06:00'), await start('12:00'), await start('23:00')]).toEqual(['01:00', '08:00', '15:00'])
    expect(await start('12:00', 'unknown')).toBeUndefined()
    // However long ago.
    expect(iso((await store.usage.blockStart(at('12:00') + 400 * 86_400_000, { machine: 'b' }))!)).toBe('2026-10-06T05:00:00.000Z')
  })

  it('finds it also when there was no pause of five hours', async () => {
    const begin = Date.parse('2026-08-01T00:30:00.000Z')
    const calls = Array.from({ length: 1_600 }, (_, n) => someCall({ at: iso(begin + n * 47 * 60_000), session_id: 's' }))
    await ingest('a', ...calls)
    const slices = await store.usage.slices({ ...everything, keep: [] })
    const { rows } = buildReport({ group: 'block', timezone: 'UTC', slices, table })
    for (const at of [begin, begin + 40 * 86_400_000 + 12_345, begin + 51 * 86_400_000]) {
      const block = rows.find(({ start, end }) => Date.parse(start!) <= at && at < Date.parse(end!))
      expect(iso((await store.usage.blockStart(at, {}))!)).toBe(block?.start)
    }
  })

  it('returns the same blocks from any instant, each call in one block, with a measured window and without', async () => {
    const begin = Date.parse('2026-10-05T00:00:00.000Z')
    const time = fc.integer({ min: 0, max: 3 * 86_400_000 }).map((ms) => begin + ms)
    // Slices across an end of the window, and queries that begin inside one.
    const nearby = fc.tuple(fc.constantFrom(-BLOCK_MS, 0, BLOCK_MS), fc.integer({ min: -1_000_000, max: 1_000_000 }))
    const times = fc.array(fc.oneof(time, nearby), { minLength: 15, maxLength: 40 })
    const starts = fc.array(fc.oneof(time, nearby), { minLength: 6, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(time, times, starts, fc.boolean(), async (resetsAt, made, from, measured) => {
        const placed = (at: number | [number, number]) => (typeof at === 'number' ? at : resetsAt + at[0] + at[1])
        const store = await open()
        const calls = made.map((at, n) => ({
          machine: n % 3 === 0 ? 'b' : 'a',
          call: someCall({ at: iso(placed(at)), session_id: `s${n % 2}` }),
        }))
        for (const [machine, of] of Map.groupBy(calls, ({ machine }) => machine)) {
          await store.usage.ingest(
            machine,
            of.map(({ call }) => call),
            { now },
          )
        }
        const window = measured ? { resetsAt } : undefined
        const at = resetsAt - 3_600_000
        const defaults = { timezone: 'UTC', weekStart: 'monday', prices: table } as const
        for (const machine_id of [undefined, 'b']) {
          const query = { group: 'block', machine_id, limit: MAX_REPORT_ROWS } as const
          const { rows, totals } = (await usageReport(store.usage, query, defaults, at, window)).report
          const slices = calls
            .filter(({ machine }) => machine === (machine_id ?? machine))
            .map(({ call }) => toSlice(call, table.thresholds))
          const exact = buildReport({ group: 'block', timezone: 'UTC', table, slices, now: at, window })
          expect(totals.calls).toBe(exact.totals.calls)
          // Calls after an open window are in the future: only a wrong clock makes them.
          const known = (all: UsageRow[]) => (window === undefined ? all : all.filter(({ end }) => Date.parse(end!) <= resetsAt))
          expect(known(rows)).toEqual(known(exact.rows))
          for (const since of from.map(placed)) {
            const some = (await usageReport(store.usage, { ...query, since: iso(since) }, defaults, at, window)).report
            expect(some.rows).toEqual(rows.filter(({ end }) => Date.parse(end!) > since))
          }
        }
      }),
      { numRuns: runs },
    )
  })

  it('increments its revision with new calls, and records each ingest', async () => {
    const call = someCall()
    expect(await store.usage.state()).toEqual({ revision: 0, lastIngestAt: undefined })
    await ingest('a', call)
    expect(await store.usage.state()).toEqual({ revision: 1, lastIngestAt: now })
    await store.usage.ingest('a', [call], { now: now + 1 })
    expect(await store.usage.state()).toEqual({ revision: 1, lastIngestAt: now + 1 })
  })

  it('sums up to the result of the winner rule, for any calls in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 6 }), async (batches) => {
        const store = await open()
        const model = new Map<string, { machine: string; call: Call }>()
        for (const { machine, calls } of batches) {
          const counts = await store.usage.ingest(machine, calls, { now })
          expect(counts).toEqual(modelIngest(model, machine, calls))
          // In between, so that days are rolled up before the next batch.
          await store.usage.slices({ ...everything, keep: [], daysOf: 'Europe/Berlin' })
        }
        for (const timezone of ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns']) {
          await expectSameReports(store, [...model.values()], { timezone })
        }
        await expectSameReports(store, [...model.values()], { timezone: 'Europe/Berlin', machine: 'a' })
        await expectSameReports(store, [...model.values()], { timezone: 'Europe/Berlin', agent: 'codex', machine: 'a' })
        await expectSameReports(store, [...model.values()], { timezone: 'Europe/Berlin', agent: '' })
        await expectSameReports(store, [...model.values()], { timezone: 'Europe/Berlin', notItemised: 'only' })
        await expectSameReports(store, [...model.values()], { timezone: 'UTC', notItemised: 'without', agent: '' })
        await expectSameReports(store, [...model.values()], {
          timezone: 'UTC',
          since: '2026-10-25T00:07:00Z',
          until: '2026-10-27T11:59:59Z',
        })
      }),
      { numRuns: runs },
    )
  })

  it('returns days that agree with their quarters, across clock changes and price changes', async () => {
    // Berlin goes back an hour on 2026-10-25; prices change on 2026-10-06 and 2026-10-07 at midnight UTC.
    const calls: Call[] = []
    for (let at = Date.parse('2026-09-26T20:07:00.000Z'); at < Date.parse('2026-11-02T00:00:00.000Z'); at += 47 * 60_000) {
      calls.push(someCall({ at: iso(at), model: ['claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5-5'][calls.length % 3]! }))
    }
    for (let n = 0; n < calls.length; n += 300) await ingest(n % 600 === 0 ? 'a' : 'b', ...calls.slice(n, n + 300))
    for (const timezone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Pacific/Auckland', 'America/Los_Angeles']) {
      for (const keep of [[], ['machine']] as const) {
        const query = { ...everything, keep, from: startOfDay(timezone, '2026-09-28'), to: startOfDay(timezone, '2026-11-01') }
        const report = async (more: Partial<SliceQuery>) =>
          buildReport({
            group: keep.length > 0 ? 'machine' : 'day',
            timezone,
            table,
            slices: await store.usage.slices({ ...query, ...more }),
          })
        expect(await report({ daysOf: timezone })).toEqual(await report({}))
      }
    }
  })
}

function modelIngest(model: Map<string, { machine: string; call: Call }>, machine: string, calls: readonly Call[]) {
  const counts = { accepted: 0, improved: 0, duplicates: 0 }
  for (const sent of calls) {
    const current = currentKey(sent.key)
    const call = current === undefined ? sent : { ...sent, key: current.key, request_id: sent.request_id ?? current.requestId }
    if ([...model.keys(), ...calls.map(({ key }) => key)].some((key) => replacedKey(key) === call.key)) {
      counts.duplicates++
      continue
    }
    const known = model.get(call.key)
    const better = known && mergeCalls(known.call, call)
    if (known === undefined) counts.accepted++
    else if (better !== known.call) counts.improved++
    else counts.duplicates++
    model.set(call.key, { machine: known?.machine ?? machine, call: better ?? call })
    const former = replacedKey(call.key)
    if (former !== undefined) model.delete(former)
  }
  return counts
}

/** Expects the store's reports to equal those of the calls themselves, one slice each. @param undated compares no times of calls */
export async function expectSameReports(
  store: Store,
  calls: readonly { machine: string; call: Call }[],
  {
    timezone,
    since,
    until,
    undated = false,
    ...filter
  }: UsageFilter & {
    timezone: string
    since?: string
    until?: string
    undated?: boolean
  },
): Promise<void> {
  const compared = (report: object) => (undated ? withoutTimes(report) : report)
  const [from, to] = [since, until].map((text) => (text === undefined ? undefined : Date.parse(text)))
  const wanted = calls
    .filter((one) => filter.machine === undefined || one.machine === filter.machine)
    .filter(({ call }) => filter.agent === undefined || (call.agent ?? '') === filter.agent)
    .filter(({ call }) => filter.notItemised === undefined || (call.source === NOT_ITEMISED) === (filter.notItemised === 'only'))
    .map((one) => toSlice(one.call, table.thresholds, one.machine))
    .filter(({ first_at }) => (from === undefined || first_at >= from) && (to === undefined || first_at < to))
  for (const group of ['day', 'hour', 'month', 'model', 'machine', 'project', 'branch', 'agent', 'session'] as const) {
    const slices = await store.usage.slices({
      filter,
      keep: namesOf({ group }, createProjectMap([])),
      daysOf: group === 'hour' || group === 'session' ? undefined : timezone,
      from,
      to,
      now,
    })
    const [found, expected] = [slices, wanted].map((of) => compared(buildReport({ group, timezone, table, slices: of })))
    expect(found, group).toEqual(expected)
  }
}

function withoutTimes(report: object): unknown {
  return JSON.parse(JSON.stringify(report, (name, value) => (/^(?:first|last)_call_at$/.test(name) ? undefined : value)))
}

/** Few keys and few names, so that they collide; times around a clock change and price changes. */
const call: fc.Arbitrary<Call> = fc
  .record(
    {
      // Of today, of an old collector, and of a relay that repeats its ids.
      key: fc.oneof(
        fc
          .tuple(fc.constantFrom('msg_1', 'msg_2', 'msg_3', 'msg_4#1'), fc.constantFrom('', ':', ':r', ':s'))
          .map((parts) => parts.join('')),
        fc.tuple(fc.constantFrom('gen-1:', 'gen-1:r', 'gen-2:'), fc.constantFrom('', '@1/1/0', '@2/1/0')).map((parts) => parts.join('')),
      ),
      at: fc
        .tuple(
          fc.constantFrom('2026-10-05', '2026-10-06', '2026-10-24', '2026-10-25', '2026-11-08'),
          fc.integer({ min: 0, max: 86_399_999 }),
        )
        .map(([day, ms]) => iso(Date.parse(day) + ms)),
      model: fc.constantFrom('claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-mystery'),
      is_sidechain: fc.boolean(),
      input: fc.integer({ min: 0, max: 3 }),
      output: fc.integer({ min: 0, max: 3 }),
      write_5m: fc.constantFrom(0, 5, MAX_TOKENS_PER_CALL),
      write_1h: fc.constantFrom(0, 99_999),
      read: fc.constantFrom(0, 100_000, 200_000),
      web_searches: fc.constantFrom(0, 2),
      session_id: fc.constantFrom('', 's', 't'),
      cwd: fc.constantFrom('', 'p', 'q'),
      git_branch: fc.constantFrom('main', 'x'),
      speed: fc.constantFrom('fast', 'standard'),
      version: fc.constantFrom('1', '2'),
      agent_id: fc.constantFrom('a', 'b'),
      service_tier: fc.constantFrom('batch', 'standard'),
      inference_geo: fc.constantFrom('us', 'not_available'),
      request_id: fc.constantFrom('r', 's'),
      session_since: fc.constantFrom('2026-10-05T00:00:00.000Z', '2026-10-04T00:00:00.000Z'),
      agent: fc.constantFrom('', 'codex'),
      outcome: fc.constantFrom('refused', ''),
      source: fc.constantFrom(NOT_ITEMISED, ESTIMATED, 'telemetry'),
      prompt: fc.constantFrom(0, 150_000, 300_000),
      unfinished: fc.boolean(),
      odd: fc.boolean(),
      as_of: fc.constantFrom('2026-10-05T00:00:00.000Z', '2026-10-04T00:00:00.000Z'),
    } satisfies Partial<Record<keyof Call, fc.Arbitrary<unknown>>>,
    { requiredKeys: ['key', 'at', 'model', 'is_sidechain', 'input', 'output', 'write_5m', 'write_1h', 'read'] },
  )
  .map((record) => record as Call)
const batch = fc.record({ machine: fc.constantFrom('a', 'b'), calls: fc.array(call, { maxLength: 12 }) })

/** The calls of a store as a copy reads them, by key. */
async function storedCalls(store: Store): Promise<Call[]> {
  const calls: Call[] = []
  for await (const portion of store.copy.dump(now)) if (portion.kind === 'calls') calls.push(...portion.rows.map(({ call }) => call))
  return calls.sort((a, b) => (a.key < b.key ? -1 : 1))
}

function add(slices: readonly Slice[], ...fields: ('unfinished' | 'odd' | 'output')[]): number[] {
  return fields.map((field) => slices.reduce((total, slice) => total + slice[field], 0))
}

function sum(slices: readonly Slice[]): number {
  return slices.reduce((total, { calls }) => total + calls, 0)
}

function startOf({ at, session_id }: Call) {
  const ms = Date.parse(at)
  return { quarter: Math.floor(ms / 900_000), session: session_id, first_at: ms, last_at: ms }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
