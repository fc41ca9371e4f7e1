import { expect, it } from 'vitest'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { lockFolder } from './lock.ts'

it('a folder is one hub’s until it lets go', () => {
  const folder = tempFolder()
  const release = lockFolder(folder)
  expect(release).toBeDefined()
  expect(lockFolder(folder)).toBeUndefined()
  release!()
  const again = lockFolder(folder)
  expect(again).toBeDefined()
  again!()
})
