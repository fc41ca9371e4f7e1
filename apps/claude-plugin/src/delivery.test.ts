import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { run, startNode } from '../../../test/support/child.ts'
import { noProxySettings, startForwardProxy } from '../../../test/support/forward-proxy.ts'
import { filterAlive } from '../../../test/support/process-tree.ts'
import { PluginHome, pluginRoot } from './plugin-process-fixture.ts'
import { recordingHub } from './recording-hub-fixture.ts'
import { formatSpoolHeader } from './spooled-event.ts'

const SECRET = 'planted-7c02'
const session_id = randomUUID()
const silent = { code: 0, stdout: '', stderr: '' }

/** The tool calls of a turn, distinguished by their number. */
const toolEvent = (n: number, session = session_id) => ({
  session_id: session,
  cwd: '/home/dev/work',
  hook_event_name: 'PostToolUse',
  tool_name: `Tool${n}`,
  tool_input: { command: SECRET },
  tool_response: { stdout: SECRET },
  tool_use_id: `toolu_${n}`,
  prompt_id: 'p1',
})
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)
const names = (observations: readonly { event?: { name?: string | undefined } | undefined }[]) =>
  observations.map(({ event }) => event?.name)
const toolNames = (count: number) => numbers(count).map((n) => `Tool${n}`)

it('a hook prints nothing, and its event is at the hub within a second', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  expect(await home.hook(toolEvent(0))).toMatchObject(silent)
  await expect.poll(() => names(hub.observations)).toEqual(['Tool0'])
  expect(hub.machine).toBe('laptop')
  expect(hub.observations[0]).toMatchObject({ session_id, source: 'hook', project_id: '/home/dev/work', alive: true })
  await expect.poll(() => [home.files('spool'), home.files('queue')]).toEqual([[], []])
})

it('the sender goes through the proxy that HTTP_PROXY or HTTPS_PROXY names', async () => {
  const hub = await recordingHub()
  const proxy = await startForwardProxy(hub.url)
  const home = new PluginHome('http://hub.corp.example', { ...noProxySettings, HTTP_PROXY: proxy.url })
  expect(await home.hook(toolEvent(0))).toMatchObject(silent)
  await expect.poll(() => names(hub.observations)).toEqual(['Tool0'])
  expect(new Set(proxy.asked)).toEqual(new Set(['http://hub.corp.example/sessions/observations']))
  proxy.asked.length = 0
  const encrypted = new PluginHome('https://hub.corp.example', { ...noProxySettings, HTTPS_PROXY: proxy.url })
  expect(await encrypted.hook(toolEvent(1))).toMatchObject(silent)
  // Behind the tunnel is a hub without https: what matters is what the proxy is asked for.
  await expect.poll(() => proxy.asked[0]).toBe('hub.corp.example:443')
})

function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

it('without a hub nothing is lost, printed, or left readable; later everything comes once and in order', async () => {
  const hub = await recordingHub()
  await hub.stop()
  const home = new PluginHome(hub.url)
  for (const n of numbers(20)) expect(await home.hook(toolEvent(n))).toMatchObject(silent)
  await expect.poll(() => [home.files('spool').length, home.files('queue').length > 0]).toEqual([0, true])
  const stored = fs.readdirSync(home.data, { recursive: true, withFileTypes: true })
  for (const entry of stored.filter((each) => each.isFile())) {
    const file = path.join(entry.parentPath, entry.name)
    // The sender goes on: a file may be written whole under another name, or be gone.
    const mode = fs.statSync(file, { throwIfNoEntry: false })?.mode
    if (mode === undefined) continue
    expect(mode & 0o077, file).toBe(0)
    expect(readIfThere(file)).not.toContain(SECRET)
  }
  for (const folder of ['spool', 'queue']) expect(fs.statSync(path.join(home.data, folder)).mode & 0o777).toBe(0o700)

  // A sender that is killed in the meantime loses nothing either.
  const first = home.sender()
  process.kill(first!, 'SIGKILL')
  await expect.poll(() => filterAlive([first!])).toEqual([])
  await hub.start()
  await home.hook(toolEvent(20))
  await expect.poll(() => names(hub.distinct)).toEqual(toolNames(21))
  // An answer that comes too late is asked for again, under the same ids.
  expect(hub.observations.length).toBeGreaterThanOrEqual(21)
  expect(hub.invalid).toEqual([])
  expect(hub.wire).not.toContain(SECRET)
})

