import { z } from 'zod'
import { collectorStates } from './collector.ts'
import { heartbeatIntervalSchema } from './session.ts'
import { sessionIdSchema } from './session-id.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

const itemCount = z.int().min(0).max(1e12)

/** The heartbeat of a collector: what it is, how it does, and which sessions it sees alive. It counts for the machine too. */
export const collectorHeartbeatSchema = z
  .strictObject({
    /** The next heartbeat follows within this time; after three, the machine is offline. */
    heartbeat_interval_ms: heartbeatIntervalSchema,
    hostname: identifierSchema(255).optional(),
    platform: identifierSchema(50).optional(),
    /** The version of the collector. */
    version: identifierSchema(50),
    /** Versions of Claude Code that run or ran last on the machine, newest first. */
    claude_code_versions: z.array(identifierSchema(50)).max(10).optional(),
    started_at: instant,
    /** `stopped`: it ends now; the machine goes offline at once. */
    state: z.enum(collectorStates),
    sources: z
      .array(z.strictObject({ name: identifierSchema(50), state: identifierSchema(50), problem: z.string().max(500).optional() }))
      .max(20)
      .optional(),
    /** What the hub has not confirmed yet. */
    pending: z.strictObject({ calls: itemCount, snapshots: itemCount, observations: itemCount }).partial().optional(),
    /** When the oldest of it was queued. */
    pending_since: instant.optional(),
    /** The ids of all sessions whose process is alive. */
    sessions: z.array(sessionIdSchema).max(2000),
  })
  .meta({
    id: 'CollectorHeartbeat',
    examples: [
      {
        heartbeat_interval_ms: 15_000,
        version: '0.1.0',
        claude_code_versions: ['2.1.332'],
        started_at: '2026-10-06T08:00:00.000Z',
        state: 'idle' as const,
        sources: [{ name: 'sessions', state: 'ok' }],
        pending: { calls: 0, snapshots: 0, observations: 0 },
        sessions: ['8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'],
      },
    ],
  })
export type CollectorHeartbeat = z.infer<typeof collectorHeartbeatSchema>

export const collectorHeartbeatResponseSchema = z
  .object({
    machine_id: z.string(),
    /** Sessions of the request that the hub does not know, or that have ended there: the collector reports them anew. */
    unknown_sessions: z.array(z.string()),
    /** Sessions of this machine that the hub believes alive and the request does not name. */
    missing_sessions: z.array(z.string()),
    timestamp: instant,
  })
  .meta({
    id: 'CollectorHeartbeatResponse',
    examples: [{ machine_id: 'laptop', unknown_sessions: [], missing_sessions: [], timestamp: '2026-10-06T09:12:00.000Z' }],
  })
export type CollectorHeartbeatResponse = z.infer<typeof collectorHeartbeatResponseSchema>

/** The collector of a machine, as its last heartbeat describes it. */
export const machineCollectorSchema = collectorHeartbeatSchema
  .omit({ sessions: true, hostname: true, heartbeat_interval_ms: true })
  .extend({
    last_contact: instant,
    /** Whether a heartbeat came within three intervals. */
    connected: z.boolean(),
    /** Whether something has waited for the hub for more than a minute. */
    behind: z.boolean(),
  })
export type MachineCollector = z.infer<typeof machineCollectorSchema>
