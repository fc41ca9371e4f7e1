import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { someCall } from '../../../hub/test/call.ts'
import { TestClock } from '../../../hub/test/open-hub.ts'
import { runCommand, startSignalbox } from '../cli.suite.ts'
import { type HubFixture, linesOf, openHubFixture, shareHubFixture } from '../hub.suite.ts'
import { widthOf } from '../width.ts'

const uuid = (idPrefix: string) => `${idPrefix}${'00000000-0000-4000-8000-000000000000'.slice(idPrefix.length)}`
const MINUTE = 60_000

/** Sessions in every state, with names that are hard to display. */
async function fillSessions(state: HubFixture): Promise<HubFixture> {
  const { client, hub } = state
  await client.createMachine({ machine_id: 'box-2', hostname: 'box-2.example', docker_slots: [1, 2, 3, 12] })
  await client.createSession({ session_id: uuid('aaaa1'), project_id: 'signalbox', machine_id: 'box-2', docker_slot: 12 })
  await client.createSession({ session_id: uuid('aaaa2'), project_id: '日本語の長い名前のプロジェクト', machine_id: 'ordinateur-à-clés' })
  await client.createSession({ session_id: uuid('bbbb3'), project_id: 'مشروع طويل جدا باسم عربي', machine_id: 'laptop' })
  await client.createSession({ session_id: uuid('cccc4'), project_id: `x${'y'.repeat(199)}`, machine_id: 'm'.repeat(200) })
  await client.createSession({ session_id: uuid('dddd5'), project_id: 'signalbox', machine_id: 'laptop' })
  const task = await client.createTask({ session_id: uuid('aaaa1'), task_name: 'Evil \u001b[31m\u009b31m \u202e name\nof two lines' })
  await client.startTask(task.task_id)
  await client.createTask({ session_id: uuid('aaaa1'), task_name: 'Review' })
  await client.updateSessionHeartbeat(uuid('aaaa2'), { activity: 'waiting', waiting_for: 'permission' })
  await client.updateSession(uuid('bbbb3'), { status: 'paused' })
  hub.clock.pass(3 * MINUTE)
  await client.markSessionStalled(uuid('cccc4'), { reason: 'no output' })
  await client.markSessionFailed(uuid('dddd5'), { reason: 'out of \u001b]0;memory\u0007', error_details: 'killed' })
  return state
}

// Ages follow the clock of the hub's machine.
const options = () => ({ clock: new TestClock(new Date(Date.now() - 3 * MINUTE).toISOString()) })
const sessions = shareHubFixture(fillSessions, options)

test('list: --json prints the answer of the hub, with every filter', async () => {
  const { client, json } = sessions()
  expect(await json(['sessions', 'list'])).toEqual(await client.listSessions())
  expect(await json(['sessions', 'list', '--live'])).toEqual(await client.listSessions({ status: ['active', 'paused', 'stalled'] }))
  const some = { status: ['active', 'failed'], project_id: 'signalbox', machine_id: 'laptop' } as const
  expect(
    await json(['sessions', 'list', '--status', 'active', '--status', 'failed', '--project', 'signalbox', '--machine', 'laptop']),
  ).toEqual(await client.listSessions(some))
  expect(await json(['sessions', 'list', '--stale', '--threshold', '60'])).toEqual(await client.findStaleSessions({ threshold: 60 }))
  expect(await json(['sessions', 'list', '--failed'])).toEqual(await client.findFailedSessions())
  expect(await json(['sessions', 'list', '--recoverable'])).toEqual(await client.findRecoverableSessions())
  expect(await json(['session', 'list', '--status', 'archived'])).toEqual([])
})

