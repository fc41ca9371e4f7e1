import { claudeUsageRoutes } from '@signalbox/contract/claude-usage'
import type { Doors } from '../doors.ts'
import { serve } from '../http/route.ts'
import { freshPlan } from '../limits/fresh-plan.ts'
import { usageSummary } from '../usage/summary.ts'

export function claudeUsage({ app, store, limitBook, clock, config }: Doors): void {
  for (const route of Object.values(claudeUsageRoutes)) {
    serve(app, route, async ({ query }) => {
      const now = clock.now()
      return usageSummary(store.usage, query, config, now, freshPlan(await limitBook.board.of(undefined), now))
    })
  }
}
