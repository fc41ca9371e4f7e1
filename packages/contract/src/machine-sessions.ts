import { z } from 'zod'
import { exampleSession } from './session.ts'
import { textSchema } from './text.ts'
import { instant } from './time.ts'

const liveStatusSchema = z.enum(['active', 'paused', 'stalled'])

export const failSessionsSchema = z
  .strictObject({
    reason: textSchema(500),
    /** Only live sessions in these; in all when absent. */
    statuses: z.array(liveStatusSchema).min(1).max(3).optional(),
    /** Lists the sessions without changing anything. */
    dry_run: z.boolean().optional(),
  })
  .meta({ id: 'FailSessions', examples: [{ reason: 'the machine is lost', dry_run: true }] })
export type FailSessions = z.infer<typeof failSessionsSchema>

export const failSessionsResultSchema = z
  .object({
    machine_id: z.string(),
    sessions_affected: z.int(),
    /** Their ids, oldest session first. */
    session_ids: z.array(z.string()),
    dry_run: z.boolean(),
    completed_at: instant,
  })
  .meta({
    id: 'FailSessionsResult',
    examples: [
      {
        machine_id: 'box-2',
        sessions_affected: 1,
        session_ids: [exampleSession.session_id],
        dry_run: true,
        completed_at: '2026-10-06T09:12:00.000Z',
      },
    ],
  })
export type FailSessionsResult = z.infer<typeof failSessionsResultSchema>
