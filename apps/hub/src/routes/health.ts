import { type ApiHealth, type Health, healthRoutes, type Readiness } from '@signalbox/contract/health'
import { instantOf } from '../clock.ts'
import type { Doors } from '../doors.ts'
import { serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { Store } from '../store/store.ts'

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

  serve(
    app,
    healthRoutes.api,
    async ({ reply }): Promise<ApiHealth> => {
      const { problem } = await ask(store)
      if (problem !== undefined) reply.code(503)
      const accessible = problem?.code !== 'unavailable' && problem?.apiCode !== 'STORAGE_READ_FAILED'
      return {
        status: problem === undefined ? 'healthy' : 'unhealthy',
        storage: { accessible, writable: problem === undefined },
        timestamp: instantOf(clock.now()),
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
