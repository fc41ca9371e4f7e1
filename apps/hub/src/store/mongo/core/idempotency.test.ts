import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../../test/support/mongo.ts'
import type { Idempotency } from '../../idempotency.ts'
import { Connection } from '../connection.ts'
import { type IdempotencyPace, IdempotencyRecords } from './idempotency.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const now = Date.parse('2026-10-06T09:12:00.000Z')
const newIdempotency = (): Idempotency => ({ owner: 'o', key: 'k', fingerprint: 'f', replayed: false })

async function start(pace: Partial<IdempotencyPace> = {}) {
  const connection = await Connection.open(await freshDatabase())
  onTestFinished(() => connection.close())
  return { idempotency: new IdempotencyRecords(connection, pace), records: connection.collection<{ _id: string; held_at: number }>('once') }
}

it('a repeated request waits for the result of the first one', async () => {
  const { idempotency } = await start()
  const second = newIdempotency()
  const first = idempotency.run({ now, idempotency: newIdempotency() }, async () => {
    await delay(300)
    return 'result'
  })
  await delay(100)
  const again = idempotency.run({ now, idempotency: second }, async () => 'another')
  expect([await first, await again, second.replayed]).toEqual(['result', 'result', true])
})

it('work with an expired lease is resumed once, and knows that it was started before', async () => {
  const { idempotency, records } = await start()
  void idempotency.run({ now, idempotency: newIdempotency() }, () => new Promise(() => {}))
  await expect.poll(() => records.countDocuments({}), { timeout: 45_000 }).toBe(1)
  await records.updateOne({ _id: 'o\nk' }, { $set: { held_at: Date.now() - 11_000 } })
  const resumed: boolean[] = []
  const results = await Promise.all(
    [newIdempotency(), newIdempotency(), newIdempotency()].map((one) =>
      idempotency.run({ now, idempotency: one }, async (again) => {
        resumed.push(again)
        return 'done'
      }),
    ),
  )
  expect([results, resumed]).toEqual([['done', 'done', 'done'], [true]])
})

it('a repeated request fails with unavailable when the first one takes too long', async () => {
  const { idempotency } = await start({ resultWaitMs: 300 })
  void idempotency.run({ now, idempotency: newIdempotency() }, () => new Promise(() => {}))
  await delay(50)
  await expect(idempotency.run({ now, idempotency: newIdempotency() }, async () => 'x')).rejects.toMatchObject({ code: 'unavailable' })
})

it('failed work can be retried at once', async () => {
  const { idempotency } = await start()
  await expect(
    idempotency.run({ now, idempotency: newIdempotency() }, async () => {
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(await idempotency.run({ now, idempotency: newIdempotency() }, async (again) => again)).toBe(false)
})
