import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { settings } from '@signalbox/contract/setting'
import { readOwnerKey } from '@signalbox/hub-address/owner-key'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { runCommand } from '../../apps/cli/src/cli.suite.ts'
import { type Child, type Finished, startNode } from '../support/child.ts'
import { repositoryRoot } from '../support/repository.ts'
import { makeTempFolder, removeFolder, tempFolder } from '../support/temp.ts'
import { writeTranscripts } from '../support/transcripts.ts'

const bin = path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs')
/** No setting of the machine that runs the tests, nor of the checkout's `.env`; an empty text counts as not set. */
const blank = Object.fromEntries(Object.keys(settings).map((name) => [name, '']))

/** A person's machine: a home folder of its own, and nothing set. */
interface Machine {
  readonly home: string
  /** A folder on the PATH, for programs of other makers. */
  readonly bin: string
  /** Runs a command in the process of the test, whose home folder is this one meanwhile. */
  run(words: readonly string[], env?: Record<string, string>): Promise<Finished>
  /** Starts a command in a process of its own. */
  start(words: readonly string[], env?: Record<string, string>): Child
}

function machine(folder = tempFolder()): Machine {
  const [home, programs] = [path.join(folder, 'home'), path.join(folder, 'bin')]
  for (const one of [home, programs]) fs.mkdirSync(one)
  const env = {
    ...blank,
    HOME: home,
    USERPROFILE: home,
    APPDATA: path.join(home, 'AppData'),
    XDG_CONFIG_HOME: undefined,
    // Without the systemd and the Claude Code of the machine that runs the tests.
    PATH: programs,
    NO_COLOR: '1',
    TIMEZONE: 'UTC',
  }
  return {
    home,
    bin: programs,
    run: (words, more = {}) => atHome(home, () => runCommand(folder, words, { ...env, DATA_DIR: path.join(home, '.signalbox'), ...more })),
    start: (words, more = {}) => startNode([bin, ...words], { env: { ...env, ...more } }),
  }
}

/** Makes the home folder of this process that of a person. The default of DATA_DIR was taken from it before. */
async function atHome<T>(home: string, work: () => Promise<T>): Promise<T> {
  const homedir = vi.spyOn(os, 'homedir').mockReturnValue(home)
  try {
    return await work()
  } finally {
    homedir.mockRestore()
  }
}

/** A hub that a person has started with PORT alone. */
async function startHub(owner: Machine, onClose: (close: () => Promise<void>) => void = onTestFinished): Promise<string> {
  const child = startNode([bin, 'hub'], {
    env: { ...blank, HOME: owner.home, XDG_CONFIG_HOME: undefined, NODE_ENV: 'development', PORT: '0', LOG_LEVEL: 'info' },
  })
  onClose(async () => void (await child.stop('SIGTERM')))
  const [, url = ''] = await child.line(/Signalbox listens on (http:\/\/127\.0\.0\.1:\d+)/)
  // It leaves its address after it has said so.
  const file = path.join(owner.home, '.signalbox', 'hub.json')
  // One that was killed has left its own there.
  await vi.waitUntil(() => fs.existsSync(file) && fs.readFileSync(file, 'utf8').includes(new URL(url).port), { timeout: 30_000 })
  return url
}

/** The machine with the hub of the tests that only want an invitation. */
let owner: Machine
const closers: (() => Promise<void>)[] = []
beforeAll(async () => {
  const folder = makeTempFolder()
  owner = machine(folder)
  await startHub(owner, (close) => closers.push(close))
  closers.push(async () => removeFolder(folder))
})
afterAll(async () => {
  for (const close of closers) await close()
})

/** Every file of a folder with its permissions and its content, and every folder. */
function contentOf(folder: string): Record<string, string> {
  const all = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const file = path.join(entry.parentPath, entry.name)
    const mode = (fs.lstatSync(file).mode & 0o777).toString(8)
    return [path.relative(folder, file), entry.isFile() ? `${mode} ${fs.readFileSync(file, 'base64')}` : mode] as const
  })
  return Object.fromEntries(all.sort())
}

