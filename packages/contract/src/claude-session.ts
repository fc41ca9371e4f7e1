import { z } from 'zod'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

/**
 * The programs and files that report about a session of Claude Code.
 * `process-file`: Claude Code's own `sessions/<pid>.json`, with the state of the process. `hook`: the hooks of the plugin or of
 * `settings.json`. `witness`: the plugin's MCP server, which notices the end of its client. `run`: `signalbox run`, the
 * parent of the process. `statusline`: the input of the status line. `telemetry`: OpenTelemetry. `transcript`: the
 * transcript, with what the ledger makes of it.
 */
export const sessionSources = ['process-file', 'hook', 'witness', 'run', 'statusline', 'telemetry', 'transcript'] as const
export const sessionSourceSchema = z.enum(sessionSources)
export type SessionSource = z.infer<typeof sessionSourceSchema>

/** `print`: `claude -p`, which ends with its answer. `background`: a job without a terminal. */
export const sessionKinds = ['interactive', 'print', 'background'] as const

const shortText = identifierSchema(200)
const count = z.int().min(0).max(1e15)

/** A subagent of a session. */
export const subagentSchema = z.strictObject({
  agent_id: identifierSchema(100),
  agent_type: identifierSchema(100, 0).optional(),
  /** The subagent that started it; absent when the main conversation did. */
  parent_agent_id: identifierSchema(100, 0).optional(),
  started_at: instant.optional(),
  ended_at: instant.optional(),
})
export type Subagent = z.infer<typeof subagentSchema>

/** A task on the list that Claude Code keeps for itself. */
export const claudeTaskSchema = z.strictObject({
  task_id: identifierSchema(100),
  name: identifierSchema(500),
  status: z.enum(['pending', 'in_progress', 'completed']),
})
export type ClaudeTask = z.infer<typeof claudeTaskSchema>

export const MAX_SUBAGENTS = 200
export const MAX_CLAUDE_TASKS = 200

/** What is known about a session of Claude Code besides its activity. Absent is unknown; nothing here is an input or output of the session. */
export const claudeFieldShape = {
  name: shortText.optional(),
  branch: shortText.optional(),
  model: shortText.optional(),
  /** The version of Claude Code. */
  version: identifierSchema(50).optional(),
  kind: z.enum(sessionKinds).optional(),
  pid: z.int().min(1).optional(),
  permission_mode: identifierSchema(50).optional(),
  effort: identifierSchema(50).optional(),
  /** Tokens in the context of the main conversation at its last call, and the size of the window. */
  context_tokens: count.optional(),
  context_limit: count.optional(),
  /** When the prompt cache expires. */
  cache_expires_at: instant.optional(),
  /** List-price equivalent in US dollars, so far. */
  cost_usd: z.number().min(0).max(1e9).optional(),
  input_tokens: count.optional(),
  output_tokens: count.optional(),
  cache_read_tokens: count.optional(),
  cache_write_tokens: count.optional(),
  /** The session waits for the reset of a plan limit at this time. */
  limited_until: instant.optional(),
  /** Why the last turn failed, such as `overloaded`; absent after a turn that did not. */
  turn_error: identifierSchema(100).optional(),
}
/** Names of the fields that several sources may report. */
export const claudeFields = Object.keys(claudeFieldShape) as (keyof typeof claudeFieldShape)[]
export type ClaudeField = keyof typeof claudeFieldShape

/** The believed values of a session of Claude Code. */
export const claudeSessionSchema = z
  .object({
    ...claudeFieldShape,
    /** How long the activity has lasted. */
    activity_since: instant.optional(),
    /** Subagents that run now. */
    subagents_running: z.int(),
    subagents: z.array(subagentSchema),
    tasks: z.array(claudeTaskSchema),
    /** Sources that have reported, most exact first. Only `transcript`: nothing else is installed or running. */
    sources: z.array(sessionSourceSchema),
  })
  .meta({
    id: 'ClaudeSession',
    examples: [
      {
        name: 'fix-login',
        branch: 'main',
        model: 'claude-opus-5-5',
        version: '2.1.332',
        kind: 'interactive' as const,
        pid: 4711,
        context_tokens: 48_000,
        context_limit: 200_000,
        cost_usd: 1.25,
        activity_since: '2026-10-06T09:10:00.000Z',
        subagents_running: 0,
        subagents: [],
        tasks: [],
        sources: ['process-file' as const, 'transcript' as const],
      },
    ],
  })
export type ClaudeSession = z.infer<typeof claudeSessionSchema>

/** One field of a session, as one source reports it. */
export const sessionSourceRowSchema = z
  .object({
    field: z.string(),
    source: sessionSourceSchema,
    value: z.union([z.string(), z.number(), z.null()]),
    /** When it became so, by the clock of the machine. */
    at: instant,
    /** Whether this is the value that the session shows. */
    believed: z.boolean(),
  })
  .meta({
    id: 'SessionSourceRow',
    examples: [{ field: 'activity', source: 'process-file' as const, value: 'working', at: '2026-10-06T09:10:00.000Z', believed: true }],
  })
export type SessionSourceRow = z.infer<typeof sessionSourceRowSchema>
