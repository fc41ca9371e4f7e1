import { randomUUID } from 'node:crypto'
import { StateTrackingApiClient } from '@signalbox/client'
import { expect, it, onTestFinished } from 'vitest'
import { PluginHome } from '../../apps/claude-plugin/src/plugin-process-fixture.ts'
import { tempFolder } from '../support/temp.ts'
import { KEY, startHub } from './hub.ts'

it('what the hooks of a session report is what the hub shows, through a restart of the hub', async () => {
  const folder = tempFolder()
  const first = await startHub(folder)
  onTestFinished(async () => void (await first.child.stop('SIGKILL')))
  const home = new PluginHome(first.url, { CLAUDE_PLUGIN_OPTION_API_KEY: KEY })
  const client = new StateTrackingApiClient({ baseUrl: first.url, apiKey: KEY })
  const session_id = randomUUID()
  const hook = (hook_event_name: string, more: object = {}) =>
    home.hook({ session_id, cwd: '/home/dev/work', prompt_id: 'p1', hook_event_name, ...more })
  const session = () => client.getSession(session_id).catch(() => undefined)
  const call = { tool_name: 'Bash', tool_input: { command: 'true' } }

  await hook('SessionStart', { source: 'startup', model: 'claude-opus-5-5' })
  await hook('UserPromptSubmit')
  await hook('PreToolUse', { ...call, tool_use_id: 'toolu_1' })
  await hook('PermissionRequest', call)
  await expect.poll(session).toMatchObject({
    status: 'active',
    project_id: '/home/dev/work',
    machine_id: 'laptop',
    activity: 'waiting',
    waiting_for: 'permission',
    claude_code: { model: 'claude-opus-5-5', kind: 'interactive', sources: ['hook'] },
  })

  await first.child.stop('SIGKILL')
  await hook('PostToolUse', { ...call, tool_use_id: 'toolu_1', duration_ms: 21 })
  await hook('SubagentStart', { agent_id: 'a1', agent_type: 'Explore' })
  await hook('TaskCreated', { task_id: '1', task_subject: 'Write the parser' })
  const second = await startHub(folder, new URL(first.url).port)
  onTestFinished(async () => void (await second.child.stop('SIGKILL')))
  await expect.poll(session).toMatchObject({
    activity: 'working',
    claude_code: {
      subagents_running: 1,
      subagents: [{ agent_id: 'a1', agent_type: 'Explore' }],
      tasks: [{ task_id: '1', name: 'Write the parser', status: 'pending' }],
    },
  })

  await hook('Stop', { background_tasks: [] })
  await hook('SessionEnd', { reason: 'prompt_input_exit' })
  await expect.poll(session).toMatchObject({ status: 'completed' })
  const observed = (await client.getSessionTimeline(session_id)).filter(({ source }) => source === 'hook')
  expect(observed.filter(({ name }) => name !== undefined).map(({ name }) => name)).toEqual(['Bash', 'Bash', 'Explore', 'Write the parser'])
  expect(observed.find(({ duration_ms }) => duration_ms !== undefined)).toMatchObject({ name: 'Bash', duration_ms: 21 })
})
