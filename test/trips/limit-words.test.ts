import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { CollectorStatus } from '@signalbox/contract/collector'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand, startSignalbox } from '../../apps/cli/src/cli.suite.ts'
import { startNode } from '../support/child.ts'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from './box.ts'
import { startHubProcess } from './hub-process.ts'

const HOUR = 3_600
const TIMEOUT = 240_000
const route = '/api/claude/console-usage'
const seconds = () => Math.floor(Date.now() / 1000)

interface Resets {
  /** Seconds since 1970. */
  readonly five: number
  readonly seven: number
}

/** A machine with a hub, a collector and our status line, as `signalbox up` and `signalbox statusline install` set them up. */
async function startMachine() {
  const folder = tempFolder()
  const claude = path.join(folder, 'claude')
  fs.mkdirSync(claude)
  let up = startSignalbox(folder, ['up'], { PORT: '0', LIMIT_SOURCES: 'claude-json,statusline' })
  onTestFinished(async () => void (await up.stop()))
  let [, url = ''] = await up.line(/ is at (http:\S+)/)
  expect((await runCommand(folder, ['statusline', 'install'])).code).toBe(0)
  const settings = JSON.parse(fs.readFileSync(path.join(claude, 'settings.json'), 'utf8')) as { statusLine: { command: string } }
  const current = async (query = '') => {
    const answer = await fetch(`${url}${route}${query}`)
    return answer.ok ? ((await answer.json()) as CurrentLimits) : undefined
  }
  const percents = (limits: CurrentLimits | undefined) => [
    limits?.currentSession?.percentageUsed,
    limits?.weeklyLimits?.allModels?.percentageUsed,
  ]
  let askedAt = 0
  /** Asks for a snapshot, as Refresh does: after a read, which takes long on a busy machine, the collector rests for up to 20 s. */
  const readNow = async () => {
    if (performance.now() - askedAt < 1_000) return
    askedAt = performance.now()
    await fetch(`${url}${route}/trigger`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
  }
  return {
    current,
    /** Waits until the hub shows these percentages. */
    shows: (five: number, seven: number, query = '') =>
      until(
        async () => {
          await readNow()
          return current(query)
        },
        (limits) => percents(limits).join() === [five, seven].join(),
        60_000,
      ),
    percents: async (query = '') => percents(await current(query)),
    /** Runs the status line as Claude Code does. @returns what it shows */
    show(session: string, five: number, seven: number, resets: Resets): Promise<string> {
      const input = JSON.stringify({
        session_id: session,
        transcript_path: path.join(claude, 'projects', '-work', `${session}.jsonl`),
        model: { display_name: 'Saga 1' },
        rate_limits: {
          five_hour: { used_percentage: five, resets_at: resets.five },
          seven_day: { used_percentage: seven, resets_at: resets.seven },
        },
      })
      return new Promise((resolve, reject) => {
        const child = spawn(settings.statusLine.command, { shell: true, env: { ...process.env, COLUMNS: '97' } })
        let stdout = ''
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          stdout += text
        })
        child.on('error', reject)
        child.on('close', () => resolve(stdout))
        child.stdin.end(input)
      })
    },
    /** Claude Code's own file, as it is after a sign-in with an account or a refresh of its limits. */
    writeClaudeFile(account: string, five: number, seven: number, resets: Resets, extra?: object) {
      const iso = (at: number) => new Date(at * 1000).toISOString()
      const utilization = {
        five_hour: { utilization: five, resets_at: iso(resets.five) },
        seven_day: { utilization: seven, resets_at: iso(resets.seven) },
        ...(extra === undefined ? {} : { extra_usage: extra }),
      }
      const file = path.join(claude, '.claude.json')
      const cachedUsageUtilization = { fetchedAtMs: Date.now(), accountUuid: account, utilization }
      fs.writeFileSync(`${file}.tmp`, JSON.stringify({ oauthAccount: { accountUuid: account }, cachedUsageUtilization }))
      fs.renameSync(`${file}.tmp`, file)
    },
    async untilRead() {
      const spool = path.join(folder, 'data', 'statusline', 'spool')
      await until(
        async () => {
          await readNow()
          return fs.readdirSync(spool).length
        },
        (left) => left === 0,
        60_000,
      )
    },
    async restart() {
      await up.stop()
      up = startSignalbox(folder, ['up'], { PORT: '0', LIMIT_SOURCES: 'claude-json,statusline' })
      url = (await up.line(/ is at (http:\S+)/))[1] ?? ''
    },
  }
}