test('list: the table fits every terminal, and control characters are escaped', async () => {
  const { run } = sessions()
  for (const COLUMNS of ['40', '60', '80', '140']) {
    for (const which of [[], ['--recoverable']]) {
      const { code, stdout } = await run(['sessions', 'list', ...which], { COLUMNS })
      expect(code).toBe(0)
      for (const line of stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(Number(COLUMNS))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
      expect(linesOf(stdout)).toHaveLength(which.length === 0 ? 5 : 2)
    }
  }
  const wide = (await run(['sessions', 'list'], { COLUMNS: '400' })).stdout
  expect(wide).toMatch(
    new RegExp(`${uuid('aaaa1')}  active +signalbox +box-2 +12  Evil \\\\u001b\\[31m\\\\u009b31m \\\\u202e name of two lines +3 min`),
  )
  expect(wide).toContain('waiting for permission')
})

test('list: no colours in a pipe, colours with FORCE_COLOR, none with NO_COLOR', async () => {
  const { run } = sessions()
  expect((await run(['sessions', 'list'])).stdout).not.toContain('\u001b')
  expect((await run(['sessions', 'list'], { FORCE_COLOR: '1' })).stdout).toContain('\u001b[32mactive')
  expect((await run(['sessions', 'list'], { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain('\u001b')
})

test('list: ids with a common prefix are shortened only as far as they differ', async () => {
  const { client, run } = await openHubFixture()
  const ids = ['01234567-aaaa-7000-8000-000000000001', '01234567-aaaa-7001-8000-000000000002']
  for (const session_id of ids) await client.createSession({ session_id, project_id: 'p', machine_id: 'm' })
  const { stdout } = await run(['sessions', 'list'], { COLUMNS: '60' })
  expect(linesOf(stdout).map((line) => line.split(' ')[0])).toEqual(expect.arrayContaining(ids.map((id) => id.slice(0, 18))))
})

test('list: it prints the number of further rows, and --all prints all', async () => {
  const { client, run, json } = await openHubFixture()
  const made: string[] = []
  for (let at = 0; at < 230; at++) made.unshift((await client.createSession({ project_id: 'p', machine_id: 'm' })).session_id)
  const { stdout } = await run(['sessions', 'list', '--limit', '7'])
  expect(linesOf(stdout)).toHaveLength(7)
  expect(stdout).toContain('7 of 230 sessions; 223 more: --all')
  const ids = async (...words: string[]) =>
    (await json<{ session_id: string }[]>(['sessions', 'list', ...words])).map((row) => row.session_id)
  expect(new Set(await ids('--all'))).toEqual(new Set(made))
  expect(await ids('--limit', '150')).toHaveLength(150)
  expect(await ids()).toHaveLength(20)
  expect((await run(['sessions', 'list', '--all'])).stdout).not.toContain('more')
  // The hub searches by prefix, so an old session is found too.
  expect((await json<{ session: object }>(['sessions', 'show', made.at(-1)!.slice(0, 12)])).session).toMatchObject({
    session_id: made.at(-1),
  })
})

test('list: an empty list suggests the next command', async () => {
  const { run, json } = await openHubFixture()
  expect((await run(['sessions', 'list'])).stdout).toContain('signalbox sessions add --project')
  expect((await run(['sessions', 'list', '--stale'])).stdout).toMatch(/No sessions match --stale\.\n.*signalbox sessions list/)
  expect(await json(['sessions', 'list'])).toEqual([])
})

test('show: a session with its health, tasks and timeline, as the routes answer', async () => {
  const { client, hub, run, json } = await fillSessions(await openHubFixture(options()))
  const id = uuid('dddd5')
  hub.clock.pass(MINUTE)
  expect(await json(['sessions', 'show', 'dddd', '--timeline', '2'])).toEqual({
    session: await client.getSession(id),
    health: await client.getSessionHealth(id),
    tasks: await client.getSessionTaskProgress(id),
    timeline: await client.getSessionTimeline(id, { limit: 2 }),
    failure: await client.getSessionFailureInfo(id),
  })
  const failed = (await run(['sessions', 'show', 'dddd'])).stdout
  expect(failed).toMatch(/Status +failed\n[\s\S]*Failed +out of \\u001b\]0;memory\\u0007, .*\nDetails +killed\n/)
  expect(failed).toContain('`signalbox sessions recover dddd5000` makes it active again')
  expect(failed).toMatch(/session\.status +active → failed/)
  const active = await run(['sessions', 'show', 'aaaa1'], { COLUMNS: '60' })
  expect(active.stdout).toMatch(/Tasks {2}0 of 2 completed \(0%\), 1 in progress, 1 pending\n/)
  expect(active.stdout).toMatch(/Machine +box-2, slot 12\n/)
  for (const line of active.stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(60)
  const { length: count } = await client.getSessionTimeline(id)
  const cut = (await run(['sessions', 'show', 'dddd', '--timeline', '1'])).stdout
  expect(cut).toContain(`… ${count - 1} earlier row${count === 2 ? '' : 's'}: signalbox sessions show dddd5000 --timeline ${count}\n`)
  expect(failed).not.toContain('earlier row')
  const list = (await run(['sessions', 'list', '--failed'], { COLUMNS: '80' })).stdout
  expect(list).toMatch(/dddd5000 +failed +signalbox +laptop +out of \\u001b\]0;memo…/)
  expect((await run(['sessions', 'show', 'cccc'])).stdout).toMatch(/Health +no heartbeat for 4 min\n/)
})

/** Two observed sessions on a machine whose collector is in contact, and one on a machine whose collector was stopped. */
async function observeSessions({ hub }: HubFixture): Promise<void> {
  const { clock } = hub
  const at = (minutes: number) => new Date(clock.now() - minutes * MINUTE).toISOString()
  const ask = async (url: string, payload: object) => expect((await hub.ask('POST', url, { payload })).statusCode).toBe(200)
  let count = 0
  const observe = (machine_id: string, id: string, ...seen: readonly { ago: number; [field: string]: unknown }[]) =>
    ask('/sessions/observations', {
      machine_id,
      observations: seen.map(({ ago, ...fields }) => ({
        observation_id: `${id} ${++count}`,
        session_id: uuid(id),
        source: 'process-file',
        at: at(ago),
        project_id: '/home/ada/a-long-path-to-a-project/engine',
        ...fields,
      })),
    })
  const collector = (machine: string, sessions: readonly string[], state = 'idle') =>
    ask(`/machines/${machine}/collector`, {
      heartbeat_interval_ms: 15_000,
      version: '0.1.0',
      claude_code_versions: ['2.1.332'],
      started_at: at(60),
      state,
      sources: [{ name: 'console', state: 'needs_login', problem: 'it asks to sign in' }],
      sessions: sessions.map(uuid),
    })
  const fields = {
    name: 'fix login',
    branch: 'feat/crank',
    model: 'claude-opus-5-5',
    version: '2.1.332',
    kind: 'interactive',
    cost_usd: 1.25,
  }
  await observe(
    'atlas',
    'eeee1',
    { ago: 30, alive: true, activity: 'working', fields },
    { ago: 20, activity: 'waiting', waiting_for: 'permission' },
    { ago: 18, activity: 'working' },
    { ago: 9, source: 'hook', event: { kind: 'tool', name: 'Bash', duration_ms: 61_000, failed: true } },
    { ago: 5, source: 'statusline', fields: { context_tokens: 48_000, context_limit: 200_000 } },
    {
      ago: 4,
      source: 'hook',
      subagents: [{ agent_id: 'a1', agent_type: 'Explore', started_at: at(10) }],
      subagents_running: ['a1'],
      all_tasks: true,
      tasks: [{ task_id: '1', name: 'Oil the crank', status: 'completed' }],
    },
    { ago: 3, activity: 'waiting', waiting_for: 'input' },
  )
  await observe('atlas', 'eeee2', { ago: 8, source: 'transcript', alive: true, activity: 'working', fields: { kind: 'print' } })
  await observe('boreas', 'eeee3', { ago: 7, alive: true, activity: 'waiting', waiting_for: 'permission' })
  await collector('atlas', ['eeee1', 'eeee2'])
  await collector('boreas', ['eeee3'])
  await collector('boreas', [], 'stopped')
}

test('observed sessions: the list has what they do and since when, and fits every terminal', async () => {
  const fixture = await openHubFixture()
  await observeSessions(fixture)
  const { client, run, json } = fixture
  for (const COLUMNS of ['40', '60', '80', '140', '300']) {
    const { stdout } = await run(['sessions', 'list'], { COLUMNS })
    for (const line of stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(Number(COLUMNS))
    expect(stdout).not.toContain('\u001b')
  }
  const usual = (await run(['sessions', 'list'], { COLUMNS: '80' })).stdout
  expect(usual).toMatch(/eeee1000 +active +…\S*engine +atlas +input 3 min +24% +≥\$1\.25\n/)
  expect(usual).toMatch(/eeee3000 +not seen +…\S*engine +boreas +\d+ s/)
  const wide = (await run(['sessions', 'list'], { COLUMNS: '300' })).stdout
  expect(wide).toMatch(/waiting for input for 3 min +fix login +24% +≥\$1\.25 +feat\/crank +opus-5-5 +1 +interactive +2\.1\.332/)
  expect(wide).toMatch(/working for 8 min +claude -p/)
  expect(await json(['sessions', 'list'])).toEqual(await client.listSessions())
})

test('an observed session: show has each value with its source, its tasks and subagents, and how long it waited', async () => {
  const fixture = await openHubFixture()
  await observeSessions(fixture)
  const { client, run, json } = fixture
  const id = uuid('eeee1')
  const { stdout } = await run(['sessions', 'show', 'eeee1'], { COLUMNS: '80' })
  for (const line of stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(80)
  for (const part of [
    /Status +active, waiting for input for 3 min\n/,
    /Model +claude-opus-5-5 \(process file\)\n/,
    /Context +24%, 48,000 of 200,000 tokens \(status line\)\n/,
    /Cost +≥\$1\.25, list-price equivalent \(process file\)\n/,
    /Waited +5 min, 2 min for permission, 3 min for input\n/,
    /Subagents +1 of 1 running\nSubagent .*\n.*\nExplore +running +10 min\n/,
    /Claude Code's tasks +1 of 1 completed\n/,
    /observed\.tool +failed +Bash +1 min\n/,
  ])
    expect(stdout).toMatch(part)
  expect(await json(['sessions', 'show', 'eeee1'])).toMatchObject({
    session: await client.getSession(id),
    sources: await client.getSessionSources(id),
  })
  expect((await run(['sessions', 'show', 'eeee2'])).stdout).toContain('signalbox hooks install')
})

test('an observed session: show has what is counted of its calls, which its sources have seen a part of', async () => {
  const fixture = await openHubFixture()
  await observeSessions(fixture)
  const { hub, run } = fixture
  const call = {
    ...someCall({ session_id: uuid('eeee1'), input: 10, output: 14_000, write_5m: 0, write_1h: 0, read: 0 }),
    unfinished: false,
  }
  await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'atlas', calls: [call] } })
  const whole = (await run(['sessions', 'show', 'eeee1'], { COLUMNS: '120' })).stdout
  expect(whole).toMatch(/Tokens +10 input, 14,000 output, 0 cache reads, 0 cache writes \(counted\)\n/)
  expect(whole).toMatch(/Cost +\$\d+\.\d\d, list-price equivalent \(counted\)\n/)
  const open = someCall({ session_id: uuid('eeee1'), output: 2 })
  await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'atlas', calls: [{ ...open, unfinished: true }] } })
  const atLeast = (await run(['sessions', 'show', 'eeee1'], { COLUMNS: '120' })).stdout
  expect(atLeast).toMatch(/Tokens .* ≥14,002 output/)
  expect(atLeast).toMatch(/Cost +≥\$/)
})

