import { expect, it } from 'vitest'
import { someSnapshot } from '../../test/snapshot.ts'
import { snapshotId, versionFile } from './version-file.ts'

const at = Date.parse('2026-02-03T04:05:06.789Z')

it('the file of a version is named by its instant in UTC and by its content', () => {
  const snapshot = someSnapshot(at, { idempotencyKey: 'k', lastUpdated: '2026-02-03T06:05:06.789+02:00' })
  expect(versionFile(Date.parse(snapshot.lastUpdated), snapshotId(snapshot))).toMatch(/^2026-02-03T04-05-06-[0-9a-f]{8}\.json$/)
})

it('a snapshot has one id, in whatever order its properties are written', () => {
  const snapshot = someSnapshot(at, { idempotencyKey: 'k', extraUsage: { a: [1, { b: 2, c: 3 }], d: null } })
  const reordered = Object.fromEntries(Object.entries({ ...snapshot, extraUsage: { d: null, a: [1, { c: 3, b: 2 }] } }).reverse())
  expect(snapshotId(reordered as typeof snapshot)).toBe(snapshotId(snapshot))
  expect(snapshotId({ ...snapshot, isPartial: undefined })).toBe(snapshotId(snapshot))
  for (const change of [
    { account: 'a' },
    { machine_id: 'b' },
    { idempotencyKey: 'l' },
    { extraUsage: { a: [1, { b: 2, c: 4 }], d: null } },
  ]) {
    expect(snapshotId({ ...snapshot, ...change })).not.toBe(snapshotId(snapshot))
  }
})
