import type { UsageRow } from '@signalbox/contract/usage'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BLOCK_MS, blocks } from './block.ts'
import { buildReport } from './group.ts'
import { defaultPriceTable } from './price-table.ts'
import { addToSlice, type Slice, sliceKey, toSlice } from './slice.ts'
import { HOUR, MINUTE } from './zone.ts'

const table = defaultPriceTable()
const ms = (text: string) => Date.parse(`2026-10-${text}Z`)

function slicesAt(times: readonly number[], model = 'claude-opus-5-5'): Slice[] {
  const slices = new Map<string, Slice>()
  for (const time of times) {
    const call = {
      key: 'k:',
      at: new Date(time).toISOString(),
      model,
      is_sidechain: false,
      input: 0,
      output: 50_000,
      write_5m: 0,
      write_1h: 0,
      read: 50_000,
    }
    const slice = toSlice(call, table.thresholds)
    const held = slices.get(sliceKey(slice))
    if (held === undefined) slices.set(sliceKey(slice), slice)
    else addToSlice(held, slice)
  }
  return [...slices.values()]
}

function rowsAt(times: readonly string[], options: { now?: number; window?: { resetsAt: number } } = {}): UsageRow[] {
  return blocks(slicesAt(times.map(ms)), { table, ...options })
}

const spans = (rows: readonly UsageRow[]) =>
  rows.map(({ start, end, calls, is_gap, measured }) => [
    start!.slice(8, 16),
    end!.slice(8, 16),
    is_gap ? 'gap' : measured ? `measured ${calls}` : calls,
  ])

