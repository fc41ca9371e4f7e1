import { expect, it } from 'vitest'
import { someReading } from '../../test/reading.ts'
import { readingId, versionFile } from './version-file.ts'

const at = Date.parse('2026-02-03T04:05:06.789Z')

it('the file of a version is named for when it was read, in UTC, and for what it says', () => {
  const reading = someReading(at, { idempotencyKey: 'k', lastUpdated: '2026-02-03T06:05:06.789+02:00' })
  expect(versionFile(Date.parse(reading.lastUpdated), readingId(reading))).toMatch(/^2026-02-03T04-05-06-[0-9a-f]{8}\.json$/)
})

it('one reading has one id, in whatever order its properties are written', () => {
  const reading = someReading(at, { idempotencyKey: 'k', extraUsage: { a: [1, { b: 2, c: 3 }], d: null } })
  const turned = Object.fromEntries(Object.entries({ ...reading, extraUsage: { d: null, a: [1, { c: 3, b: 2 }] } }).reverse())
  expect(readingId(turned as typeof reading)).toBe(readingId(reading))
  expect(readingId({ ...reading, isPartial: undefined })).toBe(readingId(reading))
  for (const change of [
    { account: 'a' },
    { machine_id: 'b' },
    { idempotencyKey: 'l' },
    { extraUsage: { a: [1, { b: 2, c: 4 }], d: null } },
  ]) {
    expect(readingId({ ...reading, ...change })).not.toBe(readingId(reading))
  }
})
