import { z } from 'zod'
import { metadataPatchSchema } from './metadata.ts'
import { activitySchema, attemptSchema, exampleSession, heartbeatIntervalSchema, sessionStatusSchema, waitingForSchema } from './session.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

export const heartbeatSchema = z
  .strictObject({
    attempt: attemptSchema.optional(),
    current_task_id: identifierSchema().nullable().optional(),
    metadata: metadataPatchSchema.optional(),
    status: z.enum(['active', 'paused']).optional(),
    activity: activitySchema.nullable().optional(),
    waiting_for: waitingForSchema.optional(),
    heartbeat_interval_ms: heartbeatIntervalSchema.nullable().optional(),
  })
  .meta({ id: 'Heartbeat', examples: [{ activity: 'working' }] })
export type Heartbeat = z.infer<typeof heartbeatSchema>

export const heartbeatResponseSchema = z
  .object({
    session_id: z.string(),
    status: sessionStatusSchema,
    last_heartbeat: instant,
    message: z.string(),
    /** Milliseconds until the next heartbeat is expected. */
    next_heartbeat_ms: z.int(),
  })
  .meta({
    id: 'HeartbeatResponse',
    examples: [
      {
        session_id: exampleSession.session_id,
        status: 'active',
        last_heartbeat: '2026-10-06T09:12:00.000Z',
        message: 'Heartbeat recorded',
        next_heartbeat_ms: 60_000,
      },
    ],
  })
export type HeartbeatResponse = z.infer<typeof heartbeatResponseSchema>
