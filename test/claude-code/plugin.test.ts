import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type RecordingHub, recordingHub } from '../../apps/claude-plugin/src/recording-hub-fixture.ts'
import { stretchForLoad } from '../support/machine-load.ts'
import { bash, script, text, tool } from '../support/messages-api.ts'
import { repositoryRoot } from '../support/repository.ts'
import { type Client, claudeCode, newest, old } from './client.ts'
import { type ClientHome, clientHome } from './client-home.ts'

const SECRET = 'planted-51aa'

async function claude(home: ClientHome, client: Client, args: readonly string[], env?: Record<string, string>) {
  return home.print(client, await home.project(), args, env).finished
}

/** Installs the plugin as the user's guide says, from the marketplace of this repository. */
async function install(home: ClientHome, client: Client, hub: RecordingHub, key = 'right') {
  const steps = [
    ['plugin', 'marketplace', 'add', repositoryRoot],
    ['plugin', 'install', 'signalbox@signalbox', '--config', `hub_url=${hub.url}`, '--config', `api_key=${key}`],
  ]
  for (const args of steps) {
    const { code, stdout, stderr } = await claude(home, client, args)
    expect({ args, code, output: code === 0 ? '' : stdout + stderr }).toEqual({ args, code: 0, output: '' })
  }
}

const endsOf = (hub: RecordingHub) => hub.distinct.flatMap(({ source, end }) => (end === undefined ? [] : [{ source, ...end }]))
/** The activities in the order of their times, each change once. */
function activitiesOf(hub: RecordingHub, session: string) {
  const all = hub.distinct
    .filter((one) => one.session_id === session)
    .flatMap(({ activity, waiting_for }) => (activity === undefined ? [] : [waiting_for ?? activity]))
  return all.filter((activity, index) => activity !== all[index - 1])
}

test.for([newest, old])(
  'Claude Code %s accepts the plugin, and a -p run is observed from its start to its end',
  { timeout: 400_000 },
  async (version, { skip }) => {
    const client = await claudeCode(version, skip)
    const home = await clientHome()
    const hub = await recordingHub('right')
    const validated = await claude(home, client, ['plugin', 'validate', path.join(repositoryRoot, 'apps/claude-plugin')])
    expect(validated).toMatchObject({ code: 0, stdout: expect.stringContaining('Validation passed') })
    await install(home, client, hub)
    const prompt = script(bash(`echo ${SECRET}`), text(`It is ${SECRET}.`))
    expect(await claude(home, client, ['-p', prompt, '--allowedTools', 'Bash'])).toMatchObject({
      code: 0,
      stdout: `It is ${SECRET}.\n`,
      stderr: '',
    })
    await expect.poll(() => endsOf(hub)).toEqual([{ source: 'hook', outcome: 'completed', reason: 'other' }])
    const observed = hub.distinct.filter(({ source }) => source === 'hook')
    expect(observed.flatMap(({ event }) => (event === undefined ? [] : [event.name ?? event.kind]))).toEqual([
      'started',
      'prompt',
      'Bash',
      'turn-ended',
      'ended',
    ])
    expect(observed[0]).toMatchObject({ project_id: path.join(home.folder, 'project'), fields: { kind: 'print' } })
    expect(hub.received.length).toBe(hub.distinct.length)
    expect(hub.invalid).toEqual([])
    expect(hub.wire).not.toContain(SECRET)
  },
)

