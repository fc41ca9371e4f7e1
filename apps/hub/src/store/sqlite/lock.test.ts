import { expect, it } from 'vitest'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { lockFolder } from './lock.ts'

it('only one hub holds the lock of a folder at a time', async () => {
  const folder = tempFolder()
  const notices: number[] = []
  const lock = (waitMs: number) => lockFolder(folder, (ms) => notices.push(ms), waitMs)
  const release = await lock(0)
  expect(release).toBeDefined()
  expect(await lock(0)).toBeUndefined()
  expect(notices).toEqual([])
  expect(await lock(150)).toBeUndefined()
  expect(notices).toEqual([150])
  release!()
  const again = await lock(0)
  expect(again).toBeDefined()
  again!()
})

it('a hub waits for one that is ending, and says so', async () => {
  const folder = tempFolder()
  const release = await lockFolder(folder, () => {}, 0)
  const next = lockFolder(folder, () => release!())
  const again = await next
  expect(again).toBeDefined()
  again!()
})