test('a failed session of Claude Code keeps its name and kind in the list of failed ones, with the reason; context is <1% or more than all', async () => {
  const fixture = await openHubFixture()
  await observeSessions(fixture)
  const { client, hub, run } = fixture
  await client.markSessionFailed(uuid('eeee1'), { reason: 'out of memory' })
  const observed = { observation_id: 'small', session_id: uuid('eeee2'), source: 'statusline', at: new Date(hub.clock.now()).toISOString() }
  const observation = { ...observed, fields: { context_tokens: 900, context_limit: 200_000 } }
  const send = (sent: object) => hub.ask('POST', '/sessions/observations', { payload: { machine_id: 'atlas', observations: [sent] } })
  await send(observation)
  const list = (await run(['sessions', 'list', '--failed'], { COLUMNS: '110' })).stdout
  expect(list).toMatch(/eeee1000 +failed .*atlas +out of memory .*fix .* interactive/)
  expect((await run(['sessions', 'show', 'eeee2'])).stdout).toMatch(/Context +<1%, 900 of 200,000 tokens/)
  await send({ ...observation, observation_id: 'large', fields: { context_tokens: 260_000, context_limit: 200_000 } })
  expect((await run(['sessions', 'show', 'eeee2'])).stdout).toMatch(/Context +130%, 260,000 of 200,000 tokens/)
})

