import { createHash } from 'node:crypto'
import type { ClaudeTask, Subagent } from '@signalbox/contract/claude-session'
import { controlsOfNames } from '@signalbox/contract/printable'
import { isMadeFromPrompt } from '@signalbox/contract/session-name'
import type { ObservedEvent, SessionObservation } from '@signalbox/contract/session-observation'
import { findLimitReset } from './limit-reset.ts'
import { plainText } from './plain-text.ts'
import { emptyMemory, limitMemory, type SessionMemory, type Wait } from './session-memory.ts'
import type { SpooledEvent } from './spooled-event.ts'
import { type ListedTasks, listedTasks, taskOf } from './task-tools.ts'

/** What an event says about the session, and what is to be remembered of it. */
interface Described extends ListedTasks {
  readonly activity?: 'working' | 'idle'
  /** What waits from now on; the activity follows from it. */
  readonly waits?: readonly Wait[]
  readonly calls?: SessionMemory['calls']
  /** Whether the turn has left something running. */
  readonly background?: boolean
  readonly fields?: NonNullable<SessionObservation['fields']>
  readonly subagents?: Subagent[]
  readonly subagents_running?: string[]
  readonly event?: ObservedEvent
  readonly end?: SessionObservation['end']
  /** What makes the event unique among those of its name in the session. */
  readonly key?: string
  /** What the event is about, where there may be several about the same; the prompt, if nothing else is said. */
  readonly about?: string | undefined
}

