import { usageCheckRoutes } from '@signalbox/contract/usage-check'
import { serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'
import { checkReports } from '../usage/session-check.ts'

export function usageCheck({ app, store, config }: RouteContext): void {
  serve(app, usageCheckRoutes.check, async ({ params }) => {
    return checkReports(params.session_id, await store.usage.reportsOf(params.session_id), config.prices)
  })
}
