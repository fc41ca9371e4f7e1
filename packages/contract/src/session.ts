import { z } from 'zod'
import { anyOf, listQueryShape } from './list.ts'
import { metadataPatchSchema, metadataSchema } from './metadata.ts'
import { route } from './route.ts'
import { id, words } from './text.ts'
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
const heartbeatIntervalSchema = z.int().min(5_000).max(600_000)
export const slotNumber = z.int().min(1).max(1_000_000)
const uuid = z.uuid({ error: 'must be a UUID' })

/** What every row about a session begins with. */
const whereShape = {
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

const exampleSession = {
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

export const heartbeatSchema = z
  .strictObject({
    current_task_id: id().nullable().optional(),
    metadata: metadataPatchSchema.optional(),
    status: z.enum(['active', 'paused']).optional(),
    activity: activitySchema.nullable().optional(),
    waiting_for: waitingForSchema.optional(),
    heartbeat_interval_ms: heartbeatIntervalSchema.nullable().optional(),
  })
  .meta({ id: 'Heartbeat', examples: [{ activity: 'working' }] })
export type Heartbeat = z.infer<typeof heartbeatSchema>

export const heartbeatAnswerSchema = z
  .object({
    session_id: z.string(),
    status: sessionStatusSchema,
    last_heartbeat: instant,
    message: z.string(),
    /** When to come again, in milliseconds from now. */
    next_heartbeat_ms: z.int(),
  })
  .meta({
    id: 'HeartbeatAnswer',
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
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswerSchema>

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

const threshold = z.coerce.number<string>().int().min(1).max(31_536_000).default(300)

/** How a session is, as its last beat tells. */
export const sessionHealthSchema = z
  .object({
    ...whereShape,
    status: sessionStatusSchema,
    last_heartbeat: instant,
    current_task_id: z.string().optional(),
    /** Whether it lives, and its last beat is older than the threshold. */
    is_stale: z.boolean(),
    /** Seconds. */
    time_since_heartbeat: z.number(),
    recommendations: z.array(z.string()),
    started_at: instant,
    completed_at: instant.optional(),
  })
  .meta({
    id: 'SessionHealth',
    examples: [
      {
        session_id: exampleSession.session_id,
        project_id: 'signalbox',
        machine_id: 'laptop',
        status: 'stalled',
        last_heartbeat: '2026-10-06T09:00:00.000Z',
        is_stale: true,
        time_since_heartbeat: 720,
        recommendations: ['Look whether its process still runs on laptop.'],
        started_at: '2026-10-06T08:00:00.000Z',
      },
    ],
  })
export type SessionHealth = z.infer<typeof sessionHealthSchema>

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
        recommendations: ['GET …/failure-info tells why it failed; POST …/recover makes it active again.'],
        started_at: '2026-10-06T08:00:00.000Z',
        completed_at: '2026-10-06T09:05:00.000Z',
        recovery_attempts: 1,
        can_recover: true,
      },
    ],
  })
export type RecoverableSession = z.infer<typeof recoverableSessionSchema>

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

