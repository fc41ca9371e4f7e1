import { type SessionObservation, sessionObservationSchema } from '@signalbox/contract/session-observation'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { observeHook } from './observe-hook.ts'
import { emptyMemory, type SessionMemory } from './session-memory.ts'

const session_id = '88a5ba91-f9e6-4c94-8e08-5bce2948aa77'
const NOON = Date.parse('2026-11-29T12:00:00.000Z')
const SECRET = 'planted-9f31'

/** What every event of the client has; texts of the session have the planted word. */
const common = {
  session_id,
  transcript_path: `/home/dev/.claude/projects/-home-dev-work/${SECRET}.jsonl`,
  cwd: '/home/dev/work/below',
  prompt_id: '307c915e-6d0e-4d97-9eb6-a606bdcc8ef0',
  permission_mode: 'default',
}
const bash = { tool_name: 'Bash', tool_input: { command: `echo ${SECRET}`, description: SECRET }, tool_use_id: 'toolu_1' }
const { tool_use_id: _, ...bashRequest } = bash

function spooled(event: string, more: object = {}, at = NOON) {
  return {
    at,
    clientPid: 4711,
    namesProcess: true,
    entrypoint: 'cli',
    sessionKind: '',
    projectFolder: '/home/dev/work',
    input: { ...common, hook_event_name: event, ...more },
  }
}

/** Observes events one after the other, a second apart. @returns the observations, all valid by the contract */
function observe(...events: [event: string, more?: object][]): SessionObservation[] {
  let memory: SessionMemory = emptyMemory
  return events.flatMap(([event, more], index) => {
    const result = observeHook(spooled(event, more, NOON + index * 1000), memory)
    // The memory goes through a file.
    memory = JSON.parse(JSON.stringify(result.memory)) as SessionMemory
    for (const one of result.observations) sessionObservationSchema.parse(one)
    return result.observations
  })
}
const last = (...events: [event: string, more?: object][]) => observe(...events).at(-1)

