import { z } from 'zod'
import { anyOf, listQueryShape } from './list.ts'
import { metadataPatchSchema, metadataSchema } from './metadata.ts'
import { id } from './text.ts'
import { instant } from './time.ts'

export const sessionStatuses = ['active', 'paused', 'stalled', 'completed', 'failed', 'archived'] as const
export const sessionStatusSchema = z.enum(sessionStatuses)
export type SessionStatus = z.infer<typeof sessionStatusSchema>

export const activities = ['working', 'waiting', 'idle'] as const
export const activitySchema = z.enum(activities)
export type Activity = z.infer<typeof activitySchema>

/** Whose turn it is when a session is `waiting`: a person's, to allow something, to answer, or for another reason. */
export const waitingForSchema = z.enum(['permission', 'input', 'other'])
export type WaitingFor = z.infer<typeof waitingForSchema>

/** Milliseconds between two beats, as the client promises. */
export const heartbeatIntervalSchema = z.int().min(5_000).max(600_000)
export const slotNumber = z.int().min(1).max(1_000_000)
const uuid = z.uuid({ error: 'must be a UUID' })

/** What every row about a session begins with. */
export const whereShape = {
  session_id: z.string(),
  project_id: z.string(),
  machine_id: z.string(),
  docker_slot: z.int().optional(),
}

const sessionShape = {
  ...whereShape,
  status: sessionStatusSchema,
  activity: activitySchema.optional(),
  waiting_for: waitingForSchema.optional(),
  waiting_since: instant.optional(),
  /** What the client promised; the session is overdue after three of them. */
  heartbeat_interval_ms: z.int().optional(),
  current_task_id: z.string().optional(),
  last_heartbeat: instant,
  started_at: instant,
  /** When it completed or failed. */
  completed_at: instant.optional(),
  metadata: metadataSchema,
  created_at: instant,
  /** Of the last change of anything but the beat. */
  updated_at: instant,
  /** Grows with every change, the beat included; the `ETag`. */
  revision: z.int(),
}

export const exampleSession = {
  session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21',
  project_id: 'signalbox',
  machine_id: 'laptop',
  docker_slot: 2,
  status: 'active' as const,
  activity: 'working' as const,
  heartbeat_interval_ms: 60_000,
  current_task_id: '1b7e0c52-95a1-4b5e-8a63-0d9f6c1f2a10',
  last_heartbeat: '2026-10-06T09:12:00.000Z',
  started_at: '2026-10-06T08:00:00.000Z',
  metadata: { branch: 'main' },
  created_at: '2026-10-06T08:00:00.000Z',
  updated_at: '2026-10-06T09:10:00.000Z',
  revision: 73,
}

export const sessionSchema = z.object(sessionShape).meta({ id: 'Session', examples: [exampleSession] })
export type Session = z.infer<typeof sessionSchema>

export const createSessionSchema = z
  .strictObject({
    project_id: id(),
    /** One that is not known is registered, without slots. */
    machine_id: id(),
    /** The client's own, such as that of Claude Code; made by the hub otherwise. */
    session_id: uuid.optional(),
    docker_slot: slotNumber.optional(),
    heartbeat_interval_ms: heartbeatIntervalSchema.optional(),
    activity: activitySchema.optional(),
    waiting_for: waitingForSchema.optional(),
    metadata: metadataPatchSchema.optional(),
  })
  .meta({
    id: 'CreateSession',
    examples: [{ project_id: 'signalbox', machine_id: 'laptop', docker_slot: 2, metadata: { branch: 'main' } }],
  })
export type CreateSession = z.infer<typeof createSessionSchema>

/** What is absent stays; `null` takes away. */
export const updateSessionSchema = z
  .strictObject({
    status: sessionStatusSchema.optional(),
    docker_slot: slotNumber.nullable().optional(),
    current_task_id: id().nullable().optional(),
    activity: activitySchema.nullable().optional(),
    waiting_for: waitingForSchema.optional(),
    heartbeat_interval_ms: heartbeatIntervalSchema.nullable().optional(),
    metadata: metadataPatchSchema.optional(),
  })
  .meta({ id: 'UpdateSession', examples: [{ status: 'paused', metadata: { note: 'lunch' } }] })
export type UpdateSession = z.infer<typeof updateSessionSchema>

const sessionsByStatus = z.object({
  active: z.array(sessionSchema),
  paused: z.array(sessionSchema),
  stalled: z.array(sessionSchema),
  completed: z.array(sessionSchema),
  failed: z.array(sessionSchema),
  archived: z.array(sessionSchema),
})

export const projectSessionsSchema = z
  .object({
    project_id: z.string(),
    /** Live ones all of them; of each kind of ended ones the newest hundred. */
    sessions: sessionsByStatus,
    /** Of all there are. */
    stats: z.object({
      total: z.int(),
      active: z.int(),
      paused: z.int(),
      stalled: z.int(),
      completed: z.int(),
      failed: z.int(),
      archived: z.int(),
    }),
  })
  .meta({
    id: 'ProjectSessions',
    examples: [
      {
        project_id: 'signalbox',
        sessions: { active: [exampleSession], paused: [], stalled: [], completed: [], failed: [], archived: [] },
        stats: { total: 1, active: 1, paused: 0, stalled: 0, completed: 0, failed: 0, archived: 0 },
      },
    ],
  })
export type ProjectSessions = z.infer<typeof projectSessionsSchema>

export const sessionFilterShape = { project_id: id().optional(), machine_id: id().optional() }
const sessionIdPrefix = z.string().regex(/^[0-9a-f-]{1,36}$/i, { error: 'must be the beginning of a UUID' })
export const sessionListQuerySchema = z.strictObject({
  status: anyOf(sessionStatuses).optional(),
  ...sessionFilterShape,
  /** Only sessions whose id begins so, in capitals or not. */
  session_id_prefix: sessionIdPrefix.optional(),
  ...listQueryShape,
})
export type SessionListQuery = z.infer<typeof sessionListQuerySchema>
