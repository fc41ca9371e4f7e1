import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { findBrowser } from '@signalbox/browser/find-browser'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { signalbox } from '../../apps/cli/src/cli.suite.ts'
import { browserProcesses } from '../../apps/collector/src/limits/console/browser-processes.ts'
import { readInChild } from '../../apps/collector/src/limits/console/read-in-child.ts'
import { start } from '../support/child.ts'
import { createMachine, fullWindows, parseWindows, runOnce, takeSnapshotHere } from './console-machine.ts'
import { fullRows, pageOf, requireSignIn, startUsageSite, type UsageSite } from './usage-site.ts'

// Real commands and real browsers on a profile. Variants of the page itself are in usage-page.test.ts.

let site: UsageSite
beforeAll(async () => {
  site = await startUsageSite()
})
afterAll(() => site.stop())
beforeEach(() => {
  site.page = (_, response) => void response.end(pageOf(fullRows))
  site.answer = undefined
  site.asked.length = 0
})

const linux = process.platform === 'linux'
/** Upper limit of the duration of one snapshot. */
const MAX_SNAPSHOT_MS = 15_000

test('a snapshot is complete: every row in wire format, above 100 % too, and nothing else of the page; a next one misses what it had', async () => {
  const session = { ...fullRows.session, used: '163% used' }
  site.page = (_, response) => void response.end(pageOf({ ...fullRows, session }))
  const machine = createMachine(site)
  const { code, snapshot, stderr, ms } = await runOnce(machine)
  expect(code).toBe(0)
  expect(parseWindows(snapshot)).toEqual({ ...fullWindows, currentSession: { ...fullWindows.currentSession, percentageUsed: 163 } })
  const { lastUpdated, planInfo, source, machine_id, isPartial, extractionErrors } = snapshot
  expect({ planInfo, source, machine_id, isPartial, extractionErrors }).toEqual({
    planInfo: { name: 'Max', tier: '20x' },
    source: 'console',
    machine_id: 'box',
  })
  expect(Math.abs(Date.parse(lastUpdated) + 72 * 60_000 - Date.parse(snapshot.currentSession?.resetsAt ?? ''))).toBeLessThan(1_000)
  expect(ms).toBeLessThan(MAX_SNAPSHOT_MS)
  // No images and no fonts are loaded.
  expect(site.asked.filter((one) => /png|woff/.test(one))).toEqual([])
  expect(stderr).toMatch(/the profile .* was created \d{4}-/)
  site.page = (_, response) => void response.end(pageOf({ weekly: fullRows.weekly }))
  for (const _ of [1, 2]) {
    const { errors, isPartial } = await takeSnapshotHere(machine)
    expect([isPartial, errors]).toEqual([true, { currentSession: `its row is not on the page, where it was at ${lastUpdated}` }])
  }
})

