import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { AskedQuestion } from '@signalbox/contract/question'
import { formatAnswersSetting } from '@signalbox/hub-address/answers-file'
import { expect, onTestFinished, test } from 'vitest'
import { masterKey, openHub, type TestHub } from '../../apps/hub/test/open-hub.ts'
import { type Child, start } from '../support/child.ts'
import { ClaudeClient } from '../support/claude-client.ts'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'

// The hook of the plugin as Claude Code runs it, with a stand-in for the client: its process, its process file and its transcript.

const plugin = path.join(repositoryRoot, 'apps/claude-plugin')
const input = { command: 'rm -r build', description: 'Clean' }

interface Asking {
  readonly client: ClaudeClient
  readonly env: Record<string, string | undefined>
  /** Runs the hook for the event, as the plugin or as settings have it. */
  hook(change?: object, env?: Record<string, string>): Child
  /** What the transcript has of the call before it is answered. */
  callTool(): void
}

function openSession(url: string, { isOn = true, wait_s = 600 } = {}): Asking {
  const folder = tempFolder()
  const client = new ClaudeClient({ configDir: path.join(folder, '.claude') })
  onTestFinished(() => client.kill())
  if (isOn) {
    const config = path.join(folder, '.config/signalbox')
    fs.mkdirSync(config, { recursive: true })
    fs.writeFileSync(path.join(config, 'answers.json'), formatAnswersSetting({ wait_s, print_runs: false }), { mode: 0o600 })
  }
  const env: Asking['env'] = {
    PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: folder,
    XDG_CONFIG_HOME: undefined,
    XDG_STATE_HOME: undefined,
    CLAUDE_CONFIG_DIR: undefined,
    DATA_DIR: path.join(folder, 'signalbox'),
    CLAUDE_PLUGIN_ROOT: plugin,
    CLAUDE_PLUGIN_DATA: path.join(folder, 'plugin-data'),
    CLAUDE_PID: String(client.pid),
    CLAUDE_PROJECT_DIR: '/home/ada/engine',
    CLAUDE_CODE_ENTRYPOINT: 'cli',
    SIGNALBOX_HOOK_DATA: undefined,
    SIGNALBOX_URL: url,
    SIGNALBOX_API_KEY: masterKey,
    MACHINE_ID: 'laptop',
  }
  const event = {
    hook_event_name: 'PermissionRequest',
    session_id: client.sessionId,
    transcript_path: client.transcript,
    cwd: client.cwd,
    permission_mode: 'default',
    prompt_id: randomUUID(),
    tool_name: 'Bash',
    tool_input: input,
    permission_suggestions: [],
  }
  return {
    client,
    env,
    hook(change = {}, more = {}) {
      const child = start('/bin/sh', [path.join(plugin, 'bin/ask.sh')], {
        env: { ...env, ...more },
        input: JSON.stringify({ ...event, ...change }),
      })
      onTestFinished(async () => void (await child.stop('SIGKILL')))
      return child
    },
    callTool() {
      const content = [{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input }]
      client.append({ type: 'assistant', message: { id: 'msg_1', role: 'assistant', content } })
    },
  }
}

async function listen(port = 0, hub?: TestHub): Promise<{ hub: TestHub; url: string }> {
  const opened = hub ?? (await openHub())
  return { hub: opened, url: await opened.app.listen({ port, host: '127.0.0.1' }) }
}

const questionsOf = async (hub: TestHub) => (await hub.ask('GET', '/api/questions')).json() as AskedQuestion[]
const answer = (hub: TestHub, id: string, payload: object) => hub.ask('POST', `/api/questions/${id}/answer`, { payload })

async function firstOpen(hub: TestHub): Promise<AskedQuestion> {
  await expect.poll(async () => (await questionsOf(hub)).map(({ state }) => state)).toContain('open')
  return (await questionsOf(hub)).find(({ state }) => state === 'open')!
}

