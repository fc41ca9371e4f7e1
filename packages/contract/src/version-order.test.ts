import { expect, test } from 'vitest'
import { compareVersions } from './version-order.ts'

test('versions are ordered by their numbers, and a preview comes before its release', () => {
  const ordered = ['0.1.0', '0.2.0-beta.2', '0.2.0-beta.10', '0.2.0', '0.10.0', '1.0.0']
  expect(ordered.toReversed().sort(compareVersions)).toEqual(ordered)
  expect(compareVersions('v1.2.3', '1.2.3+build')).toBe(0)
})
