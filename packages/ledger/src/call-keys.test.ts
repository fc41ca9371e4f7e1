import { appendFileSync, utimesSync } from 'node:fs'
import type { UsageReport } from '@signalbox/contract/usage'
import { describe, expect, test } from 'vitest'
import { type LedgerFixture, ledgerFixture, lines, slicesFromCalls } from './ledger-fixture.ts'

const ORIGINAL = 'f0000000-0000-4000-8000-00000000000f'
const FORK = '10000000-0000-4000-8000-000000000001'

interface Row {
  readonly id?: string
  readonly request?: string
  readonly uuid?: string
  readonly parent?: string | null
  readonly at?: string
  readonly session?: string
  readonly model?: string
  readonly stop?: string | null
  readonly usage?: Record<string, unknown>
  readonly more?: Record<string, unknown>
}

let uuids = 0

/** A row of an answer as Claude Code 2.1.280 writes it. */
function row(over: Row = {}): string {
  const { id = 'msg_A', request, uuid, parent = null, at = '10:00:00.000Z', session = ORIGINAL, model = 'claude-opus-5-5' } = over
  return JSON.stringify({
    parentUuid: parent,
    isSidechain: false,
    cwd: '/home/dev/shop',
    sessionId: session,
    version: '2.1.280',
    type: 'assistant',
    uuid: uuid ?? `u${++uuids}`,
    timestamp: at.includes('T') ? at : `2026-11-20T${at}`,
    message: {
      id,
      model,
      content: [{ type: 'text', text: 'words' }],
      ...(over.stop === undefined ? {} : { stop_reason: over.stop }),
      usage: { input_tokens: 5, output_tokens: 400, ...over.usage },
    },
    ...(request === undefined ? {} : { requestId: request }),
    ...over.more,
  })
}

function sums(fixture: LedgerFixture, group: 'session' | 'model' | 'day' = 'session'): UsageReport {
  const report = fixture.ledger.report({ group, timezone: 'UTC' })
  expect(fixture.content().slices).toEqual(slicesFromCalls(fixture.dataDir))
  return report
}

async function read(files: Record<string, string[]>): Promise<LedgerFixture> {
  const fixture = ledgerFixture()
  for (const [name, rows] of Object.entries(files)) fixture.write(name, lines(...rows))
  await fixture.refresh()
  return fixture
}

describe('the key of a call', () => {
  test('is its message id: a side question that repeats the conversation under a request id of its own adds its answer only', async () => {
    const own = ['A', 'B'].map((name) => row({ id: `msg_${name}`, request: `req_${name}` }))
    const copies = ['A', 'B', 'C'].map((name) =>
      row({ id: `msg_${name}`, request: 'req_Z', more: { isSidechain: true, agentId: 'aside' } }),
    )
    const fixture = await read({ 's.jsonl': own, 's/subagents/agent-aside.jsonl': copies })
    expect(fixture.calls().map(({ key, request_id, is_sidechain }) => [key, request_id, is_sidechain])).toEqual([
      ['msg_A', 'req_A', false],
      ['msg_B', 'req_B', false],
      ['msg_C', 'req_Z', true],
    ])
  })

  test('has more than the id where a relay gives every answer the same one', async () => {
    const answers = [1_000, 2_000, 3_000].map((input, nth) =>
      row({ id: 'relay-1', at: `10:0${4 * nth}:00.000Z`, stop: 'end_turn', usage: { input_tokens: input } }),
    )
    const other = row({ id: 'relay-1', at: '2026-11-22T10:00:00.000Z', session: FORK, stop: 'end_turn', usage: { input_tokens: 5_000 } })
    const fixture = await read({ [`${ORIGINAL}.jsonl`]: answers, [`${FORK}.jsonl`]: [other] })
    expect(sums(fixture).rows.map(({ session, calls, input }) => [session, calls, input])).toEqual([
      [ORIGINAL, 3, 6_000],
      [FORK, 1, 5_000],
    ])
  })

  test.each([
    ['linked by their uuids', (nth: number) => ({ uuid: `a${nth}`, parent: nth === 0 ? 'user-row' : `a${nth - 1}` })],
    ['not linked', () => ({})],
  ])('is one for the streamed rows of a relay that are %s, also when they are read one by one', async (_, links) => {
    const rows = [7, 200, 400].map((output, nth) =>
      row({ id: 'x', at: `10:00:0${nth}.000Z`, stop: nth === 2 ? 'end_turn' : null, usage: { output_tokens: output }, ...links(nth) }),
    )
    const next = row({ id: 'x', at: '10:00:09.000Z', parent: 'another-user-row', stop: 'end_turn', usage: { output_tokens: 9 } })
    const fixture = ledgerFixture()
    for (const text of [...rows, next]) {
      fixture.append('s.jsonl', lines(text))
      await fixture.refresh()
    }
    const atOnce = await read({ 's.jsonl': [...rows, next] })
    expect(fixture.calls()).toEqual(atOnce.calls().map((call) => ({ ...call, session_since: fixture.calls()[0]?.session_since })))
    expect(fixture.calls().map(({ output, unfinished }) => [output, unfinished])).toEqual([
      [400, false],
      [9, false],
    ])
  })

  test('does not depend on the row being complete when it is first read', async () => {
    const [first, second] = [row({ id: 'x', uuid: 'a', stop: null }), row({ id: 'x', uuid: 'b', parent: 'a', stop: 'end_turn' })]
    const fixture = ledgerFixture()
    fixture.write('s.jsonl', first)
    await fixture.refresh()
    appendFileSync(fixture.place('s.jsonl'), `\n${second}`)
    await fixture.refresh()
    appendFileSync(fixture.place('s.jsonl'), '\n')
    await fixture.refresh()
    expect(fixture.calls()).toHaveLength(1)
  })

  test('of an id that is not unique is that of the original in a fork, too', async () => {
    const own = row({ id: 'relay-1', uuid: 'a', stop: 'end_turn' })
    const copy = row({ id: 'relay-1', uuid: 'a', stop: 'end_turn', session: FORK, more: { forkedFrom: { sessionId: ORIGINAL } } })
    const fixture = await read({ [`${ORIGINAL}.jsonl`]: [own], [`${FORK}.jsonl`]: [copy] })
    expect(sums(fixture).rows.map(({ session, calls }) => [session, calls])).toEqual([[ORIGINAL, 1]])
  })
})