describe('an event of a hook becomes an observation', () => {
  it.each<[string, object, object]>([
    [
      'SessionStart',
      { source: 'startup', model: 'claude-opus-5-5', session_title: 'fix-login' },
      {
        activity: 'idle',
        alive: true,
        project_id: '/home/dev/work',
        fields: { model: 'claude-opus-5-5', name: 'fix-login', kind: 'interactive', pid: 4711 },
        event: { kind: 'started', reason: 'startup' },
      },
    ],
    ['SessionStart', { source: 'resume', context_tokens: 3301 }, { fields: { context_tokens: 3301 }, event: { reason: 'resume' } }],
    ['SessionStart', { source: 'fork' }, { activity: 'idle', event: { reason: 'fork' } }],
    ['SessionStart', { source: 'clear' }, { activity: 'idle', event: { reason: 'clear' } }],
    [
      'UserPromptSubmit',
      { prompt: SECRET },
      { activity: 'working', fields: { permission_mode: 'default', turn_error: null, limited_until: null }, event: { kind: 'prompt' } },
    ],
    ['PreToolUse', { ...bash, effort: { level: 'high' } }, { alive: true, fields: { effort: 'high' } }],
    [
      'PostToolUse',
      { ...bash, tool_response: { stdout: SECRET }, duration_ms: 21 },
      { event: { kind: 'tool', name: 'Bash', duration_ms: 21 } },
    ],
    ['PostToolUse', { ...bash, agent_id: 'a1', agent_type: 'Explore' }, { event: { kind: 'tool', name: 'Bash', agent_id: 'a1' } }],
    [
      'PostToolUseFailure',
      { ...bash, error: SECRET, is_interrupt: false, duration_ms: 5 },
      { event: { kind: 'tool', name: 'Bash', failed: true, duration_ms: 5 } },
    ],
    ['PostToolUseFailure', { ...bash, error: SECRET, is_interrupt: true }, { event: { failed: true, reason: 'interrupted' } }],
    ['PermissionDenied', { ...bash, reason: SECRET }, { event: { kind: 'tool', failed: true, reason: 'permission denied' } }],
    [
      'PermissionRequest',
      bashRequest,
      { activity: 'waiting', waiting_for: 'permission', event: { kind: 'waiting', name: 'Bash', reason: 'permission' } },
    ],
    ['PermissionRequest', { ...bashRequest, tool_name: 'AskUserQuestion' }, { activity: 'waiting', waiting_for: 'input' }],
    ['PreToolUse', { ...bash, tool_name: 'AskUserQuestion' }, { activity: 'waiting', waiting_for: 'input' }],
    ['Notification', { notification_type: 'permission_prompt', message: SECRET }, { activity: 'waiting', waiting_for: 'permission' }],
    ['Notification', { notification_type: 'agent_needs_input', message: SECRET }, { activity: 'waiting', waiting_for: 'input' }],
    ['Notification', { notification_type: 'idle_prompt', message: SECRET }, { activity: 'idle' }],
    [
      'Elicitation',
      { mcp_server_name: 'github', message: SECRET },
      { activity: 'waiting', waiting_for: 'input', event: { name: 'github' } },
    ],
    [
      'Stop',
      { background_tasks: [], last_assistant_message: SECRET },
      { activity: 'idle', subagents_running: [], event: { kind: 'turn-ended' } },
    ],
    [
      'Stop',
      { background_tasks: [{ id: 'a1', type: 'subagent', status: 'running', description: SECRET }] },
      { activity: 'working', subagents_running: ['a1'] },
    ],
    [
      'Stop',
      { background_tasks: [{ id: 's1', type: 'shell', status: 'running', command: SECRET }] },
      { activity: 'working', subagents_running: [] },
    ],
    [
      'StopFailure',
      { error: 'overloaded', error_details: SECRET },
      { activity: 'idle', fields: { turn_error: 'overloaded' }, event: { kind: 'turn-failed', reason: 'overloaded' } },
    ],
    [
      'StopFailure',
      { error: 'rate_limit', last_assistant_message: "You've hit your session limit · resets 3:30pm (Europe/Berlin)" },
      { fields: { turn_error: 'rate_limit', limited_until: '2026-11-29T14:30:00.000Z' } },
    ],
    [
      'SubagentStart',
      { agent_id: 'a1', agent_type: 'Explore' },
      {
        subagents: [{ agent_id: 'a1', agent_type: 'Explore', started_at: '2026-11-29T12:00:00.000Z' }],
        event: { kind: 'subagent-started', name: 'Explore', agent_id: 'a1' },
      },
    ],
    [
      'SubagentStop',
      { agent_id: 'a1', agent_type: 'Explore', last_assistant_message: SECRET },
      { subagents: [{ agent_id: 'a1', ended_at: '2026-11-29T12:00:00.000Z' }], event: { kind: 'subagent-ended' } },
    ],
    [
      'TaskCreated',
      { task_id: '1', task_subject: 'Write the parser', task_description: SECRET },
      { tasks: [{ task_id: '1', name: 'Write the parser', status: 'pending' }], event: { kind: 'task-created', name: 'Write the parser' } },
    ],
    [
      'TaskCompleted',
      { task_id: '1', task_subject: 'Write the parser' },
      { tasks: [{ status: 'completed' }], event: { kind: 'task-completed' } },
    ],
    ['PostCompact', { trigger: 'auto', compact_summary: SECRET }, { event: { kind: 'compacted', reason: 'auto' } }],
    ['PostModelSwitch', { from_model: 'a', to_model: 'claude-haiku-5' }, { fields: { model: 'claude-haiku-5' } }],
    [
      'SessionEnd',
      { reason: 'prompt_input_exit' },
      { end: { outcome: 'completed', reason: 'prompt_input_exit' }, event: { kind: 'ended' } },
    ],
  ])('%s %j', (event, more, expected) => {
    const observation = last([event, more])
    expect(observation).toMatchObject({ session_id, source: 'hook', at: '2026-11-29T12:00:00.000Z', ...expected })
    expect(JSON.stringify(observation)).not.toContain(SECRET)
  })

  it.each(['SomethingNew', 'TeammateIdle', 'constructor', '__proto__', ''])('unless it is unknown or says nothing: %j', (event) => {
    expect(observe([event])).toEqual([])
  })

  it('unless its session has no valid id', () => {
    for (const id of [undefined, '', 'x', 7, `${session_id}0`]) expect(observe(['Stop', { session_id: id }])).toEqual([])
  })

  it('that does not claim a living process after the end', () => {
    expect(last(['SessionEnd', { reason: 'other' }])).not.toHaveProperty('alive')
  })
})

