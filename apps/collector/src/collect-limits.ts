import { systemClock } from '@signalbox/client'
import type { LimitStatus } from '@signalbox/contract/collector'
import type { Ledger } from '@signalbox/ledger'
import type { Logger } from 'pino'
import { Bell } from './bell.ts'
import type { CollectorConfig } from './config.ts'
import { runSources } from './limits/run-sources.ts'
import { sources } from './limits/sources.ts'
import { ReadingDelivery } from './sync/deliver-readings.ts'
import { storeIdOf } from './sync/hub-address.ts'
import { Touch } from './sync/keep-in-touch.ts'
import { readingObserver } from './sync/observe-readings.ts'
import { readingSync } from './sync/sync-reading.ts'

export interface LimitCollection {
  status(): { readonly limits: LimitStatus }
  /** Trying again is worth it now, perhaps with another key. */
  hurry(key: string | undefined): void
  readonly ended: Promise<void>
}

/** Milliseconds for which the hub is given the reading it asked for, before it hears that it is there. */
const ON_ITS_WAY = 5_000
/** Milliseconds until the hub has to say which store it has. */
const TIMEOUT = 10_000

/** Introduces those who read the plan limits to those who bring readings to the hub; they meet in the ledger. */
export function collectLimits(
  config: CollectorConfig,
  { ledger, log, changed }: { readonly ledger: Ledger; readonly log: Logger; readonly changed: () => void },
  signal: AbortSignal,
): LimitCollection {
  const { readingsUrl: url } = config
  const { readings } = ledger
  const clock = systemClock
  let key = config.readingsKey
  const [work, healthChanged] = [new Bell(), new Bell()]
  const [hurryDelivery, hurryTouch] = [new Bell(), new Bell()]

  const observer = readingObserver({
    log,
    verbose: config.syncVerbose,
    url,
    readings,
    changed,
    reached: () => hurryDelivery.ring(),
    // `signalbox up` finds another key for its own hub.
    helped: () => config.sameHub && process.send !== undefined,
  })
  const running = runSources(
    {
      sources,
      enabled: config.limitSources,
      env: config.env,
      machineId: config.machineId,
      clock,
      log,
      keep(snapshot) {
        readings.put(snapshot)
        work.ring()
      },
      changed() {
        healthChanged.ring()
        changed()
      },
    },
    signal,
  )
  const sync = readingSync({ url, key: () => key, health: running.health, clock, hurry: hurryDelivery, tried: observer.tried })
  const delivery = new ReadingDelivery({
    readings,
    sync,
    storeId: (signal) => storeIdOf(url, { key, timeout: TIMEOUT, now: clock.now(), signal }),
    clock,
    work,
    hurry: hurryDelivery,
    observer: observer.delivery,
  })
  const touch = new Touch({
    url,
    key: () => key,
    machineId: config.machineId,
    health: running.health,
    changed: healthChanged,
    hurry: hurryTouch,
    clock,
    observer: observer.touch,
    async readNow() {
      const outcome = await running.readNow()
      // Who asked looks at the hub as soon as it hears of the end.
      const until = clock.now() + ON_ITS_WAY
      while (outcome.ok && !signal.aborted && readings.pending() > 0 && clock.now() < until) await clock.wait(100, signal).catch(() => {})
      return outcome
    },
  })
  return {
    status: () => {
      const problem = running.problem()
      return {
        limits: {
          sources: running.status(),
          health: running.health(),
          ...(problem === undefined ? {} : { problem }),
          sync: observer.sync(),
          contact: observer.contact(),
        },
      }
    },
    hurry(renewed) {
      if (renewed !== undefined && config.sameHub) key = renewed
      hurryDelivery.ring()
      hurryTouch.ring()
    },
    ended: Promise.all([running.ended, delivery.run(signal), touch.run(signal)]).then(() => {}),
  }
}
