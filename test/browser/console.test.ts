import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { findBrowser } from '@signalbox/browser/find-browser'
import type { LimitReading } from '@signalbox/contract/limits'
import { readingSchema } from '@signalbox/contract/limits'
import { openLedger } from '@signalbox/ledger'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { signalbox, startSignalbox } from '../../apps/cli/src/cli.suite.ts'
import type { ConsoleStatus } from '../../apps/collector/src/limits/console/console-status.ts'
import { consolePlaces } from '../../apps/collector/src/limits/console/places.ts'
import { browserProcesses, endBrowser } from '../../apps/collector/src/limits/console/processes.ts'
import { readInChild } from '../../apps/collector/src/limits/console/reader.ts'
import { signIn } from '../../apps/collector/src/limits/console/sign-in.ts'
import { start } from '../support/child.ts'
import { tempFolder } from '../support/temp.ts'
import { forMembers, fullRows, pageOf, rowOf, startUsageSite, type UsageSite } from './usage-site.ts'

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
/** A reading may take so long, in milliseconds. */
const LONGEST = 15_000

/** A machine on which somebody has signed in. */
function machine({ profile = true } = {}) {
  const folder = tempFolder()
  const places = consolePlaces(folder)
  if (profile) fs.mkdirSync(places.profile, { recursive: true })
  onTestFinished(async () => void (await endBrowser(places.profile)))
  const env = { DATA_DIR: folder, CLAUDE_CONSOLE_URL: site.url, MACHINE_ID: 'box', TZ: 'Europe/Berlin' }
  return { folder, places, env }
}
type Machine = ReturnType<typeof machine>

interface Once {
  readonly code: number | null
  readonly reading: LimitReading
  readonly error: { category: string; message: string; suggestion?: string; reason?: string } | undefined
  readonly stderr: string
  /** Milliseconds by its own account. */
  readonly ms: number
}

/** `signalbox console once --json`; whatever comes of it, no process of the browser may be left. */
async function once({ folder, places, env }: Machine, more: Record<string, string> = {}): Promise<Once> {
  const { code, stdout, stderr } = await signalbox(folder, ['console', 'once', '--json', '--verbose'], { ...env, ...more })
  expect(await browserProcesses(places.profile)).toEqual([])
  const body = JSON.parse(stdout) as LimitReading & { error?: Once['error'] }
  const [, ms = '0'] = /(\d+) ms: (?:read|[A-Z_]+:)/.exec(stderr) ?? []
  return { code, reading: body, error: body.error, stderr, ms: Number(ms) }
}

/** The windows of a reading that every hub would take, and nothing else of it. */
function windowsOf({ reading }: Once) {
  const { currentSession, weeklyLimits } = readingSchema.parse(reading)
  return { currentSession, ...weeklyLimits }
}

/** The next Thursday, 7:00 in Berlin, as the wire has it. */
const thursday = expect.stringMatching(/T0[56]:00:00\.000Z$/)
const full = {
  currentSession: { resetsIn: '1 hr 12 min', percentageUsed: 63, resetsAt: expect.any(String) },
  allModels: { resetsIn: 'Thu 7:00 AM', percentageUsed: 22, resetsAt: thursday },
  opusOnly: { resetsIn: 'Thu 7:00 AM', percentageUsed: 5, resetsAt: thursday, label: 'Opus only' },
}

