import { z } from 'zod'
import { exampleSession } from './session.ts'
import { instant } from './time.ts'

export const purgeResultSchema = z
  .object({ session_id: z.string(), tasks_deleted: z.int(), purged_at: instant, purged: z.literal(true) })
  .meta({
    id: 'PurgeResult',
    examples: [{ session_id: exampleSession.session_id, tasks_deleted: 4, purged_at: '2026-10-06T09:12:00.000Z', purged: true }],
  })
export type PurgeResult = z.infer<typeof purgeResultSchema>

export const endedStatuses = ['completed', 'failed', 'archived'] as const
export const cleanupSchema = z
  .strictObject({
    /** Days since the session ended. */
    older_than_days: z.int().min(7).max(36_500),
    statuses: z.array(z.enum(endedStatuses)).min(1).max(endedStatuses.length),
    /** Counts the sessions without changing anything. */
    dry_run: z.boolean().optional(),
    /** Archives the sessions instead of deleting them. */
    archive: z.boolean().optional(),
  })
  .meta({ id: 'Cleanup', examples: [{ older_than_days: 90, statuses: ['completed', 'failed'], archive: true, dry_run: true }] })
export type Cleanup = z.infer<typeof cleanupSchema>

export const cleanupResultSchema = z
  .object({
    sessions_affected: z.int(),
    tasks_deleted: z.int(),
    breakdown_by_status: z.object({ completed: z.int(), failed: z.int(), archived: z.int() }),
    operation: z.enum(['archive', 'purge']),
    dry_run: z.boolean(),
    completed_at: instant,
  })
  .meta({
    id: 'CleanupResult',
    examples: [
      {
        sessions_affected: 12,
        tasks_deleted: 0,
        breakdown_by_status: { completed: 9, failed: 3, archived: 0 },
        operation: 'archive',
        dry_run: true,
        completed_at: '2026-10-06T09:12:00.000Z',
      },
    ],
  })
export type CleanupResult = z.infer<typeof cleanupResultSchema>