it('the end of a session that has not begun creates none', () => {
  expect(last(['SessionEnd', { reason: 'other' }])).not.toHaveProperty('project_id')
  expect(last(['Stop'], ['SessionEnd', { reason: 'other' }])).toHaveProperty('project_id')
})

describe('the activity', () => {
  const activities = (...events: [string, object?][]) => observe(...events).map(({ activity }) => activity)

  it('stays waiting until the tool that waited has ended, whatever other tools do', () => {
    const other = { tool_name: 'Read', tool_input: { file_path: SECRET }, tool_use_id: 'toolu_2' }
    const samePermission = { ...bash, tool_use_id: 'toolu_3', tool_input: { command: 'ls' } }
    expect(
      activities(
        ['UserPromptSubmit'],
        ['PreToolUse', bash],
        ['PreToolUse', other],
        ['PermissionRequest', bashRequest],
        ['PostToolUse', other],
        ['PostToolUse', samePermission],
        ['PostToolUse', bash],
        ['Stop', { background_tasks: [] }],
      ),
    ).toEqual(['working', undefined, undefined, 'waiting', undefined, undefined, 'working', 'idle'])
  })

  it('is working again after an answer, though the answer is added to the input of the question', () => {
    const question = { tool_name: 'AskUserQuestion', tool_input: { questions: [SECRET] }, tool_use_id: 'toolu_4' }
    const answered = { ...question, tool_input: { questions: [SECRET], answers: [SECRET] } }
    expect(activities(['PreToolUse', question], ['PermissionRequest', question], ['PostToolUse', answered])).toEqual([
      'waiting',
      'waiting',
      'working',
    ])
  })

  it('waits for a second permission when the first is given', () => {
    const inAgent = { ...bashRequest, agent_id: 'a1' }
    expect(
      activities(
        ['PermissionRequest', bashRequest],
        ['PermissionRequest', inAgent],
        ['PostToolUse', bash],
        ['PostToolUse', { ...bash, tool_use_id: 'toolu_9', agent_id: 'a1' }],
      ),
    ).toEqual(['waiting', 'waiting', 'waiting', 'working'])
  })

  it('comes from a notification only where nothing better was, and ends with the next tool', () => {
    const notice = { notification_type: 'permission_prompt' }
    expect(activities(['PermissionRequest', bashRequest], ['Notification', notice])).toEqual(['waiting', undefined])
    expect(activities(['Notification', notice], ['PostToolUse', bash])).toEqual(['waiting', 'working'])
  })

  it('is idle at the end of a turn, though a permission was refused without an event', () => {
    expect(activities(['PermissionRequest', bashRequest], ['UserPromptSubmit'], ['Stop', { background_tasks: [] }])).toEqual([
      'waiting',
      'working',
      'idle',
    ])
  })

  it('stays waiting at the end of a turn while a subagent in the background waits', () => {
    const background_tasks = [{ id: 'a1', type: 'subagent', status: 'running' }]
    expect(
      activities(
        ['PermissionRequest', { ...bashRequest, agent_id: 'a1' }],
        ['Stop', { background_tasks }],
        ['Notification', { notification_type: 'idle_prompt' }],
        ['SubagentStop', { agent_id: 'a1' }],
      ),
    ).toEqual(['waiting', 'waiting', undefined, 'working'])
  })

  it('is not changed by the end of a turn of a subagent', () => {
    expect(activities(['UserPromptSubmit'], ['Stop', { agent_id: 'a1' }])).toEqual(['working', undefined])
  })

  it('of a compaction in the midst of a turn stays', () => {
    expect(activities(['SessionStart', { source: 'compact' }])).toEqual([undefined])
  })

  it('works when a subagent has finished, and no one has typed a prompt', () => {
    const [one] = observe(['UserPromptSubmit', { prompt: `<task-notification>\n${SECRET}` }])
    expect(one).toMatchObject({ activity: 'working' })
    expect(one).not.toHaveProperty('event')
  })
})

