import type { HubEvent } from '@signalbox/contract/event'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../../test/support/mongo.ts'
import type { NewEvent } from '../../../event/new-event.ts'
import { Connection } from '../connection.ts'
import { EventLog } from '../event.ts'
import { migrate } from '../migration/migrate.ts'
import { IdempotencyRecords } from './idempotency.ts'
import { VersionedCollection } from './versioned-collection.ts'
import { recoveryIndex, type VersionedDocument } from './versioned-document.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const now = Date.parse('2026-10-06T09:12:00.000Z')
const event = (n: number): NewEvent => ({ event: 'session.updated', data: { session_id: 's', n } })

interface Thing extends VersionedDocument {
  state: string
}

async function start() {
  const connection = await Connection.open(await freshDatabase())
  onTestFinished(() => connection.close())
  await migrate(connection)
  await connection.collection('thing').createIndex(recoveryIndex.key, { name: recoveryIndex.name })
  const open = async () => {
    const log = new EventLog(connection, 1_000_000)
    await log.open()
    onTestFinished(() => log.close())
    return { log, things: new VersionedCollection<Thing>('thing', { connection, log, idempotency: new IdempotencyRecords(connection) }) }
  }
  const { log, things } = await open()
  const received: HubEvent[] = []
  log.listen((events) => received.push(...events))
  return { things, log, received, open, numbers: () => received.map(({ data }) => data.n) }
}

const write = (state: string, ...events: number[]) => ({ fields: { state }, events: events.map(event), at: now })

it('the events of a change are written with its document, published, and removed from it', async () => {
  const { things, received, numbers } = await start()
  const created = (await things.create('x', write('new', 1, 2)))!
  expect(await things.documents.findOne({ _id: 'x' })).toMatchObject({ has_untold: true, untold: [{ n: 0 }, { n: 1 }] })
  await things.publish(created)
  await things.change('x', { now }, async () => ({ result: null, write: { ...write('old', 3), at: now + 1 } }))
  expect(numbers()).toEqual([1, 2, 3])
  expect(received[2]).toEqual({
    id: 3,
    event: 'session.updated',
    at: new Date(now + 1).toISOString(),
    data: { session_id: 's', n: 3 },
  })
  expect(await things.documents.findOne({ _id: 'x' })).toEqual({ _id: 'x', revision: created.revision + 1, state: 'old' })
})

it('an outbox that several hubs publish is stored once', async () => {
  const { things, log, open, numbers } = await start()
  const document = (await things.create('x', write('new', 1, 2)))!
  const other = await open()
  await Promise.all([things.publish(document), other.things.publish(document), things.publish(document)])
  await things.publish(document)
  expect(numbers()).toEqual([1, 2])
  expect((await log.bounds()).last).toBe(2)
})

it('an orphaned outbox is published by the second check, before later events', async () => {
  const { things, open, numbers } = await start()
  const { things: crashed } = await open()
  crashed.publish = async () => {}
  await crashed.create('x', write('new', 1))
  await crashed.change('x', { now }, async () => ({ result: null, write: write('newer', 2) }))
  expect(await things.recover()).toBe(0)
  expect(numbers()).toEqual([])
  expect(await things.recover()).toBe(1)
  expect(numbers()).toEqual([1, 2])
  expect(await things.recover()).toBe(0)
  await crashed.change('x', { now }, async () => ({ result: null, write: write('newest', 3) }))
  expect(await things.recover({ all: true })).toBe(1)
  expect(numbers()).toEqual([1, 2, 3])
})