async function invite(owner: Machine, ...words: string[]): Promise<{ url: string; code: string }> {
  const { code: exit, stdout, stderr } = await owner.run(['machines', 'invite', '--json', ...words])
  expect([exit, stderr]).toEqual([0, ''])
  const { url, code, command } = JSON.parse(stdout) as { url: string; code: string; command: string }
  expect(command).toBe(`npx signalbox connect ${url} ${code}`)
  return { url, code }
}

const credentialsOf = ({ home }: Machine) => path.join(home, '.config', 'signalbox', 'credentials.json')
const keyIn = (file: string) => (JSON.parse(fs.readFileSync(file, 'utf8')) as { key: string }).key

it('one line connects a fresh machine: commands work with nothing set, and undo leaves the home as it was', async () => {
  // Each command in a process of its own, as a person runs them.
  const [owner, laptop] = [machine(), machine()]
  const run = (words: readonly string[]) => laptop.start(words).finished
  const hub = await startHub(owner)
  fs.mkdirSync(path.join(laptop.home, '.claude'))
  fs.writeFileSync(
    path.join(laptop.home, '.claude', 'settings.json'),
    '{"model": "opus",\n "statusLine": {"type":"command", "command": "echo mine"}}',
  )
  const before = contentOf(laptop.home)
  expect((await run(['sessions', 'list'])).code).toBe(1)

  const { url, code } = await invite(owner)
  expect(url).toBe(hub)
  const astray = await run(['connect', `${url}/sub`, code])
  expect([astray.code, astray.stderr]).toEqual([1, expect.stringContaining(`${url}/sub is not the address of a hub. Check it.`)])
  const connected = await run(['connect', url, code])
  expect([connected.code, connected.stderr]).toEqual([0, ''])
  const file = credentialsOf(laptop)
  const key = keyIn(file)
  expect(connected.stdout).toContain('~/.config/signalbox/credentials.json: written for you only')
  expect(connected.stdout).toMatch(/status line.*in front of your own.*echo mine/)
  expect(connected.stdout).toMatch(/service.*signalbox collector/)
  expect(connected.stdout).not.toContain(key)
  if (process.platform !== 'win32') expect(fs.statSync(file).mode & 0o777).toBe(0o600)

  const listed = await run(['sessions', 'list'])
  expect([listed.code, listed.stderr]).toEqual([0, ''])
  const doctor = JSON.parse((await run(['doctor', '--json'])).stdout) as {
    findings: { about: string; state: string; text: string }[]
  }
  expect(doctor.findings.find(({ about }) => about === 'Hub')).toMatchObject({ state: 'ok', text: expect.stringContaining(file) })
  expect(doctor.findings.find(({ about }) => about === 'Key')).toMatchObject({
    state: 'ok',
    text: expect.stringContaining('ingest, read, write'),
  })
  // Doctor reads transcripts into a local database, which is no part of connecting.
  for (const name of fs.readdirSync(path.join(laptop.home, '.signalbox')).filter((one) => one.startsWith('ledger'))) {
    fs.rmSync(path.join(laptop.home, '.signalbox', name))
  }

  // What a hook leaves when all of it was sent.
  fs.mkdirSync(path.join(laptop.home, '.signalbox', 'hook-spool'), { recursive: true })

  const undone = await run(['connect', '--undo'])
  expect([undone.code, undone.stderr]).toEqual([0, ''])
  expect(undone.stdout).toContain('signalbox keys revoke k_')
  expect(contentOf(laptop.home)).toEqual(before)
  expect((await run(['connect', '--undo'])).stdout).toContain('Nothing to undo')
})

