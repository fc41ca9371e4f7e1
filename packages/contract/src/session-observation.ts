import { z } from 'zod'
import { claudeFieldShape, claudeTaskSchema, MAX_CLAUDE_TASKS, sessionSourceSchema, subagentSchema } from './claude-session.ts'
import { activitySchema, waitingForSchema } from './session.ts'
import { sessionIdSchema } from './session-id.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

/** What happened in a session, for its timeline. */
export const observedEventKinds = [
  'started',
  'prompt',
  'turn-ended',
  'turn-failed',
  'interrupted',
  'waiting',
  'tool',
  'subagent-started',
  'subagent-ended',
  'task-created',
  'task-completed',
  'compacted',
  'ended',
] as const
export type ObservedEventKind = (typeof observedEventKinds)[number]

/** Never a prompt, a command, a path of a tool or an output: names of tools, of subagents and of reasons only. */
const observedEventSchema = z.strictObject({
  kind: z.enum(observedEventKinds),
  /** The tool, the type of the subagent, or the name of the task. */
  name: identifierSchema(500).optional(),
  /** Why: `startup`, `resume`, `clear`, `rate_limit`, … */
  reason: identifierSchema(100).optional(),
  /** Where it happened: a subagent; absent for the main conversation. */
  agent_id: identifierSchema(100).optional(),
  duration_ms: z.int().min(0).max(1e12).optional(),
  failed: z.boolean().optional(),
})
export type ObservedEvent = z.infer<typeof observedEventSchema>

/** The end of a session; one that is observed alive later has been resumed. */
const observedEndSchema = z.strictObject({
  outcome: z.enum(['completed', 'failed']),
  /** `clear`, `prompt_input_exit`, `process ended`, … */
  reason: identifierSchema(100),
  /** The source found the session gone and saw nothing of its end: every other report of it is better. */
  inferred: z.literal(true).optional(),
})
export type ObservedEnd = z.infer<typeof observedEndSchema>

/** Claude Code is younger: an earlier time is that of a clock that was never set. */
const EARLIEST = '2020-01-01T00:00:00.000Z'
/** Of the texts that `instant` allows, the first that is too late. */
const AFTER_LATEST = '2100-01-01T00:00:00.000Z'

const { name, branch, ...otherFields } = claudeFieldShape

/**
 * What one source saw of one session at one moment. Observations may arrive late, twice and in any order: the hub keeps the
 * newest value of each field and source, so the result is always the same.
 */
export const sessionObservationSchema = z
  .strictObject({
    /** Derived from what was observed: two reports of the same event have the same id. */
    observation_id: identifierSchema(),
    session_id: sessionIdSchema,
    source: sessionSourceSchema,
    /** When it happened, by the clock of the machine; a time in the future counts as now. */
    at: instant
      .refine((at) => at >= EARLIEST, { error: 'is before 2020; set the clock of the machine' })
      .refine((at) => at < AFTER_LATEST, { error: 'is after 2099; set the clock of the machine' }),
    /** The project of the session, which is `unknown` until an observation names it. */
    project_id: identifierSchema().optional(),
    /** Whether this proves that the session's process lives at `at`. */
    alive: z.boolean().optional(),
    end: observedEndSchema.optional(),
    activity: activitySchema.optional(),
    waiting_for: waitingForSchema.optional(),
    /** Absent fields stay as they are; `null` says that the source no longer knows a value. */
    fields: z
      .strictObject({ name, branch, ...otherFields })
      .partial()
      .extend({
        name: name.nullable().optional(),
        limited_until: instant.nullable().optional(),
        turn_error: identifierSchema(100).nullable().optional(),
        context_tokens: claudeFieldShape.context_tokens.nullable(),
        context_limit: claudeFieldShape.context_limit.nullable(),
        cache_expires_at: instant.nullable().optional(),
      })
      .optional(),
    /** Subagents that started or ended; merged by their id. */
    subagents: z.array(subagentSchema).max(50).optional(),
    /** The ids of all subagents that run now: others have ended. */
    subagents_running: z.array(identifierSchema(100)).max(200).optional(),
    /** Tasks that are new or changed; with `all_tasks`, the whole list. */
    tasks: z.array(claudeTaskSchema).max(MAX_CLAUDE_TASKS).optional(),
    all_tasks: z.boolean().optional(),
    event: observedEventSchema.optional(),
  })
  .meta({
    id: 'SessionObservation',
    examples: [
      {
        observation_id: 'process-file:4711:35170:1795954028569',
        session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21',
        source: 'process-file' as const,
        at: '2026-10-06T09:12:00.000Z',
        project_id: 'signalbox',
        alive: true,
        activity: 'working' as const,
        fields: { version: '2.1.332', pid: 4711 },
      },
    ],
  })
export type SessionObservation = z.infer<typeof sessionObservationSchema>

/** The most observations in one POST. */
export const MAX_OBSERVATIONS_PER_POST = 500

export const observationBatchSchema = z
  .strictObject({
    machine_id: identifierSchema(),
    observations: z.array(z.unknown()).min(1).max(MAX_OBSERVATIONS_PER_POST),
  })
  .meta({
    id: 'ObservationBatch',
    examples: [
      {
        machine_id: 'laptop',
        observations: [
          {
            observation_id: 'process-file:4711:35170:1795954028569',
            session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21',
            source: 'process-file',
            at: '2026-10-06T09:12:00.000Z',
            project_id: 'signalbox',
            alive: true,
            activity: 'working',
          },
        ],
      },
    ],
  })
export type ObservationBatch = z.input<typeof observationBatchSchema>

/** Each observation is accepted or rejected by itself; a rejected one must not be sent again. */
export const observationResultSchema = z
  .object({
    accepted: z.int(),
    rejected: z.array(z.object({ observation_id: z.string().optional(), index: z.int(), reason: z.string() })),
  })
  .meta({ id: 'ObservationResult', examples: [{ accepted: 3, rejected: [] }] })
export type ObservationResult = z.infer<typeof observationResultSchema>
