import { expect, test } from 'vitest'
import { upgradeOf } from './upgrade.ts'

test('a page of another version than its hub comes before what is new since the last visit', () => {
  expect(upgradeOf({ hub: '0.2.0', page: '0.2.0', seen: undefined })).toBeUndefined()
  expect(upgradeOf({ hub: '0.2.0', page: '0.2.0', seen: '0.2.0' })).toBeUndefined()
  expect(upgradeOf({ hub: '0.10.0', page: '0.10.0', seen: '0.9.0' })).toEqual({ kind: 'upgraded', from: '0.9.0', hub: '0.10.0' })
  expect(upgradeOf({ hub: '0.1.0', page: '0.1.0', seen: '0.2.0' })).toEqual({ kind: 'rolled-back', from: '0.2.0', hub: '0.1.0' })
  expect(upgradeOf({ hub: '0.2.0', page: '0.1.0', seen: '0.1.0' })).toEqual({ kind: 'page-older', hub: '0.2.0', page: '0.1.0' })
  expect(upgradeOf({ hub: '0.1.0', page: '0.2.0', seen: undefined })).toEqual({ kind: 'page-newer', hub: '0.1.0', page: '0.2.0' })
})