it('running it again changes nothing and needs no code, and a code that was used or is wrong changes nothing', async () => {
  const [laptop, other] = [machine(), machine()]
  const { url, code } = await invite(owner, '--name', 'laptop')
  expect((await laptop.run(['connect', url, code])).code).toBe(0)
  const once = contentOf(laptop.home)
  for (const words of [[url], [url, code], [`${url}/`]]) {
    const again = await laptop.run(['connect', ...words])
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/credentials .*already.*\n[\s\S]*status line .*unchanged/)])
    expect(contentOf(laptop.home)).toEqual(once)
  }
  const fresh = contentOf(other.home)
  for (const [words, problem] of [
    [[url, code], /The code has been used already/],
    [[url, 'AAAA-AAAA'], /The code is not valid/],
    [[url], /no code/],
    [['http://127.0.0.1:9', code], /No connection.*Nothing was changed/],
  ] as const) {
    const refused = await other.run(['connect', ...words])
    expect([refused.code === 0, refused.stderr]).toEqual([false, expect.stringMatching(problem)])
    expect(contentOf(other.home)).toEqual(fresh)
  }
})

it('a dry run says what it would do and does nothing, and the code is still good', async () => {
  const laptop = machine()
  const { url, code } = await invite(owner)
  const dry = await laptop.run(['connect', url, code, '--dry-run'])
  expect([dry.code, dry.stdout]).toEqual([0, expect.stringMatching(/would exchange[\s\S]*would change[\s\S]*Nothing was changed/)])
  expect(contentOf(laptop.home)).toEqual({})
  expect((await laptop.run(['connect', url, code, '--no-service', '--no-plugin', '--no-statusline'])).code).toBe(0)
  expect(Object.keys(contentOf(laptop.home)).filter((file) => file.endsWith('.json'))).toEqual([
    '.config/signalbox/connect.json',
    '.config/signalbox/credentials.json',
  ])
  expect((await laptop.run(['connect', '--undo'])).code).toBe(0)
  expect(contentOf(laptop.home)).toEqual({})
})

it('undo names a collector that was started by hand and still runs, and how to stop it', async () => {
  const laptop = machine()
  const { url, code } = await invite(owner)
  await laptop.run(['connect', url, code, '--no-service', '--no-plugin', '--no-statusline'])
  const child = laptop.start(['collector'])
  onTestFinished(async () => void (await child.stop('SIGTERM')))
  const file = path.join(laptop.home, '.signalbox', 'collector.json')
  await expect.poll(() => fs.existsSync(file), { timeout: 15_000 }).toBe(true)
  const { pid } = JSON.parse(fs.readFileSync(file, 'utf8')) as { pid: number }
  const { code: exit, stdout } = await laptop.run(['connect', '--undo'])
  expect(exit).toBe(0)
  expect(stdout).toMatch(
    new RegExp(`collector +process ${pid} still runs, and sends to ${url}\\S* until it ends\\. To stop it: .*\\b${pid}\\n`),
  )
})

it('a second hub takes the place of the first, and undo brings the first back', async () => {
  const [one, two, laptop] = [machine(), machine(), machine()]
  await Promise.all([startHub(one), startHub(two)])
  const [first, second] = [await invite(one), await invite(two)]
  await laptop.run(['connect', first.url, first.code])
  const connected = contentOf(laptop.home)
  const moved = await laptop.run(['connect', second.url, second.code])
  expect([moved.code, moved.stdout]).toEqual([0, expect.stringContaining(`of ${first.url}`)])
  expect((await laptop.run(['sessions', 'list'])).code).toBe(0)
  const undone = await laptop.run(['connect', '--undo'])
  expect(undone.stdout).toContain(`connected to ${first.url} again`)
  expect(contentOf(laptop.home)).toEqual(connected)
  expect((await laptop.run(['connect', '--undo'])).code).toBe(0)
  expect(contentOf(laptop.home)).toEqual({})
})

