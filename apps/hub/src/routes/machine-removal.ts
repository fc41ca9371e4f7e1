import { machineRemovalRoutes } from '@signalbox/contract/machine-removal'
import { auditEntry } from '../http/audit.ts'
import { requireConfirmation } from '../http/confirm.ts'
import { toChange } from '../http/idempotency.ts'
import { serve } from '../http/route.ts'
import { moveMachine, purgeMachine } from '../maintenance/move-machine.ts'
import type { RouteContext } from '../route-context.ts'

/** Many calls take longer than a request usually may. */
const slow = { timeout: 600_000 } as const

export function machineRemoval({ app, store, limitService, clock }: RouteContext): void {
  serve(
    app,
    machineRemovalRoutes.rename,
    ({ params: { machine_id: from }, body: { machine_id: to, dry_run: dryRun = false }, request, reply }) => {
      const audit = dryRun ? undefined : (result: unknown) => auditEntry(request, 'machine.renamed', withoutDryRun(result))
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
      const audit = dryRun ? undefined : (result: unknown) => auditEntry(request, 'machine.merged', withoutDryRun(result))
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
    const audit = dryRun ? undefined : (result: unknown) => auditEntry(request, 'machine.removed', withoutDryRun(result))
    return store.runIdempotent({ now, audit }, async () => ({
      machine_id,
      ...(await purgeMachine(store, machine_id, { now }, dryRun)),
      dry_run: dryRun,
    }))
  })
}

function withoutDryRun(result: unknown): Record<string, unknown> {
  const { dry_run: _, ...details } = result as Record<string, unknown>
  return details
}
