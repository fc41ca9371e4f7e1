import { type IngestResult, MAX_INGEST_BYTES, usageRoutes } from '@signalbox/contract/usage'
import { reportCsv } from '@signalbox/usage/report-csv'
import { instantOf } from '../clock.ts'
import type { Doors } from '../doors.ts'
import { isUnchanged } from '../http/etag.ts'
import { changeOf } from '../http/once.ts'
import { sent, serve } from '../http/route.ts'
import { usageReport } from '../usage/report.ts'

export function usage({ app, store, clock, config, metrics }: Doors): void {
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

  serve(
    app,
    usageRoutes.report,
    async ({ query, request, reply }) => {
      const { revision } = await store.usage.state()
      const asCsv = wantsCsv(request.headers.accept)
      reply.header('vary', 'accept')
      // A block that is open changes with the clock.
      const etag = `W/"${revision}-${config.prices.version}-${asCsv ? 'csv' : 'json'}"`
      if (query.group !== 'block' && isUnchanged(request, reply, etag)) {
        reply.send()
        return sent
      }
      const report = await usageReport(store.usage, query, config, clock.now())
      if (!asCsv) return report
      reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="usage-by-${query.group}.csv"`)
      reply.send(reportCsv(report))
      return sent
    },
    { unchecked: true },
  )
}

function wantsCsv(accept = ''): boolean {
  const csv = accept.indexOf('text/csv')
  const json = accept.indexOf('application/json')
  return csv !== -1 && (json === -1 || csv < json)
}
