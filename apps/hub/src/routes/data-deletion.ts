import { dataRoutes } from '@signalbox/contract/data-deletion'
import { instantOf } from '../clock.ts'
import { auditEntry } from '../http/audit.ts'
import { requireConfirmation } from '../http/confirm.ts'
import { serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { deleteData } from '../maintenance/delete-data.ts'
import { findProjectFolders } from '../maintenance/project-folders.ts'
import type { RouteContext } from '../route-context.ts'
import type { DataSelection } from '../store/deletion.ts'

export function dataDeletion({ app, store, limitService, clock, config }: RouteContext): void {
  serve(
    app,
    dataRoutes.remove,
    async ({ query, body, request }) => {
      const selection = selectionOf(query)
      const dryRun = query.dry_run === 'true'
      if (!dryRun) requireConfirmation(query, body)
      const now = clock.now()
      const audit = (details: Record<string, unknown>) => auditEntry(request, 'data.deleted', details)
      const folders = 'project' in selection ? await findProjectFolders(store, config.projectGroups, selection.project, now) : []
      const counts = await deleteData(store, limitService, selection, { now }, dryRun, audit, folders)
      return { ...counts, dry_run: dryRun, before: instantOf(now) }
    },
    { timeout: 600_000 },
  )
}

/** @throws HubError `validation_error` unless exactly one is given */
function selectionOf({
  machine_id,
  project,
  account,
}: {
  machine_id?: string | undefined
  project?: string | undefined
  account?: string | undefined
}): DataSelection {
  const given: DataSelection[] = [
    ...(machine_id === undefined ? [] : [{ machine: machine_id }]),
    ...(project === undefined ? [] : [{ project }]),
    ...(account === undefined ? [] : [{ account }]),
  ]
  if (given.length === 1) return given[0]!
  throw new HubError('validation_error', 'Exactly one of machine_id, project and account has to be given', {
    apiCode: 'VALIDATION_MISSING_FIELD',
    suggestion: 'GET /machines and GET /api/usage?group=project list what there is.',
    details: { field: 'the query' },
  })
}