test.skipIf(process.platform === 'win32')(
  'a percentage over 100 reaches the hub from the status line and from the file of Claude Code, with the money of extra usage',
  async () => {
    const machine = await startMachine()
    const resets = { five: seconds() + 3 * HOUR, seven: seconds() + 60 * HOUR }
    await machine.show('works', 98, 60, resets)
    await machine.shows(98, 60)
    expect(await machine.show('works', 101, 61, resets)).toContain('5 h 101%')
    await machine.shows(101, 61)
    const extra = { is_enabled: true, monthly_limit: 5000, used_credits: 1250, utilization: 25, currency: 'USD', decimal_places: 2 }
    machine.writeClaudeFile('acc-a', 102, 62, resets, extra)
    const limits = await machine.shows(102, 62)
    const { utilization, ...amounts } = extra
    expect(limits?.extraUsage).toEqual({ ...amounts, percentageUsed: utilization })
    expect(limits?.isPartial).toBeUndefined()
  },
  TIMEOUT,
)

test.skipIf(process.platform === 'win32')(
  'an early reset lowers the window, which neither an open terminal nor a restart brings back',
  async () => {
    const machine = await startMachine()
    const resets = { five: seconds() + 3 * HOUR, seven: seconds() + 100 * HOUR }
    await machine.show('sleeps', 39, 62, resets)
    await machine.show('works', 40, 62, resets)
    await machine.shows(40, 62)
    await machine.show('works', 41, 2, resets)
    await machine.shows(41, 2)
    await machine.show('works', 42, 3, resets)
    await machine.shows(42, 3)
    const earlier = { ...resets, seven: resets.seven - 24 * HOUR }
    await machine.show('works', 43, 5, earlier)
    expect((await machine.shows(43, 5))?.weeklyLimits?.allModels?.resetsAt).toBe(new Date(earlier.seven * 1000).toISOString())
    await machine.restart()
    await machine.show('sleeps', 39, 62, resets)
    await machine.untilRead()
    machine.writeClaudeFile('acc-a', 44, 6, earlier)
    await machine.shows(44, 6)
    await machine.show('sleeps', 39, 62, resets)
    await machine.untilRead()
    await machine.show('works', 45, 7, earlier)
    await machine.shows(45, 7)
  },
  TIMEOUT,
)

test.skipIf(process.platform === 'win32')(
  'after a sign-in with another account an open terminal speaks for the old one, also after a restart',
  async () => {
    const machine = await startMachine()
    const a = { five: seconds() + 4 * HOUR, seven: seconds() + 90 * HOUR }
    const b = { five: seconds() + 2 * HOUR, seven: seconds() + 50 * HOUR }
    machine.writeClaudeFile('acc-a', 70, 62, a)
    await machine.shows(70, 62)
    machine.writeClaudeFile('acc-b', 3, 8, b)
    await machine.shows(3, 8, '?account=acc-b')
    await machine.restart()
    await machine.show('of-a', 71, 62, a)
    await machine.shows(71, 62, '?account=acc-a')
    expect(await machine.percents('?account=acc-b')).toEqual([3, 8])
    await machine.show('of-b', 6, 10, b)
    const limits = await machine.shows(6, 10, '?account=acc-b')
    expect(limits?.account).toBe('acc-b')
    expect(await machine.percents('?account=acc-a')).toEqual([71, 62])
  },
  TIMEOUT,
)

/**
 * A module that gives the program that loads it a wrong clock, or lets time pass for it.
 * @returns its path, and a function that sets the milliseconds by which a program's clock is ahead, and that have passed
 */
function clockModule(folder: string): [file: string, set: (program: 'hub' | 'collector', ahead: number, passed: number) => void] {
  const file = path.join(folder, 'clock.mjs')
  const settings = JSON.stringify(path.join(folder, 'clock-of-'))
  fs.writeFileSync(
    file,
    `import { readFileSync } from 'node:fs'
    const [date, time] = [Date.now, performance.now.bind(performance)]
    let [ahead, passed] = [0, 0]
    const read = () => {
      try { [ahead, passed] = JSON.parse(readFileSync(${settings} + process.env.CLOCK, 'utf8')) } catch {}
    }
    read()
    setInterval(read, 50).unref()
    Date.now = () => date() + ahead + passed
    performance.now = () => time() + passed`,
  )
  return [
    file,
    (program, ahead, passed) => {
      const target = path.join(folder, `clock-of-${program}`)
      fs.writeFileSync(`${target}.tmp`, JSON.stringify([ahead, passed]))
      fs.renameSync(`${target}.tmp`, target)
    },
  ]
}

