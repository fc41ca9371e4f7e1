import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, it } from 'vitest'
import { databaseForStore, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../test/support/mongo.ts'
import { fleetOf } from '../../test/fleet.ts'
import { openHub, type TestHub } from '../../test/open-hub.ts'
import { openMongoStore } from '../store/mongo/open.ts'
import type { Store } from '../store/store.ts'
import { cleanUp } from './clean-up.ts'

const DAY = 86_400_000
const env = { LOG_LEVEL: 'silent' }

describe('on SQLite', () => {
  suite(() => openHub({ env }))
})

describe('on MongoDB', () => {
  beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
  suite(async () => openHub({ env, store: await openMongoStore({ uri: await databaseForStore(), prices: defaultPriceTable() }) }))
})

/** The store, with an interruption between finding ended sessions and changing them. */
function interrupted(store: Store, meanwhile: () => Promise<unknown>): Store {
  const ended: Store['sessions']['ended'] = async (query) => {
    const found = await store.sessions.ended(query)
    await meanwhile()
    return found
  }
  return { ...store, sessions: { ...store.sessions, ended } }
}

function suite(open: () => Promise<TestHub>): void {
  it.each(['archive', 'purge'] as const)('skips sessions that another request has changed meanwhile: %s', async (operation) => {
    const hub = await open()
    const fleet = fleetOf(hub)
    await hub.monitor.check()
    const failed = async () => {
      const { session_id } = await fleet.session()
      await fleet.task(session_id)
      await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' })
      return session_id
    }
    const [archived, purged, live, again, stays] = [await failed(), await failed(), await failed(), await failed(), await failed()]
    hub.clock.pass(8 * DAY)
    const store = interrupted(hub.store, async () => {
      for (const id of [archived, purged]) await fleet.ok('POST', `/sessions/${id}/archive`)
      await fleet.ok('DELETE', `/sessions/${purged}/purge`, { confirm: true })
      for (const id of [live, again]) await fleet.ok('POST', `/sessions/${id}/recover`)
      await fleet.ok('DELETE', `/sessions/${again}`)
    })
    const wanted = { older_than_days: 7, statuses: ['completed' as const, 'failed' as const], archive: operation === 'archive' }
    expect(await cleanUp(store, wanted, hub.clock.now())).toMatchObject({
      operation,
      sessions_affected: 1,
      tasks_deleted: operation === 'archive' ? 0 : 1,
      breakdown_by_status: { completed: 0, failed: 1, archived: 0 },
    })
    const status = async (id: string) => (await hub.ask('GET', `/sessions/${id}`)).json().status ?? 'gone'
    expect(await Promise.all([archived, purged, live, stays].map(status))).toEqual([
      'archived',
      'gone',
      'active',
      operation === 'archive' ? 'archived' : 'gone',
    ])
    expect(await status(again), 'it has ended just now').toBe('completed')
  })
}