it('a step that fails says what was done; correcting it and running the command again goes on', async () => {
  const laptop = machine()
  const { url, code } = await invite(owner)
  const broken = path.join(laptop.home, '.claude', 'settings.json')
  fs.mkdirSync(path.dirname(broken))
  fs.writeFileSync(broken, '{"model": ')
  const before = contentOf(laptop.home)
  const failed = await laptop.run(['connect', url, code])
  expect([failed.code, failed.stdout]).toEqual([1, expect.stringContaining('credentials')])
  expect(failed.stderr).toMatch(/status line: .*settings\.json is not valid JSON[\s\S]*To go on: signalbox connect http[\s\S]*--undo/)
  expect((await laptop.run(['sessions', 'list'])).code).toBe(0)
  const undone = await laptop.run(['connect', '--undo'])
  expect([undone.code, contentOf(laptop.home)]).toEqual([0, before])

  const next = await invite(owner)
  await laptop.run(['connect', next.url, next.code])
  fs.writeFileSync(broken, '{}')
  expect((await laptop.run(['connect', url])).code).toBe(0)
  expect(fs.readFileSync(broken, 'utf8')).toContain('statusline.sh')
})

it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'where the credentials cannot be written the code is not used',
  async () => {
    const laptop = machine()
    const { url, code } = await invite(owner)
    fs.mkdirSync(path.join(laptop.home, '.config'), { mode: 0o500 })
    const refused = await laptop.run(['connect', url, code])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('the code was not used')])
    fs.chmodSync(path.join(laptop.home, '.config'), 0o700)
    expect((await laptop.run(['connect', url, code])).code).toBe(0)
  },
)

it('the owner of a hub at any port is found and let in, before and after the first key, and a revoked machine learns why', async () => {
  const [owner, laptop] = [machine(), machine()]
  const hub = await startHub(owner)
  expect((await owner.run(['sessions', 'list'])).code).toBe(0)
  const made = await owner.run(['keys', 'create', 'me'])
  expect(made.stderr).toContain('You are not locked out')
  expect((await fetch(`${hub}/api/whoami`)).status).toBe(401)
  expect((await owner.run(['sessions', 'list'])).code).toBe(0)
  const { stdout: link, stderr: said } = await owner.run(['open', '--print'])
  expect(said).toContain('It works once, within a minute')
  const followed = await fetch(link.trim(), { redirect: 'manual' })
  const cookie = followed.headers.get('set-cookie')?.split(';')[0] ?? ''
  expect(await (await fetch(`${hub}/api/whoami`, { headers: { cookie } })).json()).toMatchObject({ name: 'local owner', by: 'cookie' })
  const doctor = await owner.run(['doctor'])
  expect(doctor.stdout).toMatch(/\(the hub that runs on .*\.signalbox, process \d+/)
  expect(doctor.stdout).toContain('local owner')
  expect(doctor.stdout).not.toContain(readOwnerKey(path.join(owner.home, '.signalbox'))!.key.slice(4))

  const { url, code } = await invite(owner, '--name', 'lent')
  await laptop.run(['connect', url, code])
  const [lent] = (JSON.parse((await owner.run(['keys', 'list', '--json'])).stdout) as { key_id: string; name: string }[]).filter(
    ({ name }) => name === 'lent',
  )
  await owner.run(['keys', 'revoke', lent!.key_id])
  const refused = await laptop.run(['sessions', 'list'])
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/credentials\.json\).*signalbox machines invite.*signalbox connect/),
  ])
  // With another code it is in again.
  const again = await invite(owner)
  expect((await laptop.run(['connect', again.url, again.code])).code).toBe(0)
  expect((await laptop.run(['sessions', 'list'])).code).toBe(0)
})

