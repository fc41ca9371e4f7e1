import { expect, test } from 'vitest'
import { callLine, type LedgerFixture, ledgerFixture, lines } from './ledger-fixture.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 1, 3, 10, minute)).toISOString()
const model = 'claude-opus-4-6'

interface Some {
  readonly id: string
  readonly minute?: number
  readonly output: number
  readonly text?: number
  readonly stop?: string | null
  readonly session?: string
  readonly sidechain?: boolean
  readonly uuid?: string
}

/** A row of an answer with so many characters of text. */
function row({ id, minute = 0, output, text = 0, stop = null, session = 's', sidechain = false, uuid = id }: Some): string {
  const line = JSON.parse(callLine({ id, at: at(minute), model, session, output, text: 'x'.repeat(text), sidechain })) as {
    message: object
  }
  return JSON.stringify({ ...line, uuid, message: { ...line.message, stop_reason: stop } })
}

function totals({ ledger }: LedgerFixture, withEstimates = false) {
  const { output, cost_usd, calls, estimated_output, estimated_cost_usd } = ledger.report({
    group: 'day',
    timezone: 'UTC',
    withEstimates,
  }).totals
  return { output, cost_usd, calls, estimated_output, estimated_cost_usd }
}

test('the output of a call without a final row is estimated from what its rows hold, and is in no sum unless asked for', async () => {
  const fixture = ledgerFixture()
  fixture.write('a.jsonl', lines(row({ id: 'msg_a', output: 1, text: 1_000 }), row({ id: 'msg_a', output: 1, text: 3_000, uuid: 'b' })))
  await fixture.refresh()
  // 68 for the call and 0.26 for each byte, less the token that the row has.
  const estimated_output = 68 + 0.26 * 4_000 - 1
  const own = totals(fixture)
  expect(own).toMatchObject({ calls: 1, output: 1, estimated_output })
  expect(own.estimated_cost_usd).toBeCloseTo((estimated_output * 25) / 1e6, 9)
  const added = totals(fixture, true)
  expect(added).toMatchObject({ calls: 1, output: 1 + estimated_output, estimated_output })
  expect(added.cost_usd).toBeCloseTo(own.cost_usd! + own.estimated_cost_usd!, 9)
})

test('nothing is estimated for calls that are finished, and a row that says more is believed', async () => {
  const fixture = ledgerFixture()
  fixture.write(
    'a.jsonl',
    lines(row({ id: 'msg_a', output: 9_000, text: 4_000 }), row({ id: 'msg_b', output: 5, text: 4_000, stop: 'end_turn' })),
  )
  await fixture.refresh()
  expect(totals(fixture)).toMatchObject({ output: 9_005 })
  expect(totals(fixture).estimated_output).toBeUndefined()
})

test('an estimate goes when the final row comes, from whatever file, and it goes at the hub too', async () => {
  const fixture = ledgerFixture()
  fixture.write('a.jsonl', lines(row({ id: 'msg_a', output: 1, text: 4_000 })))
  await fixture.refresh()
  expect(totals(fixture).estimated_output).toBeGreaterThan(1_000)
  const { outbox } = fixture.ledger
  outbox.confirm(outbox.next(10)!.upTo)
  fixture.write('b.jsonl', lines(row({ id: 'msg_a', output: 1_234, stop: 'end_turn' })))
  await fixture.refresh()
  expect(totals(fixture)).toMatchObject({ output: 1_234 })
  expect(totals(fixture).estimated_output).toBeUndefined()
  expect(fixture.records()).toMatchObject([{ source: 'estimate', output: 0 }])
})

test('an answer is measured as a whole when its rows are read one by one', async () => {
  const [together, apart] = [ledgerFixture(), ledgerFixture()]
  const rows = [1_000, 2_000, 500].map((text, nth) => row({ id: 'msg_a', output: 1, text, uuid: `u${nth}` }))
  together.write('a.jsonl', lines(...rows))
  await together.refresh()
  for (const one of rows) {
    // The first half of a line is read too, and again when it is whole.
    apart.append('a.jsonl', one)
    await apart.refresh()
    apart.append('a.jsonl', '\n')
    await apart.refresh()
  }
  expect(totals(apart)).toEqual(totals(together))
  // A copy in a fork holds the same.
  apart.write('fork.jsonl', lines(...rows.map((one) => one.replace('"sessionId":"s"', '"sessionId":"t"'))))
  await apart.refresh()
  expect(totals(apart)).toEqual(totals(together))
})

test('estimates follow the own finished calls of the model, and are made again when much more of them are known', async () => {
  const fixture = ledgerFixture()
  fixture.write('a.jsonl', lines(row({ id: 'msg_a', output: 1, text: 4_000 })))
  await fixture.refresh()
  const shipped = totals(fixture).estimated_output!
  // This model has three tokens for each two bytes. The ids of measured answers end in 0 or 8.
  const finished = Array.from({ length: 300 }, (_, nth) =>
    row({ id: `msg_f${nth}8`, minute: 1, output: 100 + 3 * nth, text: 2 * nth, stop: 'end_turn' }),
  )
  fixture.append('a.jsonl', lines(...finished))
  await fixture.refresh()
  const own = totals(fixture).estimated_output!
  expect(shipped).toBeLessThan(1_200)
  expect(own).toBeGreaterThan(5_000)
  expect(own).toBeLessThan(6_500)
})

test('what Claude Code has recorded is not estimated', async () => {
  const fixture = ledgerFixture()
  const unfinished = row({ id: 'msg_s', minute: 1, output: 1, text: 4_000, sidechain: true })
  fixture.write('s.jsonl', lines(row({ id: 'msg_a', output: 10, stop: 'end_turn' })))
  fixture.write('s/subagents/agent-1.jsonl', lines(unfinished))
  await fixture.refresh()
  expect(totals(fixture).estimated_output).toBeGreaterThan(1_000)
  const sums = { inputTokens: 6, outputTokens: 810, cacheReadInputTokens: 200, costUSD: 0.02 }
  const record = { type: 'cost-state', sessionId: 's', startTime: Date.parse(at(0)), totalDuration: 120_000, modelUsage: { [model]: sums } }
  fixture.append('s.jsonl', lines(JSON.stringify(record)))
  await fixture.refresh()
  expect(totals(fixture)).toMatchObject({ output: 810 })
  expect(totals(fixture).estimated_output).toBeUndefined()
})
