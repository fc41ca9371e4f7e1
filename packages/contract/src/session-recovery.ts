import { z } from 'zod'
import { metadataSchema } from './metadata.ts'
import { exampleSession, sessionStatusSchema, slotNumber } from './session.ts'
import { sessionHealthSchema } from './session-health.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

export const recoverableSessionSchema = z
  .object({
    ...sessionHealthSchema.shape,
    recovery_attempts: z.int(),
    can_recover: z.boolean(),
    recovery_blocked_reason: z.string().optional(),
  })
  .meta({
    id: 'RecoverableSession',
    examples: [
      {
        session_id: exampleSession.session_id,
        project_id: 'signalbox',
        machine_id: 'laptop',
        status: 'failed',
        last_heartbeat: '2026-10-06T09:00:00.000Z',
        is_stale: false,
        time_since_heartbeat: 720,
        recommendations: ['GET …/failure-info explains the failure; POST …/recover makes it active again.'],
        started_at: '2026-10-06T08:00:00.000Z',
        completed_at: '2026-10-06T09:05:00.000Z',
        recovery_attempts: 1,
        can_recover: true,
      },
    ],
  })
export type RecoverableSession = z.infer<typeof recoverableSessionSchema>

export const recoveryCheckpointSchema = z
  .object({
    session_id: z.string(),
    status: sessionStatusSchema,
    /** The last completed task. */
    last_task_id: z.string().optional(),
    machine_id: z.string(),
    /** The slot that the session has, or had when it ended. */
    docker_slot: z.int().optional(),
    recovery_attempts: z.int(),
    recovery_checkpoint_at: instant,
    metadata: metadataSchema,
  })
  .meta({
    id: 'RecoveryCheckpoint',
    examples: [
      {
        session_id: exampleSession.session_id,
        status: 'failed',
        last_task_id: exampleSession.current_task_id,
        machine_id: 'laptop',
        docker_slot: 2,
        recovery_attempts: 0,
        recovery_checkpoint_at: '2026-10-06T09:12:00.000Z',
        metadata: { branch: 'main' },
      },
    ],
  })
export type RecoveryCheckpoint = z.infer<typeof recoveryCheckpointSchema>

export const recoverSessionSchema = z
  .strictObject({
    new_machine_id: identifierSchema().optional(),
    new_docker_slot: slotNumber.optional(),
    /** Failed and stuck tasks are reset to pending from this one on; all of them when absent. */
    resume_from_task_id: identifierSchema().optional(),
  })
  .meta({ id: 'RecoverSession', examples: [{ new_machine_id: 'box-2', new_docker_slot: 1 }] })
export type RecoverSession = z.infer<typeof recoverSessionSchema>

export const recoveryAttemptSchema = z.object({
  attempt: z.int(),
  at: instant,
  from_status: sessionStatusSchema,
  from_machine_id: z.string(),
  to_machine_id: z.string(),
  docker_slot: z.int().optional(),
  resume_from_task_id: z.string().optional(),
  /** Becomes false when the session fails or stalls again. */
  successful: z.boolean(),
})
export type RecoveryAttempt = z.infer<typeof recoveryAttemptSchema>

export const recoveryHistorySchema = z
  .object({
    session_id: z.string(),
    total_attempts: z.int(),
    successful_attempts: z.int(),
    failed_attempts: z.int(),
    attempts: z.array(recoveryAttemptSchema),
    last_recovery_at: instant.optional(),
    current_status: sessionStatusSchema,
  })
  .meta({
    id: 'RecoveryHistory',
    examples: [
      {
        session_id: exampleSession.session_id,
        total_attempts: 1,
        successful_attempts: 1,
        failed_attempts: 0,
        attempts: [
          {
            attempt: 1,
            at: '2026-10-06T09:12:00.000Z',
            from_status: 'failed',
            from_machine_id: 'laptop',
            to_machine_id: 'box-2',
            docker_slot: 1,
            successful: true,
          },
        ],
        last_recovery_at: '2026-10-06T09:12:00.000Z',
        current_status: 'active',
      },
    ],
  })
export type RecoveryHistory = z.infer<typeof recoveryHistorySchema>
