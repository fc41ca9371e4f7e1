import { auditRoutes } from '@signalbox/contract/audit'
import { linkNext } from '../http/list.ts'
import { serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'

export function audit({ app, store }: RouteContext): void {
  serve(app, auditRoutes.list, async ({ query: { limit, before, action }, request, reply }) => {
    // With one more it is known whether there is a next page.
    const rows = await store.audit.page({ limit: limit + 1, before, actions: action })
    const page = rows.slice(0, limit)
    if (rows.length > limit) linkNext(request, reply, { limit: String(limit), before: String(page.at(-1)!.id) })
    return page
  })
}
