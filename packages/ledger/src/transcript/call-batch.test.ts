import { type CallFieldName, callFieldList, callFieldsOf } from '@signalbox/contract/call-field'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { ledgerFixture } from '../ledger-fixture.ts'
import { openLedgerStore } from '../store/ledger-store.ts'
import { matchesLabel, packCalls, unpackCall } from './call-batch.ts'
import type { ScannedCall } from './scanned-call.ts'

/*
 * Loops that run for each call name the fields of a call one by one, which is much faster. These tests hold them to the table of
 * fields: each field, with a value of its own, has to come through.
 */

/** The fields that a transcript's call has; since when its session has existed is kept by session. */
const fields = callFieldList.map(([name]) => name).filter((name) => name !== 'session_since')

/** A call whose fields all have values of their own. */
function fullCall(): ScannedCall {
  const values = fields.map((name, nth): [string, unknown] => {
    const kind = callFieldList.find(([field]) => field === name)![1].kind
    if (kind === 'flag' || kind === 'mark') return [name, true]
    return [name, kind === 'tokens' || kind === 'count' || kind === 'start' ? 1_000 + nth : `${name}-value`]
  })
  return Object.fromEntries(values) as unknown as ScannedCall
}

test('a call comes through a batch with every field', () => {
  const call = fullCall()
  const unpacked = unpackCall(packCalls(new Map([[call.key, call]])), 0)
  expect(unpacked).toEqual(call)
  expect(Object.keys(unpacked).sort()).toEqual([...fields, 'answer', 'is_named'].sort())
})

test('labels differ in each field that calls share', () => {
  const call = fullCall()
  const shared: readonly CallFieldName[] = [...callFieldsOf('name'), 'is_sidechain']
  expect(matchesLabel(call, call)).toBe(true)
  for (const name of shared) expect(matchesLabel({ ...call, [name]: undefined }, call), name).toBe(false)
})

test('a call comes through the ledger with every field', () => {
  const dataDir = tempFolder()
  const store = openLedgerStore(dataDir)
  const call = { ...fullCall(), at: Date.UTC(2026, 10, 20), as_of: Date.UTC(2026, 10, 21) }
  store.write([], packCalls(new Map([[call.key, call]])), 0)
  const [row] = store.db.prepare<[], Parameters<typeof store.calls.toCall>[0]>('SELECT * FROM calls').all()
  const { at, as_of, ...rest } = call
  const expected = { ...rest, at: new Date(at).toISOString(), as_of: new Date(as_of).toISOString() }
  expect(store.calls.toCall(row!)).toEqual(expected)
  // A better record replaces every field.
  const better = { ...call, output: call.output + 1, as_of: call.as_of + 1, version: 'next', unfinished: false }
  store.write([], packCalls(new Map([[better.key, better]])), 0)
  const [improved] = store.db.prepare<[], Parameters<typeof store.calls.toCall>[0]>('SELECT * FROM calls').all()
  expect(store.calls.toCall(improved!)).toEqual({
    ...expected,
    output: better.output,
    as_of: new Date(better.as_of).toISOString(),
    version: 'next',
    unfinished: false,
  })
  store.close()
})

test('records that differ in one field only are no repetition of each other', async () => {
  // What decides is merged whichever comes first, so the order of the two lines changes nothing.
  const line = (over: object, message: object = {}, usage: object = {}) =>
    JSON.stringify({
      type: 'assistant',
      timestamp: '2026-11-20T10:00:00.000Z',
      sessionId: 's',
      cwd: '/w',
      version: '1',
      requestId: 'req_1',
      ...over,
      message: { id: 'msg_1', model: 'claude-opus-5-5', ...message, usage: { input_tokens: 1, output_tokens: 2, ...usage } },
    })
  const others = [
    line({ version: '2' }),
    line({ requestId: 'req_2' }),
    line({ cwd: '/v' }),
    line({ isSidechain: true, agentId: 'a' }),
    line({}, { model: 'claude-opus-5' }),
    line({}, { stop_reason: 'end_turn' }),
    line({}, {}, { speed: 'fast' }),
    line({}, {}, { server_tool_use: { web_search_requests: 1 } }),
    line({}, {}, { cache_read_input_tokens: 'x' }),
  ]
  for (const other of others) {
    const contents = []
    for (const rows of [
      [line({}), other],
      [other, line({})],
    ]) {
      const fixture = ledgerFixture()
      fixture.write('s.jsonl', rows.map((row) => `${row}\n`).join(''))
      await fixture.refresh()
      contents.push(fixture.content().calls)
    }
    expect(contents[0], other).toEqual(contents[1])
  }
})