describe('the usage page', () => {
  test('is read whole: every row, in wire form, and nothing of what stands around them', async () => {
    const read = await once(machine())
    expect(read.code).toBe(0)
    expect(windowsOf(read)).toEqual(full)
    const { lastUpdated, planInfo, source, machine_id, isPartial, extractionErrors } = read.reading
    expect({ planInfo, source, machine_id, isPartial, extractionErrors }).toEqual({
      planInfo: { name: 'Max', tier: '20x' },
      source: 'console',
      machine_id: 'box',
    })
    expect(Math.abs(Date.parse(lastUpdated) + 72 * 60_000 - Date.parse(read.reading.currentSession?.resetsAt ?? ''))).toBeLessThan(1_000)
    expect(read.ms).toBeLessThan(LONGEST)
    // Light: no pictures and no fonts.
    expect(site.asked.filter((one) => /png|woff/.test(one))).toEqual([])
    expect(read.stderr).toMatch(/the profile .* is of \d{4}-/)
  })

  test('is waited for while its rows arrive late, one after the other', async () => {
    const late = [
      [1500, '#session', rowOf(fullRows.session)],
      [3000, '#weekly', rowOf(fullRows.weekly[0] ?? { label: '' })],
      [3600, '#weekly', fullRows.weekly.map(rowOf).join('')],
    ]
    site.page = (_, response) =>
      void response.end(
        pageOf({
          script: `for (const [ms, where, html] of ${JSON.stringify(late)}) setTimeout(() => (document.querySelector(where).innerHTML = html), ms)`,
        }),
      )
    const read = await once(machine())
    expect(windowsOf(read)).toEqual(full)
    expect(read.reading.isPartial).toBeUndefined()
  })

  test('gives what there is when a section does not come for five seconds, and says which', async () => {
    site.page = (_, response) => void response.end(pageOf({ weekly: fullRows.weekly }))
    const read = await once(machine())
    expect(read.code).toBe(0)
    expect(windowsOf(read)).toEqual({ allModels: full.allModels, opusOnly: full.opusOnly })
    expect(read.reading).toMatchObject({
      isPartial: true,
      extractionErrors: { currentSession: 'there is no row of this name on the page' },
    })
    expect(read.ms).toBeGreaterThan(5_000)
    expect(read.ms).toBeLessThan(LONGEST)
  })

  test('has notices with percentages that are no rows', async () => {
    site.page = (_, response) =>
      void response.end(
        pageOf({ ...fullRows, notices: ['Get 40% off your first year.', '50% higher weekly limits until Dec 13!', '25% off'] }),
      )
    expect(windowsOf(await once(machine()))).toEqual(full)
  })

  test('has windows that begin with the next message', async () => {
    site.page = (_, response) =>
      void response.end(
        pageOf({
          session: { label: 'Current session', reset: 'Starts when a message is sent', used: '0% used' },
          weekly: [{ label: 'All models', reset: 'Resets in 13 hr 38 min', used: '3% used' }],
        }),
      )
    const read = await once(machine())
    expect(windowsOf(read)).toEqual({
      currentSession: { percentageUsed: 0, idle: true },
      allModels: { resetsIn: '13 hr 38 min', percentageUsed: 3, resetsAt: expect.any(String) },
    })
    expect(read.reading.isPartial).toBeUndefined()
  })

  test('has a row for a model that nobody knows yet', async () => {
    const fable = { label: 'Fable 2 only', reset: 'Resets Thu 7:00 AM', used: '44% used' }
    site.page = (_, response) => void response.end(pageOf({ ...fullRows, weekly: [...fullRows.weekly, fable] }))
    expect(windowsOf(await once(machine()))).toEqual({
      ...full,
      fable2Only: { resetsIn: 'Thu 7:00 AM', percentageUsed: 44, resetsAt: thursday, label: 'Fable 2 only' },
    })
  })

  test('has a row that lost its number: it is missed by name, and gets no other', async () => {
    const { used: _, ...lost } = fullRows.session
    site.page = (_, response) => void response.end(pageOf({ ...fullRows, session: lost }))
    const read = await once(machine())
    expect(read.code).toBe(0)
    expect(windowsOf(read)).toEqual({ allModels: full.allModels, opusOnly: full.opusOnly })
    expect(read.reading.isPartial).toBe(true)
    expect(read.reading.extractionErrors).toEqual({ currentSession: expect.stringContaining('Resets in 1 hr 12 min') })
  })

  test('is understood in another language, with a 24-hour clock', async () => {
    site.page = (_, response) =>
      void response.end(
        pageOf({
          language: 'de',
          headings: { plan: 'Nutzungslimits des Plans', weekly: 'Wöchentliche Limits' },
          notices: ['50 % mehr bis zum 13. Dezember'],
          session: { label: 'Aktuelle Sitzung', reset: 'Zurücksetzung in 1 Std. 12 Min.', used: '63 % verwendet' },
          weekly: [
            { label: 'Alle Modelle', reset: 'Zurücksetzung Do., 07:00', used: '22 % verwendet' },
            { label: 'Nur Opus', reset: 'Zurücksetzung Do., 07:00', used: '5 % verwendet' },
          ],
        }),
      )
    expect(windowsOf(await once(machine()))).toEqual({
      currentSession: { resetsIn: '1 Std. 12 Min.', percentageUsed: 63, resetsAt: expect.any(String) },
      allModels: { resetsIn: 'Do., 07:00', percentageUsed: 22, resetsAt: thursday },
      opusOnly: { resetsIn: 'Do., 07:00', percentageUsed: 5, resetsAt: thursday, label: 'Opus only' },
    })
  })

  test('gives its own answer first, exactly, whatever its rows say', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    site.page = (_, response) =>
      void response.end(
        pageOf({ ...fullRows, script: `fetch('/api/organizations/7c9e6679-7425-40de-944b-e07fc1f90ae7/usage').then((a) => a.json())` }),
      )
    site.answer = (response) => {
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({
          five_hour: { utilization: 61.5, resets_at: soon },
          seven_day: { utilization: 20, resets_at: soon },
          seven_day_opus: null,
          limits: [{ kind: 'weekly_scoped', percent: 9, resets_at: soon, scope: { model: { display_name: 'Fable' } } }],
        }),
      )
    }
    const read = await once(machine())
    const window = { resetsIn: expect.any(String), resetsAt: soon }
    expect(windowsOf(read)).toEqual({
      currentSession: { ...window, percentageUsed: 61.5 },
      allModels: { ...window, percentageUsed: 20 },
      fableOnly: { ...window, percentageUsed: 9, label: 'Fable only' },
    })
    expect(read.stderr).toContain("the page's own answer")
  })

  test('is read by its rows where its own answer is an error or no JSON', async () => {
    site.page = (_, response) => void response.end(pageOf({ ...fullRows, script: `fetch('/api/organizations/7c9e/usage')` }))
    site.answer = (response) => void response.end('{"five_hour":')
    expect(windowsOf(await once(machine()))).toEqual(full)
  })

  test('may be slow for eight seconds, and that is no expired session', async () => {
    site.page = (_, response) => void setTimeout(() => response.end(pageOf(fullRows)), 8_000)
    const read = await once(machine())
    expect(windowsOf(read)).toEqual(full)
    expect(read.ms).toBeLessThan(LONGEST)
  })
})