describe('a call of two sessions belongs to the one that made it', () => {
  const made = ['A', 'B'].map((name) => ({ id: `msg_${name}`, at: `10:0${name === 'A' ? 0 : 5}:00.000Z` }))
  const later = row({ id: 'msg_C', at: '2026-11-25T09:00:00.000Z', session: FORK })
  const expected = [
    [ORIGINAL, 2],
    [FORK, 1],
  ]
  const rowsOf = (fixture: LedgerFixture) => sums(fixture).rows.map(({ session, calls }) => [session, calls])

  test.each([
    ['forkedFrom', { forkedFrom: { sessionId: ORIGINAL, messageUuid: 'u' } }],
    ['requestSessionId', { requestSessionId: ORIGINAL }],
  ])('which the copies name (%s), in either order of reading', async (_, more) => {
    const copies = made.map((call) => row({ ...call, session: FORK, more }))
    const fork = { [`${FORK}.jsonl`]: [...copies, later] }
    const original = { [`${ORIGINAL}.jsonl`]: made.map(row) }
    expect(rowsOf(await read({ ...fork, ...original }))).toEqual(expected)
    const forkOnly = await read(fork)
    expect(rowsOf(forkOnly)).toEqual(expected)
  })

  test('which has older rows of its own, where the copies name none', async () => {
    const fixture = ledgerFixture()
    fixture.write(`${FORK}.jsonl`, lines(...made.map((call) => row({ ...call, session: FORK })), later))
    await fixture.refresh()
    expect(rowsOf(fixture)).toEqual([[FORK, 3]])
    const own = row({ id: 'msg_0', at: '09:59:00.000Z' })
    fixture.write(`${ORIGINAL}.jsonl`, lines(own, ...made.map(row)))
    await fixture.refresh()
    expect(rowsOf(fixture)).toEqual([
      [ORIGINAL, 3],
      [FORK, 1],
    ])
    // Both are sent again with their session, and since when it has existed.
    expect(fixture.calls().filter(({ session_id }) => session_id === ORIGINAL)).toHaveLength(3)
    expect(fixture.calls().every(({ session_since }) => session_since !== undefined)).toBe(true)
  })

  describe('in a lineage whose files have lost their times', () => {
    const SECOND_FORK = 'e0000000-0000-4000-8000-00000000000e'
    const at = (nth: number) => `2025-11-20T10:0${nth}:00.000Z`
    const rows = (session: string, calls: readonly number[], more = {}) =>
      calls.map((nth) => row({ id: `msg_${nth}`, at: at(nth), session, more }))
    /** The original, a fork of it that names it, and one by an older version after the original went on, which names nothing. */
    const files: Readonly<Record<string, string[]>> = {
      [ORIGINAL]: rows(ORIGINAL, [1, 2, 5, 6]),
      [SECOND_FORK]: [...rows(SECOND_FORK, [1, 2], { requestSessionId: ORIGINAL }), ...rows(SECOND_FORK, [3, 4])],
      [FORK]: [...rows(FORK, [1, 2, 5, 6]), ...rows(FORK, [7, 8])],
    }
    const names = Object.keys(files)
    const orders = names.flatMap((a) => names.filter((b) => b !== a).map((b) => [a, b, names.find((c) => c !== a && c !== b)!]))
    const callsOf = (fixture: LedgerFixture) => Object.fromEntries(rowsOf(fixture)) as Record<string, number>

    test.each(orders)('%s, %s, %s', async (...order) => {
      const fixture = ledgerFixture()
      for (const name of order) {
        fixture.write(`${name}.jsonl`, lines(...files[name]!))
        await fixture.refresh()
      }
      expect(callsOf(fixture)).toEqual({ [ORIGINAL]: 4, [SECOND_FORK]: 2, [FORK]: 2 })
      const together = await read(Object.fromEntries(order.map((name) => [`${name}.jsonl`, files[name]!])))
      expect(callsOf(together)).toEqual(callsOf(fixture))
      // A hub takes the older session of a call, so the original has to be older than what other machines say.
      const made = together.calls().filter(({ session_id }) => session_id === ORIGINAL)
      expect(made.every(({ session_since }) => session_since! <= at(1))).toBe(true)
    })

    test.each([
      [ORIGINAL, FORK],
      [FORK, ORIGINAL],
    ])('without a row that names the original: %s, %s', async (...order) => {
      const fixture = ledgerFixture()
      for (const name of order) {
        fixture.write(`${name}.jsonl`, lines(...files[name]!))
        await fixture.refresh()
      }
      expect(callsOf(fixture)).toEqual({ [ORIGINAL]: 4, [FORK]: 2 })
      fixture.append(`${ORIGINAL}.jsonl`, lines(row({ id: 'msg_9', at: at(9) })))
      // Another fork makes the ledger decide again.
      fixture.write(`${SECOND_FORK}.jsonl`, lines(...rows(SECOND_FORK, [1, 2]), ...rows(SECOND_FORK, [3, 4])))
      await fixture.refresh()
      expect(callsOf(fixture)).toEqual({ [ORIGINAL]: 5, [FORK]: 2, [SECOND_FORK]: 2 })
    })
  })

  test('whose file is older, where it has no other rows, and tomorrow it is the same', async () => {
    const fixture = ledgerFixture()
    fixture.write(`${ORIGINAL}.jsonl`, lines(...made.map(row)))
    utimesSync(fixture.place(`${ORIGINAL}.jsonl`), new Date('2026-11-20T10:05:00Z'), new Date('2026-11-20T10:05:00Z'))
    fixture.write(`${FORK}.jsonl`, lines(...made.map((call) => row({ ...call, session: FORK })), later))
    await fixture.refresh()
    expect(rowsOf(fixture)).toEqual(expected)
    fixture.append(`${ORIGINAL}.jsonl`, lines(row({ id: 'msg_D', at: '2026-11-26T09:00:00.000Z' })))
    await fixture.refresh()
    expect(sums(fixture).rows.map(({ session, calls }) => [session, calls])).toEqual([
      [FORK, 1],
      [ORIGINAL, 3],
    ])
  })
})

