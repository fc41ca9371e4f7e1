import { z } from 'zod'

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

export const eventSchema = z.object({
  /** Grows, is never used again. */
  id: z.int(),
  event: eventTypeSchema,
  at: z.iso.datetime({ precision: 3 }),
  data: z.record(z.string(), z.unknown()),
})
export type HubEvent = z.infer<typeof eventSchema>