describe('what goes wrong', () => {
  test('a sign-in page: SESSION_EXPIRED, in JSON and on stderr, and what to do', async () => {
    site.page = forMembers((_, response) => void response.end(pageOf(fullRows)))
    const read = await once(machine())
    expect(read.code).toBe(1)
    expect(read.error).toMatchObject({ category: 'SESSION_EXPIRED', suggestion: 'Sign in again: signalbox console login' })
    expect(read.stderr).toMatch(/signalbox: SESSION_EXPIRED: .*signalbox console login/)
  })

  test('a sign-in page that a script leads to', async () => {
    site.page = (_, response) => void response.end(`<main>Loading</main><script>setTimeout(() => (location = '/login'), 1500)</script>`)
    expect((await once(machine())).error?.category).toBe('SESSION_EXPIRED')
  })

  test('a page that never comes: NETWORK_ERROR, and not an expired session', async () => {
    site.page = () => {}
    const { folder, places, env } = machine()
    await expect(readInChild(places, { ...env, DATA_DIR: folder }, new AbortController().signal)).rejects.toMatchObject({
      category: 'NETWORK_ERROR',
      message: expect.stringContaining('did not answer within'),
    })
    expect(await browserProcesses(places.profile)).toEqual([])
  })

  test('a page that has changed: PAGE_CHANGED, with its text but for what is personal', async () => {
    site.page = (_, response) =>
      void response.end(
        `<!doctype html><html lang="en"><main><h1>Good morning, Ada Lovelace</h1><p>ada@analytical.example</p><p>Your budget is 47% full</p><p>Account 4711, $12.50</p></main></html>`,
      )
    const box = machine()
    const read = await once(box)
    expect(read.error).toMatchObject({ category: 'PAGE_CHANGED', suggestion: expect.stringContaining(box.places.diagnostics) })
    const [kept = ''] = fs.readdirSync(box.places.diagnostics)
    const text = fs.readFileSync(path.join(box.places.diagnostics, kept), 'utf8')
    expect(text).toContain('47%')
    for (const secret of ['Ada', 'Lovelace', 'analytical', '4711', '12.50']) expect(text).not.toContain(secret)
    if (process.platform !== 'win32') expect(fs.statSync(path.join(box.places.diagnostics, kept)).mode & 0o777).toBe(0o600)
    expect(read.ms).toBeLessThan(LONGEST)
  })

  test('no network: NETWORK_ERROR, tried three times', async () => {
    const closed = net.createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => closed.once('listening', resolve))
    const { port } = closed.address() as net.AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const read = await once(machine(), { CLAUDE_CONSOLE_URL: `http://127.0.0.1:${port}/settings/usage` })
    expect(read.error).toMatchObject({ category: 'NETWORK_ERROR', message: expect.stringContaining('ERR_CONNECTION_REFUSED') })
    expect(read.stderr.match(/opening the browser/g)).toHaveLength(3)
    expect(read.stderr).toContain('trying again in 5 s (2 of 2)')
  })

  test('an error of the site: NETWORK_ERROR with its number', async () => {
    site.page = (_, response) => {
      response.statusCode = 503
      response.end('<main><h1>Be back soon</h1></main>')
    }
    const { places, env } = machine()
    await expect(readInChild(places, env, new AbortController().signal)).rejects.toMatchObject({
      category: 'NETWORK_ERROR',
      message: 'the usage page answered 503.',
    })
  })

  test.runIf(linux)('a browser that crashes while it reads, and the next reading is well', async () => {
    const { places, env } = machine()
    let asked = 0
    site.page = (_, response) => {
      if (asked++ > 0) return void response.end(pageOf(fullRows))
      // The browser itself, and not only its page.
      const main = Number(fs.readlinkSync(path.join(places.profile, 'SingletonLock')).split('-').at(-1))
      process.kill(main, 'SIGKILL')
    }
    await expect(readInChild(places, env, new AbortController().signal)).rejects.toMatchObject({ category: 'UNKNOWN' })
    expect(await browserProcesses(places.profile)).toEqual([])
    expect((await readInChild(places, env, new AbortController().signal)).windows).toHaveLength(3)
  })

  test.runIf(linux)(
    'a browser that hangs is ended with all its processes, and so is a reading that hangs with it',
    async () => {
      const { places, env } = machine()
      let hangs: 'browser' | 'both' | 'nothing' = 'browser'
      site.page = async (_, response) => {
        if (hangs === 'nothing') return void response.end(pageOf(fullRows))
        const pids = await browserProcesses(places.profile)
        const main = Number(fs.readlinkSync(path.join(places.profile, 'SingletonLock')).split('-').at(-1))
        const reader = Number(/\) \w (\d+)/.exec(fs.readFileSync(`/proc/${main}/stat`, 'utf8'))?.[1])
        for (const pid of hangs === 'both' ? [reader, ...pids] : pids) process.kill(pid, 'SIGSTOP')
      }
      const { signal } = new AbortController()
      await expect(readInChild(places, env, signal)).rejects.toMatchObject({ category: 'NETWORK_ERROR' })
      expect(await browserProcesses(places.profile)).toEqual([])
      hangs = 'both'
      await expect(readInChild(places, env, signal, 12_000)).rejects.toMatchObject({
        message: 'the reading hung, and was ended after 12 s.',
      })
      expect(await browserProcesses(places.profile)).toEqual([])
      hangs = 'nothing'
      expect((await readInChild(places, env, signal)).windows).toHaveLength(3)
    },
    120_000,
  )

  test('a reading that is told to stop closes its browser', async () => {
    site.page = () => {}
    const { places, env } = machine()
    const stop = new AbortController()
    const reading = readInChild(places, env, stop.signal)
    while (site.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    stop.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
    expect(await browserProcesses(places.profile)).toEqual([])
  })

  test.runIf(linux)('a profile that a browser of the user has open: told apart from damage, with advice', async () => {
    const box = machine()
    const browser = findBrowser(process.env)?.path ?? ''
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const other = start(browser, [
      '--headless',
      '--disable-gpu',
      '--remote-debugging-port=0',
      ...root,
      `--user-data-dir=${box.places.profile}`,
      'about:blank',
    ])
    onTestFinished(async () => void (await other.stop('SIGKILL')))
    await other.line(/DevTools listening/)
    const { code, stdout } = await signalbox(box.folder, ['console', 'once', '--json'], box.env)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      error: {
        category: 'CONTEXT_CORRUPTED',
        message: expect.stringMatching(/^a browser \(process \d+\) has the profile/),
        suggestion: 'Close that browser; the profile itself is whole.',
        reason: 'locked',
      },
    })
    const reset = await signalbox(box.folder, ['console', 'reset', '--yes'], box.env)
    expect(reset).toMatchObject({ code: 1, stderr: expect.stringContaining('Close it first.') })
    expect(fs.existsSync(box.places.profile)).toBe(true)
  })

  test('a damaged profile: CONTEXT_CORRUPTED, and what to do', async () => {
    const box = machine({ profile: false })
    fs.writeFileSync(box.places.profile, 'no folder')
    expect((await once(box)).error).toMatchObject({
      category: 'CONTEXT_CORRUPTED',
      message: expect.stringContaining('it is no folder'),
      suggestion: expect.stringContaining('signalbox console reset'),
    })
  })

  test.runIf(linux)('a profile that a browser on another machine had open: where to look', async () => {
    const box = machine()
    fs.symlinkSync('another-machine-4711', path.join(box.places.profile, 'SingletonLock'))
    expect((await once(box)).error).toMatchObject({
      category: 'CONTEXT_CORRUPTED',
      reason: 'locked',
      message: expect.stringContaining('on the machine another-machine'),
      suggestion: expect.stringContaining('SingletonLock'),
    })
  })

  test('nobody has signed in, and no browser is opened for that', async () => {
    const box = machine({ profile: false })
    expect((await once(box)).error).toMatchObject({ category: 'SESSION_EXPIRED', message: 'nobody has signed in yet.' })
    expect(fs.existsSync(box.places.profile)).toBe(false)
  })

  test('no browser: which setting names one', async () => {
    const box = machine()
    const read = await once(box, { BROWSER_PATH: path.join(box.folder, 'no-such-browser') })
    expect(read.error).toMatchObject({
      category: 'UNKNOWN',
      message: expect.stringContaining('BROWSER_PATH'),
      suggestion: expect.stringContaining('unset'),
    })
  })
})