async function outcomeOf(hub: TestHub, id: string): Promise<string | undefined> {
  const read = async () => (await hub.ask('GET', `/api/questions/${id}`)).json() as AskedQuestion
  await expect.poll(async () => (await read()).state, { timeout: 30_000 }).toBe('ended')
  return (await read()).outcome
}

test('an answer at the hub is what the hook prints, and what the session then does is reported', async () => {
  const { hub, url } = await listen()
  const session = openSession(url)
  session.callTool()
  session.client.status('waiting', 'permission prompt')
  const hook = session.hook()
  const question = await firstOpen(hub)
  expect(question).toMatchObject({
    session_id: session.client.sessionId,
    machine_id: 'laptop',
    project_id: '/home/ada/engine',
    kind: 'permission',
    content: {
      tool: 'Bash',
      details: [
        { name: 'command', text: 'rm -r build' },
        { name: 'description', text: 'Clean' },
      ],
    },
  })
  expect((await answer(hub, question.question_id, { decision: 'deny', message: 'Keep it.' })).statusCode).toBe(200)
  const { stdout, stderr, code } = await hook.finished
  session.client.append({ type: 'attachment', attachment: { type: 'hook_permission_decision', decision: 'deny', toolUseID: 'toolu_1' } })
  session.client.status('busy')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toEqual({
    hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: 'deny', message: 'Keep it.' } },
  })
  expect(await outcomeOf(hub, question.question_id)).toBe('applied')
})

test('when the terminal is first, the hook says nothing, and who answers later learns it', async () => {
  const { hub, url } = await listen()
  const session = openSession(url)
  session.callTool()
  session.client.status('waiting', 'permission prompt')
  const hook = session.hook()
  const { question_id } = await firstOpen(hub)
  session.client.status('busy')
  const content = [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'done' }]
  session.client.append({ type: 'user', message: { role: 'user', content } })
  // At that moment the hub does not know yet, and takes the answer.
  expect((await answer(hub, question_id, { decision: 'deny' })).statusCode).toBe(200)
  expect(await hook.finished).toMatchObject({ code: 0, stdout: '', stderr: '' })
  expect(await outcomeOf(hub, question_id)).toBe('terminal')
  const late = await answer(hub, question_id, { decision: 'allow' })
  expect(late.json()).toMatchObject({ errorCode: 'CONFLICT', details: { outcome: 'terminal' } })
})

test('a hook that is ended by force is reported all the same, also where the hub has taken its question for lost', async () => {
  const { hub, url } = await listen()
  const session = openSession(url)
  session.callTool()
  session.client.status('waiting', 'permission prompt')
  const [killed, lost] = [session.hook(), session.hook({ tool_input: { command: 'ls' } })]
  await expect.poll(async () => (await questionsOf(hub)).length).toBe(2)
  const [first, second] = ['rm -r build', 'ls'].map((command) => (one: AskedQuestion) => one.content?.details[0]?.text === command)
  const ids = [first!, second!].map(async (isIt) => (await questionsOf(hub)).find(isIt)!.question_id)
  const [killedId, lostId] = (await Promise.all(ids)) as [string, string]
  // As the client does it, when the person at the terminal refuses.
  await killed.stop('SIGKILL')
  const content = [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'refused', is_error: true }]
  session.client.append({ type: 'user', message: { role: 'user', content } })
  expect(await outcomeOf(hub, killedId)).toBe('terminal')

  expect((await answer(hub, lostId, { decision: 'allow' })).statusCode).toBe(200)
  expect((await lost.finished).stdout).toContain('allow')
  hub.clock.pass(31_000)
  expect(await outcomeOf(hub, lostId)).toBe('lost')
  const calls = [{ type: 'tool_use', id: 'toolu_2', name: 'Bash', input: { command: 'ls' } }]
  session.client.append({ type: 'assistant', message: { id: 'msg_2', role: 'assistant', content: calls } })
  session.client.append({ type: 'attachment', attachment: { type: 'hook_permission_decision', decision: 'allow', toolUseID: 'toolu_2' } })
  const outcome = async () => ((await hub.ask('GET', `/api/questions/${lostId}`)).json() as AskedQuestion).outcome
  await expect.poll(outcome, { timeout: 30_000 }).toBe('applied')
})

