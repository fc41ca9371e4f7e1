import { z } from 'zod'
import { attemptSchema, exampleSession, sessionStatusSchema } from './session.ts'
import { identifierSchema, textSchema } from './text.ts'
import { instant } from './time.ts'

export const processEndedSchema = z
  .strictObject({
    attempt: attemptSchema.optional(),
    pid: z.int().min(0).optional(),
    exit_code: z.int().optional(),
    signal: identifierSchema(50).optional(),
    /** The program that saw the process end. */
    witness: identifierSchema(),
  })
  .meta({ id: 'ProcessEnded', examples: [{ pid: 4711, signal: 'SIGKILL', witness: 'mcp' }] })
export type ProcessEnded = z.infer<typeof processEndedSchema>

export const markFailedSchema = z
  .strictObject({ attempt: attemptSchema.optional(), reason: textSchema(500), error_details: textSchema(10_000).optional() })
  .meta({ id: 'MarkFailed', examples: [{ reason: 'out of memory', error_details: 'the kernel killed the worker' }] })
export type MarkFailed = z.infer<typeof markFailedSchema>

export const markStalledSchema = z
  .strictObject({ attempt: attemptSchema.optional(), reason: textSchema(500) })
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
    /** The task in progress at the failure. */
    current_task_id: z.string().optional(),
    /** Minutes from the start of the session to its failure. */
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