test('a session that is not seen has no activity, and its machine says why', async () => {
  const fixture = await openHubFixture()
  await observeSessions(fixture)
  const { client, run, json } = fixture
  const { stdout } = await run(['sessions', 'show', 'eeee3'])
  expect(stdout).toMatch(/Status +not seen since .* ago\n/)
  expect(stdout).toContain('Its state is not known at the moment: the collector on boreas was stopped.')
  // Neither as its status, nor as a recommendation of the hub for its last known state.
  expect(stdout.split('\nTimeline')[0]).not.toContain('waiting')
  const boreas = await run(['machines', 'show', 'boreas'], { COLUMNS: '80' })
  expect(boreas.stdout).toMatch(/Collector +stopped\n +Its collector was stopped\./)
  const atlas = (await run(['machines', 'show', 'atlas'], { COLUMNS: '80' })).stdout
  expect(atlas).toMatch(/Collector +connected\nLast contact .* ago\nVersion +0\.1\.0\nClaude Code +2\.1\.332\n/)
  expect(atlas).toContain('Usage page: sign in: signalbox web login, it asks to sign in')
  expect(boreas.stdout).toContain('Not seen: the collector on boreas was stopped.\n')
  expect(atlas).not.toContain('Not seen')
  const list = (await run(['machines', 'list'], { COLUMNS: '80' })).stdout
  expect(list).toMatch(/atlas +online +atlas +connected +0\.1\.0 +2\.1\.332 +2 /)
  expect(list).toMatch(/boreas +offline +boreas +stopped /)
  expect(await json(['machines', 'list'])).toEqual(await client.listMachines())
})

test('a unique prefix of an id is enough', async () => {
  const { run } = sessions()
  const several = await run(['sessions', 'show', 'aaaa'])
  expect(several.code).toBe(1)
  expect(several.stderr).toContain('2 session ids start with aaaa:')
  expect(several.stderr).toContain(uuid('aaaa1'))
  expect(several.stderr).toContain(uuid('aaaa2'))
  expect(await run(['sessions', 'show', 'AAAA1'])).toMatchObject({ code: 0 })
  expect(await run(['sessions', 'show', 'ffff'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no session id starts with ffff'),
  })
  expect(await run(['sessions', 'show', 'aaa'])).toMatchObject({ code: 2, stderr: expect.stringContaining('4 characters') })
  expect(await run(['sessions', 'show', 'stale'])).toMatchObject({ code: 2, stderr: expect.stringContaining('is not a session id') })
  const unknown = await run(['sessions', 'show', uuid('ffff')])
  expect(unknown).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/There is no session .*signalbox sessions list/) })
})

test('a session is created, paused, resumed, completed, archived and deleted', async () => {
  const { client, run, json } = await openHubFixture()
  await client.createMachine({ machine_id: 'box-2', hostname: 'box-2', docker_slots: [1, 2] })
  const added = await json<{ session_id: string }>(['sessions', 'add', '--project', 'p', '--machine', 'box-2', '--slot', '2'])
  const id = added.session_id
  expect(added).toEqual(await client.getSession(id))
  expect((await run(['sessions', 'pause', id])).stdout).toBe(`${id.slice(0, 8)} is paused, p on box-2, slot 2.\n`)
  expect(await json(['sessions', 'resume', id.slice(0, 8)])).toMatchObject({ status: 'active' })
  expect(await json(['sessions', 'complete', id.slice(0, 8)])).toMatchObject({ status: 'completed' })
  const early = await run(['sessions', 'purge', id, '--yes'])
  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining(`\`signalbox sessions archive ${id.slice(0, 8)}\``) })
  expect(await json(['sessions', 'archive', id, '--yes'])).toEqual(await client.getSession(id))
  expect(await json(['sessions', 'purge', id, '--yes'])).toMatchObject({ session_id: id, purged: true })
  await expect(client.getSession(id)).rejects.toMatchObject({ code: 'not_found' })
})

test('a session without --machine is on this machine', async () => {
  const { run, client } = await openHubFixture()
  const { stdout, stderr } = await run(['sessions', 'add', '--project', 'p', '--id', uuid('abcd')], { MACHINE_ID: 'my-box' })
  // The id alone, for $(…).
  expect(stdout).toBe(`${uuid('abcd')}\n`)
  expect(stderr).toBe(`${uuid('abcd').slice(0, 8)} is active, p on my-box.\n`)
  expect(await client.getSession(uuid('abcd'))).toMatchObject({ machine_id: 'my-box' })
})