describe('without a measured window', () => {
  test('a block begins at the UTC hour of its first call and lasts five hours', () => {
    expect(spans(rowsAt(['06T09:47:00', '06T13:59:59']))).toEqual([['06T09:00', '06T14:00', 2]])
  })

  test('the first call five hours after the start opens the next block', () => {
    expect(spans(rowsAt(['06T09:47:00', '06T13:59:59', '06T14:00:00', '06T18:30:00']))).toEqual([
      ['06T09:00', '06T14:00', 2],
      ['06T14:00', '06T19:00', 2],
    ])
  })

  test('a report up to a time does not end with the gap before the next block', () => {
    const question = { group: 'block', timezone: 'UTC', table, slices: slicesAt(['06T09:47:00', '07T01:10:00'].map(ms)) } as const
    const times = buildReport({ ...question, until: '2026-10-06T20:00:00Z' }).rows.map(({ start, is_gap }) => [start!.slice(8, 13), is_gap])
    expect(times).toEqual([['06T09', false]])
    expect(buildReport(question).rows).toHaveLength(3)
  })

  test('the time without calls between two blocks is an empty row of its own', () => {
    const rows = rowsAt(['06T09:47:00', '07T01:10:00'])
    expect(spans(rows)).toEqual([
      ['06T09:00', '06T14:00', 1],
      ['06T14:00', '07T01:00', 'gap'],
      ['07T01:00', '07T06:00', 1],
    ])
    expect(rows[1]).toEqual({
      start: '2026-10-06T14:00:00.000Z',
      end: '2026-10-07T01:00:00.000Z',
      calls: 0,
      input: 0,
      output: 0,
      write_5m: 0,
      write_1h: 0,
      read: 0,
      total_tokens: 0,
      cost_usd: null,
      unpriced_calls: 0,
      unfinished_calls: 0,
      odd_calls: 0,
      models: [],
      is_active: false,
      is_gap: true,
      measured: false,
    })
  })

  test('the rows equal those of a simple pass over the sorted calls', () => {
    const times = fc.array(
      fc.integer({ min: 0, max: 4 * 24 * 60 }).map((minute) => ms('06T00:00:00') + minute * MINUTE),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(times, (list) => {
        const found: { start: number; calls: number; first: number; last: number }[] = []
        for (const time of [...list].sort((a, b) => a - b)) {
          const open = found.at(-1)
          if (open === undefined || time - open.start >= BLOCK_MS || time - open.last > BLOCK_MS) {
            found.push({ start: Math.floor(time / HOUR) * HOUR, calls: 1, first: time, last: time })
          } else {
            open.calls++
            open.last = time
          }
        }
        const rows = blocks(slicesAt(list), { table })
        expect(
          rows
            .filter((row) => !row.is_gap)
            .map(({ start, calls, first_call_at, last_call_at }) => [start, calls, first_call_at, last_call_at]),
        ).toEqual(
          found.map(({ start, calls, first, last }) =>
            [new Date(start), calls, new Date(first), new Date(last)].map((part) => (part instanceof Date ? part.toISOString() : part)),
          ),
        )
        for (const [nth, row] of rows.entries()) {
          const next = rows[nth + 1]
          if (next) expect(row.end).toBe(next.start)
          expect(Date.parse(row.end!)).toBeGreaterThan(Date.parse(row.start!))
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('the active block', () => {
  test('has a burn rate between its first and last call, and a projection to its end', () => {
    // 200,000 tokens and $2.02 within 50 minutes; 2 h 30 min are left.
    const [row] = rowsAt(['06T10:00:00', '06T10:50:00'], { now: ms('06T12:30:00') })
    expect(row).toMatchObject({ is_active: true, total_tokens: 200_000, cost_usd: 2.02 })
    expect(row!.burn_rate).toEqual({ tokens_per_minute: 4_000, cost_per_minute: 2.02 / 50 })
    expect(row!.projection).toEqual({
      total_tokens: 200_000 + 4_000 * 150,
      cost_usd: expect.closeTo(2.02 + (2.02 / 50) * 150, 9),
      remaining_minutes: 150,
    })
  })

  test('is the block that contains now, its end excluded', () => {
    const active = (now: number) => rowsAt(['06T10:20:00', '06T10:50:00', '06T21:00:00'], { now }).map((row) => row.is_active)
    expect(active(ms('06T10:00:00'))).toEqual([true, false, false])
    expect(active(ms('06T14:59:59'))).toEqual([true, false, false])
    expect(active(ms('06T15:00:00'))).toEqual([false, false, false])
    expect(active(ms('06T21:00:00'))).toEqual([false, false, true])
    expect(rowsAt(['06T10:20:00']).map((row) => row.is_active)).toEqual([false])
  })

  test('has no rate with one call, and calls within seconds count as one minute', () => {
    const [alone] = rowsAt(['06T10:20:00'], { now: ms('06T11:00:00') })
    expect(alone).toMatchObject({ is_active: true })
    expect(alone).not.toHaveProperty('burn_rate')
    expect(alone).not.toHaveProperty('projection')
    const [quick] = rowsAt(['06T10:20:00', '06T10:20:02'], { now: ms('06T11:00:00') })
    expect(quick!.burn_rate!.tokens_per_minute).toBe(200_000)
  })

  test('has a rate of tokens only when its calls have no price', () => {
    const slices = slicesAt([ms('06T10:00:00'), ms('06T10:10:00')], 'claude-next-9')
    const [row] = blocks(slices, { table, now: ms('06T11:00:00') })
    expect(row).toMatchObject({
      cost_usd: null,
      burn_rate: { tokens_per_minute: 20_000, cost_per_minute: null },
      projection: { cost_usd: null },
    })
  })
})

describe('a measured window', () => {
  const window = { resetsAt: ms('06T15:15:00') }

  test('is the five hours before its reset; blocks around it do not overlap it', () => {
    const times = ['06T08:10:00', '06T10:14:59', '06T10:15:00', '06T15:14:59', '06T15:15:00']
    const rows = rowsAt(times, { now: ms('06T12:00:00'), window })
    expect(spans(rows)).toEqual([
      ['06T08:00', '06T10:15', 2],
      ['06T10:15', '06T15:15', 'measured 2'],
      ['06T15:15', '06T20:15', 1],
    ])
    expect(rows.map((row) => row.is_active)).toEqual([false, true, false])
  })

  test('has a row without calls while it is open, and none afterwards', () => {
    expect(spans(rowsAt(['06T08:10:00'], { now: ms('06T12:00:00'), window }))).toEqual([
      ['06T08:00', '06T10:15', 1],
      ['06T10:15', '06T15:15', 'measured 0'],
    ])
    expect(spans(rowsAt(['06T08:10:00'], { now: ms('06T16:00:00'), window }))).toEqual([['06T08:00', '06T10:15', 1]])
  })

  test('delays the next block: a block begins no earlier than the one before it ends', () => {
    const times = ['06T15:15:00', '06T20:15:00', '07T01:15:00', '07T08:30:00']
    expect(spans(rowsAt(times, { window }))).toEqual([
      ['06T15:15', '06T20:15', 1],
      ['06T20:15', '07T01:15', 1],
      ['07T01:15', '07T06:15', 1],
      ['07T06:15', '07T08:00', 'gap'],
      ['07T08:00', '07T13:00', 1],
    ])
  })

  test('can be at any time: every call counts exactly once', () => {
    const times = fc.array(
      fc.integer({ min: 0, max: 4 * 96 }).map((quarter) => ms('06T00:00:00') + quarter * 15 * MINUTE),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(times, fc.integer({ min: -20, max: 5 * 96 }), (list, reset) => {
        const resetsAt = ms('06T00:00:00') + reset * 15 * MINUTE
        const rows = blocks(slicesAt(list), { table, window: { resetsAt } })
        expect(rows.reduce((sum, row) => sum + row.calls, 0)).toBe(list.length)
        for (const [nth, row] of rows.entries()) {
          const next = rows[nth + 1]
          if (next) expect(row.end).toBe(next.start)
          if (row.measured) expect(row.end).toBe(new Date(resetsAt).toISOString())
        }
        const inside = list.filter((time) => time >= resetsAt - BLOCK_MS && time < resetsAt).length
        expect(rows.filter((row) => row.measured).map((row) => row.calls)).toEqual(inside === 0 ? [] : [inside])
      }),
      { numRuns: 2_000 },
    )
  })
})

test('calls of other agents are in no block of Claude Code, and without its calls in blocks that are not measured', () => {
  const window = { resetsAt: ms('06T12:00:00') }
  const own = slicesAt([ms('06T09:00:00')])
  const others = slicesAt([ms('06T09:30:00'), ms('07T09:30:00')]).map((slice) => ({ ...slice, agent: 'codex' }))
  expect(blocks([...own, ...others], { table, window })).toEqual(blocks(own, { table, window }))
  expect(blocks(others, { table, window })).toEqual(blocks(others, { table }))
  expect(blocks(others, { table }).map(({ calls }) => calls)).toEqual([1, 0, 1])
})

test('a report includes a block as a whole or not at all', () => {
  const slices = slicesAt(['05T22:30:00', '06T01:00:00', '06T09:00:00'].map(ms))
  const report = (over: { since?: string; until?: string }) => buildReport({ group: 'block', timezone: 'UTC', slices, table, ...over })
  const today = report({ since: '2026-10-06' })
  expect(spans(today.rows)).toEqual([
    ['05T22:00', '06T03:00', 2],
    ['06T03:00', '06T09:00', 'gap'],
    ['06T09:00', '06T14:00', 1],
  ])
  expect(today.totals.calls).toBe(3)
  expect(report({ until: '2026-10-06T09:00:00Z' }).totals.calls).toBe(2)
})
