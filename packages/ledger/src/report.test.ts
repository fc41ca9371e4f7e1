import path from 'node:path'
import type { Call } from '@signalbox/contract/call'
import { buildReport } from '@signalbox/usage/group'
import { defaultPriceTable, parsePriceTable } from '@signalbox/usage/price-table'
import { toSlice } from '@signalbox/usage/slice'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeTranscripts } from '../../../test/support/transcripts.ts'
import { callLine, type LedgerFixture, ledgerFixture, lines, readAllCalls, slicesFromCalls } from './ledger-fixture.ts'
import type { ReportOptions } from './report.ts'

/** The expected report, built from single calls without slices. */
function reportOfCalls(calls: readonly Call[], options: ReportOptions, table = defaultPriceTable()) {
  const { filters = {}, ...request } = options
  const wanted = calls.filter(
    (call) =>
      (filters.session === undefined || (call.session_id ?? '') === filters.session) &&
      (filters.project === undefined || (call.cwd ?? '') === filters.project) &&
      (filters.branch === undefined || (call.git_branch ?? '') === filters.branch) &&
      (filters.model === undefined || call.model === filters.model),
  )
  return buildReport({
    ...request,
    table,
    slices: wanted.map((call) => toSlice(call, table.thresholds)).sort((a, b) => a.first_at - b.first_at),
  })
}

async function filled(seed: number, calls = 400): Promise<LedgerFixture> {
  const fixture = ledgerFixture()
  writeTranscripts(fixture.folder, { seed, calls, longLines: 0, firstDay: '2026-10-20', days: 14 })
  await fixture.refresh()
  return fixture
}

const groups = ['hour', 'day', 'week', 'month', 'session', 'project', 'model', 'branch', 'machine', 'block'] as const
const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe'] as const

test('every group in every zone, for any range, equals the report of the single calls', async () => {
  const { ledger } = await filled(11)
  const calls = readAllCalls(ledger)
  const moment = fc.oneof(
    fc.integer({ min: Date.parse('2026-10-19'), max: Date.parse('2026-11-05') }).map((ms) => new Date(ms).toISOString()),
    fc.constantFrom(...calls.map(({ at }) => at)),
    fc.constantFrom('2026-10-24', '2026-10-25', '2026-10-26', '2026-11-01T00:00:00Z', '2026-10-25T00:15:00+02:00'),
  )
  // Both ends within a quarter hour or two of a call.
  const near = fc
    .tuple(fc.constantFrom(...calls), fc.integer({ min: -1_800_000, max: 0 }), fc.integer({ min: 0, max: 1_800_000 }))
    .map(([{ at }, before, after]) => ({
      group: 'day' as const,
      timezone: 'UTC' as const,
      since: new Date(Date.parse(at) + before).toISOString(),
      until: new Date(Date.parse(at) + after).toISOString(),
    }))
  const request = fc.record(
    {
      group: fc.constantFrom(...groups),
      timezone: fc.constantFrom(...zones),
      weekStart: fc.constantFrom('monday' as const, 'sunday' as const),
      since: moment,
      until: moment,
    },
    { requiredKeys: ['group', 'timezone'] },
  )
  fc.assert(
    fc.property(fc.oneof(request, near), (options) => {
      const now = Date.parse('2026-11-01T12:00:00Z')
      expect(ledger.report({ ...options, now })).toEqual(reportOfCalls(calls, { ...options, now }))
    }),
    { numRuns: 400 },
  )
})

test('filters select exactly the calls with those names', async () => {
  const { ledger } = await filled(12)
  const calls = readAllCalls(ledger)
  for (const filters of [
    { session: calls[5]!.session_id },
    { project: calls[5]!.cwd },
    { model: 'claude-opus-5-5', project: calls[9]!.cwd },
    { branch: 'main' },
    { branch: '' },
    { model: 'unknown' },
    {},
  ]) {
    const options = { group: 'day', timezone: 'UTC', filters, since: calls[3]!.at } as const
    expect(ledger.report(options)).toEqual(reportOfCalls(calls, options))
  }
})

