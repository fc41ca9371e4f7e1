import fs from 'node:fs'
import path from 'node:path'
import { openLedger } from '@signalbox/ledger'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { signalbox, startSignalbox } from '../../apps/cli/src/cli.suite.ts'
import { browserProcesses } from '../../apps/collector/src/limits/console/browser-processes.ts'
import { readConsoleStatus } from '../../apps/collector/src/limits/console/console-status.ts'
import { signIn } from '../../apps/collector/src/limits/console/sign-in.ts'
import {
  browserOn,
  createMachine,
  fullWindows,
  type Machine,
  parseWindows,
  runOnce,
  takeSnapshotHere,
  waitUntil,
} from './console-machine.ts'
import { fullRows, pageOf, requireSignIn, rowOf, startUsageSite, type UsageSite } from './usage-site.ts'

let site: UsageSite
beforeAll(async () => {
  site = await startUsageSite()
})
afterAll(() => site.stop())
beforeEach(() => {
  site.page = requireSignIn((_, response) => void response.end(pageOf(fullRows)))
  site.asked.length = 0
})

/** Signs in with a headful browser without a display; the fake site submits its form by itself. */
function signInOn({ paths, env, url }: Machine, opened?: () => void) {
  return signIn({
    paths,
    url,
    machineId: 'box',
    env: { ...process.env, ...env },
    flags: ['--ozone-platform=headless'],
    ...(opened === undefined ? {} : { opened }),
  })
}

/** @returns the percentages of a snapshot, taken in this process */
const percentagesOn = async (machine: Machine) => (await takeSnapshotHere(machine)).windows.map(({ percentUsed }) => percentUsed)

test('login ends when the page shows its limits, and snapshots then work without it', async () => {
  // The 5-hour row comes after the others, as on a slow page.
  const late = `setTimeout(() => (document.querySelector('#session').innerHTML = ${JSON.stringify(rowOf(fullRows.session))}), 1500)`
  site.page = requireSignIn((_, response) => void response.end(pageOf({ weekly: fullRows.weekly, script: late })))
  const machine = createMachine(site, { profile: false })
  const { folder, paths, env } = machine
  const opened = vi.fn()
  const snapshot = await signInOn(machine, opened)
  expect(opened).toHaveBeenCalledTimes(1)
  expect(snapshot.windows.map(({ label, percentUsed }) => [label, percentUsed])).toEqual([
    ['5-hour limit', 63],
    ['Weekly limit', 22],
    ['Weekly limit · Opus', 5],
  ])
  expect(snapshot.isPartial).toBe(false)
  site.page = requireSignIn((_, response) => void response.end(pageOf(fullRows)))
  expect(await browserProcesses(paths.profile)).toEqual([])
  if (process.platform !== 'win32') expect(fs.statSync(paths.profile).mode & 0o777).toBe(0o700)
  // The sign-in redirected elsewhere, and the usage page was opened after it.
  expect(site.asked).toContain('/new')
  expect(parseWindows((await runOnce(machine)).snapshot)).toEqual(fullWindows)

  const status = await signalbox(folder, ['web', 'status', '--json'], env)
  expect(JSON.parse(status.stdout)).toMatchObject({
    state: 'not_running',
    profile: { exists: true, path: paths.profile, since: expect.any(String), backup: false },
    last: { windows: 3 },
    reading: { source: 'console' },
  })

  // A copy on another machine is signed in.
  const other = createMachine(site, { profile: false })
  fs.cpSync(paths.profile, other.paths.profile, { recursive: true, verbatimSymlinks: true })
  expect(await percentagesOn(other)).toEqual([63, 22, 5])

  // Reset and restored: still signed in.
  expect(await signalbox(folder, ['web', 'reset'], env)).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
  expect(await signalbox(folder, ['web', 'reset', '--yes'], env)).toMatchObject({ code: 0 })
  await expect(takeSnapshotHere(machine)).rejects.toMatchObject({ category: 'SESSION_EXPIRED' })
  expect(await signalbox(folder, ['web', 'reset', '--undo'], env)).toMatchObject({ code: 0, stdout: 'Profile restored.\n' })
  expect(await percentagesOn(machine)).toEqual([63, 22, 5])

  // Chrome repairs a damaged profile by dropping what it cannot read, which requires a new sign-in.
  for (const file of fs.readdirSync(paths.profile, { recursive: true, encoding: 'utf8' }))
    if (path.basename(file) === 'Cookies') fs.writeFileSync(path.join(paths.profile, file), 'x'.repeat(50_000))
  await expect(takeSnapshotHere(machine)).rejects.toMatchObject({ category: 'SESSION_EXPIRED' })
})

test('login reports that the browser was closed by hand', async () => {
  site.page = (_, response) => void response.end('<main>Good morning</main>')
  const machine = createMachine(site, { profile: false })
  const signingIn = signInOn(machine)
  signingIn.catch(() => {})
  await waitUntil(() => site.asked.includes('/settings/usage'))
  // During a sign-in nothing else opens the profile.
  const busy = await signalbox(machine.folder, ['web', 'once', '--json'], machine.env)
  expect(JSON.parse(busy.stdout)).toMatchObject({ error: { reason: 'busy', message: expect.stringContaining('sign-in') } })
  process.kill(browserOn(machine), 'SIGTERM')
  await expect(signingIn).rejects.toMatchObject({ message: 'the browser was closed before the page showed its limits.' })
})

test.runIf(process.platform === 'linux')('login without a display shows the suggested fix', async () => {
  const { folder, paths, env } = createMachine(site, { profile: false })
  const { code, stderr, stdout } = await signalbox(folder, ['web', 'login', '--json'], { ...env, DISPLAY: '', WAYLAND_DISPLAY: '' })
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ error: { category: 'UNKNOWN', suggestion: expect.stringContaining('ssh -X') } })
  expect(stderr).toMatch(/^signalbox: UNKNOWN: there is no display here/)
  expect(stderr).toContain(`bring its DATA_DIR/browser here as ${paths.profile}.`)
  expect(fs.existsSync(paths.profile)).toBe(false)
})

test('a collector takes a snapshot as soon as the profile is signed in, queues it, and reports its status', async () => {
  const machine = createMachine(site, { profile: false })
  const { folder, paths } = machine
  const env = { ...machine.env, LIMIT_SOURCES: 'console', SIGNALBOX_URL: 'http://127.0.0.1:1', LOG_LEVEL: 'silent' }
  const collector = startSignalbox(folder, ['collector'], env)
  onTestFinished(async () => void (await collector.stop()))
  const waitForState = async (state: string) => {
    await waitUntil(() => readConsoleStatus(paths).collector?.state === state)
    return readConsoleStatus(paths)
  }
  expect((await waitForState('waiting')).collector?.next).toMatch(/after `signalbox \w+ login`/)
  await signInOn(machine)
  const expected = { did: 'read 3 windows', nextAttemptAt: expect.any(String) }
  expect((await waitForState('ok')).collector).toMatchObject(expected)
  const { stdout } = await signalbox(folder, ['web', 'status', '--json'], env)
  expect(JSON.parse(stdout)).toMatchObject({ collector: { state: 'ok', ...expected } })
  const ledger = openLedger({ dataDir: folder })
  expect(ledger.snapshots.pending()).toBe(1)
  ledger.close()
  await collector.stop()
  expect(await browserProcesses(paths.profile)).toEqual([])
})
