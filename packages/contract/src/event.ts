import { z } from 'zod'
import { route } from './route.ts'
import { sessionSchema } from './session.ts'
import { instant } from './time.ts'

/** Every kind of event on `GET /events`. Heartbeats are live only and are never logged. */
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
  'limits.snapshot',
  'limits.trigger',
  'usage.updated',
  'alert.opened',
  'alert.closed',
] as const
export const eventTypeSchema = z.enum(eventTypes)
export type EventType = z.infer<typeof eventTypeSchema>

/** `usage.updated`: calls were added or improved; the report of any range that touches `since`…`until` has changed. */
export const usageUpdatedSchema = z.object({
  machine_id: z.string(),
  accepted: z.int(),
  improved: z.int(),
  /** Instants of the earliest and latest call touched. */
  since: z.string(),
  until: z.string(),
})
export type UsageUpdated = z.infer<typeof usageUpdatedSchema>

/** What of a session can be another one without a change of its status. */
export const sessionChanges = [
  'machine_id',
  'docker_slot',
  'activity',
  'waiting_for',
  'waiting_since',
  'heartbeat_interval_ms',
  'current_task_id',
  'metadata',
  'recovery_checkpoint_at',
] as const
export type SessionChange = (typeof sessionChanges)[number]

/** `session.updated`: the session without its metadata, and what of it is another one than before. */
export const sessionUpdatedSchema = sessionSchema.omit({ metadata: true }).extend({ changed: z.array(z.enum(sessionChanges)).min(1) })
export type SessionUpdated = z.infer<typeof sessionUpdatedSchema>

export const eventSchema = z
  .object({
    /** Grows, is never used again. */
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

const types = z
  .string()
  .max(1000)
  .transform((text) => text.split(',').filter((type) => type !== ''))
  .pipe(z.array(eventTypeSchema))

/** `GET /events`: the stream, or with `format=json` one page of the log. */
export const eventQuerySchema = z.strictObject({
  format: z.literal('json').optional(),
  /** The id of the last event already seen. */
  after: z.coerce.number<string>().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  /** Of a page; the stream has no end. */
  limit: z.coerce.number<string>().int().min(1).max(1000).default(100),
  /** Separated by commas. */
  types: types.optional(),
  session_id: z.string().max(200).optional(),
  project_id: z.string().max(200).optional(),
  machine_id: z.string().max(200).optional(),
})
export type EventQuery = z.infer<typeof eventQuerySchema>

export const eventRoutes = {
  follow: route({
    method: 'GET',
    path: '/events',
    access: 'read',
    summary: 'What happens, as it happens; or one page of the log',
    description:
      'Server-sent events. `Last-Event-ID` or `after` resumes without a gap; without them the stream begins with what happens next. ' +
      'A comment every 15 s keeps proxies open. `format=json` answers one page of the log, newest last.',
    query: eventQuerySchema,
    answers: {
      200: {
        description: 'The stream, or a page',
        content: { 'text/event-stream': { schema: z.string() }, 'application/json': { schema: z.array(eventSchema) } },
      },
    },
  }),
}