test('with another price table the same calls are priced again, at the thresholds of that table', async () => {
  const { ledger, reopen, refresh, append, dataDir } = await filled(13)
  const calls = readAllCalls(ledger)
  const before = ledger.report({ group: 'model', timezone: 'UTC' })
  const prices = { input: 1, write_5m: 2, write_1h: 3, read: 0.5, output: 7 }
  const table = parsePriceTable({
    version: 'test',
    date: '2026-01-01',
    web_search: 0.02,
    models: [
      { names: ['claude-opus-5-5'], prices: [{ ...prices, above: [{ prompt: 150_000, ...prices, input: 100 }] }] },
      {
        names: ['claude-haiku-4-5'],
        prices: [
          {
            ...prices,
            above: [
              { prompt: 20_000, ...prices, output: 70 },
              { prompt: 100_000, ...prices, output: 700 },
            ],
          },
        ],
      },
    ],
  })
  const other = reopen({ priceTable: table })
  for (const group of ['day', 'model'] as const) {
    const options = { group, timezone: 'UTC', now: 0 }
    expect(other.report(options)).toEqual(reportOfCalls(calls, options, table))
  }
  // A process with the shipped table, such as a collector, continues to write.
  append('p/s.jsonl', lines(callLine({ id: 'msg_later', input: 120_000, model: 'claude-opus-5-5' })))
  const collector = reopen({ priceTable: defaultPriceTable() })
  await refresh()
  expect(collector.report({ group: 'model', timezone: 'UTC', until: '2026-10-01', now: 0 }).totals.calls).toBe(1)
  expect(collector.report({ group: 'model', timezone: 'UTC', since: '2026-10-01' }).rows).toEqual(before.rows)
  const again = reopen({ priceTable: table })
  const options = { group: 'model', timezone: 'UTC', now: 0 } as const
  expect(again.report(options)).toEqual(reportOfCalls(readAllCalls(again), options, table))
  // More thresholds than the shipped table needs do not change its reports.
  expect(slicesFromCalls(dataDir).length).toBeGreaterThan(0)
})

test('a ledger without calls gives an empty report, not an error', () => {
  const { ledger } = ledgerFixture()
  for (const group of groups) {
    expect(ledger.report({ group, timezone: 'UTC', since: '2026-01-01', until: '2026-01-02T00:00:01Z' })).toMatchObject({
      rows: [],
      last_call_at: null,
    })
  }
  expect(ledger.status()).toMatchObject({
    calls: 0,
    first_call_at: null,
    last_call_at: null,
    last_read_at: null,
    pending: 0,
    set_aside: [],
  })
})

test('invalid times and zones are rejected by name', () => {
  const { ledger } = ledgerFixture()
  expect(() => ledger.report({ group: 'day', timezone: 'UTC', since: 'tomorrow' })).toThrow(/tomorrow/)
  expect(() => ledger.report({ group: 'day', timezone: 'Mars/Olympus' })).toThrow(RangeError)
})

test('the status has the counts and times of the ledger', async () => {
  const { ledger, write, refresh, dataDir, reopen } = ledgerFixture({ now: () => Date.parse('2026-11-21T10:00:00Z') })
  write('a.jsonl', lines(callLine({ id: 'msg_a', at: '2026-01-02T03:04:05.678Z' }), callLine({ id: 'msg_b' }), '{"usage":'))
  await refresh()
  ledger.outbox.hubChanged('http://hub')
  ledger.outbox.setAside('msg_a', 'the hub says no')
  expect(reopen().status()).toEqual({
    file: path.join(dataDir, 'ledger.db'),
    calls: 2,
    first_call_at: '2026-01-02T03:04:05.678Z',
    last_call_at: '2026-01-06T13:32:11.716Z',
    transcripts: 1,
    bad_lines: 1,
    last_read_at: '2026-11-21T10:00:00.000Z',
    hub: 'http://hub',
    pending: 1,
    set_aside: [{ key: 'msg_a', reason: 'the hub says no', at: '2026-11-21T10:00:00.000Z' }],
    set_aside_total: 1,
  })
})