describe('what a row holds', () => {
  test('calls inside the call are calls of their own; those of type message are in its figures', async () => {
    const iterations = [
      { type: 'message', input_tokens: 1, output_tokens: 50, cache_read_input_tokens: 90_000 },
      { type: 'advisor_message', model: 'claude-fable-5-2', input_tokens: 150_000, output_tokens: 8_000 },
      { type: 'fallback_message', model: 'claude-sonnet-5-5', input_tokens: 9, output_tokens: 0 },
      { type: 'message', input_tokens: 2, output_tokens: 350, cache_read_input_tokens: 110_000 },
    ]
    const usage = { input_tokens: 3, cache_read_input_tokens: 200_000, iterations }
    const fixture = await read({ 's.jsonl': [row({ usage }), row({ usage })] })
    expect(fixture.calls().map(({ key, model, output, prompt }) => [key, model, output, prompt])).toEqual([
      ['msg_A', 'claude-opus-5-5', 400, 110_002],
      ['msg_A#1', 'claude-fable-5-2', 8_000, undefined],
    ])
    expect(sums(fixture, 'model').rows.map(({ model, cost_usd }) => [model, cost_usd])).toEqual([
      ['claude-fable-5-2', 1.52],
      ['claude-opus-5-5', 0.048012],
    ])
  })

  test('the band of a price is that of one inference', async () => {
    const inference = { type: 'message', input_tokens: 60_000, output_tokens: 10 }
    const usage = { input_tokens: 120_000, output_tokens: 20, iterations: [inference, inference] }
    const fixture = await read({
      's.jsonl': [
        row({ model: 'claude-haiku-5-5', usage }),
        row({ id: 'msg_B', model: 'claude-haiku-5-5', usage: { ...usage, iterations: [] } }),
      ],
    })
    const cost = (fixture.ledger.report({ group: 'model', timezone: 'UTC' }).totals.cost_usd ?? 0) * 1e6
    expect(Math.round(cost)).toBe(120_000 * 0.1 + 20 * 0.5 + 120_000 * 0.5 + 20 * 2.5)
  })

  test('cache writes that the split leaves out are for five minutes', async () => {
    const splits = [
      undefined,
      null,
      {},
      { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      { ephemeral_5m_input_tokens: 10_000 },
    ]
    const rows = splits.map((cache_creation, nth) =>
      row({ id: `msg_${nth}`, usage: { cache_creation_input_tokens: 30_000, cache_creation } }),
    )
    const mixed = {
      cache_creation_input_tokens: 30_000,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 12_000 },
    }
    const fixture = await read({ 's.jsonl': [...rows, row({ id: 'msg_mixed', usage: mixed })] })
    expect(fixture.calls().map(({ write_5m, write_1h }) => [write_5m, write_1h])).toEqual([
      ...splits.map(() => [30_000, 0]),
      [18_000, 12_000],
    ])
  })

  test.each([-5, 10.5, '12', true, {}])(
    'a number that is none (%j) loses itself only, and its line and its call are counted as odd',
    async (odd) => {
      const fixture = ledgerFixture()
      fixture.write('s.jsonl', lines(row({ usage: { input_tokens: odd, cache_read_input_tokens: 70 } })))
      expect(await fixture.refresh()).toMatchObject({ calls_new: 1, bad_lines: 1 })
      expect(fixture.calls()).toMatchObject([{ input: 0, output: 400, read: 70, odd: true }])
      expect(sums(fixture).totals).toMatchObject({ calls: 1, odd_calls: 1 })
    },
  )

  test('a row without a model is of the model unknown, which has no price', async () => {
    const fixture = await read({ 's.jsonl': [row().replace('"model":"claude-opus-5-5",', ''), row({ id: 'msg_B', model: '<synthetic>' })] })
    expect(sums(fixture).totals).toMatchObject({ calls: 1, unpriced_calls: 1, cost_usd: null })
    expect(sums(fixture).unpriced).toEqual(['unknown'])
  })

  test('a call is unfinished until a row says why it ended', async () => {
    const fixture = await read({ 's.jsonl': [row({ stop: null, usage: { output_tokens: 1 } }), row({ id: 'msg_old' })] })
    expect(sums(fixture).totals).toMatchObject({ calls: 2, unfinished_calls: 1 })
    expect(fixture.calls().map(({ unfinished }) => unfinished)).toEqual([true, undefined])
    fixture.append('s.jsonl', lines(row({ stop: 'end_turn' })))
    await fixture.refresh()
    expect(sums(fixture).totals).toMatchObject({ calls: 2, unfinished_calls: 0, output: 800 })
  })

  test('a refusal before any output costs nothing, one after it is billed', async () => {
    const refused = (id: string, output_tokens: number) => row({ id, stop: 'refusal', usage: { input_tokens: 1_000, output_tokens } })
    const fixture = await read({ 's.jsonl': [refused('msg_A', 0), refused('msg_B', 5)] })
    expect(fixture.calls().map(({ outcome }) => outcome)).toEqual(['refused', undefined])
    expect(sums(fixture).totals).toMatchObject({ calls: 2, input: 2_000, unpriced_calls: 0, cost_usd: 0.0041 })
  })
})
