import { z } from 'zod'
import { sessionSourceRowSchema } from './claude-session.ts'
import { confirmBodySchema, confirmQuerySchema } from './confirm.ts'
import { listQueryShape, repeatableEnum } from './list.ts'
import { route } from './route.ts'
import {
  attemptQuerySchema,
  createSessionSchema,
  projectSessionsSchema,
  sessionListQuerySchema,
  sessionSchema,
  sessionStatuses,
  updateSessionSchema,
} from './session.ts'
import { cleanupResultSchema, cleanupSchema, purgeResultSchema } from './session-cleanup.ts'
import { failureInfoSchema, markFailedSchema, markStalledSchema, processEndedSchema } from './session-failure.ts'
import { sessionHealthListQuerySchema, sessionHealthSchema, staleThresholdSchema } from './session-health.ts'
import { heartbeatResponseSchema, heartbeatSchema } from './session-heartbeat.ts'
import { sessionIdParameterSchema } from './session-id.ts'
import { observationBatchSchema, observationResultSchema } from './session-observation.ts'
import { recoverableSessionSchema, recoverSessionSchema, recoveryCheckpointSchema, recoveryHistorySchema } from './session-recovery.ts'
import { timelineRowSchema } from './session-timeline.ts'

const sessionParams = z.strictObject({ session_id: sessionIdParameterSchema })
const onSession = { params: sessionParams } as const
const pageHeaders = 'The headers `X-Total-Count` and `Link` describe the pages.'
const healthRows = { 200: z.array(sessionHealthSchema) }
const emptyBody = z.strictObject({}).optional()