describe('the tree of subagents', () => {
  it('names the subagent that called the tool, once the tool returns', () => {
    const response = { ...bash, tool_name: 'Agent', tool_response: { agentId: 'a2' }, agent_id: 'a1' }
    expect(last(['PostToolUse', response])?.subagents).toEqual([{ agent_id: 'a2', parent_agent_id: 'a1' }])
  })

  it('names it at the start already where only one can be it', () => {
    const call = { tool_name: 'Agent', tool_input: { prompt: SECRET }, tool_use_id: 'toolu_5', agent_id: 'a1' }
    expect(last(['PreToolUse', call], ['SubagentStart', { agent_id: 'a2' }])?.subagents).toMatchObject([
      { agent_id: 'a2', parent_agent_id: 'a1' },
    ])
    const main = { ...call, tool_use_id: 'toolu_6', agent_id: undefined }
    expect(last(['PreToolUse', call], ['PreToolUse', main], ['SubagentStart', { agent_id: 'a2' }])?.subagents?.[0]).not.toHaveProperty(
      'parent_agent_id',
    )
  })
})

describe('tasks', () => {
  const call = (tool_name: string, tool_input: object, tool_response: object = {}) =>
    ['PostToolUse', { tool_name, tool_input, tool_response, tool_use_id: 'toolu_7' }] as [string, object]

  it('are the whole list of TodoWrite', () => {
    const todos = [
      { content: 'First', status: 'completed', activeForm: SECRET },
      { content: 'Second', status: 'in_progress' },
      { content: '', status: 'pending' },
      null,
    ]
    expect(last(call('TodoWrite', { todos }))).toMatchObject({
      all_tasks: true,
      tasks: [
        { task_id: '1', name: 'First', status: 'completed' },
        { task_id: '2', name: 'Second', status: 'in_progress' },
      ],
    })
  })

  it('keep their name when only the status changes, and are gone when they are deleted', () => {
    const created = [
      call('TaskCreate', { subject: 'One' }, { task: { id: '1' } }),
      call('TaskCreate', { subject: 'Two' }, { task: { id: '2' } }),
    ]
    expect(last(...created, call('TaskUpdate', { taskId: '1', status: 'in_progress' }))?.tasks).toEqual([
      { task_id: '1', name: 'One', status: 'in_progress' },
    ])
    expect(last(...created, call('TaskUpdate', { id: '1', status: 'deleted' }))).toMatchObject({
      all_tasks: true,
      tasks: [{ task_id: '2', name: 'Two', status: 'pending' }],
    })
  })

  it('of a subagent are not those of the session', () => {
    const [event, input] = call('TodoWrite', { todos: [{ content: 'First', status: 'pending' }] })
    expect(last([event, { ...input, agent_id: 'a1' }])).not.toHaveProperty('tasks')
  })
})

