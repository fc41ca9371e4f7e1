import { expect, test } from 'vitest'
import type { UsageRow } from '../hub/answer.ts'
import { buildBlockSpans } from './block-span.ts'

function block(start: string, end: string, extra: Partial<UsageRow> = {}): UsageRow {
  const none = {
    calls: 1,
    input: 0,
    output: 0,
    write_5m: 0,
    write_1h: 0,
    read: 0,
    total_tokens: 0,
    cost_usd: 0,
    unpriced_calls: 0,
    unfinished_calls: 0,
    odd_calls: 0,
  }
  return { start, end, ...none, models: [], ...extra }
}

const from = Date.parse('2026-11-09T00:00:00Z')
const to = Date.parse('2026-11-10T00:00:00Z')

test('a block is positioned by its hours', () => {
  expect(buildBlockSpans([block('2026-11-09T06:00:00Z', '2026-11-09T12:00:00Z', { is_active: true })], from, to)).toMatchObject([
    { left: 0.25, width: 0.25, active: true },
  ])
})

test('a block across midnight is clipped to each day', () => {
  const over = [block('2026-11-08T21:00:00Z', '2026-11-09T03:00:00Z')]
  expect(buildBlockSpans(over, from, to)).toMatchObject([{ left: 0, width: 0.125 }])
  expect(buildBlockSpans(over, from - 86_400_000, from)).toMatchObject([{ left: 0.875, width: 0.125 }])
})

test('gaps and blocks of other days are left out', () => {
  expect(
    buildBlockSpans(
      [block('2026-11-09T06:00:00Z', '2026-11-09T12:00:00Z', { is_gap: true }), block('2026-11-01T06:00:00Z', '2026-11-01T11:00:00Z')],
      from,
      to,
    ),
  ).toEqual([])
})
