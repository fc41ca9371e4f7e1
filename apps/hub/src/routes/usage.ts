import { type IngestResult, MAX_INGEST_BYTES, usageRoutes } from '@signalbox/contract/usage'
import { measuredWindow } from '@signalbox/usage/fresh-session'
import { instantOf } from '../clock.ts'
import type { Doors } from '../doors.ts'
import { changeOf } from '../http/once.ts'
import { serve } from '../http/route.ts'
import { freshPlan } from '../limits/fresh-plan.ts'
import { reportSender } from '../usage/send-report.ts'

export function usage({ app, store, limitBook, clock, config, metrics }: Doors): void {
  serve(
    app,
    usageRoutes.ingest,
    async ({ body, request, reply }): Promise<IngestResult> => {
      const now = clock.now()
      const counts = await store.usage.ingest(body.machine_id, body.calls, changeOf(request, reply, now))
      for (const [result, count] of Object.entries(counts)) metrics.calls.inc({ result }, count)
      return { success: true, ...counts, timestamp: instantOf(now) }
    },
    { bodyLimit: MAX_INGEST_BYTES },
  )

  const sendReport = reportSender(store.usage, config, clock, async (now) =>
    measuredWindow(freshPlan(await limitBook.board.of(undefined), now) ?? {}),
  )
  serve(app, usageRoutes.report, ({ query, request, reply }) => sendReport(query, request, reply), { unchecked: true, compress: false })
}
