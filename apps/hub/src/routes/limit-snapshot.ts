import { MAX_SNAPSHOT_BYTES, type SnapshotStored } from '@signalbox/contract/limit-snapshot'
import { limitRoutes } from '@signalbox/contract/limits'
import { isInYears } from '@signalbox/contract/time'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { instantOf } from '../clock.ts'
import { toChange } from '../http/idempotency.ts'
import { serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'

/** How far the clock of another machine may be ahead, in milliseconds. */
const MAX_AHEAD_MS = 5 * 60_000

export function limitSnapshot({ app, limitService, clock, quotas }: RouteContext): void {
  serve(
    app,
    limitRoutes.create,
    async ({ body, request, reply }): Promise<SnapshotStored> => {
      await quotas.take(request, reply, {
        snapshots: 1,
        names: [
          { kind: 'account', name: body.account ?? '' },
          ...(body.machine_id === undefined ? [] : [{ kind: 'collector' as const, name: body.machine_id }]),
        ],
      })
      const now = clock.now()
      const { fresh, number } = await limitService.put(body, toChange(request, reply, now))
      return {
        success: true,
        message: fresh ? 'Snapshot stored' : 'Snapshot was stored before',
        timestamp: instantOf(now),
        version: number,
      }
    },
    // Twice the size of a snapshot: JSON may be indented.
    { bodyLimit: 2 * MAX_SNAPSHOT_BYTES, before: (request, reply) => refuseFuture(request, reply, clock.now()) },
  )
}

/** Runs before the schema: a snapshot of the future would be refused with a less useful message. */
function refuseFuture(request: FastifyRequest, reply: FastifyReply, now: number): void {
  const lastUpdated = (request.body as { lastUpdated?: unknown } | null | undefined)?.lastUpdated
  const at = typeof lastUpdated === 'string' && /^\d{4}-\d\d-\d\dT/.test(lastUpdated) ? Date.parse(lastUpdated) : Number.NaN
  // A year that is none stays one: the schema refuses it for good.
  if (!(at - now > MAX_AHEAD_MS) || !isInYears(at)) return
  // The refusal heals with time: once the instant is past, the same request is accepted.
  reply.header('retry-after', Math.ceil((at - now) / 1000))
  throw new HubError('validation_error', 'lastUpdated is more than 5 minutes in the future', {
    apiCode: 'VALIDATION_OUT_OF_RANGE',
    suggestion: `Set the clock of the sending machine, or that of the hub, which has ${instantOf(now)}. Send the snapshot again when its time has come.`,
    details: { field: 'lastUpdated', problems: [{ field: 'lastUpdated', message: 'lastUpdated is more than 5 minutes in the future' }] },
  })
}