describe('a failure', () => {
  test('a sign-in page: SESSION_EXPIRED in JSON and on stderr, with the suggested fix', async () => {
    site.page = requireSignIn((_, response) => void response.end(pageOf(fullRows)))
    const { code, error, stderr } = await runOnce(createMachine(site))
    expect(code).toBe(1)
    expect(error).toMatchObject({ category: 'SESSION_EXPIRED', suggestion: expect.stringMatching(/^Sign in again: signalbox \w+ login$/) })
    expect(stderr).toMatch(/signalbox: SESSION_EXPIRED: .*signalbox \w+ login/)
  })

  test('a changed page: PAGE_CHANGED, with its text in the diagnostics folder', async () => {
    site.page = (_, response) => {
      // With an error status the reader does not wait for the rows until its timeout.
      response.statusCode = 404
      response.end('<!doctype html><html lang="en"><main><p>Your budget is 47% full</p></main></html>')
    }
    const machine = createMachine(site)
    const { error } = await runOnce(machine)
    expect(error).toMatchObject({ category: 'PAGE_CHANGED', suggestion: expect.stringContaining(machine.paths.diagnostics) })
    const [name = ''] = fs.readdirSync(machine.paths.diagnostics)
    expect(fs.readFileSync(path.join(machine.paths.diagnostics, name), 'utf8')).toContain('47%')
  })

  test('no network: NETWORK_ERROR after three attempts', async () => {
    const closed = net.createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => closed.once('listening', resolve))
    const { port } = closed.address() as net.AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const { error, stderr } = await runOnce(createMachine(site), { CLAUDE_CONSOLE_URL: `http://127.0.0.1:${port}/settings/usage` })
    expect(error).toMatchObject({ category: 'NETWORK_ERROR', message: expect.stringContaining('ERR_CONNECTION_REFUSED') })
    expect(stderr.match(/opening the browser/g)).toHaveLength(3)
    expect(stderr).toContain('retrying in 5 s (2 of 2)')
  })

  test.runIf(linux)('a profile open in another browser: reported as locked, with the suggested fix', async () => {
    const machine = createMachine(site)
    const browser = findBrowser(process.env)?.path ?? ''
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const other = start(browser, [
      '--headless',
      '--disable-gpu',
      '--remote-debugging-port=0',
      ...root,
      `--user-data-dir=${machine.paths.profile}`,
      'about:blank',
    ])
    onTestFinished(async () => void (await other.stop('SIGKILL')))
    await other.line(/DevTools listening/)
    const { code, stdout } = await signalbox(machine.folder, ['web', 'once', '--json'], machine.env)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      error: {
        category: 'CONTEXT_CORRUPTED',
        message: expect.stringMatching(/^a browser \(process \d+\) has the profile/),
        suggestion: 'Close that browser; the profile itself is intact.',
        reason: 'locked',
      },
    })
    const reset = await signalbox(machine.folder, ['web', 'reset', '--yes'], machine.env)
    expect(reset).toMatchObject({ code: 1, stderr: expect.stringContaining('Close it first.') })
    expect(fs.existsSync(machine.paths.profile)).toBe(true)
  })

  test('a damaged profile: CONTEXT_CORRUPTED, with the suggested fix', async () => {
    const machine = createMachine(site, { profile: false })
    fs.writeFileSync(machine.paths.profile, 'no folder')
    await expect(takeSnapshotHere(machine)).rejects.toMatchObject({
      category: 'CONTEXT_CORRUPTED',
      message: expect.stringContaining('it is not a folder'),
      suggestion: expect.stringMatching(/signalbox \w+ reset/),
    })
  })

  test.runIf(linux)('a profile locked by another machine: names the machine and the lock file', async () => {
    const machine = createMachine(site)
    fs.symlinkSync('another-machine-4711', path.join(machine.paths.profile, 'SingletonLock'))
    await expect(takeSnapshotHere(machine)).rejects.toMatchObject({
      category: 'CONTEXT_CORRUPTED',
      reason: 'locked',
      message: expect.stringContaining('on the machine another-machine'),
      suggestion: expect.stringContaining('SingletonLock'),
    })
  })

  test('no profile: SESSION_EXPIRED without opening a browser', async () => {
    const machine = createMachine(site, { profile: false })
    await expect(takeSnapshotHere(machine)).rejects.toMatchObject({ category: 'SESSION_EXPIRED', message: 'there is no sign-in yet.' })
    expect(fs.existsSync(machine.paths.profile)).toBe(false)
  })

  test('no browser: names the setting', async () => {
    const machine = createMachine(site)
    const env = { BROWSER_PATH: path.join(machine.folder, 'no-such-browser') }
    await expect(takeSnapshotHere(machine, env)).rejects.toMatchObject({
      category: 'UNKNOWN',
      message: expect.stringContaining('BROWSER_PATH'),
      suggestion: expect.stringContaining('unset'),
    })
  })
})

test('snapshots of several processes use the browser one at a time', async () => {
  const { paths, folder, env } = createMachine(site)
  let open = 0
  let most = 0
  site.page = (_, response) => {
    most = Math.max(most, ++open)
    setTimeout(() => {
      open--
      response.end(pageOf(fullRows))
    }, 500)
  }
  const [child, command] = await Promise.all([
    readInChild(paths, env, new AbortController().signal),
    signalbox(folder, ['web', 'once', '--json'], env),
  ])
  expect(child.windows).toHaveLength(3)
  expect(command.code).toBe(0)
  expect(most).toBe(1)
})

test('four snapshots in a row leave no process behind', async () => {
  const { paths, env } = createMachine(site)
  for (let nth = 0; nth < 4; nth++) {
    const snapshot = await readInChild(paths, env, new AbortController().signal)
    expect(snapshot.windows.map(({ percentUsed }) => percentUsed)).toEqual([63, 22, 5])
    expect(await browserProcesses(paths.profile)).toEqual([])
  }
})
