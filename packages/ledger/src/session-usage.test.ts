import { expect, test } from 'vitest'
import { ledgerFixture } from './ledger-fixture.ts'

const NOW = Date.UTC(2026, 10, 29, 12, 0)
const HOUR = 3_600_000

function line(number: number, { session = 's', at = NOW, model = 'claude-opus-5-5', output = 10 } = {}): string {
  const usage = { input_tokens: 1_000, output_tokens: output, cache_read_input_tokens: 2_000, cache_creation_input_tokens: 300 }
  const message = { id: `msg_m${number}`, model, usage }
  const row = { type: 'assistant', timestamp: new Date(at).toISOString(), sessionId: session, cwd: '/w', requestId: `r${number}`, message }
  return `${JSON.stringify(row)}\n`
}

test('the sums of a session grow with its calls, and are those of the report', async () => {
  let now = NOW
  const { ledger, append, refresh } = ledgerFixture({ now: () => now })
  expect(ledger.sessionUsage('s')).toBeUndefined()
  append(
    'a.jsonl',
    line(1, { at: NOW - 30 * HOUR }) + line(2, { at: NOW - HOUR, model: 'claude-haiku-4-5' }) + line(3, { session: 'other' }),
  )
  await refresh()
  expect(ledger.sessionUsage('s')).toMatchObject({
    input_tokens: 2_000,
    output_tokens: 20,
    cache_read_tokens: 4_000,
    cache_write_tokens: 600,
  })
  append('a.jsonl', line(4, { at: NOW }))
  await refresh()
  const report = () => ledger.report({ group: 'session', timezone: 'UTC', filters: { session: 's' } }).totals.cost_usd
  expect(ledger.sessionUsage('s')).toMatchObject({ output_tokens: 30, cost_usd: report() })
  // A later record of an old call replaces it, and is seen when the next quarter-hour begins.
  now += 20 * 60_000
  append('a.jsonl', line(2, { at: NOW - HOUR, model: 'claude-haiku-4-5', output: 500 }) + line(5, { at: now }))
  await refresh()
  expect(ledger.sessionUsage('s')).toMatchObject({ output_tokens: 530, cost_usd: report() })
})

test('a model without a price has tokens and no cost', async () => {
  const { ledger, append, refresh } = ledgerFixture({ now: () => NOW })
  append('a.jsonl', line(1, { model: 'a-model-of-next-year' }))
  await refresh()
  expect(ledger.sessionUsage('s')).toEqual({ input_tokens: 1_000, output_tokens: 10, cache_read_tokens: 2_000, cache_write_tokens: 300 })
})
