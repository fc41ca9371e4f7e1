import { type ApiHealth, type Health, healthRoutes, type Readiness } from '@signalbox/contract/health'
import { instantOf } from '../clock.ts'
import { areFew, countDescriptors } from '../http/descriptors.ts'
import { serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { toMinutes } from '../limits/current.ts'
import type { StoreFailures } from '../maintenance/store-failures.ts'
import { StoreHealth } from '../maintenance/store-health.ts'
import type { RouteContext } from '../route-context.ts'
import { shareRunning } from '../share-running.ts'
import type { Store } from '../store/store.ts'

/** Ages of the newest snapshot of the plan limits, in milliseconds. */
const HEALTHY_MS = 10 * 60_000
const DEGRADED_MS = 30 * 60_000

const always = { unlimited: true, quiet: true } as const

export function health({ app, store, clock, version, state, storeFailures }: RouteContext): void {
  const check = shareRunning(() => checkHub(store, storeFailures))
  serve(
    app,
    healthRoutes.health,
    async ({ reply }): Promise<Health> => {
      const { problem, latency } = await check()
      const descriptors = countDescriptors()
      if (problem !== undefined) reply.code(503)
      return {
        status: problem === undefined ? 'ok' : 'unavailable',
        timestamp: instantOf(clock.now()),
        uptime: process.uptime(),
        database: problem === undefined ? 'connected' : 'disconnected',
        latency,
        version,
        failures: storeFailures.lastMinute,
        ...(descriptors === undefined ? {} : { descriptors }),
        ...(problem === undefined ? {} : { message: problem.message }),
      }
    },
    always,
  )

  serve(
    app,
    healthRoutes.ready,
    async ({ reply }): Promise<Readiness> => {
      const reason = state.reason ?? ((await check()).problem === undefined ? undefined : 'store unavailable')
      if (reason !== undefined) reply.code(503)
      return { ready: reason === undefined, timestamp: instantOf(clock.now()), ...(reason === undefined ? {} : { reason }) }
    },
    always,
  )

  const storeHealth = new StoreHealth(store)
  serve(
    app,
    healthRoutes.api,
    async ({ reply }): Promise<ApiHealth> => {
      const checked = await storeHealth.check()
      const { limits } = checked
      const problem = checked.problem ?? failing(storeFailures)
      const now = clock.now()
      const newest = limits?.newestTimestamp ?? null
      const age = newest === null ? null : Math.max(0, now - Date.parse(newest))
      const freshness = age === null || age > DEGRADED_MS ? 'unhealthy' : age > HEALTHY_MS ? 'degraded' : 'healthy'
      const status = problem === undefined ? freshness : 'unhealthy'
      if (status === 'unhealthy') reply.code(503)
      const versionCount = limits?.versionCount ?? 0
      const ageMinutes = age === null ? null : toMinutes(age)
      return {
        status,
        storage: {
          accessible: problem?.code !== 'unavailable' && problem?.apiCode !== 'STORAGE_READ_FAILED',
          writable: problem === undefined,
          versionCount,
        },
        latestDataAge: ageMinutes,
        versionCount,
        latestData: { ageMinutes, status: freshness, timestamp: newest },
        timestamp: instantOf(now),
      }
    },
    always,
  )
}

async function checkHub(store: Store, failures: StoreFailures): Promise<{ problem: HubError | undefined; latency: number }> {
  const began = performance.now()
  let problem: HubError | undefined
  try {
    await store.check()
    problem = failing(failures) ?? withoutDescriptors()
  } catch (error) {
    problem = error instanceof HubError ? error : new HubError('database_error', 'The hub database does not answer', { cause: error })
  }
  return { problem, latency: Math.round((performance.now() - began) * 1000) / 1000 }
}

function failing(failures: StoreFailures): HubError | undefined {
  return failures.problem === undefined ? undefined : new HubError('database_error', failures.problem)
}

function withoutDescriptors(): HubError | undefined {
  const descriptors = countDescriptors()
  if (descriptors === undefined || !areFew(descriptors)) return undefined
  return new HubError('unavailable', `The hub has ${descriptors.open} of ${descriptors.limit} files open`)
}