export const sessionRoutes = {
  list: route({
    method: 'GET',
    path: '/sessions',
    access: 'read',
    summary: 'List sessions',
    description:
      'Returns sessions, newest first. `status` may be given several times; `session_id_prefix` selects the ids that begin with it. ' +
      pageHeaders,
    query: sessionListQuerySchema,
    responses: { 200: z.array(sessionSchema) },
  }),
  create: route({
    method: 'POST',
    path: '/sessions',
    access: 'write',
    summary: 'Create a session',
    description: 'With `docker_slot` the slot is claimed as well; of simultaneous claims exactly one succeeds, the others respond 409.',
    body: createSessionSchema,
    responses: { 201: sessionSchema },
  }),
  stale: route({
    method: 'GET',
    path: '/sessions/stale',
    access: 'read',
    summary: 'List stale sessions',
    description: `Returns live sessions whose last heartbeat is older than \`threshold\` seconds, oldest heartbeat first. ${pageHeaders}`,
    query: sessionHealthListQuerySchema,
    responses: healthRows,
  }),
  active: route({
    method: 'GET',
    path: '/sessions/active',
    access: 'read',
    summary: 'List active sessions',
    description: `Returns active sessions with their health, newest first. ${pageHeaders}`,
    query: sessionHealthListQuerySchema,
    responses: healthRows,
  }),
  failed: route({
    method: 'GET',
    path: '/sessions/failed',
    access: 'read',
    summary: 'List failed sessions',
    description: `Returns failed sessions with their health, newest first. ${pageHeaders}`,
    query: sessionHealthListQuerySchema,
    responses: healthRows,
  }),
  archived: route({
    method: 'GET',
    path: '/sessions/archived',
    access: 'read',
    summary: 'List archived sessions',
    description: `Returns archived sessions with their health, newest first. ${pageHeaders}`,
    query: sessionHealthListQuerySchema,
    responses: healthRows,
  }),
  recoverable: route({
    method: 'GET',
    path: '/sessions/recoverable',
    access: 'read',
    summary: 'List recoverable sessions',
    description: `Returns stalled and failed sessions and whether each can be recovered, oldest heartbeat first. ${pageHeaders}`,
    query: sessionHealthListQuerySchema,
    responses: { 200: z.array(recoverableSessionSchema) },
  }),
  byProject: route({
    method: 'GET',
    path: '/sessions/by-project/:project_id',
    access: 'read',
    summary: 'List the sessions of a project',
    description:
      'Returns a page of the sessions by status, newest first, at most `limit` of each; `stats` counts all sessions. The header `Link` leads ' +
      'to the next page: one place in time for all statuses, so that a session that changes its status is neither skipped nor repeated. With ' +
      '`offset` each status is counted by itself.',
    params: z.strictObject({ project_id: z.string().min(1).max(200) }),
    query: z.strictObject({ ...listQueryShape, offset: listQueryShape.offset.unwrap().optional() }),
    responses: { 200: projectSessionsSchema },
  }),
  byMachine: route({
    method: 'GET',
    path: '/sessions/by-machine/:machine_id',
    access: 'read',
    summary: 'List the sessions of a machine',
    description: `Returns sessions, newest first. ${pageHeaders}`,
    params: z.strictObject({ machine_id: z.string().min(1).max(200) }),
    query: z.strictObject({ status: repeatableEnum(sessionStatuses).optional(), ...listQueryShape }),
    responses: { 200: z.array(sessionSchema) },
  }),
  cleanup: route({
    method: 'POST',
    path: '/sessions/cleanup',
    access: 'admin',
    summary: 'Archive or delete old sessions',
    description: 'Affects sessions that ended more than `older_than_days` ago. `dry_run` returns the counts without changing anything.',
    body: cleanupSchema,
    responses: { 200: cleanupResultSchema },
  }),
  observe: route({
    method: 'POST',
    path: '/sessions/observations',
    access: 'ingest',
    summary: 'Report observations of sessions of Claude Code',
    description:
      'Creates sessions that are not known, and applies what each source saw. Repeated observations and those in another order ' +
      'change nothing: the newest value of the most exact source counts.',
    body: observationBatchSchema,
    responses: { 200: observationResultSchema },
  }),
  sources: route({
    method: 'GET',
    path: '/sessions/:session_id/sources',
    access: 'read',
    summary: 'List what each source reports about a session',
    ...onSession,
    responses: { 200: z.array(sessionSourceRowSchema) },
  }),
  read: route({
    method: 'GET',
    path: '/sessions/:session_id',
    access: 'read',
    summary: 'Retrieve a session',
    ...onSession,
    responses: { 200: sessionSchema },
  }),
  update: route({
    method: 'PUT',
    path: '/sessions/:session_id',
    access: 'write',
    summary: 'Update a session',
    description: 'Absent fields stay unchanged. `PATCH` does the same.',
    ...onSession,
    body: updateSessionSchema,
    responses: { 200: sessionSchema },
  }),
  end: route({
    method: 'DELETE',
    path: '/sessions/:session_id',
    access: 'write',
    summary: 'End a session',
    description: 'Completes a live session. A session that has ended stays unchanged.',
    ...onSession,
    query: attemptQuerySchema,
    responses: { 204: z.undefined() },
  }),
  heartbeat: route({
    method: 'POST',
    path: '/sessions/:session_id/heartbeat',
    access: 'write',
    summary: 'Send a session heartbeat',
    description:
      'A stalled session returns to the status that it had before. With the `attempt` of a session that was recovered since, the ' +
      'answer is 409 `attempt_superseded`, as for every other request that has one.',
    ...onSession,
    body: heartbeatSchema.optional(),
    responses: { 200: heartbeatResponseSchema },
  }),
  processEnded: route({
    method: 'POST',
    path: '/sessions/:session_id/process-ended',
    access: 'write',
    summary: 'Report the end of a session process',
    description: 'Fails the session, unless it has ended already.',
    ...onSession,
    body: processEndedSchema,
    responses: { 200: sessionSchema },
  }),
  health: route({
    method: 'GET',
    path: '/sessions/:session_id/health',
    access: 'read',
    summary: 'Retrieve the health of a session',
    description: 'Returns whether the last heartbeat is older than `threshold` seconds, and recommendations.',
    ...onSession,
    query: z.strictObject({ threshold: staleThresholdSchema }),
    responses: { 200: sessionHealthSchema },
  }),
  markFailed: route({
    method: 'POST',
    path: '/sessions/:session_id/mark-failed',
    access: 'write',
    summary: 'Mark a session as failed',
    description: 'Releases the slot of the session and fails its tasks in progress.',
    ...onSession,
    body: markFailedSchema,
    responses: { 200: sessionSchema },
  }),
  markStalled: route({
    method: 'POST',
    path: '/sessions/:session_id/mark-stalled',
    access: 'write',
    summary: 'Mark a session as stalled',
    description: 'The next heartbeat restores its former status.',
    ...onSession,
    body: markStalledSchema,
    responses: { 200: sessionSchema },
  }),
  failureInfo: route({
    method: 'GET',
    path: '/sessions/:session_id/failure-info',
    access: 'read',
    summary: 'Retrieve the failure of a session',
    description: 'Returns why the session failed or stalled, and recommendations.',
    ...onSession,
    responses: { 200: failureInfoSchema },
  }),
  prepareRecovery: route({
    method: 'POST',
    path: '/sessions/:session_id/prepare-recovery',
    access: 'write',
    summary: 'Create a recovery checkpoint',
    description: 'Stores and returns what a recovery would start from.',
    ...onSession,
    body: emptyBody,
    responses: { 200: recoveryCheckpointSchema },
  }),
  recover: route({
    method: 'POST',
    path: '/sessions/:session_id/recover',
    access: 'write',
    summary: 'Recover a session',
    description:
      'Makes a stalled or failed session active again with the same id. A session can be recovered three times. Each recovery ' +
      'is a new `attempt`: requests that carry an earlier one are refused.',
    ...onSession,
    body: recoverSessionSchema.optional(),
    responses: { 200: sessionSchema },
  }),
  recoveryHistory: route({
    method: 'GET',
    path: '/sessions/:session_id/recovery-history',
    access: 'read',
    summary: 'Retrieve the recovery history of a session',
    description: 'Returns all recovery attempts and their outcomes.',
    ...onSession,
    responses: { 200: recoveryHistorySchema },
  }),
  archive: route({
    method: 'POST',
    path: '/sessions/:session_id/archive',
    access: 'admin',
    summary: 'Archive an ended session',
    ...onSession,
    body: emptyBody,
    responses: { 200: sessionSchema },
  }),
  purge: route({
    method: 'DELETE',
    path: '/sessions/:session_id/purge',
    access: 'admin',
    summary: 'Delete an archived session permanently',
    description:
      'Deletes the session and its tasks. `confirm` has to be true, in the query or in the body: some proxies drop the body of a DELETE.',
    ...onSession,
    query: confirmQuerySchema,
    body: confirmBodySchema.optional(),
    responses: { 200: purgeResultSchema },
  }),
  timeline: route({
    method: 'GET',
    path: '/sessions/:session_id/timeline',
    access: 'read',
    summary: 'Retrieve the timeline of a session',
    description:
      'Returns the newest `limit` rows, oldest first. Changes of status are stored as long as the session, other rows as long as the ' +
      'event log.',
    ...onSession,
    query: z.strictObject({ limit: z.coerce.number<string>().int().min(1).max(1000).default(500) }),
    responses: { 200: z.array(timelineRowSchema) },
  }),
}
