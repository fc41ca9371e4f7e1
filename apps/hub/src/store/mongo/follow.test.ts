import { setTimeout as delay } from 'node:timers/promises'
import type { HubEvent } from '@signalbox/contract/event'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_PATIENCE_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { logOf, names, slowAndWell } from '../../../test/slow-hub.ts'
import { slowLine } from '../../../test/slow-line.ts'
import { EventFeed, type Word } from '../../event/feed.ts'
import type { NewEvent } from '../store.ts'
import { type MongoStore, openMongoStore } from './open.ts'

beforeAll(mongoForTests, MONGO_PATIENCE_MS)
vi.setConfig({ testTimeout: 60_000 })

const now = Date.parse('2026-10-06T09:12:00.000Z')
const soon = { timeout: 15_000 }
const event = (name: string): NewEvent => ({ event: 'alert.opened', data: { alert_id: name } })
const series = (name: string, count: number) => Array.from({ length: count }, (_, n) => event(`${name}${n}`))
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1)

async function open(uri: string, follow = 30): Promise<MongoStore> {
  const store = await openMongoStore({ uri, prices: defaultPriceTable(), pace: { follow, tidy: 1_000_000, dead: 60_000 } })
  onTestFinished(() => store.close())
  return store
}

function hear(store: MongoStore): HubEvent[] {
  const heard: HubEvent[] = []
  store.events.listen((events) => heard.push(...events))
  return heard
}

describe('the events of another hub', () => {
  it('are told without gap or double, though one is written much later than its id was chosen', async () => {
    const uri = await freshDatabase()
    const line = await slowLine(uri)
    const [slow, well] = [await open(line.uri), await open(uri)]
    const heard = [hear(slow), hear(well)]
    const write = line.hold('insert', 'event')
    const late = slow.events.append([event('late 1'), event('late 2')], { now })
    await write.reached
    await well.events.append([event('first')], { now })
    await well.events.append([event('second')], { now })
    for (const events of heard) await vi.waitFor(() => expect(events).toHaveLength(2), soon)
    write.release()
    await late
    for (const events of heard) await vi.waitFor(() => expect(events).toHaveLength(4), soon)
    for (const events of heard) {
      expect(events.map(({ id, data }) => [id, data.alert_id])).toEqual([
        [1, 'first'],
        [2, 'second'],
        [3, 'late 1'],
        [4, 'late 2'],
      ])
    }
  })

  it('may come between those of one that writes many, each in its own order', async () => {
    const uri = await freshDatabase()
    const line = await slowLine(uri)
    const [slow, well] = [await open(line.uri), await open(uri)]
    const heard = [hear(slow), hear(well)]
    const writes = numbers(3).map(() => line.hold('insert', 'event'))
    const many = slow.events.append(series('many ', 130), { now })
    for (const [n, write] of writes.entries()) {
      await write.reached
      await well.events.append(series(`few ${n} `, 3), { now })
      write.release()
    }
    await many
    for (const events of heard) await vi.waitFor(() => expect(events).toHaveLength(139), soon)
    for (const events of heard) {
      expect(events.map(({ id }) => id)).toEqual(numbers(139))
      const told = events.map(({ data }) => data.alert_id as string)
      expect(told.filter((name) => name.startsWith('many '))).toEqual(numbers(130).map((n) => `many ${n - 1}`))
      for (let n = 0; n < 3; n++) expect(told.filter((name) => name.startsWith(`few ${n} `))).toHaveLength(3)
    }
    expect(heard[0]).toEqual(heard[1])
  })

  it('of one that dies in the midst of many are told by another, each once', async () => {
    const { slow, well, line } = await slowAndWell()
    const heard: HubEvent[] = []
    well.hub.store.events.listen((events) => heard.push(...events))
    const { session_id } = await well.fleet.session()
    for (let n = 0; n < 60; n++) {
      const { task_id } = await well.fleet.task(session_id)
      await well.fleet.ok('POST', `/tasks/${task_id}/start`, {})
    }
    const [first, second] = [line.hold('insert', 'event'), line.hold('insert', 'event')]
    const failing = slow.ask('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' })
    await first.reached
    first.release()
    await second.reached
    line.cut()
    expect((await failing).statusCode).toBe(503)
    const ends = (log: readonly HubEvent[]) => names(log).filter((name) => name.endsWith(' failed'))
    await vi.waitFor(async () => expect(ends(await logOf(well))).toHaveLength(61), soon)
    await vi.waitFor(() => expect(ends(heard)).toHaveLength(61), soon)
    await vi.waitFor(async () => {
      expect(await well.store.connection.collection('session').countDocuments({ has_untold: true })).toBe(0)
    }, soon)
    expect(ends(await logOf(well))).toHaveLength(61)
    expect(heard.map(({ id }) => id)).toEqual(numbers(heard.length))
  })
})

describe('a reader that comes from another hub', () => {
  async function join(store: MongoStore, after: number) {
    const feed = await EventFeed.open(store.events, { silence: 60_000, patience: 60_000 })
    onTestFinished(() => feed.close())
    return (more: () => Promise<unknown>) => {
      const heard: Word[] = []
      feed.join({ after, filter: {} }, { hear: (word) => heard.push(word) > 0, end: () => {}, drop: () => heard.push('nothing') })
      return more().then(() => heard)
    }
  }
  const ids = (heard: readonly Word[]) => heard.flatMap((word) => (typeof word === 'object' && 'id' in word ? word.id : []))

  it('that was ahead is told nothing twice', async () => {
    const uri = await freshDatabase()
    const [ahead, behind] = [await open(uri), await open(uri, 1_500)]
    const joining = await join(behind, 5)
    await ahead.events.append(series('seen ', 5), { now })
    const heard = await joining(async () => {
      await ahead.events.append(series('new ', 3), { now })
      await delay(3_500)
    })
    expect(ids(heard)).toEqual([6, 7, 8])
    expect(heard[0]).toEqual({ at: 5 })
  })

  it('or from another store altogether is told what happens next', async () => {
    const store = await open(await freshDatabase())
    await store.events.append(series('old ', 3), { now })
    const joining = await join(store, 1_000)
    const heard = await joining(async () => {
      await store.events.append(series('new ', 2), { now })
      await delay(500)
    })
    expect(ids(heard)).toEqual([4, 5])
    expect(heard[0]).toEqual({ at: 3 })
  })
})
