import { z } from 'zod'
import { exampleSession, sessionStatusSchema } from './session.ts'
import { words } from './text.ts'
import { instant } from './time.ts'

export const processEndedSchema = z
  .strictObject({
    pid: z.int().min(0).optional(),
    exit_code: z.int().optional(),
    signal: words(50).optional(),
    /** Who saw it end. */
    witness: words(200),
  })
  .meta({ id: 'ProcessEnded', examples: [{ pid: 4711, signal: 'SIGKILL', witness: 'mcp' }] })
export type ProcessEnded = z.infer<typeof processEndedSchema>

export const markFailedSchema = z
  .strictObject({ reason: words(500), error_details: words(10_000).optional() })
  .meta({ id: 'MarkFailed', examples: [{ reason: 'out of memory', error_details: 'the worker was killed by the kernel' }] })
export type MarkFailed = z.infer<typeof markFailedSchema>

export const markStalledSchema = z
  .strictObject({ reason: words(500) })
  .meta({ id: 'MarkStalled', examples: [{ reason: 'no output for an hour' }] })
export type MarkStalled = z.infer<typeof markStalledSchema>

export const failureInfoSchema = z
  .object({
    session_id: z.string(),
    status: sessionStatusSchema,
    failure_reason: z.string(),
    error_details: z.string().optional(),
    failed_at: instant,
    last_heartbeat: instant,
    last_successful_task_id: z.string().optional(),
    /** What it was at when it failed. */
    current_task_id: z.string().optional(),
    /** From its start to its failure. */
    duration_minutes: z.number(),
    analysis: z.object({
      is_very_stale: z.boolean(),
      stuck_task_count: z.int(),
      minutes_since_heartbeat: z.number(),
      recovery_recommendations: z.array(z.string()),
    }),
  })
  .meta({
    id: 'FailureInfo',
    examples: [
      {
        session_id: exampleSession.session_id,
        status: 'failed',
        failure_reason: 'process ended',
        error_details: 'witness mcp, pid 4711, signal SIGKILL',
        failed_at: '2026-10-06T09:05:00.000Z',
        last_heartbeat: '2026-10-06T09:00:00.000Z',
        current_task_id: exampleSession.current_task_id,
        duration_minutes: 65,
        analysis: {
          is_very_stale: false,
          stuck_task_count: 1,
          minutes_since_heartbeat: 12,
          recovery_recommendations: ['POST …/recover makes it active again (3 of 3 left).'],
        },
      },
    ],
  })
export type FailureInfo = z.infer<typeof failureInfoSchema>