interface Context {
  readonly input: Readonly<Record<string, unknown>>
  readonly at: number
  /** The subagent in which it happened; undefined for the main conversation. */
  readonly agent: string | undefined
  readonly memory: SessionMemory
  readonly spooled: SpooledEvent
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Two processes that handle one event, for the plugin and for settings.json, run within milliseconds; the last resort to see that. */
const SAME_EVENT_MS = 10_000
const INSTANT_LIMIT = Date.UTC(9999, 0)

/**
 * Translates the event of a hook. Unknown events and fields are ignored: Claude Code adds some every month. No text of the
 * session gets into an observation: no prompt, no input or output of a tool, no answer.
 * @returns at most one observation, and what to remember for the next event of the session
 */
export function observeHook(
  spooled: SpooledEvent,
  memory: SessionMemory = emptyMemory,
): { readonly observations: SessionObservation[]; readonly memory: SessionMemory } {
  const { input, at } = spooled
  const session = plainText(input.session_id, 100)?.toLowerCase()
  const name = typeof input.hook_event_name === 'string' ? input.hook_event_name : ''
  const describe = Object.hasOwn(describers, name) ? describers[name] : undefined
  if (session === undefined || !UUID.test(session) || describe === undefined || !(at > 0 && at < INSTANT_LIMIT)) {
    return { observations: [], memory }
  }
  const agent = plainText(input.agent_id, 100)
  const described = describe({ input, at, agent: agentEvents.has(name) ? undefined : agent, memory, spooled })
  if (described === undefined) return { observations: [], memory }

  const { activity, waits, calls, background, key, about, fields, tasks, all_tasks, knownTasks, ...rest } = described
  const identity = identify(name, { key, about: about ?? plainText(input.prompt_id, 40) }, at, memory)
  const next = limitMemory({
    counts: identity.counts,
    calls: calls ?? memory.calls,
    waits: waits ?? memory.waits,
    tasks: knownTasks ?? memory.tasks,
    background: background ?? (activity === undefined && memory.background),
    seenAt: Math.max(memory.seenAt, at),
  })
  // Commands of the client such as `plugin install` end a session that they have not begun. Without a project it is not created.
  const project = rest.end !== undefined && memory.seenAt === 0 ? undefined : projectOf(spooled)
  const allFields = { ...(agent === undefined ? commonFields(input) : {}), ...fields }
  const observation: SessionObservation = {
    observation_id: observationId(session, name, identity.key),
    session_id: session,
    source: 'hook',
    // The clock may have been set back: an end before the last event would mean that the session was resumed.
    at: new Date(rest.end === undefined ? at : Math.max(at, memory.seenAt)).toISOString(),
    ...(project === undefined ? {} : { project_id: project }),
    ...(rest.end === undefined ? { alive: true } : {}),
    ...activityOf(activity, memory.waits, waits ?? memory.waits),
    ...(Object.keys(allFields).length === 0 ? {} : { fields: allFields }),
    ...(tasks === undefined ? {} : { tasks }),
    ...(all_tasks === undefined ? {} : { all_tasks }),
    ...rest,
  }
  return { observations: [observation], memory: next }
}

/** Events whose `agent_id` names the subagent that they are about, not the one in which they happen. */
const agentEvents = new Set(['SubagentStart', 'SubagentStop'])

const describers: Readonly<Record<string, (context: Context) => Described | undefined>> = {
  SessionStart({ input, spooled }) {
    const source = plainText(input.source, 100) ?? 'startup'
    // Old versions announce a fork as a resume of its original, which may have ended: the next event names the right session.
    if (source === 'resume' && !spooled.namesProcess) return undefined
    const kind = kindOf(spooled)
    const model = plainText(input.model, 200)
    const title = plainText(input.session_title, 200)
    const context = tokens(input.context_tokens)
    return {
      about: `${source}:${spooled.clientPid ?? ''}`,
      // A compaction starts the session anew in the middle of a turn.
      ...(source === 'compact' ? {} : { activity: 'idle', waits: [], calls: [], event: { kind: 'started', reason: source } }),
      fields: {
        ...(model === undefined ? {} : { model }),
        ...(title === undefined || isMadeFromPrompt(String(input.session_title)) ? {} : { name: title }),
        ...(context === undefined ? {} : { context_tokens: context }),
        ...(kind === undefined ? {} : { kind }),
        ...(spooled.clientPid === undefined ? {} : { pid: spooled.clientPid }),
      },
    }
  },

  UserPromptSubmit({ input, agent, spooled, memory }) {
    // The event is also sent when another program has queued a prompt that is not read yet.
    if (agent !== undefined || input.source === 'poll_event') return {}
    const kind = kindOf(spooled)
    const fields = {
      turn_error: null,
      limited_until: null,
      ...(kind === undefined ? {} : { kind }),
      ...(spooled.clientPid === undefined ? {} : { pid: spooled.clientPid }),
    }
    // The notice that a subagent in the background has finished begins a turn too, but no one has typed it.
    const isTyped = input.source !== 'system' && !(typeof input.prompt === 'string' && input.prompt.startsWith('<task-notification>'))
    return {
      activity: 'working',
      waits: memory.waits.filter((wait) => wait.agent !== undefined),
      fields,
      ...(isTyped ? { event: { kind: 'prompt' } } : {}),
    }
  },

  PreToolUse({ input, agent, memory }) {
    const tool = toolName(input)
    const id = toolUseId(input)
    if (tool === undefined || id === undefined) return {}
    const calls = [...memory.calls.filter((call) => call.id !== id), { id, tool, input: fingerprint(input.tool_input), agent }]
    if (tool !== 'AskUserQuestion') return { calls, key: id }
    const wait: Wait = { for: 'input', agent, tool, input: fingerprint(input.tool_input) }
    return { calls, waits: addWait(memory.waits, wait), key: id, event: inAgent(agent, { kind: 'waiting', name: tool, reason: 'input' }) }
  },

  PostToolUse: (context) => ({ ...toolEnded(context, false), ...tasksAndSubagents(context) }),
  PostToolUseFailure: (context) => toolEnded(context, true),
  PermissionDenied: (context) => toolEnded(context, true, 'permission denied'),

  PermissionRequest({ input, agent, memory }) {
    const tool = toolName(input)
    if (tool === undefined) return undefined
    const hash = fingerprint(input.tool_input)
    const reason = tool === 'AskUserQuestion' ? 'input' : 'permission'
    const call = memory.calls.findLast((each) => each.tool === tool && each.input === hash && each.agent === agent)
    const known = memory.waits.some((wait) => wait.tool === tool && wait.input === hash && wait.agent === agent)
    return {
      waits: addWait(memory.waits, { for: reason, agent, tool, input: hash }),
      ...(call === undefined ? {} : { about: call.id }),
      ...(known ? {} : { event: inAgent(agent, { kind: 'waiting', name: tool, reason }) }),
    }
  },

  Notification({ input, agent, memory }) {
    const type = input.notification_type
    // After an interruption or a refusal no Stop comes, only this, a minute later.
    if (type === 'idle_prompt') return agent !== undefined || memory.background ? {} : { activity: 'idle', waits: [] }
    const reason = type === 'permission_prompt' || type === 'worker_permission_prompt' ? 'permission' : 'input'
    if (reason === 'input' && type !== 'agent_needs_input' && type !== 'elicitation_dialog') return {}
    // It comes seconds after the event that it is about, and says less.
    if (memory.waits.length > 0) return {}
    return { waits: [{ for: reason, agent }], event: inAgent(agent, { kind: 'waiting', reason }) }
  },

  Elicitation({ agent, memory, input }) {
    const name = plainText(input.mcp_server_name, 200)
    const wait: Wait = { for: 'input', agent, tool: 'elicitation', input: fingerprint(input.mcp_server_name) }
    return {
      waits: addWait(memory.waits, wait),
      event: inAgent(agent, { kind: 'waiting', reason: 'input', ...(name === undefined ? {} : { name }) }),
    }
  },
  ElicitationResult: ({ memory, input }) => ({
    waits: memory.waits.filter((wait) => wait.tool !== 'elicitation' || wait.input !== fingerprint(input.mcp_server_name)),
  }),

  SubagentStart({ input, at, memory }) {
    const id = plainText(input.agent_id, 100)
    if (id === undefined) return undefined
    const type = plainText(input.agent_type, 100)
    const parents = new Set(memory.calls.filter((call) => isAgentTool(call.tool)).map((call) => call.agent))
    // The caller is certain only later, when the tool returns, unless all open calls have the same one.
    const [parent] = parents.size === 1 ? parents : []
    return {
      subagents: [
        {
          agent_id: id,
          ...(type === undefined ? {} : { agent_type: type }),
          ...(parent === undefined ? {} : { parent_agent_id: parent }),
          started_at: new Date(at).toISOString(),
        },
      ],
      event: { kind: 'subagent-started', agent_id: id, ...(type === undefined || type === '' ? {} : { name: type }) },
      about: id,
    }
  },

  SubagentStop({ input, at, memory }) {
    const id = plainText(input.agent_id, 100)
    if (id === undefined) return undefined
    const type = plainText(input.agent_type, 100)
    return {
      waits: memory.waits.filter((wait) => wait.agent !== id),
      calls: memory.calls.filter((call) => call.agent !== id),
      subagents: [{ agent_id: id, ...(type === undefined ? {} : { agent_type: type }), ended_at: new Date(at).toISOString() }],
      event: { kind: 'subagent-ended', agent_id: id, ...(type === undefined ? {} : { name: type }) },
      about: id,
    }
  },

  TaskCreated: ({ input, memory }) => {
    const task = taskOf(input.task_id, input.task_subject, 'pending')
    if (task === undefined) return undefined
    return { ...named(memory, task), event: { kind: 'task-created', name: task.name }, about: task.task_id }
  },
  TaskCompleted: ({ input, memory }) => {
    const task = taskOf(input.task_id, input.task_subject, 'completed')
    if (task === undefined) return undefined
    return { ...named(memory, task), event: { kind: 'task-completed', name: task.name }, about: task.task_id }
  },

  PreCompact: () => ({}),
  PostCompact({ input }) {
    const reason = plainText(input.trigger, 100)
    return { event: { kind: 'compacted', ...(reason === undefined ? {} : { reason }) } }
  },
  PostModelSwitch({ input }) {
    const model = plainText(input.to_model, 200)
    const context = tokens(input.context_tokens)
    return { fields: { ...(model === undefined ? {} : { model }), ...(context === undefined ? {} : { context_tokens: context }) } }
  },

  Stop({ input, agent, memory }) {
    if (agent !== undefined) return {}
    const background = Array.isArray(input.background_tasks) ? (input.background_tasks as unknown[]) : []
    const running = background.filter(isRunning)
    const agents = running.flatMap((task) => (task.type === 'subagent' ? (plainText(task.id, 100) ?? []) : []))
    const stays = new Set<string | undefined>(agents)
    return {
      activity: running.length > 0 ? 'working' : 'idle',
      // What is left waiting belongs to subagents in the background.
      waits: memory.waits.filter((wait) => wait.agent !== undefined && stays.has(wait.agent)),
      calls: memory.calls.filter((call) => call.agent !== undefined && stays.has(call.agent)),
      background: running.length > 0,
      ...(Array.isArray(input.background_tasks) ? { subagents_running: agents.slice(0, 200) } : {}),
      fields: { turn_error: null },
      event: { kind: 'turn-ended' },
    }
  },

  StopFailure({ input, agent, at, memory }) {
    const reason = plainText(input.error, 100) ?? 'unknown'
    if (agent !== undefined) return { event: inAgent(agent, { kind: 'turn-failed', reason }) }
    const messages = [input.error_details, input.last_assistant_message].filter((text) => typeof text === 'string')
    const reset =
      reason === 'rate_limit' ? messages.map((text) => findLimitReset(text, at)).find((found) => found !== undefined) : undefined
    return {
      activity: 'idle',
      waits: memory.waits.filter((wait) => wait.agent !== undefined),
      calls: memory.calls.filter((call) => call.agent !== undefined),
      fields: { turn_error: reason, ...(reset === undefined ? {} : { limited_until: new Date(reset).toISOString() }) },
      event: { kind: 'turn-failed', reason },
    }
  },

  SessionEnd({ input, spooled }) {
    const reason = plainText(input.reason, 100) ?? 'other'
    return {
      about: `${reason}:${spooled.clientPid ?? ''}`,
      waits: [],
      calls: [],
      end: { outcome: 'completed', reason },
      event: { kind: 'ended', reason },
    }
  },
}

/** The end of a tool call. It ends the waiting for its permission, and no other. */
function toolEnded({ input, agent, memory }: Context, failed: boolean, reason?: string): Described {
  const name = toolName(input)
  if (name === undefined) return {}
  const id = toolUseId(input)
  const hash = memory.calls.find((call) => call.id === id)?.input ?? fingerprint(input.tool_input)
  const interrupted = failed && input.is_interrupt === true
  const waits = memory.waits.filter(
    (wait) => wait.agent !== agent || (wait.tool !== undefined && (wait.tool !== name || wait.input !== hash)),
  )
  const duration = typeof input.duration_ms === 'number' ? Math.round(input.duration_ms) : -1
  return {
    ...(waits.length === memory.waits.length ? {} : { waits }),
    calls: memory.calls.filter((call) => call.id !== id),
    event: inAgent(agent, {
      kind: 'tool',
      name,
      ...(duration >= 0 && duration <= 1e12 ? { duration_ms: duration } : {}),
      ...(failed ? { failed: true } : {}),
      ...(interrupted ? { reason: 'interrupted' } : reason === undefined ? {} : { reason }),
    }),
    ...(id === undefined ? {} : { key: id }),
  }
}

/** What the results of some tools say besides. */
function tasksAndSubagents({ input, agent, memory }: Context): Described {
  const tool = toolName(input) ?? ''
  const response = record(input.tool_response)
  if (isAgentTool(tool)) {
    const id = plainText(response.agentId, 100)
    if (id === undefined) return {}
    const type = plainText(record(input.tool_input).subagent_type, 100)
    return {
      subagents: [
        { agent_id: id, ...(type === undefined ? {} : { agent_type: type }), ...(agent === undefined ? {} : { parent_agent_id: agent }) },
      ],
    }
  }
  // A subagent has a list of its own.
  return agent === undefined ? listedTasks(tool, record(input.tool_input), response, memory.tasks) : {}
}

/** The activity changes when a turn begins or ends, when waiting begins, and when the last thing that was waited for has been answered. */
function activityOf(
  activity: 'working' | 'idle' | undefined,
  before: readonly Wait[],
  now: readonly Wait[],
): Pick<SessionObservation, 'activity' | 'waiting_for'> {
  const wait = now.at(-1)
  const isChanged = now.length !== before.length || now.some((each, index) => each !== before[index])
  if (wait !== undefined) return activity !== undefined || isChanged ? { activity: 'waiting', waiting_for: wait.for } : {}
  if (activity !== undefined) return { activity }
  return before.length > 0 ? { activity: 'working' } : {}
}

function addWait(waits: readonly Wait[], wait: Wait): readonly Wait[] {
  return [
    ...waits.filter(
      (each) => each.tool !== undefined && (each.tool !== wait.tool || each.input !== wait.input || each.agent !== wait.agent),
    ),
    wait,
  ]
}

function named(memory: SessionMemory, task: ClaudeTask): ListedTasks {
  return { tasks: [task], knownTasks: { ...memory.tasks, [task.task_id]: task } }
}

function commonFields(input: Context['input']): NonNullable<SessionObservation['fields']> {
  const mode = plainText(input.permission_mode, 50)
  const effort = plainText(record(input.effort).level ?? input.effort, 50)
  return { ...(mode === undefined ? {} : { permission_mode: mode }), ...(effort === undefined ? {} : { effort }) }
}

/** The name by which usage is grouped too: the folder in which the session was started. The collector has the same rule. */
export function projectOf({ projectFolder, input }: Pick<SpooledEvent, 'projectFolder' | 'input'>): string | undefined {
  return projectId(projectFolder) ?? projectId(input.cwd)
}

export function projectId(folder: unknown): string | undefined {
  return typeof folder === 'string' ? plainText(folder.replace(controlsOfNames, ''), 200) : undefined
}

function kindOf({ entrypoint, sessionKind }: SpooledEvent): 'interactive' | 'print' | 'background' | undefined {
  if (sessionKind === 'bg') return 'background'
  return entrypoint === 'cli' ? 'interactive' : entrypoint === 'sdk-cli' ? 'print' : undefined
}

function inAgent(agent: string | undefined, event: ObservedEvent): ObservedEvent {
  return agent === undefined ? event : { ...event, agent_id: agent }
}

/**
 * What two processes that handle the same event agree on: an id in it, or which event of its kind it is. Both count, and a new
 * prompt begins a new count, so that they agree again soon where one of them has missed something.
 */
function identify(
  event: string,
  { key, about }: { readonly key: string | undefined; readonly about: string | undefined },
  at: number,
  { counts }: SessionMemory,
): { readonly key: string; readonly counts: SessionMemory['counts'] } {
  if (key !== undefined) return { key, counts }
  if (about === undefined) return { key: String(Math.floor(at / SAME_EVENT_MS)), counts }
  const name = `${event}:${about}`
  const { [name]: count = 0, ...others } = counts
  return { key: `${about}:${count}`, counts: { ...others, [name]: count + 1 } }
}

function observationId(session: string, event: string, key: string): string {
  const id = `hook:${session}:${event}:${key}`
  return id.length <= 200 ? id : `hook:${session}:${event}:${createHash('sha256').update(key).digest('hex').slice(0, 32)}`
}

export function fingerprint(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex')
    .slice(0, 16)
}

const toolName = (input: Context['input']) => plainText(input.tool_name, 200)
const toolUseId = (input: Context['input']) => plainText(input.tool_use_id, 100)
/** The tool was named Task before. */
const isAgentTool = (tool: string) => tool === 'Agent' || tool === 'Task'
const record = (value: unknown) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {})
const tokens = (value: unknown) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined)

function isRunning(task: unknown): task is Record<string, unknown> {
  const { status } = record(task)
  return status === 'running' || status === 'pending'
}