test('a session fails with a reason, and is recovered on another machine from a task on', async () => {
  const { client, json, run } = await openHubFixture()
  await client.createMachine({ machine_id: 'box-2', hostname: 'box-2', docker_slots: [1] })
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const tasks: string[] = []
  for (const task_name of ['one', 'two']) {
    const { task_id } = await client.createTask({ session_id: id, task_name })
    await client.failTask(task_id, { error_message: 'no' })
    tasks.push(task_id)
  }
  const failed = await json(['sessions', 'fail', id, '--reason', 'out of memory', '--details', 'killed', '--yes'])
  expect(failed).toMatchObject({ status: 'failed' })
  expect(await client.getSessionFailureInfo(id)).toMatchObject({ failure_reason: 'out of memory', error_details: 'killed' })
  const words = ['sessions', 'recover', id, '--machine', 'box-2', '--slot', '1', '--from-task', tasks[1]!.slice(0, 8)]
  expect(await json(words)).toMatchObject({ status: 'active', machine_id: 'box-2', docker_slot: 1 })
  expect((await client.getSessionTaskProgress(id)).stats).toMatchObject({ failed: 1, pending: 1 })
  expect(await run(['sessions', 'recover', id])).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot become active') })
})

test('a script that names its attempt is fenced off once its session was recovered, whatever it does', async () => {
  const { client, json, run } = await openHubFixture()
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const { task_id } = await client.createTask({ session_id: id, task_name: 'its own' })
  expect(await json(['sessions', 'heartbeat', id, '--attempt', '1'])).toMatchObject({ status: 'active' })
  await client.markSessionFailed(id, { reason: 'lost' })
  expect(await json(['sessions', 'recover', id])).toMatchObject({ attempt: 2 })
  const before = [await client.getSession(id), await client.getTask(task_id)]
  for (const words of [
    ['sessions', 'pause', id],
    ['sessions', 'resume', id],
    ['sessions', 'complete', id],
    ['sessions', 'fail', id, '--reason', 'x', '--yes'],
    ['sessions', 'stall', id, '--reason', 'x'],
    ['sessions', 'process-ended', id, '--yes'],
    ['sessions', 'heartbeat', id],
    ['sessions', 'metadata', id, 'a=b'],
    ['tasks', 'add', 'another', '--session', id],
    ['tasks', 'start', task_id],
    ['tasks', 'complete', task_id],
    ['tasks', 'fail', task_id, '--reason', 'x'],
    ['tasks', 'block', task_id],
  ]) {
    const { code, stderr } = await run([...words, '--attempt', '1'])
    expect([words[1], code, stderr]).toEqual([words[1], 1, expect.stringContaining('superseded by attempt 2')])
  }
  expect([await client.getSession(id), await client.getTask(task_id)]).toEqual(before)
  expect(await client.listTasks({ session_id: id })).toHaveLength(1)
  expect(await json(['tasks', 'start', task_id, '--attempt', '2'])).toMatchObject({ status: 'in_progress' })
  expect(await json(['sessions', 'complete', id, '--attempt', '2'])).toMatchObject({ status: 'completed' })
  expect((await run(['sessions', 'complete', id, '--attempt', '0'])).code).toBe(2)
})

test('a heartbeat sets activity, task and status', async () => {
  const { client, json } = await openHubFixture()
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const { task_id } = await client.createTask({ session_id: id, task_name: 'one' })
  const words = [
    'sessions',
    'heartbeat',
    id,
    '--activity',
    'waiting',
    '--waiting-for',
    'input',
    '--task',
    task_id.slice(0, 8),
    '--status',
    'paused',
  ]
  expect(await json(words)).toMatchObject({ session_id: id, status: 'paused' })
  expect(await client.getSession(id)).toMatchObject({ activity: 'waiting', waiting_for: 'input', current_task_id: task_id })
})

test('a session is marked stalled until its next heartbeat, and the end of its process is reported', async () => {
  const { client, json, run } = await openHubFixture()
  const create = async () => (await client.createSession({ project_id: 'p', machine_id: 'm' })).session_id
  const id = await create()
  const stalled = await run(['sessions', 'stall', id.slice(0, 8), '--reason', 'no output for an hour'])
  expect([stalled.code, stalled.stdout]).toEqual([0, `${id.slice(0, 8)} is stalled, p on m.\n`])
  expect(await client.getSessionFailureInfo(id)).toMatchObject({ failure_reason: 'no output for an hour' })
  expect(await json(['sessions', 'heartbeat', id, '--interval', '30'])).toMatchObject({ status: 'active', next_heartbeat_ms: 30_000 })

  const words = ['--pid', '4711', '--exit-code', '-1', '--signal', 'SIGKILL', '--witness', 'the kernel', '--yes']
  expect(await json(['sessions', 'process-ended', id, ...words])).toEqual(await client.getSession(id))
  const failure = await client.getSessionFailureInfo(id)
  expect(failure.failure_reason).toBe('process ended')
  for (const text of ['the kernel', '4711', '-1', 'SIGKILL']) expect(failure.error_details).toContain(text)
  // An ended session keeps its status.
  const done = await create()
  await client.updateSession(done, { status: 'completed' })
  expect((await run(['sessions', 'process-ended', done, '--yes'])).stdout).toBe(`${done.slice(0, 8)} is completed, p on m.\n`)
  const other = await create()
  await run(['sessions', 'process-ended', other, '--yes'])
  expect((await client.getSessionFailureInfo(other)).error_details).toMatch(/\S+@\S+/)
  expect(await run(['sessions', 'stall', other, '--reason', 'x'])).toMatchObject({ code: 1, stderr: expect.stringContaining('stalled') })
})

