import type { SessionCheck } from '@signalbox/contract/usage-check'
import { type FoundHub, findHub } from '@signalbox/hub-address/find-hub'
import { withTelemetry } from '@signalbox/usage/session-check'
import { Failure } from '../failure.ts'
import { withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

/** Where telemetry was looked for. */
export interface TelemetrySource {
  /** The hub that was asked; null where none is set up. */
  readonly hub: string | null
  /** Why there is no telemetry, with what to do. */
  readonly problem?: string
}

export interface WithTelemetry {
  readonly checks: SessionCheck[]
  readonly source: TelemetrySource
}

/** People wait for it, and the rest of the answer is there already. */
const TIMEOUT_MS = 3_000
/** The sessions that are asked for at the same time. */
const AT_ONCE = 4

/** Adds what the hub of this machine has of the telemetry of sessions; without a hub that answers, it says why there is none. */
export async function addTelemetry(io: Io, checks: readonly SessionCheck[]): Promise<WithTelemetry> {
  const hub = findHubQuietly(io)
  try {
    if (hub?.source === 'default') {
      return {
        checks: [...checks],
        source: { hub: null, problem: 'telemetry is kept by a hub, and none is set up here: signalbox connect' },
      }
    }
    return await withHub(
      io,
      {},
      async ({ client, url }) => {
        const joined: SessionCheck[] = []
        for (let begin = 0; begin < checks.length; begin += AT_ONCE) {
          const some = checks.slice(begin, begin + AT_ONCE)
          joined.push(
            ...(await Promise.all(some.map(async (check) => withTelemetry(check, await client.checkSessionUsage(check.session))))),
          )
        }
        return { checks: joined, source: { hub: url } }
      },
      { timeout: TIMEOUT_MS, retry: false },
    )
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { message, suggestion } = error
    return {
      checks: [...checks],
      source: { hub: hub?.url ?? null, problem: `no telemetry: ${message}${suggestion === undefined ? '' : ` ${suggestion}`}` },
    }
  }
}

/** The hub of this machine; its warnings are printed when it is asked, and so is why it cannot be found. */
function findHubQuietly(io: Io): FoundHub | undefined {
  try {
    return findHub(io.env)
  } catch {
    return undefined
  }
}