test.for([newest, old])(
  'with %s, an interactive session is working, waiting, working and idle, and its death is noticed',
  { timeout: 400_000 },
  async (version, { skip }) => {
    const client = await claudeCode(version, skip)
    const home = await clientHome()
    const hub = await recordingHub('right')
    await install(home, client, hub)
    const terminal = home.terminal(client, { cwd: await home.project() })
    const { sessionId } = await terminal.ready()
    await terminal.submit(script(bash(`echo ${SECRET} > made.txt`), text('It is done.')))
    await expect.poll(() => activitiesOf(hub, sessionId)).toEqual(['idle', 'working', 'permission'])
    await terminal.answerPermission('yes')
    await expect.poll(() => activitiesOf(hub, sessionId)).toEqual(['idle', 'working', 'permission', 'working', 'idle'])
    const witnessed = () => hub.distinct.filter(({ source, alive }) => source === 'witness' && alive)
    const pid = await terminal.pid()
    // It says so again from time to time, and knows the version once the client has written it down.
    await expect.poll(() => witnessed().at(-1)).toMatchObject({ session_id: sessionId, fields: { pid, version } })
    expect([...new Set(witnessed().map(({ session_id, fields }) => `${session_id} ${fields?.pid}`))]).toEqual([`${sessionId} ${pid}`])
    const killed = Date.now()
    await terminal.kill()
    await expect.poll(() => endsOf(hub), { interval: 20 }).toEqual([{ source: 'witness', outcome: 'failed', reason: 'process ended' }])
    expect(Date.now() - killed).toBeLessThan(await stretchForLoad(2_000))
    expect(hub.wire).not.toContain(SECRET)
  },
)

test('a -p run that is killed has failed, and a session that clears and ends has not', async ({ skip }) => {
  const client = await claudeCode(newest, skip)
  const home = await clientHome()
  const hub = await recordingHub('right')
  await install(home, client, hub)
  const cwd = await home.project()
  const run = home.print(client, cwd, ['-p', script(bash('sleep 60')), '--allowedTools', 'Bash'])
  await expect.poll(() => hub.distinct.map(({ activity }) => activity)).toContain('working')
  const killed = Date.now()
  await run.stop('SIGKILL')
  await expect.poll(() => endsOf(hub), { interval: 20 }).toEqual([{ source: 'witness', outcome: 'failed', reason: 'process ended' }])
  expect(Date.now() - killed).toBeLessThan(await stretchForLoad(2_000))

  const terminal = home.terminal(client, { cwd })
  await terminal.ready()
  await terminal.submit('/clear')
  await expect.poll(() => endsOf(hub)).toHaveLength(2)
  await terminal.submit('/exit')
  await terminal.ended
  await expect
    .poll(() => endsOf(hub).slice(1))
    .toEqual([
      { source: 'hook', outcome: 'completed', reason: 'clear' },
      { source: 'hook', outcome: 'completed', reason: 'prompt_input_exit' },
    ])
  await sleep(1_000)
  expect(endsOf(hub)).toHaveLength(3)
}, 400_000)

test('a hub that is away, and a wrong key, cost nothing: everything arrives once and in order', async ({ skip }) => {
  const client = await claudeCode(newest, skip)
  const home = await clientHome()
  const hub = await recordingHub('right')
  await install(home, client, hub, 'wrong')
  const cwd = await home.project()
  const run = () => claude(home, client, ['-p', script(bash('true'), text('It is done.')), '--allowedTools', 'Bash'])
  expect(await run()).toMatchObject({ code: 0, stdout: 'It is done.\n', stderr: '' })
  await expect.poll(() => hub.refused).toBeGreaterThan(0)
  await hub.stop()
  // The key is corrected by installing anew; the session in between has no plugin, and is not observed.
  await claude(home, client, ['plugin', 'uninstall', 'signalbox@signalbox', '--keep-data'])
  expect(await run()).toMatchObject({ code: 0, stdout: 'It is done.\n', stderr: '' })
  await install(home, client, hub)
  const terminal = home.terminal(client, { cwd })
  await terminal.ready()
  await terminal.submit(script(bash('true'), text('It is done.')))
  await terminal.waitForAnswer('It is done.').catch(() => terminal.answerPermission('yes'))
  await terminal.submit('/exit')
  await terminal.ended
  expect(hub.received).toEqual([])
  await hub.start()
  await expect.poll(() => endsOf(hub).map(({ reason }) => reason), { timeout: 60_000 }).toEqual(['other', 'prompt_input_exit'])
  const hooks = hub.received.filter(({ observation }) => observation.source === 'hook').map(({ observation }) => observation)
  expect(new Set(hooks.map(({ observation_id }) => observation_id)).size).toBe(hooks.length)
  expect(hooks.map(({ at }) => at)).toEqual(hooks.map(({ at }) => at).sort())
}, 400_000)