test('metadata is shown, set and removed', async () => {
  const { client, json, run } = await openHubFixture()
  const words = ['sessions', 'add', '--project', 'p', '--machine', 'm', '--interval', '20']
  const added = await json<{ session_id: string }>([
    ...words,
    '--metadata',
    'branch=main',
    '--metadata',
    'tries:=3',
    '--metadata',
    'note=x=y',
  ])
  expect(added).toMatchObject({ heartbeat_interval_ms: 20_000, metadata: { branch: 'main', tries: 3, note: 'x=y' } })
  const { session_id: id } = added
  const changed = await json(['sessions', 'metadata', id.slice(0, 8), 'version=1.0', 'deep:={"a":[1]}', 'branch=dev', '--remove', 'note'])
  expect(changed).toEqual(await client.getSession(id))
  expect(Object.entries((await client.getSession(id)).metadata).sort()).toEqual([
    ['branch', 'dev'],
    ['deep', { a: [1] }],
    ['tries', 3],
    ['version', '1.0'],
  ])
  await client.updateSessionHeartbeat(id, { metadata: { evil: '\u001b[31m' } })
  const shown = await run(['sessions', 'metadata', id])
  expect(shown.stdout).toMatch(/^branch +dev$/m)
  expect(shown.stdout).toMatch(/^evil +\\u001b\[31m$/m)
  await json(['sessions', 'heartbeat', id, '--metadata', 'step=two'])
  expect((await client.getSession(id)).metadata).toMatchObject({ step: 'two', branch: 'dev' })
  const bare = await client.createSession({ project_id: 'p', machine_id: 'm' })
  expect((await run(['sessions', 'metadata', bare.session_id])).stdout).toBe(`${bare.session_id.slice(0, 8)} has no metadata.\n`)
  const large = await run(['sessions', 'metadata', id, `x=${'y'.repeat(20_000)}`])
  expect([large.code, large.stderr]).toEqual([1, expect.stringMatching(/metadata .*16 KiB/)])
})

test('a recovery is prepared, and earlier ones are listed', async () => {
  const { client, json, run } = await openHubFixture()
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const { task_id } = await client.createTask({ session_id: id, task_name: 'one' })
  await client.completeTask(task_id)
  await client.markSessionFailed(id, { reason: 'no' })
  const never = await run(['sessions', 'recovery-history', id])
  expect(never.stdout).toBe(`${id.slice(0, 8)} has never been recovered; it is failed.\n`)
  expect(await json(['sessions', 'prepare-recovery', id.slice(0, 8)])).toMatchObject({
    session_id: id,
    status: 'failed',
    last_task_id: task_id,
    recovery_attempts: 0,
  })
  expect((await run(['sessions', 'prepare-recovery', id])).stdout).toMatch(
    new RegExp(`Last completed +task ${task_id}\nRecovered +never\n`),
  )
  await client.recoverSession(id, { new_machine_id: 'box-2' })
  await client.markSessionFailed(id, { reason: 'again' })
  await client.recoverSession(id)
  expect(await json(['sessions', 'recovery-history', id])).toEqual(await client.getSessionRecoveryHistory(id))
  const { stdout } = await run(['sessions', 'recovery-history', id], { COLUMNS: '80' })
  expect(linesOf(stdout)).toEqual([
    expect.stringMatching(/^ *1 .*failed +m → box-2 +no$/),
    expect.stringMatching(/^ *2 .*failed +box-2 +yes$/),
  ])
  expect(stdout).toContain('2 recoveries, 1 successful; the session is active.')
})

test.each(['fail --reason x', 'process-ended', 'archive', 'purge'])(
  '%s without --yes and without a terminal changes nothing',
  async (words) => {
    const { client, run } = await openHubFixture()
    const session = await client.createSession({ project_id: 'p', machine_id: 'm' })
    const [action = '', ...more] = words.split(' ')
    const { code, stdout, stderr } = await run(['sessions', action, session.session_id, ...more])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--yes')
    // A failed session can be recovered.
    expect(stderr).toContain(['archive', 'purge'].includes(action) ? 'cannot be undone' : 'signalbox sessions recover')
    expect(await client.getSession(session.session_id)).toEqual(session)
  },
)

test('on a terminal it asks, and only yes confirms', async () => {
  const { client, start } = await openHubFixture()
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const answer = async (typed: string) => {
    const command = start(['sessions', 'fail', id, '--reason', 'no'], { isTTY: true })
    await command.output(/\[y\/N\]/)
    command.type(typed)
    return command.finished
  }
  const no = await answer('n\r')
  expect(no.code).toBe(1)
  expect(no.stderr).toContain(`Mark ${id.slice(0, 8)}, active, p on m failed? [y/N]`)
  expect(no.stderr).toContain('nothing was changed')
  expect((await client.getSession(id)).status).toBe('active')
  // Ctrl-C
  expect((await answer('\u0003')).code).toBe(130)
  expect((await client.getSession(id)).status).toBe('active')
  expect((await answer('y\r')).code).toBe(0)
  expect((await client.getSession(id)).status).toBe('failed')
})

const script = '/usr/bin/script'
test('in a process of its own, watch ends with Ctrl-C', async () => {
  const { client, env, hub } = await openHubFixture()
  const watching = startSignalbox(hub.folder, ['sessions', 'watch', '--json'], env)
  onTestFinished(async () => void (await watching.stop('SIGKILL')))
  await watching.line(/Watching/)
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  await watching.line(/session\.created/)
  const { code, stdout, stderr } = await watching.stop('SIGINT')
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'Watching. Press Ctrl-C to stop.\n' })
  const events = stdout.trimEnd().split('\n')
  expect(events.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({ event: 'session.created', data: expect.objectContaining({ session_id: id }) }),
  )
})

