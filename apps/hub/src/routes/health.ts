import { type ApiHealth, type Health, healthRoutes, type Readiness } from '@signalbox/contract/health'
import { instantOf } from '../clock.ts'
import type { Doors } from '../doors.ts'
import { serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { minutesOf } from '../limits/current.ts'
import { StoreLook } from '../maintenance/store-look.ts'
import type { Store } from '../store/store.ts'

/** The newest reading of the plan limits is as young as that, in milliseconds. */
const HEALTHY_MS = 10 * 60_000
const DEGRADED_MS = 30 * 60_000

const always = { unlimited: true, quiet: true } as const

export function health({ app, store, clock, version, state }: Doors): void {
  serve(
    app,
    healthRoutes.health,
    async ({ reply }): Promise<Health> => {
      const { problem, latency } = await ask(store)
      if (problem !== undefined) reply.code(503)
      return {
        status: problem === undefined ? 'ok' : 'unavailable',
        timestamp: instantOf(clock.now()),
        uptime: process.uptime(),
        database: problem === undefined ? 'connected' : 'disconnected',
        latency,
        version,
        ...(problem === undefined ? {} : { message: problem.message }),
      }
    },
    always,
  )

  serve(
    app,
    healthRoutes.ready,
    async ({ reply }): Promise<Readiness> => {
      const reason = state.reason ?? ((await ask(store)).problem === undefined ? undefined : 'store unavailable')
      if (reason !== undefined) reply.code(503)
      return { ready: reason === undefined, timestamp: instantOf(clock.now()), ...(reason === undefined ? {} : { reason }) }
    },
    always,
  )

  const look = new StoreLook(store)
  serve(
    app,
    healthRoutes.api,
    async ({ reply }): Promise<ApiHealth> => {
      const { problem, readings } = await look.now()
      const now = clock.now()
      const newest = readings?.newestTimestamp ?? null
      const age = newest === null ? null : Math.max(0, now - Date.parse(newest))
      const fresh = age === null || age > DEGRADED_MS ? 'unhealthy' : age > HEALTHY_MS ? 'degraded' : 'healthy'
      const status = problem === undefined ? fresh : 'unhealthy'
      if (status === 'unhealthy') reply.code(503)
      const versionCount = readings?.versionCount ?? 0
      const ageMinutes = age === null ? null : minutesOf(age)
      return {
        status,
        storage: {
          accessible: problem?.code !== 'unavailable' && problem?.apiCode !== 'STORAGE_READ_FAILED',
          writable: problem === undefined,
          versionCount,
        },
        latestDataAge: ageMinutes,
        versionCount,
        latestData: { ageMinutes, status: fresh, timestamp: newest },
        timestamp: instantOf(now),
      }
    },
    always,
  )
}

async function ask(store: Store): Promise<{ problem: HubError | undefined; latency: number }> {
  const began = performance.now()
  let problem: HubError | undefined
  try {
    await store.check()
  } catch (error) {
    problem = error instanceof HubError ? error : new HubError('database_error', 'The store does not answer', { cause: error })
  }
  return { problem, latency: Math.round((performance.now() - began) * 1000) / 1000 }
}
