import { z } from 'zod'
import { collectorHealthSchema } from './collector-health.ts'
import { COLLECTOR_WAIT_MS } from './limit-source.ts'
import { identifierSchema, textSchema } from './text.ts'
import { instant } from './time.ts'

/** The long poll of a collector: it reports its health and waits for work. */
export const collectorPollSchema = z
  .strictObject({
    machine_id: identifierSchema(),
    account: identifierSchema().optional(),
    collector: collectorHealthSchema,
    /** The outcomes, since the last poll, of requested snapshots. */
    triggers: z
      .array(z.strictObject({ id: identifierSchema(), step: z.enum(['done', 'failed']), message: textSchema(2000).optional() }))
      .max(100)
      .optional(),
    /** How long to wait for work, in milliseconds; with 0 the hub responds immediately. */
    waitMs: z.int().min(0).max(COLLECTOR_WAIT_MS).default(COLLECTOR_WAIT_MS),
  })
  .meta({
    id: 'CollectorPoll',
    examples: [{ machine_id: 'laptop', collector: { state: 'ok' as const, consecutiveFailures: 0 }, waitMs: 20_000 }],
  })
export type CollectorPoll = z.input<typeof collectorPollSchema>

export const collectorWorkSchema = z
  .object({
    /** A snapshot is requested; handed to one poll only. */
    trigger: z.object({ id: z.string() }).optional(),
    /** The hub cannot hold requests open: when to ask again, in milliseconds. */
    askAgainInMs: z.int().min(0).optional(),
    timestamp: instant,
  })
  .meta({ id: 'CollectorWork', examples: [{ timestamp: '2026-10-06T09:18:00.000Z' }] })
export type CollectorWork = z.infer<typeof collectorWorkSchema>
