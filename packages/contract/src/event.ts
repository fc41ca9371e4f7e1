import { z } from 'zod'
import { route } from './route.ts'
import { sessionSchema } from './session.ts'
import { sessionIdParameterSchema } from './session-id.ts'
import { instant } from './time.ts'

/** The types of events on `GET /events`. Heartbeats are sent to live streams only and are never logged. */
export const eventTypes = [
  'session.created',
  'session.updated',
  'session.heartbeat',
  'session.status',
  'task.created',
  'task.updated',
  'task.status',
  'machine.created',
  'machine.updated',
  'machine.status',
  'machine.removed',
  'limits.snapshot',
  'limits.trigger',
  'limits.account',
  'usage.updated',
  'data.deleted',
  'question.asked',
  'question.answered',
  'question.ended',
  'monitor.paused',
  'monitor.resumed',
  'budget.changed',
  'view.changed',
  'alert.opened',
  'alert.closed',
  'alert.updated',
  'channel.status',
  'alerts.paused',
  'alerts.resumed',
] as const
export const eventTypeSchema = z.enum(eventTypes)
export type EventType = z.infer<typeof eventTypeSchema>

/** `usage.updated`: calls were added or improved. Reports of any range that overlaps `since`…`until` have changed. */
export const usageUpdatedSchema = z.object({
  machine_id: z.string(),
  accepted: z.int(),
  improved: z.int(),
  /** The instants of the earliest and the latest changed call. */
  since: z.string(),
  until: z.string(),
})
export type UsageUpdated = z.infer<typeof usageUpdatedSchema>

/** The fields of a session that can change while its status stays the same. */
export const sessionChanges = [
  'project_id',
  'machine_id',
  'docker_slot',
  'activity',
  'waiting_for',
  'waiting_since',
  'heartbeat_interval_ms',
  'stalled_fail_after_ms',
  'current_task_id',
  'metadata',
  'recovery_checkpoint_at',
  'not_seen_since',
  'claude_code',
] as const
export type SessionChange = (typeof sessionChanges)[number]

/** `session.updated`: the session without its metadata, and the names of the changed fields. */
export const sessionUpdatedSchema = sessionSchema.omit({ metadata: true }).extend({ changed: z.array(z.enum(sessionChanges)).min(1) })
export type SessionUpdated = z.infer<typeof sessionUpdatedSchema>

export const eventSchema = z
  .object({
    /** Ascending; an id is never reused. */
    id: z.int(),
    event: eventTypeSchema,
    at: instant,
    data: z.record(z.string(), z.unknown()),
  })
  .meta({
    id: 'Event',
    examples: [
      {
        id: 4711,
        event: 'usage.updated',
        at: '2026-10-06T09:12:00.000Z',
        data: {
          machine_id: 'laptop',
          accepted: 3,
          improved: 1,
          since: '2026-10-06T09:10:02.118Z',
          until: '2026-10-06T09:11:58.204Z',
        },
      },
    ],
  })
export type HubEvent = z.infer<typeof eventSchema>

/** Why a reader of the log missed events: the log has removed them, or it is of another store than the reader's last event. */
export const gapReasons = ['removed', 'other_log'] as const

/** `gap`: sent on a stream, and never stored. What the reader knows by events may be outdated: it has to read it again. */
export const eventGapSchema = z
  .object({
    reason: z.enum(gapReasons),
    /** The id of the last event that the reader had seen. */
    after: z.int(),
    /** The log goes on after this id. */
    continues_after: z.int(),
    /** The id of the store whose log this is. */
    store_id: z.string(),
  })
  .meta({
    id: 'EventGap',
    examples: [{ reason: 'removed', after: 3, continues_after: 8, store_id: '5f0c6f1e-8d6c-4c0b-9a43-3f4f6d2f3a11' }],
  })
export type EventGap = z.infer<typeof eventGapSchema>

const types = z
  .string()
  .max(1000)
  .transform((text) => text.split(',').filter((type) => type !== ''))
  .pipe(z.array(eventTypeSchema))

/** The query of `GET /events`, which streams, or returns one page of the log with `format=json`. */
export const eventQuerySchema = z.strictObject({
  format: z.literal('json').optional(),
  /** The id of the last event that the client has processed. */
  after: z.coerce.number<string>().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  /** A page of the events before this id, the newest of them: the page before one whose first event has this id. */
  before: z.coerce.number<string>().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  /** Only events at or after this instant; for a page. */
  since: instant.optional(),
  /** Only events before this instant; for a page. */
  until: instant.optional(),
  /** The id of the store, from `X-Store-Id`, whose log `after` is of: ids of another store mean other events. */
  store_id: z.string().max(200).optional(),
  /** The size of a page; it has no effect on the stream. */
  limit: z.coerce.number<string>().int().min(1).max(1000).default(100),
  /** Event types, separated by commas. */
  types: types.optional(),
  session_id: sessionIdParameterSchema.optional(),
  project_id: z.string().max(200).optional(),
  machine_id: z.string().max(200).optional(),
})
export type EventQuery = z.infer<typeof eventQuerySchema>

export const eventRoutes = {
  follow: route({
    method: 'GET',
    path: '/events',
    access: 'read',
    summary: 'Stream events, or list them',
    description:
      'Streams server-sent events. `Last-Event-ID` or `after` resumes after that event without a gap; without them the stream ' +
      'begins with the next event. A comment every 15 s keeps proxies from closing the connection. `format=json` returns one page ' +
      'of the event log instead, oldest first: the newest events, those before the id `before`, or those after `after`; `since` and ' +
      '`until` bound their times. Where the log no longer has the events after that one, or is another log, the stream ' +
      'sends an event `gap`, and a page is answered with 410. The headers `X-Store-Id` and, of a page, `X-Oldest-Event-Id` say which ' +
      'log it is and where it begins.',
    query: eventQuerySchema,
    responses: {
      200: {
        description: 'The event stream, or a page of the log',
        content: { 'text/event-stream': { schema: z.string() }, 'application/json': { schema: z.array(eventSchema) } },
      },
    },
  }),
}
