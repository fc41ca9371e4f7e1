import type { Call } from '@signalbox/contract/call'
import { tokenClasses } from '@signalbox/usage/call'
import { mergeCalls } from '@signalbox/usage/call-merge'
import { isEstimate, UnfinishedCalls } from '@signalbox/usage/estimate-rest'
import { type Itemised, isRecorded, moreThanRows, takeItemised } from '@signalbox/usage/recorded-rest'
import { finishCall, isFromTelemetry, requestKey, telemetryKey } from '@signalbox/usage/telemetry-call'
import fc from 'fast-check'
import { beforeEach, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import type { Store } from './store.ts'
import { expectSameReports } from './usage.suite.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')
const everything = { filter: {}, keep: ['machine', 'project', 'branch', 'session'], now } as const

/** The contract of `UsageStore` for calls that telemetry and transcripts both report, for any store. @param runs of each random test */
export function telemetryCallSuite(open: () => Promise<Store>, { runs }: { runs: number }): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  const ingest = (machine: string, ...calls: Call[]) => store.usage.ingest(machine, calls, { now })
  const sums = async (from = store) => {
    const slices = await from.usage.slices({ ...everything, keep: ['project', 'session'] })
    return slices.map(({ calls, output, write_1h, unfinished, project, session, source }) => ({
      calls,
      output,
      write_1h,
      unfinished,
      project,
      session,
      source,
    }))
  }

  const rows = someCall({ key: 'msg_1', request_id: 'req_1', output: 1, unfinished: true, session_id: 's', cwd: 'p' })
  const final = { ...rows, output: 800, unfinished: false }
  const event = eventOf('req_1', { output: 800, session_id: 's', at: '2026-10-06T09:00:20.000Z' })
  const counted = { calls: 1, output: 800, write_1h: 3_000, unfinished: 0, project: 'p', session: 's', source: '' }

  it.each([
    ['telemetry after the rows', [rows, event]],
    ['telemetry before the rows', [event, rows]],
    ['telemetry, then final rows', [event, rows, final]],
    ['final rows, then telemetry', [final, event]],
    ['everything twice', [event, rows, event, final, rows, event]],
  ])('a call that telemetry finishes is one call: %s', async (_, records) => {
    for (const record of records) await ingest('a', record)
    expect(await sums()).toEqual([counted])
    expect(await ingest('a', event, rows)).toMatchObject({ accepted: 0, improved: 0, duplicates: 2 })
    expect(await sums()).toEqual([counted])
    expect(await store.usage.countCalls({ project: 'p' })).toBe(1)
    expect(await store.usage.countSessions({ filter: { session: 's' } })).toBe(1)
  })

  it('a call that only telemetry knows counts by itself, until a transcript has it', async () => {
    await ingest('a', event, eventOf('req_2', { output: 5, session_id: 's' }))
    expect(await sums()).toEqual([{ ...counted, calls: 2, output: 805, write_1h: 0, project: '', source: 'telemetry' }])
    await ingest('b', final)
    expect(await sums()).toEqual([{ ...counted, output: 5, write_1h: 0, project: '', source: 'telemetry' }, counted])
  })

  it('a call inside another call, and a call of another request, are not finished by telemetry', async () => {
    await ingest('a', event, { ...rows, key: 'msg_1#1' }, { ...rows, key: 'msg_2', request_id: 'req_2' })
    expect((await sums()).map(({ calls, output, source }) => [calls, output, source])).toEqual([
      [1, 800, 'telemetry'],
      [2, 2, ''],
    ])
  })

  const recorded = someCall({
    key: 'cost-state:s:claude-opus-5-5:1',
    source: 'cost-state',
    session_id: 's',
    cwd: 'p',
    input: 20,
    output: 1_000,
    write_1h: 3_000,
    read: 100_000,
    as_of: '2026-10-06T09:05:00.000Z',
  })

  it.each([
    ['first', [recorded, rows, event, eventOf('req_2', { output: 5, session_id: 's' })]],
    ['in between', [rows, event, recorded, eventOf('req_2', { output: 5, session_id: 's' })]],
    ['last', [eventOf('req_2', { output: 5, session_id: 's' }), event, rows, recorded]],
  ])('what telemetry itemises is taken off what Claude Code has recorded beyond its rows: recorded %s', async (_, records) => {
    for (const record of records) await ingest('a', record)
    const of = async (source: string) => (await store.usage.slices({ ...everything, keep: [] })).find((slice) => slice.source === source)
    // 799 tokens of the finished call, and all of the other one.
    expect(await of('cost-state')).toMatchObject({ calls: 0, input: 8, output: 196, write_5m: 0, write_1h: 0, read: 10_000 })
    const later = { ...recorded, output: 900, as_of: '2026-10-06T09:06:00.000Z' }
    await ingest('a', later)
    expect(await of('cost-state')).toMatchObject({ output: 96 })
    expect(await ingest('b', recorded, later)).toMatchObject({ duplicates: 2 })
  })

  it('an estimate loses the share of the calls that telemetry finishes, whichever comes first', async () => {
    const nothing = { input: 0, write_5m: 0, write_1h: 0, read: 0 }
    const estimate = someCall({
      ...nothing,
      key: 'estimate:s:claude-opus-5-5:1',
      source: 'estimate',
      session_id: 's',
      output: 1_000,
      as_of: rows.at,
    })
    const second = { ...rows, key: 'msg_2', request_id: 'req_2' }
    const secondEvent = eventOf('req_2', { output: 5, session_id: 's' })
    const output = async (from: Store) =>
      (await from.usage.slices({ ...everything, keep: [] })).find(({ source }) => source === 'estimate')?.output
    for (const order of [
      [estimate, rows, second, event],
      [event, second, estimate, rows],
      [rows, event, second, estimate],
    ]) {
      const here = await open()
      for (const record of order) await here.usage.ingest('a', [record], { now })
      expect(await output(here)).toBe(500)
      await here.usage.ingest('a', [secondEvent], { now })
      expect(await output(here)).toBe(0)
    }
  })

  it('lists what was reported of a session by every source, and what of it counts', async () => {
    const alone = eventOf('req_2', { output: 5, session_id: 's' })
    const other = someCall({ key: 'msg_9', request_id: 'req_9', session_id: 't' })
    await ingest('a', rows, other, alone, { ...recorded, unfinished: false }, eventOf('req_9', { session_id: 't' }))
    await ingest('b', event)
    const { reported, counted } = await store.usage.reportsOf('s')
    const sorted = (calls: readonly Call[]) => calls.map(({ key, output }) => [key, output]).sort()
    expect(sorted(reported)).toEqual([
      [recorded.key, 1_000],
      ['msg_1', 1],
      [event.key, 800],
      [alone.key, 5],
    ])
    expect(sorted(counted)).toEqual([
      [recorded.key, 196],
      ['msg_1', 800],
      [alone.key, 5],
    ])
    expect(await store.usage.reportsOf('u')).toEqual({ reported: [], counted: [] })
    const records = await store.usage.recordsOf(['s', 't'])
    expect([...records].map(([session, its]) => [session, its.map(({ output, unfinished }) => [output, unfinished])])).toEqual([
      ['s', [[196, false]]],
      ['t', []],
    ])
  })

  it('is cut at the time of the rows, however late telemetry is', async () => {
    await ingest('a', event, rows)
    const cut = async (to: string) =>
      (await store.usage.slices({ ...everything, to: Date.parse(`2026-10-06T${to}Z`) })).map(({ output }) => output)
    expect([await cut('09:00:00.000'), await cut('09:00:00.001')]).toEqual([[], [800]])
  })

  it('what is deleted with a project stays away with its telemetry, and what is moved goes with it', async () => {
    await ingest('a', rows, event, { ...final, key: 'msg_3', request_id: 'req_3', cwd: 'q' }, eventOf('req_3', { output: 800 }))
    expect(await store.usage.moveCalls('a', 'b', { now })).toBe(2)
    expect(await store.usage.deleteCalls({ project: 'p' }, { now: now + 1 })).toBe(1)
    expect(await sums()).toEqual([{ ...counted, project: 'q' }])
    expect(await store.usage.countCalls({ machine: 'b' })).toBe(1)
    expect(await store.usage.deleteCalls({ machine: 'b' }, { now: now + 2 })).toBe(1)
    expect(await sums()).toEqual([])
    // Nothing of them is left behind: the same telemetry would be another call now.
    expect(await store.usage.ingest('c', [event], { now })).toMatchObject({ accepted: 1 })
  })

  it('calls without a project go with the last call of their session, and what was recorded counts whole again', async () => {
    const alone = eventOf('req_2', { output: 5, session_id: 's' })
    await ingest('a', rows, event, alone, { ...final, key: 'msg_3', request_id: 'req_3', cwd: 'q' }, { ...recorded, cwd: 'q' })
    const output = async () => (await store.usage.slices({ ...everything, keep: [] })).map((slice) => [slice.source, slice.output]).sort()
    expect(await output()).toEqual([
      ['', 1_600],
      ['cost-state', 196],
      ['telemetry', 5],
    ])
    expect(await store.usage.deleteCalls({ project: 'p' }, { now: now + 1 })).toBe(1)
    expect(await output()).toEqual([
      ['', 800],
      ['cost-state', 995],
      ['telemetry', 5],
    ])
    expect(await store.usage.deleteCalls({ project: 'q' }, { now: now + 2 })).toBe(3)
    expect(await output()).toEqual([])
  })

  it('counts what both know together, for any records in any order, from several machines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 8 }), async (batches) => {
        const store = await open()
        const known = new Map<string, { machine: string; call: Call }>()
        for (const { machine, calls } of batches) {
          await store.usage.ingest(machine, calls, { now })
          for (const call of calls) add(known, machine, call)
          // In between, so that days are rolled up before the next batch.
          await store.usage.slices({ ...everything, keep: [], daysOf: 'Europe/Berlin' })
        }
        const wanted = countedOf(known)
        // Of a record of which nothing is left beside telemetry, the sums of a day still have the time.
        const undated = wanted.some(({ call }) => (isRecorded(call) || isEstimate(call)) && tokenClasses.every((name) => call[name] === 0))
        await expectSameReports(store, wanted, { timezone: 'Europe/Berlin', undated })
        await expectSameReports(store, wanted, { undated, timezone: 'UTC', since: '2026-10-25T00:07:00Z', until: '2026-10-25T11:59:59Z' })
      }),
      { numRuns: Math.ceil(runs / 3) },
    )
  })

  it('counts the same whatever order records come in', async () => {
    const inTwoOrders = fc.array(record, { minLength: 1, maxLength: 12 }).chain((records) =>
      fc.record({
        records: fc.constant(records),
        again: fc.shuffledSubarray([...records, ...records], { minLength: records.length * 2 }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(inTwoOrders, async ({ records, again }) => {
        const [one, other] = [await open(), await open()]
        await one.usage.ingest('a', records, { now })
        for (const record of again) await other.usage.ingest('a', [record], { now })
        const texts = (list: readonly object[]) => list.map((one) => JSON.stringify(one)).sort()
        const list = async ({ usage }: Store) => {
          const { reported, counted } = await usage.reportsOf('s')
          return [texts(await usage.slices(everything)), texts(reported), texts(counted)]
        }
        expect(await list(other)).toEqual(await list(one))
      }),
      { numRuns: Math.ceil(runs / 3) },
    )
  })
}

/** An event of telemetry about a request. */
function eventOf(requestId: string, change: Partial<Call>): Call {
  const {
    cwd: _,
    git_branch: __,
    ...call
  } = someCall({ key: requestKey(requestId)!, request_id: requestId, source: 'telemetry', unfinished: false })
  return { ...call, write_5m: 3_000, write_1h: 0, ...change }
}

function add(known: Map<string, { machine: string; call: Call }>, machine: string, call: Call): void {
  const before = known.get(call.key)
  known.set(call.key, { machine: before?.machine ?? machine, call: before === undefined ? call : mergeCalls(before.call, call) })
}

/** The calls that count: those of transcripts, finished, those that no transcript has, and the rest of what was recorded. */
function countedOf(known: ReadonlyMap<string, { machine: string; call: Call }>): { machine: string; call: Call }[] {
  const all = [...known.values()]
  const taken = new Set(all.map(({ call }) => telemetryKey(call)))
  const counted = all.filter(({ call }) => !taken.has(call.key)).map(({ machine, call }) => ({ machine, call: finished(call) }))
  const eventAbout = (call: Call) => known.get(telemetryKey(call) ?? '')?.call
  const unfinished = new UnfinishedCalls()
  for (const { call } of all) {
    const event = eventAbout(call)
    if (call.source === undefined && call.unfinished === true) unfinished.add(call, event !== undefined && finishCall(call, event) !== call)
  }
  return counted.map(({ machine, call }) => ({
    machine,
    call: isRecorded(call) ? restOf(call) : isEstimate(call) ? unfinished.restOf(call) : call,
  }))

  function finished(call: Call): Call {
    const event = known.get(telemetryKey(call) ?? '')?.call
    return event === undefined ? call : finishCall(call, event)
  }

  function itemised(session: string | undefined): Itemised[] {
    return counted.flatMap(({ call }) => {
      if (call.session_id !== session || isRecorded(call) || isEstimate(call)) return []
      if (isFromTelemetry(call)) return [call]
      return eventAbout(call)?.session_id === session ? [moreThanRows(call, known.get(call.key)!.call)] : []
    })
  }

  function restOf({ key, session_id }: Call): Call {
    const ofSession = counted.map(({ call }) => call).filter((call) => isRecorded(call) && call.session_id === session_id)
    return takeItemised(ofSession, itemised(session_id)).find((rest) => rest.key === key)!
  }
}

/** Few requests; a record of a side question has the request of another call. */
const record: fc.Arbitrary<Call> = fc
  .record({
    n: fc.integer({ min: 0, max: 3 }),
    kind: fc.constantFrom('rows', 'rows', 'inner', 'replayed', 'event', 'event', 'refusal', 'recorded', 'estimate'),
    at: fc.integer({ min: 0, max: 50_000_000 }).map((ms) => new Date(Date.parse('2026-10-24T22:00:00.000Z') + ms).toISOString()),
    output: fc.constantFrom(0, 1, 700),
    unfinished: fc.constantFrom(true, false, undefined),
    cwd: fc.constantFrom('p', 'q'),
    session_id: fc.constantFrom('s', 't'),
    model: fc.constantFrom('claude-sonnet-5-5', 'claude-opus-5-5'),
    write_1h: fc.constantFrom(0, 3_000),
  })
  .map(({ n, kind, unfinished, cwd, ...rest }) => {
    const request_id = `req_${kind === 'replayed' ? (n + 1) % 4 : n}`
    if (kind === 'event') return eventOf(request_id, { ...rest, write_5m: 3_000 - rest.write_1h })
    if (kind === 'recorded' || kind === 'estimate') {
      const source = kind === 'recorded' ? 'cost-state' : kind
      const key = `${source}:${rest.session_id}:${rest.model}:${n % 2}`
      return someCall({ ...rest, key, source, prompt: 0, cwd, version: 'x', as_of: rest.at })
    }
    if (kind === 'refusal') {
      const nothing = { input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0 }
      return eventOf(request_id, { ...rest, ...nothing, outcome: 'refused', unfinished: true })
    }
    const { version: _, ...call } = someCall({ key: kind === 'inner' ? `msg_${n}#1` : `msg_${n}`, request_id, cwd, ...rest })
    return { ...call, is_sidechain: kind === 'replayed', ...(unfinished === undefined ? {} : { unfinished }) }
  })
const batch = fc.record({ machine: fc.constantFrom('a', 'b'), calls: fc.array(record, { maxLength: 8 }) })