it('a hub that has crashed is not found, and the error says where the address comes from', async () => {
  const owner = machine()
  const env = { NODE_ENV: 'development', PORT: '0', LOG_LEVEL: 'info' }
  const child = startNode([path.join(repositoryRoot, 'apps/hub/src/main.ts')], { env: { ...blank, HOME: owner.home, ...env } })
  await child.line(/listens on/)
  const file = path.join(owner.home, '.signalbox', 'hub.json')
  await expect.poll(() => fs.existsSync(file)).toBe(true)
  if (process.platform !== 'win32') expect(fs.statSync(file).mode & 0o777).toBe(0o600)
  await child.stop('SIGKILL')
  expect(fs.existsSync(file)).toBe(true)
  const { code, stderr } = await owner.run(['sessions', 'list'], { SIGNALBOX_URL: 'http://127.0.0.1:9' })
  expect([code, stderr]).toEqual([1, expect.stringContaining('(from SIGNALBOX_URL)')])
  const doctor = await owner.run(['doctor'])
  expect(doctor.stdout).toContain('no hub runs on')
  await startHub(owner)
  expect((await owner.run(['sessions', 'list'])).code).toBe(0)
})

it('a clean stop removes the address', async () => {
  const owner = machine()
  const child = startNode([path.join(repositoryRoot, 'apps/hub/src/main.ts')], {
    env: { ...blank, HOME: owner.home, NODE_ENV: 'development', PORT: '0', LOG_LEVEL: 'info' },
  })
  const file = path.join(owner.home, '.signalbox', 'hub.json')
  await expect.poll(() => fs.existsSync(file)).toBe(true)
  expect((await child.stop('SIGTERM')).code).toBe(0)
  expect(fs.existsSync(file)).toBe(false)
  expect(fs.existsSync(path.join(owner.home, '.signalbox', 'owner.key'))).toBe(true)
})

it('a collector started by hand, and commands, report with the key of their machine, which is bound to it', async () => {
  const [owner, laptop] = [machine(), machine()]
  const hub = await startHub(owner)
  const { url, code } = await invite(owner)
  const { calls } = writeTranscripts(path.join(laptop.home, '.claude'), { calls: 60 })
  const resets_at = new Date(Date.now() + 3_600_000).toISOString()
  const utilization = { five_hour: { utilization: 42, resets_at }, seven_day: { utilization: 7, resets_at } }
  fs.writeFileSync(
    path.join(laptop.home, '.claude.json'),
    JSON.stringify({ cachedUsageUtilization: { fetchedAtMs: Date.now(), accountUuid: 'a', utilization } }),
  )
  await laptop.run(['connect', url, code, '--no-plugin', '--no-statusline', '--no-service'], { MACHINE_ID: 'box-7' })
  const key = keyIn(credentialsOf(laptop))
  const child = startNode([bin, 'collector'], {
    env: { ...blank, HOME: laptop.home, XDG_CONFIG_HOME: undefined, LIMIT_SOURCES: 'claude-json', LOG_LEVEL: 'info' },
  })
  onTestFinished(async () => void (await child.stop('SIGTERM')))
  await child.line(new RegExp(`"hub":"${hub}".*"machine":"box-7".*collecting`))
  expect(child.output()).not.toContain(key)

  // Without MACHINE_ID too, commands speak for the machine that was connected.
  const added = await laptop.run(['sessions', 'add', '--project', 'p', '--json'])
  expect([added.code, JSON.parse(added.stdout)]).toMatchObject([0, { machine_id: 'box-7' }])
  const { session_id } = JSON.parse(added.stdout) as { session_id: string }
  expect((await laptop.run(['sessions', 'complete', session_id])).code).toBe(0)
  expect((await laptop.start(['run', '--project', 'p', '--', process.execPath, '--version']).finished).stderr).toBe('')
  const foreign = await laptop.run(['sessions', 'add', '--project', 'p', '--machine', 'box-8'])
  expect([foreign.code, foreign.stderr]).toEqual([1, expect.stringContaining('bound to the machine box-7, not box-8')])

  const ask = async (route: string) => (await fetch(`${hub}${route}`, { headers: { authorization: `Bearer ${key}` } })).json()
  const wait = { timeout: 30_000 }
  await expect.poll(() => ask('/api/usage?group=machine'), wait).toMatchObject({ rows: [{ machine: 'box-7', calls: calls.length }] })
  await expect
    .poll(() => ask('/api/claude/console-usage'), wait)
    .toMatchObject({ machine_id: 'box-7', currentSession: { percentageUsed: 42 } })
  await expect.poll(() => ask('/machines'), wait).toMatchObject([{ machine_id: 'box-7', collector: { connected: true } }])
  expect(((await ask('/sessions')) as { machine_id: string; status: string }[]).map((row) => [row.machine_id, row.status])).toEqual([
    ['box-7', 'completed'],
    ['box-7', 'completed'],
  ])

  // Without a service none takes over, and a second collector would be refused.
  const words = ['--no-plugin', '--no-statusline']
  const again = await laptop.run(['connect', url, ...words])
  expect(again.stdout).toMatch(/service .*not made.*A collector runs already \(process \d+\), until it is stopped/)
  expect(again.stdout).not.toMatch(/takes over|by hand/)
  const other = machine()
  const elsewhere = await startHub(other)
  const moved = await laptop.run(['connect', elsewhere, (await invite(other)).code, ...words])
  expect(moved.stdout).toContain(`and sends to ${hub}: stop it, and start another one by hand: signalbox collector`)
  program(laptop, 'systemctl', '')
  expect((await laptop.run(['connect', elsewhere, ...words])).stdout).toMatch(/written[\s\S]*the service takes over when that one ends/)
})

