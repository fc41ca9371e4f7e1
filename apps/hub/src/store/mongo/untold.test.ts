import type { HubEvent } from '@signalbox/contract/event'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { freshDatabase, MONGO_PATIENCE_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import type { NewEvent } from '../store.ts'
import { EventLog } from './event.ts'
import { openMongoStore } from './open.ts'
import { andTell, Teller, type Telling, untold, untoldIndex } from './untold.ts'

beforeAll(mongoForTests, MONGO_PATIENCE_MS)

const now = Date.parse('2026-10-06T09:12:00.000Z')
const event = (n: number): NewEvent => ({ event: 'session.updated', data: { session_id: 's', n } })

interface Thing extends Telling {
  state: string
}

async function start() {
  const store = await openMongoStore({ uri: await freshDatabase(), prices: defaultPriceTable() })
  onTestFinished(() => store.close())
  const things = store.connection.collection<Thing>('thing')
  await things.createIndex(untoldIndex.key, { name: untoldIndex.name })
  const log = new EventLog(store.connection, 1_000_000)
  await log.open()
  onTestFinished(() => log.close())
  const heard: HubEvent[] = []
  log.listen((events) => heard.push(...events))
  return { store, things, log, heard, teller: new Teller(log), numbers: () => heard.map(({ data }) => data.n) }
}

it('what a document has to tell is written with it, told, and then gone from it', async () => {
  const { things, teller, heard, numbers } = await start()
  await things.insertOne({ _id: 'x', revision: 1, state: 'new', ...untold(1, [event(1), event(2)], now) })
  await teller.tell(things, (await things.findOne({ _id: 'x' }))!)
  const next = await things.findOneAndUpdate(
    { _id: 'x', revision: 1 },
    andTell<Thing>({ $set: { state: 'old' }, $inc: { revision: 1 } }, 2, [event(3)], now + 1),
    { returnDocument: 'after' },
  )
  expect(next).toMatchObject({ state: 'old', revision: 2, has_untold: true })
  await teller.tell(things, next!)
  expect(numbers()).toEqual([1, 2, 3])
  expect(heard[2]).toEqual({
    id: 3,
    event: 'session.updated',
    at: new Date(now + 1).toISOString(),
    data: { session_id: 's', n: 3 },
  })
  expect(await things.findOne({ _id: 'x' })).toEqual({ _id: 'x', revision: 2, state: 'old' })
})

it('told again, by whomever, it is there once', async () => {
  const { store, things, teller, numbers } = await start()
  await things.insertOne({ _id: 'x', revision: 1, state: 'new', ...untold(1, [event(1), event(2)], now) })
  const document = (await things.findOne({ _id: 'x' }))!
  const other = new EventLog(store.connection, 1_000_000)
  await other.open()
  onTestFinished(() => other.close())
  await Promise.all([teller.tell(things, document), new Teller(other).tell(things, document), teller.tell(things, document)])
  await teller.tell(things, document)
  expect(numbers()).toEqual([1, 2])
  expect((await store.events.bounds()).last).toBe(2)
})

it('what a hub left behind is told after the second look, before what came later', async () => {
  const { things, teller, numbers } = await start()
  await things.insertOne({ _id: 'x', revision: 1, state: 'new', ...untold(1, [event(1)], now) })
  await things.updateOne({ _id: 'x' }, andTell<Thing>({ $inc: { revision: 1 } }, 2, [event(2)], now))
  expect(await teller.tellForgotten(things)).toBe(0)
  expect(numbers()).toEqual([])
  expect(await teller.tellForgotten(things)).toBe(1)
  expect(numbers()).toEqual([1, 2])
  expect(await teller.tellForgotten(things)).toBe(0)
  await things.updateOne({ _id: 'x' }, andTell<Thing>({ $inc: { revision: 1 } }, 3, [event(3)], now))
  expect(await teller.tellForgotten(things, { all: true })).toBe(1)
  expect(numbers()).toEqual([1, 2, 3])
})