describe('the profile', () => {
  test('login ends by itself when the page shows its limits, and readings then go on without a person', async () => {
    site.page = forMembers((_, response) => void response.end(pageOf(fullRows)))
    const box = machine({ profile: false })
    const options = { places: box.places, url: site.url, machineId: 'box', env: { ...process.env, ...box.env } }
    // A visible browser, but for the screen, which the test machine has none of.
    const opened = vi.fn()
    const snapshot = await signIn({ ...options, opened, flags: ['--ozone-platform=headless'] })
    expect(opened).toHaveBeenCalledTimes(1)
    expect(snapshot.windows.map(({ label, percentUsed }) => [label, percentUsed])).toEqual([
      ['Current session', 63],
      ['All models', 22],
      ['Opus only', 5],
    ])
    expect(await browserProcesses(box.places.profile)).toEqual([])
    if (process.platform !== 'win32') expect(fs.statSync(box.places.profile).mode & 0o777).toBe(0o700)
    // After the sign-in it landed elsewhere, and was led to the usage page.
    expect(site.asked).toContain('/new')
    expect(windowsOf(await once(box))).toEqual(full)

    const status = await signalbox(box.folder, ['console', 'status', '--json'], box.env)
    expect(JSON.parse(status.stdout)).toMatchObject({
      state: 'not_running',
      profile: { exists: true, path: box.places.profile, since: expect.any(String), backup: false },
      last: { windows: 3 },
      reading: { source: 'console' },
    })

    // Carried to another machine, it is signed in there.
    const other = machine({ profile: false })
    fs.cpSync(box.places.profile, other.places.profile, { recursive: true, verbatimSymlinks: true })
    expect(windowsOf(await once(other))).toEqual(full)

    // Taken away, and brought back: still signed in.
    expect(await signalbox(box.folder, ['console', 'reset'], box.env)).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    expect(await signalbox(box.folder, ['console', 'reset', '--yes'], box.env)).toMatchObject({ code: 0 })
    expect((await once(box)).error?.category).toBe('SESSION_EXPIRED')
    expect(await signalbox(box.folder, ['console', 'reset', '--undo'], box.env)).toMatchObject({
      code: 0,
      stdout: 'The profile is back.\n',
    })
    expect(windowsOf(await once(box))).toEqual(full)

    // Chrome mends a damaged profile by forgetting what it cannot read: then somebody has to sign in, and that is said.
    for (const file of fs.readdirSync(box.places.profile, { recursive: true, encoding: 'utf8' }))
      if (path.basename(file) === 'Cookies') fs.writeFileSync(path.join(box.places.profile, file), 'x'.repeat(50_000))
    expect((await once(box)).error?.category).toBe('SESSION_EXPIRED')
  }, 180_000)

  test('login while the browser is closed by hand says so', async () => {
    site.page = (_, response) => void response.end('<main>Good morning</main>')
    const box = machine({ profile: false })
    const signing = signIn({
      places: box.places,
      url: site.url,
      machineId: 'box',
      env: { ...process.env, ...box.env },
      flags: ['--ozone-platform=headless'],
    })
    signing.catch(() => {})
    while (!site.asked.includes('/settings/usage')) await new Promise((resolve) => setTimeout(resolve, 50))
    // While a person signs in, nothing else opens the profile.
    const busy = await signalbox(box.folder, ['console', 'once', '--json'], box.env)
    expect(JSON.parse(busy.stdout)).toMatchObject({ error: { reason: 'busy', message: expect.stringContaining('sign-in') } })
    const [main] = [Number(fs.readlinkSync(path.join(box.places.profile, 'SingletonLock')).split('-').at(-1))]
    process.kill(main ?? 0, 'SIGTERM')
    await expect(signing).rejects.toMatchObject({ message: 'the browser was closed before the page showed its limits.' })
  })

  test.runIf(linux)('login without a display says what to do', async () => {
    const box = machine({ profile: false })
    const { code, stderr, stdout } = await signalbox(box.folder, ['console', 'login', '--json'], {
      ...box.env,
      DISPLAY: '',
      WAYLAND_DISPLAY: '',
    })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { category: 'UNKNOWN', suggestion: expect.stringContaining('ssh -X') } })
    expect(stderr).toMatch(/^signalbox: UNKNOWN: there is no display here/)
    expect(stderr).toContain(`bring its DATA_DIR/browser here as ${box.places.profile}.`)
    expect(fs.existsSync(box.places.profile)).toBe(false)
  })
})

