import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { callLineOf as call, costStateLine } from './cost-state/cost-state.fixture.ts'
import { type LedgerFixture, ledgerFixture, lines } from './ledger-fixture.ts'
import type { ReportOptions } from './report.ts'
import { openStore } from './store/open-store.ts'

const SESSION = '28282828-2828-4282-8282-282828282828'
const FORK = 'f8282828-2828-4282-8282-282828282828'
const START = Date.UTC(2026, 10, 20, 10)
const at = (second: number) => new Date(START + second * 1_000).toISOString()
const opus = 'claude-opus-5-5'

const main = `p/${SESSION}.jsonl`
const subagent = `p/${SESSION}/subagents/agent-a1.jsonl`
const names = { session: SESSION, model: opus, version: '2.1.280' }
const ownRow = call({ ...names, id: 'msg_A', at: at(0), input: 10, output: 2_000, write1h: 20_000, read: 0 })
const subagentRow = call({
  ...names,
  id: 'msg_S1',
  at: at(60),
  input: 3,
  output: 4,
  write1h: 10_548,
  read: 0,
  sidechain: true,
  unfinished: true,
})
const line = costStateLine({
  session: SESSION,
  start: START,
  duration: 70_000,
  models: { [opus]: { input: 13, output: 14_000, write: 30_548, cost_usd: 0.524436 } },
})

function report({ ledger }: LedgerFixture) {
  const { rows, totals } = ledger.report({ group: 'model', timezone: 'UTC' })
  const shown = rows.map(({ model, not_itemised = false, calls, input, output, write_5m, write_1h, read }) => {
    return { model, not_itemised, calls, input, output, write_5m, write_1h, read }
  })
  return { rows: shown, output: totals.output, cost: totals.cost_usd, calls: totals.calls, unfinished: totals.unfinished_calls }
}

