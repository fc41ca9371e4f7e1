import type { AddressInfo } from 'node:net'
import { type LiveEvent, type LiveOptions, StateTrackingApiClient } from '@signalbox/client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { masterKey, openHub } from '../../test/open-hub.ts'
import type { StateRoutes } from '../../test/state-routes.ts'

const DAY = 86_400_000

/** What the event log says on any store about the events that it no longer has. */
export function eventLogSuite(routes: StateRoutes): void {
  const { ask } = routes

  /** Twelve events, of which the first eight are removed by the rule of the log itself. */
  async function sweptLog(): Promise<void> {
    for (let n = 0; n < 8; n++) await routes.fleet.machine(`old ${n}`)
    routes.hub.clock.pass(31 * DAY)
    for (let n = 0; n < 4; n++) await routes.fleet.machine(`new ${n}`)
    await routes.hub.store.sweep(routes.hub.clock.now())
  }

  /** A client of another hub on the same store, as after a restart: nothing that was removed is left in its memory. */
  async function openClient(): Promise<StateTrackingApiClient> {
    const store = Object.create(routes.hub.store, { close: { value: async () => {} } })
    const { app } = await openHub({ store, clock: routes.hub.clock, folder: routes.hub.folder, env: { LOG_LEVEL: 'silent' } })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    return new StateTrackingApiClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: masterKey, retry: false })
  }

  /** Follows the events of a client until the test ends. */
  async function follow(options: LiveOptions): Promise<LiveEvent[]> {
    const client = await openClient()
    const stop = new AbortController()
    const received: LiveEvent[] = []
    const opened = Promise.withResolvers<void>()
    const done = (async () => {
      for await (const event of client.events({ ...options, signal: stop.signal, onConnection: () => opened.resolve() }))
        received.push(event)
    })()
    onTestFinished(async () => {
      stop.abort()
      await done
    })
    await opened.promise
    return received
  }

  describe('a reader of the event log', () => {
    it('learns on the stream which events were removed, and then gets those that are left', async () => {
      await sweptLog()
      const gap = { reason: 'removed', after: 3, continues_after: 8, store_id: routes.hub.store.id }
      for (const filter of [{}, { types: ['machine.created' as const] }]) {
        const received = await follow({ after: 3, ...filter })
        await vi.waitFor(() => expect(received).toHaveLength(5))
        expect(received[0]).toEqual({ event: 'gap', data: gap })
        expect(received.slice(1).map(({ id }) => id)).toEqual([9, 10, 11, 12])
      }
      const nothingMissing = await follow({ after: 8 })
      await vi.waitFor(() => expect(nothingMissing.map(({ id }) => id)).toEqual([9, 10, 11, 12]))
    })

    it('is refused a page that would leave them out silently, and learns where the log begins', async () => {
      await sweptLog()
      const page = (after: number, more = '') => ask('GET', `/events?format=json&after=${after}${more}`)
      const refused = await page(3)
      expect([refused.statusCode, refused.headers['x-oldest-event-id'], refused.json()]).toMatchObject([
        410,
        '9',
        {
          error: 'gone',
          message: 'The events from 4 to 8 were removed',
          details: { reason: 'removed', after: 3, continues_after: 8, store_id: routes.hub.store.id },
        },
      ])
      const next = await page(refused.json().details.continues_after)
      expect([next.statusCode, next.headers['x-store-id'], (next.json() as { id: number }[]).map(({ id }) => id)]).toEqual([
        200,
        routes.hub.store.id,
        [9, 10, 11, 12],
      ])
      // From the beginning, wherever that is.
      expect((await page(0)).json()).toHaveLength(4)
      const client = await openClient()
      await expect(client.listEvents({ after: 3 })).rejects.toMatchObject({ name: 'GoneError', status: 410, code: 'gone' })
      expect(await client.listEvents({ after: 8 })).toHaveLength(4)
    })

    it('learns when all of them were removed', async () => {
      await routes.fleet.machine('old')
      routes.hub.clock.pass(31 * DAY)
      await routes.hub.store.sweep(routes.hub.clock.now())
      expect((await ask('GET', '/events?format=json&after=0')).headers['x-oldest-event-id']).toBe('2')
      expect((await ask('GET', '/events?format=json&after=1')).json()).toEqual([])
      await routes.fleet.machine('new')
      const received = await follow({ after: 0 })
      await vi.waitFor(() => expect(received).toMatchObject([{ event: 'gap', data: { after: 0, continues_after: 1 } }, { id: 2 }]))
    })

    it('learns that its place is of another log, instead of receiving nothing', async () => {
      await routes.fleet.machine('a')
      const id = routes.hub.store.id
      const refused = await ask('GET', '/events?format=json&after=99999')
      expect([refused.statusCode, refused.json()]).toMatchObject([
        410,
        { message: 'Event 99999 is not of this log', details: { reason: 'other_log', after: 99999, continues_after: 1, store_id: id } },
      ])
      const received = await follow({ after: 99999 })
      await vi.waitFor(() =>
        expect(received).toMatchObject([{ event: 'gap', data: { reason: 'other_log', after: 99999, continues_after: 1 } }]),
      )
      await routes.fleet.machine('b')
      await vi.waitFor(() => expect(received.map(({ id }) => id)).toEqual([undefined, 2]))
      // The ids of the new log have passed the old place: only the id of the store shows it.
      expect((await ask('GET', `/events?format=json&after=1&store_id=${id}`)).statusCode).toBe(200)
      expect((await ask('GET', '/events?format=json&after=1&store_id=another')).json().details).toMatchObject({
        reason: 'other_log',
        continues_after: 2,
      })
      const other = await follow({ after: 1, storeId: 'another' })
      await routes.fleet.machine('c')
      await vi.waitFor(() => expect(other).toMatchObject([{ event: 'gap', data: { reason: 'other_log', continues_after: 2 } }, { id: 3 }]))
    })
  })
}
