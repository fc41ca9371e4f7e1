import { type Call, MAX_CALL_AHEAD_MS } from '@signalbox/contract/call'
import { type IngestResult, MAX_INGEST_BYTES, usageRoutes } from '@signalbox/contract/usage'
import { measuredWindow } from '@signalbox/usage/fresh-session'
import { instantOf } from '../clock.ts'
import { toChange } from '../http/idempotency.ts'
import { serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { freshPlan } from '../limits/fresh-plan.ts'
import type { RouteContext } from '../route-context.ts'
import { createReportSender } from '../usage/send-report.ts'

export function usage({ app, store, limitService, clock, config, metrics, quotas }: RouteContext): void {
  serve(
    app,
    usageRoutes.ingest,
    async ({ body, request, reply }): Promise<IngestResult> => {
      requireNotAhead(body.calls, clock.now())
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

  const sendReport = createReportSender(store, config, clock, async ({ machine }, now) => {
    // A text stands for one machine at most.
    const machineId = typeof machine === 'string' ? machine : undefined
    return measuredWindow(freshPlan(await limitService.currentLimits.ofUsage(undefined, machineId), now) ?? {})
  })
  serve(app, usageRoutes.report, ({ query, request, reply }) => sendReport(query, request, reply), { unchecked: true, compress: false })
}

/** Before it the hub's own clock was never set, and says nothing about calls. */
const EARLIEST_CLOCK = Date.UTC(2026, 0, 1)

/** Whether a call is of a time that is still to come, beyond what clocks may differ. */
export function isAhead({ at }: Pick<Call, 'at'>, now: number): boolean {
  return now >= EARLIEST_CLOCK && Date.parse(at) > now + MAX_CALL_AHEAD_MS
}

/** @throws HubError `validation_error` for calls of a time to come: every report would have to reach up to there */
function requireNotAhead(calls: readonly Call[], now: number): void {
  const ahead = calls.flatMap((call, index) => (isAhead(call, now) ? [`calls[${index}].at`] : []))
  if (ahead.length === 0) return
  const message = `is more than ${MAX_CALL_AHEAD_MS / 86_400_000} days ahead of the hub, whose clock says ${instantOf(now)}`
  throw new HubError('validation_error', `${ahead[0]}: ${message}`, {
    apiCode: 'VALIDATION_OUT_OF_RANGE',
    suggestion: 'Set the clock of the sending machine, or that of the hub.',
    details: { field: ahead[0], problems: ahead.slice(0, 100).map((field) => ({ field, message })) },
  })
}
