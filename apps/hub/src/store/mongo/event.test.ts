import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import type { NewEvent } from '../../event/new-event.ts'
import { Connection } from './connection.ts'
import { IdempotencyRecords } from './core/idempotency.ts'
import { InterruptedConnection } from './core/interrupted-connection.fixture.ts'
import { appendEvents, EventLog } from './event.ts'
import { migrate } from './migration/migrate.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const now = Date.parse('2026-10-06T09:12:00.000Z')

it('events are stored once, before whatever command a hub crashes that appends them', async () => {
  const connection = await Connection.open(await freshDatabase())
  onTestFinished(() => connection.close())
  await migrate(connection)
  const log = new EventLog(connection, 1_000_000)
  for (let step = 1, crashed = true; crashed; step++) {
    crashed = false
    const key = `key ${step}`
    const events = ['a', 'b'].map((name): NewEvent => ({ event: 'usage.updated', data: { machine_id: `${name} of ${key}` } }))
    const append = (of: Pick<Connection, 'collection' | 'dialect' | 'read'>, to: EventLog) => {
      const idempotency = { owner: 'o', key, fingerprint: 'f', replayed: false }
      return appendEvents(to, new IdempotencyRecords(of, { leaseTtlMs: 0 }), events, { now, idempotency })
    }
    const interrupted = new InterruptedConnection(connection, async (command) => {
      if (command < step) return
      crashed = true
      throw new Error('crashed')
    })
    await append(interrupted, new EventLog(interrupted, 1_000_000)).catch(() => {})
    await append(connection, log)
    await append(connection, log)
    const stored = await connection
      .collection<{ _id: number; machine_id: string }>('event')
      .find({}, { sort: { _id: 1 } })
      .toArray()
    const names = stored.map(({ machine_id }) => machine_id).filter((name) => name.endsWith(key))
    expect(names, `step ${step}`).toEqual([`a of ${key}`, `b of ${key}`])
  }
})
