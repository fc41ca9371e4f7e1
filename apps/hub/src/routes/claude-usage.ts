import { claudeUsageRoutes } from '@signalbox/contract/claude-usage'
import { serve } from '../http/route.ts'
import { freshPlan } from '../limits/fresh-plan.ts'
import { snapshotNotFound } from '../limits/snapshot-not-found.ts'
import type { RouteContext } from '../route-context.ts'
import { usageSummary } from '../usage/summary.ts'

export function claudeUsage({ app, store, limitService, clock, config }: RouteContext): void {
  for (const route of Object.values(claudeUsageRoutes)) {
    serve(app, route, async ({ query }) => {
      const now = clock.now()
      const latest = await limitService.currentLimits.ofUsage(query.account, query.machine_id)
      if (latest === undefined && query.account !== undefined) throw snapshotNotFound(query.account, await store.limits.collectors(), now)
      return usageSummary(store.usage, query, config, now, freshPlan(latest, now))
    })
  }
}