/** Stands in for a program of another maker: it writes its arguments down. */
function program({ bin: folder }: Machine, name: string, script: string): () => string[] {
  const log = path.join(folder, `${name}.log`)
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\nPATH=/usr/bin:/bin\necho "$*" >> '${log}'\n${script}\n`, { mode: 0o755 })
  return () => (fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\n') : [])
}

it.skipIf(process.platform !== 'linux')('with a systemd session the collector becomes a service, which undo removes', async () => {
  const laptop = machine()
  const { url, code } = await invite(owner)
  const calls = program(laptop, 'systemctl', '')
  const connected = await laptop.run(['connect', url, code, '--no-plugin', '--no-statusline'], {
    CLAUDE_CONFIG_DIR: path.join(laptop.home, '100% "mine" $HOME'),
  })
  expect([connected.code, connected.stdout]).toEqual([
    0,
    expect.stringMatching(/service .*signalbox-collector\.service: written, and the collector is started/),
  ])
  const unit = path.join(laptop.home, '.config', 'systemd', 'user', 'signalbox-collector.service')
  expect(fs.readFileSync(unit, 'utf8')).not.toContain(keyIn(credentialsOf(laptop)))
  verifyUnit(unit)
  expect(calls()).toEqual([
    '--user show-environment',
    '--user daemon-reload',
    '--user enable signalbox-collector.service',
    '--user restart signalbox-collector.service',
  ])
  expect((await laptop.run(['connect', '--undo'])).stdout).toMatch(/service .*the collector is stopped/)
  expect(calls()).toContain('--user disable --now signalbox-collector.service')
  expect(contentOf(laptop.home)).toEqual({})

  // A unit that was written by hand stays.
  fs.mkdirSync(path.dirname(unit), { recursive: true })
  fs.writeFileSync(unit, '[Service]\nExecStart=/bin/true\n')
  const before = contentOf(laptop.home)
  const next = await invite(owner)
  expect((await laptop.run(['connect', next.url, next.code, '--no-plugin', '--no-statusline'])).stdout).toContain('stays as it is')
  await laptop.run(['connect', '--undo'])
  expect(contentOf(laptop.home)).toEqual(before)
})

/** By systemd itself, where it is there. */
function verifyUnit(file: string): void {
  try {
    execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' })
  } catch {
    return
  }
  const runtime = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-run-'))
  onTestFinished(() => fs.rmSync(runtime, { recursive: true, force: true }))
  const output = execFileSync('systemd-analyze', ['verify', '--user', file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_RUNTIME_DIR: runtime },
  })
  expect(output).toBe('')
}