test(
  'a machine whose clock is seven minutes ahead is reported everywhere, and once it is set what was held arrives by itself',
  async () => {
    const folder = tempFolder()
    const claude = path.join(folder, 'claude')
    fs.mkdirSync(claude)
    const [clock, setClock] = clockModule(folder)
    setClock('collector', 420_000, 0)
    const hub = await startHubProcess({ DATA_DIR: path.join(folder, 'hub'), NODE_OPTIONS: `--import ${clock}`, CLOCK: 'hub' })
    const writeClaudeFile = (accountUuid: string, percent: number, fetchedAtMs: number) => {
      const utilization = { five_hour: { utilization: percent, resets_at: new Date(Date.now() + 3 * HOUR * 1000).toISOString() } }
      const file = path.join(claude, '.claude.json')
      fs.writeFileSync(`${file}.tmp`, JSON.stringify({ cachedUsageUtilization: { fetchedAtMs, accountUuid, utilization } }))
      fs.renameSync(`${file}.tmp`, file)
    }
    writeClaudeFile('acc-a', 19, Date.now() + 420_000)
    const env = {
      DATA_DIR: path.join(folder, 'data'),
      CLAUDE_CONFIG_DIR: claude,
      EXTRA_TRANSCRIPT_DIRS: '',
      SIGNALBOX_URL: hub.url,
      CLAUDE_SYNC_URL: '',
      CLAUDE_SYNC_API_KEY: 'trip',
      SIGNALBOX_API_KEY: '',
      MACHINE_ID: 'laptop',
      LIMIT_SOURCES: 'claude-json',
    }
    const collector = startNode(['--import', clock, path.join(repositoryRoot, 'apps/collector/src/main.ts')], {
      env: { ...env, CLOCK: 'collector' },
    })
    onTestFinished(async () => void (await collector.stop('SIGKILL')))
    const refused = await until(
      () => hub.ask<{ suggestion?: string; details?: { collector?: { clockSkewMs?: number } } }>('GET', route),
      ({ body }) => body.suggestion?.includes('ahead of') === true,
      60_000,
    )
    expect(refused.body.suggestion).toContain("Not yet: the clock of laptop is 7 min ahead of the hub's")
    expect(Math.round((refused.body.details?.collector?.clockSkewMs ?? 0) / 60_000)).toBe(7)
    const readStatus = async () => JSON.parse(fs.readFileSync(path.join(folder, 'data', 'collector.json'), 'utf8')) as CollectorStatus
    const status = await until(readStatus, ({ limits }) => limits?.sync.held === 1, 60_000)
    expect(status.limits?.sync).toMatchObject({ pending: 1, held: 1, set_aside: 0 })
    const shown = await runCommand(folder, ['collector', 'status'], env)
    expect(shown.stdout).toMatch(/Clock +the clock of this machine is 7 min ahead of the hub/)
    const doctor = await runCommand(folder, ['doctor'], env)
    expect(doctor.stdout).toContain('7 min ahead of the hub')
    const words = await runCommand(folder, ['limits'], { ...env, SIGNALBOX_API_KEY: 'trip' })
    expect(words.stderr).toContain("Not yet: the clock of laptop is 7 min ahead of the hub's")
    expect([words.stdout, words.stderr].join()).not.toContain('soon')

    setClock('collector', 0, 0)
    writeClaudeFile('acc-a', 25, Date.now())
    const current = async (query = '') => (await hub.ask<CurrentLimits>('GET', `${route}${query}`)).body
    const isWell = ({ currentSession, collector }: CurrentLimits) =>
      currentSession?.percentageUsed === 25 && collector?.clockSkewMs === undefined
    expect((await until(current, isWell, 60_000)).versionInfo.total).toBe(1)
    expect((await readStatus()).limits?.sync).toMatchObject({ pending: 1, held: 1 })

    // Its time comes, and a new snapshot with it.
    for (const program of ['hub', 'collector'] as const) setClock(program, 0, 430_000)
    writeClaudeFile('acc-a', 26, Date.now() + 430_000)
    await until(current, ({ versionInfo, currentSession }) => versionInfo.total === 3 && currentSession?.percentageUsed === 26, 60_000)
    expect((await current('?version=2')).currentSession).toMatchObject({ percentageUsed: 19, asOf: expect.any(String) })
    // The file is written after the delivery, so it may still have the former counts.
    const isReported = ({ limits }: CollectorStatus) => limits?.sync.pending === 0 && limits.sync.readings === 3
    const { limits: done } = await until(readStatus, isReported, 60_000)
    expect(done?.sync).toMatchObject({ set_aside: 0 })
    expect(done?.sync).not.toHaveProperty('held')
  },
  TIMEOUT,
)