test.runIf(process.platform === 'linux' && existsSync(script))('in a terminal, Ctrl-C ends a question and changes nothing', async () => {
  const { client, env } = await openHubFixture()
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const bin = new URL('../../bin/signalbox.mjs', import.meta.url).pathname
  const words = ['-qec', `"${process.execPath}" "${bin}" sessions fail ${id} --reason no`, '/dev/null']
  const asking = spawn(script, words, { env: { ...process.env, ...env, DATA_DIR: tempFolder() }, stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void asking.kill('SIGKILL'))
  // Typed only after the question: earlier input would be lost.
  for await (const text of asking.stdout.setEncoding('utf8')) if (String(text).includes('[y/N]')) asking.stdin.write('\u0003')
  if (asking.exitCode === null) await once(asking, 'exit')
  expect(asking.exitCode).toBe(130)
  expect((await client.getSession(id)).status).toBe('active')
})

test('watch: one line per event until Ctrl-C', async () => {
  const { client, start } = await openHubFixture()
  const people = start(['sessions', 'watch'])
  const program = start(['sessions', 'watch', '--json', '--project', 'p'])
  await Promise.all([people.output(/Watching/), program.output(/Watching/)])
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const { task_id } = await client.createTask({ session_id: id, task_name: 'Evil \u001b[2J name' })
  await client.failTask(task_id, { error_message: 'three tests fail' })
  await client.createSession({ project_id: 'other', machine_id: 'm' })
  await client.updateSession(id, { status: 'paused' })
  await Promise.all([people.output(/active → paused/), program.output(/"from":"active"/)])
  const [text, lines] = await Promise.all([people.stop('SIGINT'), program.stop('SIGINT')])
  for (const { code, stderr } of [text, lines]) expect({ code, stderr }).toEqual({ code: 0, stderr: 'Watching. Press Ctrl-C to stop.\n' })
  expect(text.stdout).toMatch(
    new RegExp(
      `^\\d\\d:\\d\\d:\\d\\d  task\\.status +${id.slice(0, 8)} p on m  pending → failed  Evil \\\\u001b\\[2J name: three tests fail$`,
      'm',
    ),
  )
  expect(text.stdout).toContain('other on m')
  const events = lines.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; data: { project_id?: string } })
  expect(events.map(({ event }) => event)).toEqual(['session.created', 'task.created', 'task.status', 'session.status'])
  expect(events.every(({ data }) => data.project_id === 'p')).toBe(true)
})

test('watch: it reports an outage of the hub on stderr, and continues after it', async () => {
  const { client, start, hub, url } = await openHubFixture()
  const child = start(['sessions', 'watch', '--json'])
  await child.output(/Watching/)
  hub.app.server.closeAllConnections()
  await child.output(/Connection to the hub lost.*next attempt in/)
  await child.output(/Reconnected to the hub/)
  await client.createSession({ project_id: 'p', machine_id: new URL(url).hostname })
  await child.output(/session\.created/)
  const { code, stdout } = await child.stop('SIGTERM')
  expect(code).toBe(0)
  for (const line of stdout.trimEnd().split('\n')) JSON.parse(line)
})

test('watch: it says which events the hub no longer has, and when its place is of another hub', async () => {
  const { client, start } = await openHubFixture()
  const people = start(['sessions', 'watch', '--after', '99999'])
  const program = start(['sessions', 'watch', '--json', '--after', '99999'])
  const missing = /Events are missing: event 99999 is not of this hub's log/
  await Promise.all([people.output(missing), program.output(missing)])
  await client.createSession({ project_id: 'p', machine_id: 'm' })
  await Promise.all([people.output(/session\.created/), program.output(/session\.created/)])
  const [text, lines] = await Promise.all([people.stop('SIGINT'), program.stop('SIGINT')])
  expect(text.stdout).not.toContain('gap')
  expect(JSON.parse(lines.stdout.split('\n')[0]!)).toMatchObject({ event: 'gap', data: { reason: 'other_log', after: 99999 } })
})