export const recoveryCheckpointSchema = z
  .object({
    session_id: z.string(),
    status: sessionStatusSchema,
    /** The last task that was completed. */
    last_task_id: z.string().optional(),
    machine_id: z.string(),
    /** The slot it has, or had when it ended. */
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
    new_machine_id: id().optional(),
    new_docker_slot: slotNumber.optional(),
    /** Failed and stuck tasks go back to pending from this one on; all of them without it. */
    resume_from_task_id: id().optional(),
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
  /** False once the session has failed or stalled again. */
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

export const purgedSchema = z.object({ session_id: z.string(), tasks_deleted: z.int(), purged_at: instant, purged: z.literal(true) }).meta({
  id: 'Purged',
  examples: [{ session_id: exampleSession.session_id, tasks_deleted: 4, purged_at: '2026-10-06T09:12:00.000Z', purged: true }],
})
export type Purged = z.infer<typeof purgedSchema>

export const endedStatuses = ['completed', 'failed', 'archived'] as const
export const cleanupSchema = z
  .strictObject({
    /** Since they ended. */
    older_than_days: z.int().min(7).max(36_500),
    statuses: z.array(z.enum(endedStatuses)).min(1).max(endedStatuses.length),
    /** Only count. */
    dry_run: z.boolean().optional(),
    /** Archive them instead of removing them for good. */
    archive: z.boolean().optional(),
  })
  .meta({ id: 'Cleanup', examples: [{ older_than_days: 90, statuses: ['completed', 'failed'], archive: true, dry_run: true }] })
export type Cleanup = z.infer<typeof cleanupSchema>

export const cleanedUpSchema = z
  .object({
    sessions_affected: z.int(),
    tasks_deleted: z.int(),
    breakdown_by_status: z.object({ completed: z.int(), failed: z.int(), archived: z.int() }),
    operation: z.enum(['archive', 'purge']),
    dry_run: z.boolean(),
    completed_at: instant,
  })
  .meta({
    id: 'CleanedUp',
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
export type CleanedUp = z.infer<typeof cleanedUpSchema>

/** One thing that happened to a session, as it is kept; a change of status has `from` and `to`. */
export const timelineRowSchema = z
  .object({
    at: instant,
    type: z.string(),
    from: z.string().optional(),
    to: z.string().optional(),
    reason: z.string().optional(),
    task_id: z.string().optional(),
    task_name: z.string().optional(),
    event_id: z.int().optional(),
  })
  .meta({
    id: 'TimelineRow',
    examples: [{ at: '2026-10-06T09:05:00.000Z', type: 'session.status', from: 'active', to: 'failed', reason: 'process ended' }],
  })
export type TimelineRow = z.infer<typeof timelineRowSchema>

const filterShape = { project_id: id().optional(), machine_id: id().optional() }
const sessionIdPrefix = z.string().regex(/^[0-9a-f-]{1,36}$/i, { error: 'must be the beginning of a UUID' })
export const sessionListQuerySchema = z.strictObject({
  status: anyOf(sessionStatuses).optional(),
  ...filterShape,
  /** Only sessions whose id begins so, in capitals or not. */
  session_id_prefix: sessionIdPrefix.optional(),
  ...listQueryShape,
})
export type SessionListQuery = z.infer<typeof sessionListQuerySchema>
/** `threshold`: seconds without a beat after which a session counts as stale. */
export const sessionHealthListQuerySchema = z.strictObject({ threshold, ...filterShape, ...listQueryShape })
export type SessionHealthListQuery = z.infer<typeof sessionHealthListQuerySchema>

const sessionParams = z.strictObject({ session_id: z.string().min(1).max(200) })
const one = { params: sessionParams } as const
const countsAndLinks = 'Also answers `X-Total-Count` and `Link`.'
const rows = { 200: z.array(sessionHealthSchema) }
const none = z.strictObject({}).optional()

export const sessionRoutes = {
  list: route({
    method: 'GET',
    path: '/sessions',
    access: 'read',
    summary: 'Sessions, newest first',
    description: `\`status\` may be given several times; \`session_id_prefix\` is the beginning of ids. ${countsAndLinks}`,
    query: sessionListQuerySchema,
    answers: { 200: z.array(sessionSchema) },
  }),
  create: route({
    method: 'POST',
    path: '/sessions',
    access: 'write',
    summary: 'Begin a session; a slot that it asks for is claimed, of simultaneous claims one wins',
    body: createSessionSchema,
    answers: { 201: sessionSchema },
  }),
  stale: route({
    method: 'GET',
    path: '/sessions/stale',
    access: 'read',
    summary: 'Live sessions without a beat for longer than the threshold, oldest beat first',
    description: countsAndLinks,
    query: sessionHealthListQuerySchema,
    answers: rows,
  }),
  active: route({
    method: 'GET',
    path: '/sessions/active',
    access: 'read',
    summary: 'Active sessions, newest first',
    description: countsAndLinks,
    query: sessionHealthListQuerySchema,
    answers: rows,
  }),
  failed: route({
    method: 'GET',
    path: '/sessions/failed',
    access: 'read',
    summary: 'Failed sessions, newest first',
    description: countsAndLinks,
    query: sessionHealthListQuerySchema,
    answers: rows,
  }),
  archived: route({
    method: 'GET',
    path: '/sessions/archived',
    access: 'read',
    summary: 'Archived sessions, newest first',
    description: countsAndLinks,
    query: sessionHealthListQuerySchema,
    answers: rows,
  }),
  recoverable: route({
    method: 'GET',
    path: '/sessions/recoverable',
    access: 'read',
    summary: 'Stalled and failed sessions, and whether each may be recovered; oldest beat first',
    description: countsAndLinks,
    query: sessionHealthListQuerySchema,
    answers: { 200: z.array(recoverableSessionSchema) },
  }),
  byProject: route({
    method: 'GET',
    path: '/sessions/by-project/:project_id',
    access: 'read',
    summary: 'The sessions of a project, by status',
    description: 'Live sessions all of them, of each kind of ended ones the newest hundred; `stats` counts all.',
    params: z.strictObject({ project_id: z.string().min(1).max(200) }),
    answers: { 200: projectSessionsSchema },
  }),
  byMachine: route({
    method: 'GET',
    path: '/sessions/by-machine/:machine_id',
    access: 'read',
    summary: 'The sessions of a machine, newest first',
    description: countsAndLinks,
    params: z.strictObject({ machine_id: z.string().min(1).max(200) }),
    query: z.strictObject({ status: anyOf(sessionStatuses).optional(), ...listQueryShape }),
    answers: { 200: z.array(sessionSchema) },
  }),
  cleanup: route({
    method: 'POST',
    path: '/sessions/cleanup',
    access: 'admin',
    summary: 'Archive or remove what ended long ago; a dry run counts exactly what the real one would do',
    body: cleanupSchema,
    answers: { 200: cleanedUpSchema },
  }),
  read: route({
    method: 'GET',
    path: '/sessions/:session_id',
    access: 'read',
    summary: 'One session',
    ...one,
    answers: { 200: sessionSchema },
  }),
  update: route({
    method: 'PUT',
    path: '/sessions/:session_id',
    access: 'write',
    summary: 'Change a session; what is absent stays. `PATCH` does the same',
    ...one,
    body: updateSessionSchema,
    answers: { 200: sessionSchema },
  }),
  end: route({
    method: 'DELETE',
    path: '/sessions/:session_id',
    access: 'write',
    summary: 'End a live session as completed; one that has ended stays as it is',
    ...one,
    answers: { 204: z.undefined() },
  }),
  heartbeat: route({
    method: 'POST',
    path: '/sessions/:session_id/heartbeat',
    access: 'write',
    summary: 'The session lives; one that had stalled is again what it was before',
    ...one,
    body: heartbeatSchema.optional(),
    answers: { 200: heartbeatAnswerSchema },
  }),
  processEnded: route({
    method: 'POST',
    path: '/sessions/:session_id/process-ended',
    access: 'write',
    summary: 'Its process was seen to end: the session failed, unless it had ended already',
    ...one,
    body: processEndedSchema,
    answers: { 200: sessionSchema },
  }),
  health: route({
    method: 'GET',
    path: '/sessions/:session_id/health',
    access: 'read',
    summary: 'Does it live, and what could be done?',
    ...one,
    query: z.strictObject({ threshold }),
    answers: { 200: sessionHealthSchema },
  }),
  markFailed: route({
    method: 'POST',
    path: '/sessions/:session_id/mark-failed',
    access: 'write',
    summary: 'The session failed; its slot is free and its tasks in progress failed with it',
    ...one,
    body: markFailedSchema,
    answers: { 200: sessionSchema },
  }),
  markStalled: route({
    method: 'POST',
    path: '/sessions/:session_id/mark-stalled',
    access: 'write',
    summary: 'The session stands still; its next beat brings it back',
    ...one,
    body: markStalledSchema,
    answers: { 200: sessionSchema },
  }),
  failureInfo: route({
    method: 'GET',
    path: '/sessions/:session_id/failure-info',
    access: 'read',
    summary: 'Why it failed or stalled, and what could be done',
    ...one,
    answers: { 200: failureInfoSchema },
  }),
  prepareRecovery: route({
    method: 'POST',
    path: '/sessions/:session_id/prepare-recovery',
    access: 'write',
    summary: 'Note what a recovery would start from',
    ...one,
    body: none,
    answers: { 200: recoveryCheckpointSchema },
  }),
  recover: route({
    method: 'POST',
    path: '/sessions/:session_id/recover',
    access: 'write',
    summary: 'Make a stalled or failed session active again, with the same id; three times at most',
    ...one,
    body: recoverSessionSchema.optional(),
    answers: { 200: sessionSchema },
  }),
  recoveryHistory: route({
    method: 'GET',
    path: '/sessions/:session_id/recovery-history',
    access: 'read',
    summary: 'When it was recovered, and what became of it',
    ...one,
    answers: { 200: recoveryHistorySchema },
  }),
  archive: route({
    method: 'POST',
    path: '/sessions/:session_id/archive',
    access: 'admin',
    summary: 'Put an ended session away',
    ...one,
    body: none,
    answers: { 200: sessionSchema },
  }),
  purge: route({
    method: 'DELETE',
    path: '/sessions/:session_id/purge',
    access: 'admin',
    summary: 'Remove an archived session and its tasks for good',
    ...one,
    body: z.strictObject({ confirm: z.literal(true, { error: 'must be true: what is purged is gone for good' }) }),
    answers: { 200: purgedSchema },
  }),
  timeline: route({
    method: 'GET',
    path: '/sessions/:session_id/timeline',
    access: 'read',
    summary: 'What happened to it, oldest first',
    description: 'The newest `limit` rows. Changes of status are kept as long as the session, the rest as long as the event log.',
    ...one,
    query: z.strictObject({ limit: z.coerce.number<string>().int().min(1).max(1000).default(500) }),
    answers: { 200: z.array(timelineRowSchema) },
  }),
}