test('of two prompts of a session, the one that the terminal has answered is over, and the other stands', async () => {
  const { hub, url } = await listen()
  const session = openSession(url)
  session.callTool()
  session.client.status('waiting', 'permission prompt')
  const first = session.hook()
  const other = session.hook({ tool_input: { command: 'ls' } })
  await expect.poll(async () => (await questionsOf(hub)).length).toBe(2)
  // The client shows the next prompt at once.
  const content = [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'done' }]
  session.client.append({ type: 'user', message: { role: 'user', content } })
  expect(await first.finished).toMatchObject({ code: 0, stdout: '' })
  await expect.poll(async () => (await questionsOf(hub)).map(({ state }) => state).sort()).toEqual(['ended', 'open'])
  const { question_id } = await firstOpen(hub)
  await answer(hub, question_id, { decision: 'allow' })
  expect((await other.finished).stdout).toContain('"behavior":"allow"')
})

test('the question of a session that is killed is over', async () => {
  const { hub, url } = await listen()
  const session = openSession(url)
  session.client.status('waiting', 'permission prompt')
  const hook = session.hook()
  const { question_id } = await firstOpen(hub)
  await session.client.kill()
  expect(await hook.finished).toMatchObject({ code: 0, stdout: '' })
  expect(await outcomeOf(hub, question_id)).toBe('session_ended')
})

test('a hub that was away is asked when it comes, and one that is started again gets the same question', async () => {
  const first = await listen()
  const port = Number(new URL(first.url).port)
  await first.hub.app.close()
  const session = openSession(first.url)
  session.client.status('waiting', 'permission prompt')
  const hook = session.hook()
  const second = await listen(port)
  const { question_id } = await firstOpen(second.hub)
  await second.hub.app.close()
  const third = await listen(port)
  expect((await firstOpen(third.hub)).question_id).toBe(question_id)
  await answer(third.hub, question_id, { decision: 'allow' })
  expect((await hook.finished).stdout).toContain('"behavior":"allow"')
})

test('what is installed twice asks once', async () => {
  const { hub, url } = await listen()
  const session = openSession(url)
  session.client.status('waiting', 'permission prompt')
  const asking = session.hook()
  const { question_id } = await firstOpen(hub)
  expect(await session.hook({}, { SIGNALBOX_HOOK_DATA: '/x' }).finished).toMatchObject({ code: 0, stdout: '' })
  expect(await questionsOf(hub)).toHaveLength(1)
  await answer(hub, question_id, { decision: 'allow' })
  expect((await asking.finished).stdout).toContain('allow')
})

test.each([
  ['it is off', { isOn: false }, {}, {}],
  ['the mode asks no one', {}, { permission_mode: 'dontAsk' }, {}],
  ['the run has no terminal', {}, {}, { CLAUDE_CODE_ENTRYPOINT: 'sdk-cli' }],
  ['names of folders must not leave the machine', {}, {}, { REDACT_PROJECTS: 'true' }],
  ['the event is another one', {}, { hook_event_name: 'PreToolUse' }, {}],
  ['the key is refused', {}, {}, { SIGNALBOX_API_KEY: 'wrong' }],
])('nothing is asked and nothing is said when %s', async (_, setting, change, env) => {
  const { hub, url } = await listen()
  const session = openSession(url, setting)
  session.client.status('waiting', 'permission prompt')
  expect(await session.hook(change, env).finished).toMatchObject({ code: 0, stdout: '', stderr: '' })
  expect(await questionsOf(hub)).toEqual([])
})

test('without an answer in time the terminal alone asks', async () => {
  const { hub, url } = await listen()
  const session = openSession(url, { wait_s: 1 })
  session.client.status('waiting', 'permission prompt')
  const hook = session.hook()
  const { question_id } = await firstOpen(hub)
  expect(await hook.finished).toMatchObject({ code: 0, stdout: '', stderr: '' })
  expect(await outcomeOf(hub, question_id)).toBe('timed_out')
})
