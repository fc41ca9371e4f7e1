import type { HubEvent } from '@signalbox/contract/event'
import { beforeEach } from 'vitest'
import { type Fleet, fleetOf } from './fleet.ts'
import type { HubOptions, TestHub } from './open-hub.ts'

/** The hub of the running test, and requests to its state routes. */
export interface StateRoutes {
  readonly hub: TestHub
  readonly fleet: Fleet
  ask(method: string, url: string, payload?: object, headers?: Record<string, string>): ReturnType<TestHub['ask']>
  /** Sends a request that is to be refused. @returns status, code and message */
  refused(method: string, url: string, payload?: object): Promise<[status: number, error: string, message: string]>
  events(query?: string): Promise<HubEvent[]>
}

/** Opens a hub before each test of the suite. */
export function openStateRoutes(open: (options: HubOptions) => Promise<TestHub>): StateRoutes {
  let hub: TestHub
  let fleet: Fleet
  beforeEach(async () => {
    hub = await open({ env: { LOG_LEVEL: 'silent' } })
    fleet = fleetOf(hub)
    await hub.monitor.check()
  })
  const ask: StateRoutes['ask'] = (method, url, payload, headers = {}) =>
    hub.ask(method, url, { headers, ...(payload === undefined ? {} : { payload }) })
  return {
    get hub() {
      return hub
    },
    get fleet() {
      return fleet
    },
    ask,
    async refused(method, url, payload) {
      const answer = await ask(method, url, payload)
      return [answer.statusCode, answer.json().error, answer.json().message]
    },
    events: async (query = '') => (await ask('GET', `/events?format=json&after=0&limit=1000${query}`)).json(),
  }
}
