import { defaultPriceTable } from '@signalbox/usage/price-table'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { TestClock } from '../../test/open-hub.ts'
import { someReading } from '../../test/reading.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import { LatestBoard } from './latest-board.ts'

const MINUTE = 60_000

function start() {
  const clock = new TestClock()
  const { limits, events, close } = openSqliteStore({ folder: tempFolder(), prices: defaultPriceTable() })
  const board = new LatestBoard(limits, events, clock)
  onTestFinished(async () => {
    board.close()
    await close()
  })
  const put = (at: number) => limits.put(someReading(at), { now: clock.now() })
  return { clock, limits, board, put }
}

it('an answer stands for a second while nothing is told, and no longer: retention of another hub tells nothing', async () => {
  const { clock, limits, board, put } = start()
  const old = clock.now() - 3 * 86_400_000
  for (const at of [old, old + MINUTE, clock.now()]) await put(at)
  const first = board.of(undefined)
  expect((await first)?.numbered).toMatchObject({ current: 3, total: 3 })
  const { account } = (await first)!.numbered.version
  expect(await limits.retain(account, { versions: 1, days: 1 }, clock.now())).toHaveLength(2)
  clock.pass(999)
  expect(board.of(undefined)).toBe(first)
  clock.pass(1)
  expect((await board.of(undefined))?.numbered).toMatchObject({ current: 1, total: 1 })
})

it('a reading that is told of is in the next answer', async () => {
  const { clock, board, put } = start()
  expect(await board.of(undefined)).toBeUndefined()
  await put(clock.now())
  expect((await board.of(undefined))?.numbered).toMatchObject({ total: 1 })
})

it('a clock that somebody sets back lets no answer stand longer', async () => {
  const { clock, board } = start()
  const first = board.of(undefined)
  clock.set(-60 * MINUTE)
  clock.pass(1_000)
  expect(board.of(undefined)).not.toBe(first)
})