it('a wrong key is tried again at intervals, and a right one takes over what waits', async () => {
  const hub = await recordingHub('right')
  const home = new PluginHome(hub.url)
  for (const n of numbers(3)) await home.hook(toolEvent(n), { CLAUDE_PLUGIN_OPTION_API_KEY: 'wrong' })
  await expect.poll(() => hub.refused).toBeGreaterThanOrEqual(2)
  expect(hub.refused).toBeLessThan(10)
  const report = () => run(process.execPath, [path.join(pluginRoot, 'dist/report.mjs'), home.data], { env: { PATH: home.env.PATH } })
  expect((await report()).stdout).toMatch(/It refused what was sent \d+ s ago: HTTP 401\. /)
  expect((await report()).stdout).toContain('HTTP 401. The key is missing or wrong: run /signalbox:setup.')
  // The options have been changed: the next session's processes have the new key while the old ones still run.
  const { process: sender } = startSender(home, 'right')
  await expect.poll(() => names(hub.distinct)).toEqual(toolNames(3))
  expect(hub.observations).toHaveLength(3)
  await expect.poll(async () => (await report()).stdout).toMatch(/It took what was sent \d+ s ago\.\nEverything has been delivered\./)
  sender.kill('SIGKILL')
})

it('the same hooks in settings.json make the same ids, so the hub counts them once', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  const events = [
    { ...toolEvent(0), hook_event_name: 'UserPromptSubmit', prompt: SECRET },
    toolEvent(1),
    { ...toolEvent(2), hook_event_name: 'SessionEnd', reason: 'other' },
  ]
  for (const event of events) {
    await Promise.all([home.hook(event), home.hook(event, { CLAUDE_PLUGIN_DATA: undefined, SIGNALBOX_URL: hub.url })])
  }
  await expect.poll(() => hub.observations.length).toBe(6)
  expect(hub.distinct.map(({ event }) => event?.kind)).toEqual(['prompt', 'tool', 'ended'])
})

it('where there is no Node, a hook does nothing, whatever the size of its input', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  const bin = path.join(home.folder, 'bin')
  fs.mkdirSync(bin)
  for (const name of ['sh', 'cat', 'mv', 'mkdir', 'rm']) fs.symlinkSync(fs.realpathSync(`/bin/${name}`), path.join(bin, name))
  const large = { ...toolEvent(0), tool_response: 'x'.repeat(1_000_000) }
  expect(await home.hook(large, { PATH: bin })).toMatchObject(silent)
  expect(home.files('spool')).toEqual([])
  expect(hub.requests).toBe(0)
})

it('where the data folder cannot be written, a hook still succeeds silently', async () => {
  const home = new PluginHome('http://127.0.0.1:9')
  fs.writeFileSync(home.data, 'a file')
  expect(await home.hook(toolEvent(0))).toMatchObject(silent)
})

it('half an event, another program’s text and events without a session are dropped, and hold up nothing', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  for (const text of [
    '',
    '{"session_id": "8c',
    'null',
    '[]',
    '{}',
    '\u0000',
    '{"session_id":{},"hook_event_name":[]}',
    '{"__proto__":{"session_id":"x"}}',
  ]) {
    expect(await home.hookText(text)).toMatchObject(silent)
  }
  fs.writeFileSync(path.join(home.data, 'spool', 'x.event'), 'no header')
  fs.writeFileSync(path.join(home.data, 'spool', 'y.observation'), '{"observation_id": 7')
  await home.hook(toolEvent(1))
  await expect.poll(() => names(hub.observations)).toEqual(['Tool1'])
  await expect.poll(() => home.files('spool')).toEqual([])
})

it('what is no file in the data folder holds up nothing, is sent once, and keeps no sender alive', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  const place = (...names: string[]) => path.join(home.data, ...names)
  for (const folder of ['spool/bad.event', 'spool/bad.observation', 'queue/0.jsonl', 'alive/x.json', `memory/${session_id}.json`, 'sender'])
    fs.mkdirSync(place(folder, 'inside'), { recursive: true })
  fs.symlinkSync('loop.event', place('spool/loop.event'))
  fs.symlinkSync('nothing', place('spool/dangling.event'))
  fs.symlinkSync('/dev/zero', place('alive/zero.json'))
  execFileSync('mkfifo', [place('spool/fifo.event'), place('alive/fifo.json')])
  for (const n of numbers(3)) await home.hook(toolEvent(n))
  await expect.poll(() => names(hub.distinct)).toEqual(toolNames(3))
  await expect.poll(() => home.files('queue')).toEqual(['0.jsonl'])
  expect(hub.observations).toHaveLength(3)
  expect(fs.statSync(place('memory', `${session_id}.json`)).isFile()).toBe(true)
  const sender = home.sender()!
  await expect.poll(() => filterAlive([sender]), { timeout: 25_000 }).toEqual([])
})

