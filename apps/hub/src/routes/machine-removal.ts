import type { AuditAction } from '@signalbox/contract/audit'
import { machineRemovalRoutes } from '@signalbox/contract/machine-removal'
import type { FastifyRequest } from 'fastify'
import { auditEntry } from '../http/audit.ts'
import { requireConfirmation } from '../http/confirm.ts'
import { toChange } from '../http/idempotency.ts'
import { serve } from '../http/route.ts'
import { moveMachine, purgeMachine } from '../maintenance/move-machine.ts'
import type { RouteContext } from '../route-context.ts'
import type { Change } from '../store/change.ts'

/** Many calls take longer than a request usually may. */
const slow = { timeout: 600_000 } as const

export function machineRemoval({ app, store, limitService, clock }: RouteContext): void {
  serve(
    app,
    machineRemovalRoutes.rename,
    ({ params: { machine_id: from }, body: { machine_id: to, dry_run: dryRun = false }, request, reply }) => {
      const audit = auditUnlessDry(request, 'machine.renamed', dryRun)
      const change = toChange(request, reply, clock.now())
      return store.runIdempotent({ ...change, audit }, async () => ({
        machine_id: to,
        from,
        ...(await moveMachine(store, limitService, { from, to, as: 'rename', dryRun }, change)),
        dry_run: dryRun,
      }))
    },
    slow,
  )

  serve(
    app,
    machineRemovalRoutes.merge,
    ({ params: { machine_id: from }, body: { into: to, confirm, dry_run: dryRun = false }, request, reply }) => {
      if (!dryRun) requireConfirmation({}, { confirm })
      const audit = auditUnlessDry(request, 'machine.merged', dryRun)
      const change = toChange(request, reply, clock.now())
      return store.runIdempotent({ ...change, audit }, async () => ({
        machine_id: to,
        from,
        ...(await moveMachine(store, limitService, { from, to, as: 'merge', dryRun }, change)),
        dry_run: dryRun,
      }))
    },
    slow,
  )

  serve(app, machineRemovalRoutes.purge, async ({ params: { machine_id }, query, body, request }) => {
    const dryRun = query.dry_run === 'true'
    if (!dryRun) requireConfirmation(query, body)
    const now = clock.now()
    const audit = auditUnlessDry(request, 'machine.removed', dryRun)
    return store.runIdempotent({ now, audit }, async () => ({
      machine_id,
      ...(await purgeMachine(store, machine_id, { now }, dryRun)),
      dry_run: dryRun,
    }))
  })
}

/** The entry of the audit log for what was done, which is the answer; none where nothing was. */
function auditUnlessDry(request: FastifyRequest, action: AuditAction, dryRun: boolean): Change['audit'] {
  if (dryRun) return undefined
  return (result) => {
    const { dry_run: _, ...details } = result as Record<string, unknown>
    return auditEntry(request, action, details)
  }
}
