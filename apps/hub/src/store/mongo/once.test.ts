import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { freshDatabase, MONGO_PATIENCE_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import type { Once } from '../store.ts'
import { Connection } from './connection.ts'
import { OnceKeeper } from './once.ts'

beforeAll(mongoForTests, MONGO_PATIENCE_MS)

const now = Date.parse('2026-10-06T09:12:00.000Z')
const once = (): Once => ({ owner: 'o', key: 'k', fingerprint: 'f', replayed: false })

async function start() {
  const connection = await Connection.open(await freshDatabase())
  onTestFinished(() => connection.close())
  return { keeper: new OnceKeeper(connection), records: connection.collection<{ _id: string; held_at: number }>('once') }
}

it('who comes while the work goes on waits for its result', async () => {
  const { keeper } = await start()
  const second = once()
  const first = keeper.once({ now, once: once() }, async () => {
    await delay(300)
    return 'result'
  })
  await delay(100)
  const again = keeper.once({ now, once: second }, async () => 'another')
  expect([await first, await again, second.replayed]).toEqual(['result', 'result', true])
})

it('work whose holder is dead is taken on by one, who is told that it was begun', async () => {
  const { keeper, records } = await start()
  void keeper.once({ now, once: once() }, () => new Promise(() => {}))
  await expect.poll(() => records.countDocuments({}), { timeout: 15_000 }).toBe(1)
  await records.updateOne({ _id: 'o\nk' }, { $set: { held_at: Date.now() - 11_000 } })
  const told: boolean[] = []
  const results = await Promise.all(
    [once(), once(), once()].map((one) =>
      keeper.once({ now, once: one }, async (again) => {
        told.push(again)
        return 'done'
      }),
    ),
  )
  expect([results, told]).toEqual([['done', 'done', 'done'], [true]])
})

it('who waits too long is told to come again', async () => {
  const { keeper } = await start()
  void keeper.once({ now, once: once() }, () => new Promise(() => {}))
  await delay(50)
  await expect(keeper.once({ now, once: once() }, async () => 'x')).rejects.toMatchObject({ code: 'unavailable' })
})

it('work that fails may be done again at once', async () => {
  const { keeper } = await start()
  await expect(
    keeper.once({ now, once: once() }, async () => {
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(await keeper.once({ now, once: once() }, async (again) => again)).toBe(false)
})