test('watch: it says which events were removed before those that are left', async () => {
  const { hub } = await openHubFixture()
  const create = (machine_id: string) => hub.ask('POST', '/machines', { payload: { machine_id, hostname: 'h', docker_slots: [1] } })
  for (let n = 1; n <= 8; n++) await create(`old-${n}`)
  hub.clock.pass(31 * 86_400_000)
  for (let n = 9; n <= 12; n++) await create(`new-${n}`)
  await hub.store.sweep(hub.clock.now())
  // As after a restart: nothing that was removed is left in memory.
  const { start } = await openHubFixture({ folder: hub.folder, clock: hub.clock })
  const people = start(['sessions', 'watch', '--after', '3'])
  const program = start(['sessions', 'watch', '--json', '--after', '3'])
  const missing = /Events are missing: the events from 4 to 8 are no longer in the log of the hub/
  await Promise.all([people.output(missing), program.output(missing), people.output(/new-12/), program.output(/new-12/)])
  const [text, lines] = await Promise.all([people.stop('SIGINT'), program.stop('SIGINT')])
  expect(text.stdout).not.toMatch(/gap|old-/)
  const shown = lines.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; id?: number; data: object })
  expect(shown[0]).toMatchObject({ event: 'gap', data: { reason: 'removed', after: 3, continues_after: 8 } })
  expect(shown.slice(1).map(({ id }) => id)).toEqual([9, 10, 11, 12])
})

test('an unreachable hub is an error of one line', async () => {
  const { url, run, hub } = await openHubFixture()
  await hub.app.close()
  for (const words of [
    ['sessions', 'list'],
    ['sessions', 'watch'],
    ['maintenance', '--dry-run', '--json'],
  ]) {
    const { code, stdout, stderr } = await run(words)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^signalbox: No connection to .* Start the hub, or correct SIGNALBOX_URL\.\n$/)
    expect(stderr).toContain(url)
  }
})

test('a missing, wrong or insufficient key is reported, with how to create one', async () => {
  const { client, run } = await openHubFixture()
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const { key = '' } = await client.createKey({ name: 'reader', scopes: ['read'] })
  const refused = async (words: string[], SIGNALBOX_API_KEY: string) => {
    const { code, stdout, stderr } = await run(words, { SIGNALBOX_API_KEY })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trim().split('\n')).toHaveLength(1)
    return stderr
  }
  expect(await refused(['sessions', 'list'], '')).toMatch(
    /API key is missing \(hub http:\S+, from SIGNALBOX_URL; no key is set\)\. Create one with `signalbox keys create NAME`.*SIGNALBOX_API_KEY/,
  )
  expect(await refused(['sessions', 'list', '--json'], 'wrong')).toMatch(
    /Invalid API key \(hub http:\S+, from SIGNALBOX_URL; key from SIGNALBOX_API_KEY\) \(request [0-9a-f]+\)\. This key is not accepted/,
  )
  expect(await refused(['sessions', 'pause', id, '--verbose'], key)).toMatch(/scope write.*\(request [0-9a-f]+\)\. .*--scopes read,write`/)
  expect(await refused(['maintenance', '--dry-run'], key)).toMatch(
    /scope admin.*\(hub http:\S+, from SIGNALBOX_URL; key from SIGNALBOX_API_KEY\)\. .*--scopes read,write,admin`/,
  )
  expect((await run(['sessions', 'list'], { SIGNALBOX_API_KEY: key })).code).toBe(0)
})

test('a usage error has exit code 2 and a helpful line', async () => {
  const wrong: [string, RegExp][] = [
    ['sessions lst', /unknown command 'lst'[\s\S]*list/],
    ['sessions list --status aktive', /active, paused, stalled/],
    ['sessions list --live --failed', /cannot be used with/],
    ['sessions list --limit 0', /from 1 to/],
    ['sessions list --limit 5 --all', /cannot be used with/],
    ['sessions list --threshold 60', /only be used with --stale/],
    ['sessions show', /missing required argument 'id'/],
    ['sessions fail aaaa', /--reason/],
    ['sessions add', /--project/],
    ['sessions add --project p --id 7', /must be a UUID/],
    ['sessions add --project p --interval 4', /from 5 to 600/],
    ['sessions add --project p --metadata branch', /KEY=TEXT/],
    ['sessions stall aaaa', /--reason/],
    ['sessions process-ended aaaa --exit-code x --yes', /whole number/],
    ['sessions metadata aaaa tries:=three', /must be JSON/],
    ['sessions metadata aaaa tries:=null', /--remove KEY/],
    ['sessions metadata aaaa =x', /KEY=TEXT/],
    ['sessions metadata aaaa a=b --remove a', /both set and removed/],
    ['sessions heartbeat aaaa --activity sleeping', /working, waiting, idle/],
    ['keys create ci --scopes foo', /'--scopes <list>' argument 'foo' is invalid.*read, write, ingest, answer, admin/],
    ['keys create ci --expires foo', /'--expires <when>' argument 'foo' is invalid.*2027-01-31.*90d/],
    ['connect foo', /https:\/\/hub\.example.* signalbox machines invite/],
    ['tasks fail aaaa', /--reason/],
    ['tasks list --status done', /in_progress/],
    ['machines slots box-2 1-', /such as 1-4,7/],
    ['maintenance --archive-after-days 6', /from 7 to/],
    ['maintenance --purge-after-days x', /from 7 to/],
  ]
  const folder = tempFolder()
  await Promise.all(
    wrong.map(async ([words, line]) => {
      const { code, stdout, stderr } = await runCommand(folder, words.split(' '))
      expect({ words, code, stdout }).toEqual({ words, code: 2, stdout: '' })
      expect(stderr).toMatch(line)
      expect(stderr).not.toContain('    at ')
    }),
  )
})