describe('what Claude Code has recorded beyond its calls', () => {
  test('makes a session whole whose subagents have no final rows', async () => {
    const fixture = ledgerFixture()
    fixture.write(main, lines(ownRow, line))
    fixture.write(subagent, lines(subagentRow))
    await fixture.refresh()
    expect(report(fixture)).toEqual({
      rows: [
        { model: opus, not_itemised: false, calls: 2, input: 13, output: 2_004, write_5m: 0, write_1h: 30_548, read: 0 },
        { model: opus, not_itemised: true, calls: 0, input: 0, output: 11_996, write_5m: 0, write_1h: 0, read: 0 },
      ],
      output: 14_000,
      cost: 0.524436,
      calls: 2,
      unfinished: 1,
    })
  })

  test('leaves no mark on the session that it makes whole, nor on its totals, and one where a later process was killed', async () => {
    const fixture = ledgerFixture()
    fixture.write(main, lines(ownRow, line))
    fixture.write(subagent, lines(subagentRow))
    await fixture.refresh()
    const ask = (options: Partial<ReportOptions> = {}) => fixture.ledger.report({ group: 'session', timezone: 'UTC', ...options })
    const whole = { unfinished_calls: 1, is_whole: true }
    expect(ask()).toMatchObject({ rows: [{ session: SESSION, ...whole }], totals: whole })
    expect(ask({ group: 'day', filters: { session: SESSION } }).totals).toMatchObject(whole)
    // Where the record is not in the sums, they are at least what is shown.
    expect(ask({ filters: { notItemised: 'without' } }).rows[0]!.is_whole).toBeUndefined()
    expect(ask({ until: at(30) }).totals.is_whole).toBeUndefined()
    expect(ask({ group: 'day' }).totals.is_whole).toBeUndefined()
    fixture.append(subagent, lines(subagentRow.replace('msg_S1', 'msg_S2').replace(at(60), at(600))))
    fixture.append(main, lines(call({ ...names, id: 'msg_B', at: at(500), output: 5 })))
    await fixture.refresh()
    expect(ask().rows[0]).toMatchObject({ unfinished_calls: 2, output: 14_009 })
    expect(ask()).not.toMatchObject({ rows: [{ is_whole: true }] })
    expect(fixture.records().find(({ source }) => source === 'cost-state')!.unfinished).toBeUndefined()
  })

  test('is said to a hub where the rows have all of it, and is in no report', async () => {
    const fixture = ledgerFixture()
    const models = { [opus]: { input: 10, output: 2_000, write: 20_000, cost_usd: 0.20004 } }
    fixture.write(main, lines(ownRow, costStateLine({ session: SESSION, start: START, duration: 70_000, models })))
    await fixture.refresh()
    expect(fixture.records()).toMatchObject([{ source: 'cost-state', model: opus, output: 0, write_1h: 0, unfinished: false }])
    expect(report(fixture).rows).toMatchObject([{ not_itemised: false }])
    expect(fixture.ledger.report({ group: 'session', timezone: 'UTC', filters: { notItemised: 'only' } }).rows).toEqual([])
    expect(fixture.ledger.outbox.pending()).toBe(2)
  })

  test('is a row of its own for a model that no call has, on the day of the last call', async () => {
    const fixture = ledgerFixture()
    const haiku = { input: 90_000, output: 6_000, read: 600_000, write: 126_400, cost_usd: 0.338 }
    const models = { [opus]: { input: 10, output: 2_000, write: 20_000, cost_usd: 0.20004 }, 'claude-haiku-4-5-20251001': haiku }
    fixture.write(main, lines(ownRow, costStateLine({ session: SESSION, start: START, duration: 50_401, models })))
    await fixture.refresh()
    expect(report(fixture)).toMatchObject({ cost: 0.53804, rows: [{ model: 'claude-haiku-4-5-20251001', calls: 0 }, { model: opus }] })
    const record = fixture.records().find(({ source }) => source === 'cost-state')
    expect(record).toMatchObject({ session_id: SESSION, cwd: '/home/dev/project', git_branch: 'main', at: at(0), prompt: 0 })
    // A prompt of several inferences is none: the price band of long prompts does not hold.
    expect(record).toMatchObject({ input: 90_000, read: 600_000 })
  })

  test('is the same in whatever order and parts the files are read, and each is sent once', async () => {
    const together = ledgerFixture()
    together.write(main, lines(ownRow, line))
    together.write(subagent, lines(subagentRow))
    await together.refresh()

    const lateSubagent = ledgerFixture()
    lateSubagent.write(main, lines(ownRow))
    await lateSubagent.refresh()
    lateSubagent.append(main, lines(line))
    await lateSubagent.refresh()
    expect(report(lateSubagent).output).toBe(14_000)
    lateSubagent.write(subagent, lines(subagentRow))
    await lateSubagent.refresh()
    expect(report(lateSubagent)).toEqual(report(together))

    const { outbox } = together.ledger
    outbox.confirm(outbox.next(100)!.upTo)
    writeFileSync(together.place(main), lines(ownRow, line, JSON.stringify({ type: 'mode', mode: 'normal' })))
    await together.refresh()
    expect(outbox.pending()).toBe(0)
  })

  test('becomes less when calls are found that it holds, and is sent again', async () => {
    const fixture = ledgerFixture({ now: () => START })
    fixture.write(main, lines(ownRow, line))
    await fixture.refresh()
    expect(report(fixture).output).toBe(14_000)
    fixture.ledger.outbox.confirm(fixture.ledger.outbox.next(100)!.upTo)
    fixture.reopen({ now: () => START + 1_000 })
    fixture.write(subagent, lines(subagentRow.replace('"output_tokens":4', '"output_tokens":12000')))
    await fixture.refresh()
    expect(report(fixture)).toMatchObject({ output: 14_000, cost: 0.524436 })
    expect(fixture.calls().map(({ key }) => key)).toContain('msg_S1')
    expect(fixture.records().find(({ source }) => source === 'cost-state')).toMatchObject({ output: 0, input: 0, as_of: at(1) })
  })

  test('grows with each run of a session, and stays on the day of its run', async () => {
    const fixture = ledgerFixture()
    fixture.write(main, lines(ownRow, line))
    fixture.write(subagent, lines(subagentRow))
    const day = 86_400
    const next = call({ ...names, id: 'msg_B', at: at(day), input: 1, output: 5, read: 0 })
    const models = { [opus]: { input: 20, output: 15_000, write: 30_548, cost_usd: 0.52 } }
    await fixture.refresh()
    const before = fixture.ledger.report({ group: 'day', timezone: 'UTC', until: '2026-11-20' }).totals
    fixture.append(main, lines(next, costStateLine({ session: SESSION, start: START, duration: 80_000, models })))
    await fixture.refresh()
    expect(fixture.ledger.report({ group: 'day', timezone: 'UTC', until: '2026-11-20' }).totals).toEqual(before)
    const { rows } = fixture.ledger.report({ group: 'day', timezone: 'UTC' })
    expect(rows.map(({ day, output }) => [day, output])).toEqual([
      ['2026-11-20', 14_000],
      ['2026-11-21', 1_000],
    ])
  })

  test('of a fork is what the fork did, whichever file is read first', async () => {
    const copy = ownRow.replace(SESSION, FORK)
    const own = call({ ...names, session: FORK, id: 'msg_F', at: at(300), input: 2, output: 7, read: 0 })
    const models = { [opus]: { input: 15, output: 14_040, write: 30_548, cost_usd: 0.525 } }
    const forked = lines(copy, own, costStateLine({ session: FORK, start: START, duration: 90_000, models }))
    for (const order of ['original first', 'fork first']) {
      const fixture = ledgerFixture()
      const write = {
        original: () => {
          fixture.write(main, lines(ownRow, line))
          fixture.write(subagent, lines(subagentRow))
        },
        fork: () => fixture.write(`p/${FORK}.jsonl`, forked),
      }
      for (const name of order === 'fork first' ? (['fork', 'original'] as const) : (['original', 'fork'] as const)) {
        write[name]()
        await fixture.refresh()
      }
      const { rows } = fixture.ledger.report({ group: 'session', timezone: 'UTC' })
      expect(Object.fromEntries(rows.map(({ session, output }) => [session, output])), order).toEqual({ [SESSION]: 14_000, [FORK]: 40 })
    }
  })

  test('of a fork counts nothing twice when the lines of its original are gone', async () => {
    const fixture = ledgerFixture()
    // The calls of the original are known from before its lines were read.
    fixture.write(main, lines(ownRow))
    fixture.write(subagent, lines(subagentRow))
    await fixture.refresh()
    const own = call({ ...names, session: FORK, id: 'msg_F', at: at(300), input: 2, output: 7, read: 0 })
    const models = { [opus]: { input: 15, output: 14_040, write: 30_548, cost_usd: 0.525 } }
    const fork = lines(ownRow.replace(SESSION, FORK), own, costStateLine({ session: FORK, start: START - 1, duration: 90_000, models }))
    fixture.write(`p/${FORK}.jsonl`, fork)
    await fixture.refresh()
    expect(report(fixture).output).toBe(2_011)
  })

  test('is worked out by the next refresh where a process ended before', async () => {
    const fixture = ledgerFixture()
    fixture.write(main, lines(ownRow, line))
    fixture.write(subagent, lines(subagentRow))
    await fixture.refresh()
    const db = openStore(`${fixture.dataDir}/ledger.db`)
    // As it is after the lines were stored and before the records were.
    db.exec("UPDATE cost_states SET settled = 0; DELETE FROM calls WHERE key GLOB 'cost-state:*'")
    db.close()
    await fixture.refresh()
    expect(fixture.records().filter(({ source }) => source === 'cost-state')).toHaveLength(1)
  })
})

test('a line with odd numbers keeps the others, and one without models counts as bad', async () => {
  const fixture = ledgerFixture()
  const odd = { [opus]: { inputTokens: -5, outputTokens: 2_050, cacheReadInputTokens: 'many', costUSD: null }, '': {}, x: 7 }
  const record = (modelUsage: unknown) => JSON.stringify({ type: 'cost-state', sessionId: SESSION, startTime: '?', modelUsage })
  fixture.write(main, lines(ownRow, record(odd), record([1]), record(null), '{"type":"cost-state","modelUsage":{}}'))
  const { bad_lines } = await fixture.refresh()
  expect(bad_lines).toBe(3)
  expect(report(fixture).output).toBe(2_050)
})