test('of readings asked for at once by several processes, one has the browser at a time', async () => {
  const { places, folder, env } = machine()
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
    readInChild(places, env, new AbortController().signal),
    signalbox(folder, ['console', 'once', '--json'], env),
  ])
  expect(child.windows).toHaveLength(3)
  expect(command.code).toBe(0)
  expect(most).toBe(1)
})

test('eight readings one after the other leave no process behind', async () => {
  const { places, env } = machine()
  for (let reading = 0; reading < 8; reading++) {
    const snapshot = await readInChild(places, env, new AbortController().signal)
    expect(snapshot.windows.map(({ percentUsed }) => percentUsed)).toEqual([63, 22, 5])
    expect(await browserProcesses(places.profile)).toEqual([])
  }
}, 120_000)

test('a collector reads by itself as soon as somebody has signed in, keeps the reading, and says how it goes', async () => {
  site.page = forMembers((_, response) => void response.end(pageOf(fullRows)))
  const box = machine({ profile: false })
  const env = { ...box.env, LIMIT_SOURCES: 'console', SIGNALBOX_URL: 'http://127.0.0.1:1', LOG_LEVEL: 'silent' }
  const collector = startSignalbox(box.folder, ['collector'], env)
  onTestFinished(async () => void (await collector.stop()))
  const said = async (state: string) => {
    for (;;) {
      const { stdout } = await signalbox(box.folder, ['console', 'status', '--json'], env)
      const status = JSON.parse(stdout) as ConsoleStatus
      if (status.collector?.state === state) return status
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
  expect((await said('waiting')).collector?.next).toBe('reads after `signalbox console login`')
  await signIn({
    places: box.places,
    url: site.url,
    machineId: 'box',
    env: { ...process.env, ...env },
    flags: ['--ozone-platform=headless'],
  })
  const status = await said('ok')
  expect(status.collector).toMatchObject({ did: 'read 3 windows', nextAttemptAt: expect.any(String) })
  const ledger = openLedger({ dataDir: box.folder })
  expect(ledger.readings.pending()).toBe(1)
  ledger.close()
  await collector.stop()
  expect(await browserProcesses(box.places.profile)).toEqual([])
}, 120_000)
