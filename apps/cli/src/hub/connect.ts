import { type Fetch, StateTrackingApiClient } from '@signalbox/client'
import { readSettings } from '@signalbox/contract/setting'
import { isLoopback } from '../loopback.ts'
import { readCredentials } from '../up/credentials.ts'
import { failureOf } from './failure-of.ts'

/** What every command that asks the hub may be told. */
export interface HubOptions {
  readonly json?: true
  readonly verbose?: true
}

/** The hub as a command sees it. */
export interface Hub {
  readonly client: StateTrackingApiClient
  /** Milliseconds since 1970 by the clock of the hub, as far as it has answered: ages are right on a machine whose own is wrong. */
  now(): number
}

export interface Patience {
  /** Milliseconds for one try. */
  readonly timeout?: number
  readonly tryAgain?: boolean
}

/**
 * Asks the hub at SIGNALBOX_URL, with SIGNALBOX_API_KEY, else with the key that `signalbox up` has made on this machine.
 * @throws Failure with what to do, when the hub is not there or refuses
 */
export async function askHub<T>(options: HubOptions, work: (hub: Hub) => Promise<T>, patience: Patience = {}): Promise<T> {
  const { SIGNALBOX_URL: url, ...settings } = readSettings(process.env, ['SIGNALBOX_URL', 'SIGNALBOX_API_KEY', 'DATA_DIR'])
  const own = () => (isLoopback(new URL(url).hostname) ? readCredentials(settings.DATA_DIR)?.key : undefined)
  const apiKey = settings.SIGNALBOX_API_KEY ?? own()
  let ahead = 0
  const listening: Fetch = async (input, init) => {
    const response = await fetch(input, init)
    // To the second, which is as exact as ages are told.
    const date = Date.parse(response.headers.get('date') ?? '')
    if (!Number.isNaN(date)) ahead = Math.abs(date - Date.now()) < 2_000 ? 0 : date - Date.now()
    const wait = Number(response.headers.get('retry-after'))
    if (response.status === 429 && wait > 1 && wait <= LONGEST_WAIT && patience.tryAgain !== false) {
      console.error(`signalbox: the hub takes no more requests for now; going on in ${wait} s.`)
    }
    return response
  }
  const client = new StateTrackingApiClient({
    baseUrl: url,
    apiKey,
    fetch: listening,
    ...(patience.timeout === undefined ? {} : { timeout: patience.timeout }),
    // Somebody is waiting: a hub that is not there is told soon.
    retry: patience.tryAgain === false ? false : { attempts: 1, baseDelay: 250, maxRetryAfter: LONGEST_WAIT * 1000 },
  })
  try {
    return await work({ client, now: () => Date.now() + ahead })
  } catch (error) {
    const detailed = options.json === true || options.verbose === true
    throw failureOf(error, { url, named: Boolean(process.env.SIGNALBOX_URL), withKey: apiKey !== undefined, detailed })
  }
}

/** Seconds: the hub counts by the minute. */
const LONGEST_WAIT = 60