test('the same hooks in settings.json are counted once', async ({ skip }) => {
  const client = await claudeCode(newest, skip)
  const plugin = path.join(repositoryRoot, 'apps/claude-plugin')
  const hooksFile = fs.readFileSync(path.join(plugin, 'hooks/hooks.json'), 'utf8')
  const hub = await recordingHub('right')
  // Hooks of settings.json have no options of a plugin.
  const env = { SIGNALBOX_URL: hub.url, SIGNALBOX_API_KEY: 'right' }
  const home = await clientHome({ env, settings: JSON.parse(hooksFile.replaceAll(`$\{CLAUDE_PLUGIN_ROOT}`, plugin)) as object })
  await install(home, client, hub)
  const args = ['-p', script(bash('true'), text('It is done.')), '--allowedTools', 'Bash']
  expect(await claude(home, client, args)).toMatchObject({ code: 0, stdout: 'It is done.\n', stderr: '' })
  const kinds = (all: typeof hub.distinct) =>
    // Commands such as `plugin install` end a session that they have not begun, and no board shows it.
    all
      .filter(({ project_id }) => project_id !== undefined)
      .flatMap(({ source, event }) => (source === 'hook' && event !== undefined ? [event.kind] : []))
  // Ten hooks ran; a batch whose answer was late on a busy machine is sent again.
  await expect.poll(() => kinds(hub.observations).length).toBeGreaterThanOrEqual(10)
  await expect.poll(() => kinds(hub.distinct)).toEqual(['started', 'prompt', 'tool', 'turn-ended', 'ended'])
}, 400_000)

test('without Node in the PATH, a session is as it is without the plugin', async ({ skip }) => {
  const client = await claudeCode(newest, skip)
  const home = await clientHome()
  const hub = await recordingHub('right')
  await install(home, client, hub)
  const bin = path.join(home.folder, 'bin')
  fs.mkdirSync(bin)
  for (const name of ['sh', 'bash', 'cat', 'mv', 'rm', 'mkdir', 'git', 'stty', 'script', 'ps', 'env', 'uname']) {
    const program = ['/bin', '/usr/bin'].map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file))
    if (program !== undefined) fs.symlinkSync(fs.realpathSync(program), path.join(bin, name))
  }
  const env = { PATH: bin }
  const args = ['-p', script(bash('true'), text('It is done.')), '--allowedTools', 'Bash']
  expect(await claude(home, client, args, env)).toMatchObject({ code: 0, stdout: 'It is done.\n', stderr: '' })
  const terminal = home.terminal(client, { cwd: await home.project(), env })
  await terminal.ready()
  await terminal.submit(script(text('It is done.')))
  await terminal.waitForAnswer('It is done.')
  await terminal.submit('/mcp')
  await terminal.waitForScreen(/signalbox/)
  expect(terminal.history()).not.toMatch(/fail|hook error/i)
  expect(hub.requests).toBe(0)
}, 400_000)

test('its command shows the state, and its tools answer', async ({ skip }) => {
  const client = await claudeCode(newest, skip)
  const home = await clientHome({ env: { ENABLE_TOOL_SEARCH: 'false' } })
  const hub = await recordingHub('right')
  await install(home, client, hub)
  const health = 'mcp__plugin_signalbox_signalbox__hub_health'
  await claude(home, client, ['-p', script(tool(health, {}), text('It is done.')), '--allowedTools', health])
  await expect.poll(() => endsOf(hub).length).toBeGreaterThan(0)
  await claude(home, client, ['-p', '/signalbox:status'])
  const projects = path.join(home.config, 'projects')
  const transcripts = fs.readdirSync(projects, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'))
  const rows = transcripts.map((name) => fs.readFileSync(path.join(projects, name), 'utf8')).join('')
  expect(rows).toContain('It took what was sent')
  expect(rows).toMatch(/"tool_result".*hub/)
  expect(hub.distinct.flatMap(({ event }) => (event?.kind === 'tool' ? [event.name] : []))).toEqual([health])
}, 400_000)
