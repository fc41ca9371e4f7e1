import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { TestClock } from '../../../hub/test/open-hub.ts'
import { signalbox } from '../cli.suite.ts'
import { linesOf, openState, type State } from '../state.suite.ts'
import { widthOf } from '../width.ts'

const uuid = (begins: string) => `${begins}${'00000000-0000-4000-8000-000000000000'.slice(begins.length)}`
const MINUTE = 60_000

/** Sessions in every state, with names that are hard to show. */
async function house(): Promise<State> {
  // Ages are told by the clock of the hub's machine.
  const state = await openState({ clock: new TestClock(new Date(Date.now() - 3 * MINUTE).toISOString()) })
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

test('list: --json is what the hub answers, whatever is asked', async () => {
  const { client, json } = await house()
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

test('list: the table fits every terminal, and no name commands it', async () => {
  const { run } = await house()
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
  expect(wide).toContain('waits for permission')
})

test('list: it has no colours in a pipe, has them when forced, and not with NO_COLOR', async () => {
  const { run } = await house()
  expect((await run(['sessions', 'list'])).stdout).not.toContain('\u001b')
  expect((await run(['sessions', 'list'], { FORCE_COLOR: '1' })).stdout).toContain('\u001b[32mactive')
  expect((await run(['sessions', 'list'], { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain('\u001b')
})

test('list: ids that begin alike are written as far as they differ', async () => {
  const { client, run } = await openState()
  const ids = ['01234567-aaaa-7000-8000-000000000001', '01234567-aaaa-7001-8000-000000000002']
  for (const session_id of ids) await client.createSession({ session_id, project_id: 'p', machine_id: 'm' })
  const { stdout } = await run(['sessions', 'list'], { COLUMNS: '60' })
  expect(linesOf(stdout).map((line) => line.split(' ')[0])).toEqual(expect.arrayContaining(ids.map((id) => id.slice(0, 18))))
})

test('list: it says how many more there are, and --all has them all', async () => {
  const { client, run, json } = await openState()
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
  // The hub looks it up, however old it is.
  expect((await json<{ session: object }>(['sessions', 'show', made.at(-1)!.slice(0, 12)])).session).toMatchObject({
    session_id: made.at(-1),
  })
})

test('list: an empty one says what to do next', async () => {
  const { run, json } = await openState()
  expect((await run(['sessions', 'list'])).stdout).toContain('signalbox sessions add --project')
  expect((await run(['sessions', 'list', '--stale'])).stdout).toMatch(/No sessions match --stale\.\n.*signalbox sessions list/)
  expect(await json(['sessions', 'list'])).toEqual([])
})

test('show: a session with its health, tasks and timeline, as each route answers', async () => {
  const { client, hub, run, json } = await house()
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
  expect(active.stdout).toMatch(/Tasks {2}0 of 2 done \(0 %\), 1 in progress, 1 pending\n/)
  expect(active.stdout).toMatch(/Machine +box-2, slot 12\n/)
  for (const line of active.stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(60)
  expect((await run(['sessions', 'show', 'cccc'])).stdout).toMatch(/Health +silent for 4 min\n/)
})

test('an id is its first characters, as long as no other begins alike', async () => {
  const { run } = await house()
  const several = await run(['sessions', 'show', 'aaaa'])
  expect(several.code).toBe(1)
  expect(several.stderr).toContain('2 sessions begin with aaaa:')
  expect(several.stderr).toContain(uuid('aaaa1'))
  expect(several.stderr).toContain(uuid('aaaa2'))
  expect(await run(['sessions', 'show', 'AAAA1'])).toMatchObject({ code: 0 })
  expect(await run(['sessions', 'show', 'ffff'])).toMatchObject({ code: 1, stderr: expect.stringContaining('no session begins with ffff') })
  expect(await run(['sessions', 'show', 'aaa'])).toMatchObject({ code: 2, stderr: expect.stringContaining('4 characters') })
  expect(await run(['sessions', 'show', 'stale'])).toMatchObject({ code: 2, stderr: expect.stringContaining('no id of a session') })
  const unknown = await run(['sessions', 'show', uuid('ffff')])
  expect(unknown).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/There is no session .*signalbox sessions list/) })
})

test('a session is begun, paused, resumed, completed, archived and purged', async () => {
  const { client, run, json } = await openState()
  await client.createMachine({ machine_id: 'box-2', hostname: 'box-2', docker_slots: [1, 2] })
  const added = await json<{ session_id: string }>(['sessions', 'add', '--project', 'p', '--machine', 'box-2', '--slot', '2'])
  const id = added.session_id
  expect(added).toEqual(await client.getSession(id))
  expect((await run(['sessions', 'pause', id])).stdout).toBe(`${id.slice(0, 8)} is paused, p on box-2, slot 2.\n`)
  expect(await json(['sessions', 'resume', id.slice(0, 8)])).toMatchObject({ status: 'active' })
  expect(await json(['sessions', 'complete', id.slice(0, 8)])).toMatchObject({ status: 'completed' })
  const early = await run(['sessions', 'purge', id, '--yes'])
  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('`signalbox sessions archive ID`') })
  expect(await json(['sessions', 'archive', id, '--yes'])).toEqual(await client.getSession(id))
  expect(await json(['sessions', 'purge', id, '--yes'])).toMatchObject({ session_id: id, purged: true })
  await expect(client.getSession(id)).rejects.toMatchObject({ code: 'not_found' })
})

test('a session begun without a machine is on this one', async () => {
  const { run, client } = await openState()
  const { stdout } = await run(['sessions', 'add', '--project', 'p', '--id', uuid('abcd')], { MACHINE_ID: 'my-box' })
  expect(stdout).toBe(`${uuid('abcd')} is active, p on my-box.\n`)
  expect(await client.getSession(uuid('abcd'))).toMatchObject({ machine_id: 'my-box' })
})

test('a session fails with a reason, and is recovered elsewhere from a task on', async () => {
  const { client, json, run } = await openState()
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

test('a heartbeat tells what a session is at', async () => {
  const { client, json } = await openState()
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

test('a session stalls by hand until its beat, and its process ends', async () => {
  const { client, json, run } = await openState()
  const begin = async () => (await client.createSession({ project_id: 'p', machine_id: 'm' })).session_id
  const id = await begin()
  const stalled = await run(['sessions', 'stall', id.slice(0, 8), '--reason', 'no output for an hour'])
  expect([stalled.code, stalled.stdout]).toEqual([0, `${id.slice(0, 8)} is stalled, p on m.\n`])
  expect(await client.getSessionFailureInfo(id)).toMatchObject({ failure_reason: 'no output for an hour' })
  expect(await json(['sessions', 'heartbeat', id, '--interval', '30'])).toMatchObject({ status: 'active', next_heartbeat_ms: 30_000 })

  const words = ['--pid', '4711', '--exit-code', '-1', '--signal', 'SIGKILL', '--witness', 'the kernel', '--yes']
  expect(await json(['sessions', 'process-ended', id, ...words])).toEqual(await client.getSession(id))
  const failure = await client.getSessionFailureInfo(id)
  expect(failure.failure_reason).toBe('process ended')
  for (const text of ['the kernel', '4711', '-1', 'SIGKILL']) expect(failure.error_details).toContain(text)
  // One that has ended stays what it is.
  const done = await begin()
  await client.updateSession(done, { status: 'completed' })
  expect((await run(['sessions', 'process-ended', done, '--yes'])).stdout).toBe(`${done.slice(0, 8)} is completed, p on m.\n`)
  const other = await begin()
  await run(['sessions', 'process-ended', other, '--yes'])
  expect((await client.getSessionFailureInfo(other)).error_details).toMatch(/\S+@\S+/)
  expect(await run(['sessions', 'stall', other, '--reason', 'x'])).toMatchObject({ code: 1, stderr: expect.stringContaining('stalled') })
})

test('what is kept beside a session is shown, set and taken away', async () => {
  const { client, json, run } = await openState()
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
  expect((await run(['sessions', 'metadata', bare.session_id])).stdout).toBe(`Nothing is kept beside ${bare.session_id.slice(0, 8)}.\n`)
  const large = await run(['sessions', 'metadata', id, `x=${'y'.repeat(20_000)}`])
  expect([large.code, large.stderr]).toEqual([1, expect.stringMatching(/metadata .*16 KiB/)])
})

test('a recovery is prepared, and what became of earlier ones is told', async () => {
  const { client, json, run } = await openState()
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const { task_id } = await client.createTask({ session_id: id, task_name: 'one' })
  await client.completeTask(task_id)
  await client.markSessionFailed(id, { reason: 'no' })
  const never = await run(['sessions', 'recovery-history', id])
  expect(never.stdout).toBe(`${id.slice(0, 8)} was never recovered; it is failed.\n`)
  expect(await json(['sessions', 'prepare-recovery', id.slice(0, 8)])).toMatchObject({
    session_id: id,
    status: 'failed',
    last_task_id: task_id,
    recovery_attempts: 0,
  })
  expect((await run(['sessions', 'prepare-recovery', id])).stdout).toMatch(new RegExp(`Last done +task ${task_id}\nRecovered +not yet\n`))
  await client.recoverSession(id, { new_machine_id: 'box-2' })
  await client.markSessionFailed(id, { reason: 'again' })
  await client.recoverSession(id)
  expect(await json(['sessions', 'recovery-history', id])).toEqual(await client.getSessionRecoveryHistory(id))
  const { stdout } = await run(['sessions', 'recovery-history', id], { COLUMNS: '80' })
  expect(linesOf(stdout)).toEqual([
    expect.stringMatching(/^ *1 .*failed +m → box-2 +no$/),
    expect.stringMatching(/^ *2 .*failed +box-2 +yes$/),
  ])
  expect(stdout).toContain('2 recoveries, 1 of them held; it is active.')
})

test.each(['fail --reason x', 'process-ended', 'archive', 'purge'])('%s is not done when nobody can be asked', async (words) => {
  const { client, run } = await openState()
  const session = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const [action = '', ...more] = words.split(' ')
  const { code, stdout, stderr } = await run(['sessions', action, session.session_id, ...more])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('--yes')
  expect(await client.getSession(session.session_id)).toEqual(session)
})

const script = '/usr/bin/script'
test.runIf(process.platform === 'linux' && existsSync(script))('on a terminal it asks, and takes only yes for yes', async () => {
  const { client, url } = await openState()
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const bin = new URL('../../bin/signalbox.mjs', import.meta.url).pathname
  const env = { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: 'a key of the tests that may do everything', DATA_DIR: tempFolder() }
  // The answer is given when the question is there: what is typed before belongs to nobody.
  const answer = async (typed: string) => {
    const words = ['-qec', `"${process.execPath}" "${bin}" sessions fail ${id} --reason no`, '/dev/null']
    const child = spawn(script, words, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let stdout = ''
    let asked = false
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (!asked && stdout.includes('[y/N]')) asked = child.stdin.write(typed) || true
    })
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stdout }
  }
  const no = await answer('n\r')
  expect(no.code).toBe(1)
  expect(no.stdout).toContain(`Mark ${id.slice(0, 8)}, active, p on m failed? [y/N]`)
  expect(no.stdout).toContain('nothing was changed')
  expect((await client.getSession(id)).status).toBe('active')
  // Ctrl-C
  expect((await answer('\u0003')).code).toBe(130)
  expect((await client.getSession(id)).status).toBe('active')
  expect((await answer('y\r')).code).toBe(0)
  expect((await client.getSession(id)).status).toBe('failed')
})

test('watch: a line for each event until Ctrl-C, and nothing else', async () => {
  const { client, start } = await openState()
  const people = start(['sessions', 'watch'])
  const program = start(['sessions', 'watch', '--json', '--project', 'p'])
  await Promise.all([people.line(/Watching/), program.line(/Watching/)])
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const { task_id } = await client.createTask({ session_id: id, task_name: 'Evil \u001b[2J name' })
  await client.failTask(task_id, { error_message: 'three tests fail' })
  await client.createSession({ project_id: 'other', machine_id: 'm' })
  await client.updateSession(id, { status: 'paused' })
  await Promise.all([people.line(/active → paused/), program.line(/"from":"active"/)])
  const [told, lines] = await Promise.all([people.stop('SIGINT'), program.stop('SIGINT')])
  for (const { code, stderr } of [told, lines]) expect({ code, stderr }).toEqual({ code: 0, stderr: 'Watching; Ctrl-C ends it.\n' })
  expect(told.stdout).toMatch(
    new RegExp(
      `^\\d\\d:\\d\\d:\\d\\d  task\\.status +${id.slice(0, 8)} p on m  pending → failed  Evil \\\\u001b\\[2J name: three tests fail$`,
      'm',
    ),
  )
  expect(told.stdout).toContain('other on m')
  const events = lines.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; data: { project_id?: string } })
  expect(events.map(({ event }) => event)).toEqual(['session.created', 'task.created', 'task.status', 'session.status'])
  expect(events.every(({ data }) => data.project_id === 'p')).toBe(true)
})

test('watch: an outage of the hub is told on stderr and lived through', async () => {
  const { client, start, hub, url } = await openState()
  const child = start(['sessions', 'watch', '--json'])
  await child.line(/Watching/)
  hub.app.server.closeAllConnections()
  await child.line(/The hub is away.*next try in/)
  await child.line(/The hub is back/)
  await client.createSession({ project_id: 'p', machine_id: new URL(url).hostname })
  await child.line(/session\.created/)
  const { code, stdout } = await child.stop('SIGTERM')
  expect(code).toBe(0)
  for (const line of stdout.trimEnd().split('\n')) JSON.parse(line)
})

test('a hub that is not there is told in a line, at once', async () => {
  const { url, run, hub } = await openState()
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

test('a key that is missing, wrong, or may not do it is told with how to get one', async () => {
  const { client, run } = await openState()
  const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  const { key = '' } = await client.createKey({ name: 'reader', scopes: ['read'] })
  const refused = async (words: string[], SIGNALBOX_API_KEY: string) => {
    const { code, stdout, stderr } = await run(words, { SIGNALBOX_API_KEY })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trim().split('\n')).toHaveLength(1)
    return stderr
  }
  expect(await refused(['sessions', 'list'], '')).toMatch(
    /API key is missing\. Make one with `signalbox keys create NAME`.*SIGNALBOX_API_KEY/,
  )
  expect(await refused(['sessions', 'list', '--json'], 'wrong')).toMatch(/Invalid API key \(request [0-9a-f]+\)\. This key is not accepted/)
  expect(await refused(['sessions', 'pause', id, '--verbose'], key)).toMatch(/scope write.*\(request [0-9a-f]+\)\. .*--scopes read,write`/)
  expect(await refused(['maintenance', '--dry-run'], key)).toMatch(/scope admin.*--scopes read,write,admin`/)
  expect((await run(['sessions', 'list'], { SIGNALBOX_API_KEY: key })).code).toBe(0)
})

test('what was not understood ends with 2 and a line that helps', async () => {
  const wrong: [string, RegExp][] = [
    ['sessions lst', /unknown command 'lst'[\s\S]*list/],
    ['sessions list --status aktive', /active, paused, stalled/],
    ['sessions list --live --failed', /cannot be used with/],
    ['sessions list --limit 0', /from 1 to/],
    ['sessions list --limit 5 --all', /cannot be used with/],
    ['sessions list --threshold 60', /goes with --stale/],
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
    ['sessions metadata aaaa a=b --remove a', /set and removed/],
    ['sessions heartbeat aaaa --activity sleeping', /working, waiting, idle/],
    ['tasks fail aaaa', /--reason/],
    ['tasks list --status done', /in_progress/],
    ['machines slots box-2 1-', /such as 1-4,7/],
    ['maintenance --archive-after-days 6', /from 7 to/],
    ['maintenance --purge-after-days x', /from 7 to/],
  ]
  const folder = tempFolder()
  await Promise.all(
    wrong.map(async ([words, line]) => {
      const { code, stdout, stderr } = await signalbox(folder, words.split(' '))
      expect({ words, code, stdout }).toEqual({ words, code: 2, stdout: '' })
      expect(stderr).toMatch(line)
      expect(stderr).not.toContain('    at ')
    }),
  )
})
