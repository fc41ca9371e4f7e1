import { callSchema } from '@signalbox/contract/call'
import { buildReport } from '@signalbox/usage/group'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { makeSample, type SampleCall } from '@signalbox/usage/sample'
import { toSlice } from '@signalbox/usage/slice'
import { expect, test } from 'vitest'

const now = Date.parse('2026-11-21T03:14:15.926Z')
const table = defaultPriceTable()
const month = [...makeSample({ now, timezone: 'Europe/Berlin' }).month]

function report(calls: readonly SampleCall[], group: 'day' | 'model' | 'machine' | 'project' | 'hour') {
  return buildReport({
    group,
    timezone: 'Europe/Berlin',
    table,
    now,
    slices: calls.map(({ call, machine }) => toSlice(call, table.thresholds, machine)),
  })
}

test('the sample month is valid calls with unique keys, ordered by time, none after now', () => {
  for (const { call } of month) callSchema.parse(call)
  expect(new Set(month.map(({ call }) => call.key)).size).toBe(month.length)
  const times = month.map(({ call }) => call.at)
  expect(times).toEqual([...times].sort())
  expect(Date.parse(times.at(-1)!)).toBeLessThanOrEqual(now)
  expect(now - Date.parse(times.at(-1)!)).toBeLessThan(60_000)
})

test('every day has usage, weekends less, over several machines, projects and models, all with prices', () => {
  const days = report(month, 'day').rows
  expect(days).toHaveLength(32)
  const mean = (weekend: boolean) => {
    const some = days.slice(0, -1).filter(({ day }) => [0, 6].includes(new Date(day!).getUTCDay()) === weekend)
    return some.reduce((sum, { calls }) => sum + calls, 0) / some.length
  }
  expect(mean(true)).toBeGreaterThan(0)
  expect(mean(true)).toBeLessThan(mean(false) / 2)
  expect(report(month, 'machine').rows.length).toBeGreaterThanOrEqual(4)
  expect(report(month, 'project').rows.length).toBeGreaterThanOrEqual(8)
  const models = report(month, 'model')
  expect(models.rows.length).toBeGreaterThanOrEqual(4)
  expect(models.unpriced).toEqual([])
  expect(models.rows.map(({ model }) => model)).toContain('claude-opus-5-5')
  expect(month.some(({ call }) => call.is_sidechain && call.agent_id !== undefined)).toBe(true)
})

test('it reads far more from the cache than it writes, as Claude Code does', () => {
  const { totals } = report(month, 'day')
  expect(totals.read / (totals.write_1h + totals.write_5m)).toBeGreaterThan(8)
  expect(totals.output).toBeGreaterThan(totals.input)
})

test('the same seed gives the same month, and past days stay the same a day later', () => {
  expect([...makeSample({ now, timezone: 'Europe/Berlin' }).month]).toEqual(month)
  const other = [...makeSample({ now, timezone: 'Europe/Berlin', seed: 2 }).month]
  const keys = new Set(month.map(({ call }) => call.key))
  expect(other.some(({ call }) => keys.has(call.key))).toBe(false)
  const later = [...makeSample({ now: now + 86_400_000, timezone: 'Europe/Berlin' }).month]
  const inside = ({ call }: SampleCall) => call.at >= '2026-11-01' && call.at < '2026-11-20'
  expect(later.filter(inside)).toEqual(month.filter(inside))
})

test('it continues with a few calls every few seconds, at any hour, each returned once', () => {
  for (const start of [now, now + 8 * 3_600_000]) {
    const sample = makeSample({ now: start, timezone: 'Europe/Berlin' })
    const before = new Set([...sample.month].map(({ call }) => call.key))
    const later: SampleCall[] = []
    for (let second = 3; second <= 120; second += 3) {
      const calls = sample.nextCalls(start + second * 1_000)
      for (const { call } of calls) {
        expect(Date.parse(call.at)).toBeLessThanOrEqual(start + second * 1_000)
        expect(Date.parse(call.at)).toBeGreaterThan(start)
      }
      later.push(...calls)
    }
    expect(later.length).toBeGreaterThan(20)
    expect(later.length).toBeLessThan(200)
    expect(new Set([...before, ...later.map(({ call }) => call.key)]).size).toBe(before.size + later.length)
  }
})

test('after a day of sleep it returns a bounded number of calls and continues', () => {
  const sample = makeSample({ now })
  expect(sample.nextCalls(now + 86_400_000).length).toBeLessThan(60_000)
  expect(sample.nextCalls(now + 86_400_000 + 60_000).length).toBeGreaterThan(0)
})
