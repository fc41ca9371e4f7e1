import { type IngestResult, MAX_INGEST_BYTES, usageRoutes } from '@signalbox/contract/usage'
import { measuredWindow } from '@signalbox/usage/fresh-session'
import { instantOf } from '../clock.ts'
import { toChange } from '../http/idempotency.ts'
import { serve } from '../http/route.ts'
import { freshPlan } from '../limits/fresh-plan.ts'
import type { RouteContext } from '../route-context.ts'
import { createReportSender } from '../usage/send-report.ts'

export function usage({ app, store, limitService, clock, config, metrics, quotas }: RouteContext): void {
  serve(
    app,
    usageRoutes.ingest,
    async ({ body, request, reply }): Promise<IngestResult> => {
      const projects = new Set(body.calls.map(({ cwd }) => cwd ?? ''))
      await quotas.take(request, reply, {
        rows: body.calls.length,
        names: [{ kind: 'machine', name: body.machine_id }, ...[...projects].map((name) => ({ kind: 'project' as const, name }))],
      })
      const now = clock.now()
      const counts = await store.usage.ingest(body.machine_id, body.calls, toChange(request, reply, now))
      for (const [result, count] of Object.entries(counts)) metrics.calls.inc({ result }, count)
      return { success: true, ...counts, timestamp: instantOf(now) }
    },
    { bodyLimit: MAX_INGEST_BYTES },
  )

  const sendReport = createReportSender(store.usage, config, clock, async ({ machine_id }, now) =>
    measuredWindow(freshPlan(await limitService.currentLimits.ofUsage(undefined, machine_id), now) ?? {}),
  )
  serve(app, usageRoutes.report, ({ query, request, reply }) => sendReport(query, request, reply), { unchecked: true, compress: false })
}