describe('the id of an observation', () => {
  const turn: [string, object][] = [
    ['SessionStart', { source: 'startup', prompt_id: undefined }],
    ['UserPromptSubmit', {}],
    ['PreToolUse', bash],
    ['PermissionRequest', bashRequest],
    ['Notification', { notification_type: 'permission_prompt' }],
    ['PostToolUse', bash],
    ['UserPromptSubmit', {}],
    ['SubagentStart', { agent_id: 'a1' }],
    ['SubagentStop', { agent_id: 'a1' }],
    ['SubagentStart', { agent_id: 'a1' }],
    ['Stop', {}],
    ['Stop', { stop_hook_active: true }],
    ['SessionEnd', { reason: 'other', prompt_id: undefined }],
    ['SessionStart', { source: 'resume', prompt_id: undefined }],
    ['SessionStart', { source: 'resume', prompt_id: undefined }],
  ]
  /** @param from another process has missed the events before */
  const ids = (late: number, from = 0) => {
    let memory = emptyMemory
    return turn.slice(from).map(([event, more], index) => {
      const result = observeHook(spooled(event, more, NOON + (index + from) * 1000 + late), memory)
      memory = result.memory
      return result.observations[0]!.observation_id
    })
  }

  it('is another one for every event, and the same in two processes however far apart they run', () => {
    expect(new Set(ids(0)).size).toBe(turn.length)
    expect(ids(59_999)).toEqual(ids(0))
  })

  it('is the same again from the next prompt on where one process was installed later', () => {
    const before = turn.length
    turn.push(['UserPromptSubmit', { prompt_id: 'p2' }], ['Stop', { prompt_id: 'p2' }], ['UserPromptSubmit', { prompt_id: 'p3' }])
    expect(ids(3, 5).slice(-3)).toEqual(ids(0).slice(-3))
    turn.length = before
  })

  it('is bounded', () => {
    const more = { tool_use_id: 'x'.repeat(500), tool_name: 'y'.repeat(500), prompt_id: 'z'.repeat(500) }
    for (const event of ['PreToolUse', 'PermissionRequest', 'Stop']) {
      expect(observe([event, more])[0]!.observation_id.length).toBeLessThanOrEqual(200)
    }
  })
})

it('any input at all gives observations that the contract allows, or none', () => {
  const events = [
    'SessionStart',
    'UserPromptSubmit',
    'PreToolUse',
    'PostToolUse',
    'PermissionRequest',
    'Stop',
    'StopFailure',
    'SubagentStart',
    'TaskCreated',
    'Notification',
    'SessionEnd',
    'PostCompact',
    'Elicitation',
  ]
  const names = [
    'agent_id',
    'tool_name',
    'tool_use_id',
    'tool_input',
    'tool_response',
    'task_id',
    'task_subject',
    'reason',
    'error',
    'source',
    'model',
    'permission_mode',
    'effort',
    'background_tasks',
    'duration_ms',
    'prompt_id',
    'cwd',
    'notification_type',
    'context_tokens',
  ]
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc.jsonValue(),
    fc.constant({ agentId: 'x'.repeat(900), task: { id: '\ud800' } }),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...events),
      fc.dictionary(fc.constantFrom(...names), value),
      fc.string({ unit: 'binary' }),
      (event, more, folder) => {
        const { observations, memory } = observeHook({ ...spooled(event, more), projectFolder: folder })
        for (const one of observations) sessionObservationSchema.parse(one)
        expect(JSON.stringify(memory).length).toBeLessThan(100_000)
      },
    ),
    { numRuns: 500 },
  )
})

it('an old version announces a fork as a resume of its original, which is not believed', () => {
  const resume = spooled('SessionStart', { source: 'resume' })
  expect(observeHook(resume).observations).toHaveLength(1)
  expect(observeHook({ ...resume, namesProcess: false })).toEqual({ observations: [], memory: emptyMemory })
  expect(observeHook({ ...spooled('SessionStart', { source: 'startup' }), namesProcess: false }).observations).toHaveLength(1)
})
