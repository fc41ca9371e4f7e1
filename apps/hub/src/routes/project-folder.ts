import { MAX_INGEST_BYTES } from '@signalbox/contract/ingest-limit'
import { type IngestFoldersResult, projectFolderRoutes } from '@signalbox/contract/project-folder'
import { instantOf } from '../clock.ts'
import { toChange } from '../http/idempotency.ts'
import { serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'

export function projectFolder({ app, store, clock, quotas }: RouteContext): void {
  serve(
    app,
    projectFolderRoutes.ingest,
    async ({ body: { machine_id, folders }, request, reply }): Promise<IngestFoldersResult> => {
      const named = folders.map(({ folder }) => ({ kind: 'project' as const, name: folder }))
      await quotas.take(request, reply, { rows: folders.length, names: [{ kind: 'machine', name: machine_id }, ...named] })
      const now = clock.now()
      await store.folders.put(machine_id, folders, toChange(request, reply, now))
      return { success: true, timestamp: instantOf(now) }
    },
    { bodyLimit: MAX_INGEST_BYTES },
  )
}