it.each([
  ['folder', (place: string) => fs.mkdirSync(path.join(place, 'within'), { recursive: true })],
  ['FIFO', (place: string) => void execFileSync('mkfifo', [place])],
  ['link to nothing', (place: string) => fs.symlinkSync(`${place}-gone`, place)],
])('a %s with the name of a file of the sender keeps it from nothing', async (_, put) => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  fs.mkdirSync(home.data)
  for (const name of ['lock', 'sender', 'contact.json']) put(path.join(home.data, name))
  expect(await home.hook(toolEvent(0))).toMatchObject(silent)
  await expect.poll(() => names(hub.observations)).toEqual(['Tool0'])
  await expect.poll(() => fs.lstatSync(path.join(home.data, 'lock')).isFile()).toBe(true)
})

it('thousands of events of an outage arrive complete and in order', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  const spool = path.join(home.data, 'spool')
  fs.mkdirSync(spool, { recursive: true })
  const header = formatSpoolHeader({
    clientPid: '4711',
    parentPid: 4710,
    entrypoint: 'cli',
    sessionKind: '',
    projectFolder: '/home/dev/work',
  })
  const begun = Date.now() / 1000 - 600_000
  for (const n of numbers(3_000)) {
    const file = path.join(spool, `${(n * 7919) % 3_000}.event`)
    fs.writeFileSync(file, header + JSON.stringify(toolEvent(n)))
    fs.utimesSync(file, begun + n, begun + n)
  }
  const { process: sender } = startSender(home)
  await expect.poll(() => hub.observations.length, { timeout: 50_000 }).toBe(3_000)
  expect(names(hub.observations)).toEqual(toolNames(3_000))
  await expect.poll(() => home.files('queue')).toEqual([])
  sender.kill('SIGKILL')
})

it('events of parallel sessions start no second sender, and the sender ends when nothing comes', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  await home.hook(toolEvent(0))
  await expect.poll(() => home.sender()).toBeGreaterThan(0)
  const sender = home.sender()!
  await Promise.all(numbers(20).map((n) => home.hook(toolEvent(n + 1, randomUUID()))))
  await expect.poll(() => hub.distinct.length).toBe(21)
  expect(home.sender()).toBe(sender)
  await expect.poll(() => filterAlive([sender])).toEqual([])
  expect(home.sender()).toBeUndefined()
})

it('the hook without a shell does the same', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  const observe = path.join(pluginRoot, 'dist/observe.mjs')
  expect(await run(process.execPath, [observe], { env: home.env, input: JSON.stringify(toolEvent(0)) })).toMatchObject(silent)
  await expect.poll(() => names(hub.observations)).toEqual(['Tool0'])
})

it('with REDACT_PROJECTS no name of a folder is sent', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url, { REDACT_PROJECTS: 'true' })
  await home.hook(toolEvent(0))
  await expect.poll(() => names(hub.observations)).toEqual(['Tool0'])
  expect(hub.wire).not.toContain('/home/dev')
})

it('where the collector of the same DATA_DIR redacts, no name of a folder is sent either', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  fs.mkdirSync(home.env.DATA_DIR!, { recursive: true })
  fs.writeFileSync(path.join(home.env.DATA_DIR!, 'collector.json'), JSON.stringify({ redact_projects: true }))
  await home.hook(toolEvent(0))
  await expect.poll(() => names(hub.observations)).toEqual(['Tool0'])
  expect(hub.wire).not.toContain('/home/dev')
})

it('a session that its process left without a word has ended, unless it lives elsewhere', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  const [original, fork, living] = [randomUUID(), randomUUID(), randomUUID()]
  const event = (session: typeof session_id, hook_event_name: string) => ({ ...toolEvent(0, session), hook_event_name, source: 'resume' })
  const elsewhere = { CLAUDE_PID: String(process.ppid) }
  await home.hook(event(living, 'SessionStart'), elsewhere)
  for (const session of [original, fork, living]) await home.hook(event(session, 'SessionStart'))
  await home.hook(event(fork, 'UserPromptSubmit'))
  await expect.poll(() => hub.distinct.filter(({ end }) => end !== undefined).map((one) => one.session_id)).toEqual([original, fork])
  await sleep(200)
  expect(hub.distinct.filter(({ end }) => end !== undefined).map(({ session_id }) => session_id)).not.toContain(living)
})

/** Starts a sender that a hook of a new session would start. */
function startSender(home: PluginHome, key = '') {
  return startNode([path.join(pluginRoot, 'dist/sender.mjs'), home.data], { env: { ...home.env, CLAUDE_PLUGIN_OPTION_API_KEY: key } })
}
