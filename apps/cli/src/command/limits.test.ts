import fs from 'node:fs'
import path from 'node:path'
import { currentReadingSchema, type LimitReading } from '@signalbox/contract/limits'
import { openLedger } from '@signalbox/ledger'
import type { LimitSnapshot, PlanWindow } from '@signalbox/usage/limit-snapshot'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { signalbox } from '../cli.suite.ts'
import { limitsText } from '../limits/show.ts'
import type { ShownReading } from '../limits/shown-reading.ts'
import { openState } from '../state.suite.ts'
import type { Terminal } from '../terminal.ts'
import { widthOf } from '../width.ts'

const MINUTE = 60_000
const nobody = { SIGNALBOX_URL: 'http://127.0.0.1:1' }

const window = (kind: PlanWindow['kind'], label: string, percentUsed: number, more: Partial<PlanWindow> = {}): PlanWindow => ({
  kind,
  label,
  percentUsed,
  resetsAt: Date.now() + 90 * MINUTE,
  state: 'known',
  ...more,
})

/** A ledger with these readings, so many minutes old. */
function ledgerOf(folder: string, ...readings: [age: number, snapshot: Partial<LimitSnapshot>][]) {
  const ledger = openLedger({ dataDir: path.join(folder, 'data') })
  for (const [age, snapshot] of readings) {
    const capturedAt = Date.now() - age * MINUTE
    ledger.readings.put({
      source: 'console',
      machineId: 'laptop',
      capturedAt,
      receivedAt: capturedAt,
      windows: [],
      isPartial: false,
      ...snapshot,
    })
  }
  ledger.close()
}

const fromHub = (minutes: number): LimitReading => ({
  lastUpdated: new Date(Date.now() - minutes * MINUTE).toISOString(),
  currentSession: { resetsIn: '2 hr 42 min', percentageUsed: 47, resetsAt: new Date(Date.now() + 162 * MINUTE).toISOString() },
  weeklyLimits: {
    fableOnly: {
      resetsIn: 'Thu 7:00 AM',
      percentageUsed: 91,
      resetsAt: new Date(Date.now() + 3_000 * MINUTE).toISOString(),
      label: 'Fable only',
    },
  },
  planInfo: { name: 'Max' },
  source: 'console',
  machine_id: 'laptop',
})

test('the hub is asked: its answer is what --json prints, and the table tells it', async () => {
  const { client, json, run } = await openState()
  await client.createLimitReading(fromHub(2))
  const answer = currentReadingSchema.parse(await json(['limits']))
  expect(answer).toMatchObject({ currentSession: { percentageUsed: 47 }, source: 'console', versionInfo: { total: 1 }, isStale: false })
  const { code, stdout, stderr } = await run(['limits'], { COLUMNS: '140' })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^Plan Max · read 2 min ago by console on laptop\n/)
  expect(stdout).toMatch(/^Current session {2}━+.* 47 % +46 % {2}in 2 h 4\d min \(\d\d:\d\d\)$/m)
  expect(stdout).toMatch(/^Fable only .* 91 % .*\((Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d\) +Approaching usage limit$/m)
})

test('--local asks no hub and merges what this machine has read, as the hub does', async () => {
  const folder = tempFolder()
  ledgerOf(
    folder,
    [
      30,
      { windows: [window('session', 'Current session', 40), window('weekly_all', 'All models', 31)], plan: { name: 'Pro' }, account: 'a' },
    ],
    [3, { source: 'statusline', windows: [window('session', 'Current session', 44)] }],
  )
  const { code, stdout, stderr } = await signalbox(folder, ['limits', '--local', '--json'], nobody)
  expect(code).toBe(0)
  expect(stderr).toContain('2 readings not at the hub yet')
  const reading = JSON.parse(stdout)
  expect(currentReadingSchema.partial({ versionInfo: true }).strict().parse(reading)).toMatchObject({
    source: 'statusline',
    ageMinutes: expect.closeTo(3, 0),
    account: 'a',
    planInfo: { name: 'Pro' },
    currentSession: { percentageUsed: 44 },
    weeklyLimits: { allModels: { percentageUsed: 31, asOf: expect.any(String) } },
  })
  expect(reading.currentSession).not.toHaveProperty('asOf')
})

test('a hub that is away, refuses or has none is told on stderr, and this machine is asked', async () => {
  const folder = tempFolder()
  ledgerOf(folder, [3, { windows: [window('session', 'Current session', 44)] }])
  const away = await signalbox(folder, ['limits'], nobody)
  expect(away.code).toBe(0)
  expect(away.stderr).toMatch(/No connection to http:\/\/127\.0\.0\.1:1.*This is what was read on this machine/)
  expect(away.stdout).toContain('44 %')
  const { url } = await openState()
  const refused = await signalbox(folder, ['limits'], { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: 'wrong' })
  expect(refused.stderr).toMatch(/Invalid API key.*signalbox keys create/)
  expect(refused.stdout).toContain('44 %')
  const state = await openState()
  const empty = await signalbox(folder, ['limits', '--json'], { SIGNALBOX_URL: state.url, SIGNALBOX_API_KEY: 'sbx_nothing' })
  expect(JSON.parse(empty.stdout)).toMatchObject({ currentSession: { percentageUsed: 44 } })
})

test('without any reading it says so, what the hub says, and what to do, and ends with 1', async () => {
  const { run } = await openState()
  const { code, stdout } = await run(['limits'])
  expect(code).toBe(1)
  expect(stdout).toContain('No reading of the plan limits yet.')
  expect(stdout).toMatch(/Hub: There is no reading of the plan limits yet\. No collector has been heard yet/)
  expect(stdout).toContain('signalbox console login')
  const json = await run(['limits', '--json'])
  expect([json.code, JSON.parse(json.stdout)]).toEqual([1, null])
  // Asking makes nothing.
  const folder = tempFolder()
  expect((await signalbox(folder, ['limits', '--local'])).code).toBe(1)
  expect(fs.existsSync(path.join(folder, 'data'))).toBe(false)
})

test('a word it does not know ends with 2', async () => {
  expect((await signalbox(tempFolder(), ['limits', '--loca'])).code).toBe(2)
})

test('what is old says why: needs login, offline, failing, switched off, nobody', async () => {
  const { client, run } = await openState()
  await client.createLimitReading(fromHub(20))
  const says = async () => (await run(['limits'], { COLUMNS: '200' })).stdout
  expect(await says()).toContain('Stale · 20 min old. No collector has been heard of. Start one: signalbox up')
  const call = (collector: Parameters<typeof client.waitForLimitWork>[0]['collector']) =>
    client.waitForLimitWork({ machine_id: 'laptop', collector, waitMs: 0 })
  await call({ state: 'needs_login', consecutiveFailures: 3, lastError: { category: 'SESSION_EXPIRED', message: 'sign in' } })
  expect(await says()).toContain('Stale · 20 min old. Needs login: run `signalbox console login` on laptop.')
  await call({ state: 'failing', consecutiveFailures: 2, lastError: { category: 'PAGE_CHANGED', message: 'console: no row is known' } })
  expect(await says()).toContain('The limits cannot be read on laptop: console: no row is known.')
  await call({ state: 'paused', consecutiveFailures: 0 })
  expect(await says()).toContain('LIMIT_SOURCES switches every source off there')
  await call({ state: 'ok', consecutiveFailures: 0 })
  expect(await says()).toContain('The collector is connected and has read nothing newer.')
})

test('who has to sign in is told even while the numbers are fresh, and a collector that is gone too', async () => {
  const { client, hub, run } = await openState()
  await client.createLimitReading({ ...fromHub(1), collector: { state: 'needs_login', consecutiveFailures: 1 } })
  await client.waitForLimitWork({ machine_id: 'laptop', collector: { state: 'needs_login', consecutiveFailures: 1 }, waitMs: 0 })
  expect((await run(['limits'])).stdout).toContain('Needs login')
  hub.clock.pass(120_000)
  expect((await run(['limits'])).stdout).toMatch(/Collector offline: laptop was last seen \d+ s ago/)
})

const plain = (columns: number): Terminal => ({ columns, colour: false, write: () => {}, style: (_, text) => text })
const coloured = (columns: number): Terminal => ({ ...plain(columns), colour: true, style: (style, text) => `<${style}>${text}</>` })
const now = Date.parse('2026-10-06T12:00:00.000Z')
const iso = (minutes: number) => new Date(now + minutes * MINUTE).toISOString()
const options = { now, clock: (instant: string) => instant.slice(0, 19).replace('T', ' ') }

const every: ShownReading = {
  lastUpdated: iso(-4),
  source: 'claude-json',
  machine_id: 'laptop',
  isStale: false,
  ageMinutes: 4,
  currentSession: { percentageUsed: 0.4, resetsAt: iso(150) },
  weeklyLimits: {
    allModels: { percentageUsed: 100, resetsAt: iso(2 * 24 * 60) },
    sonnetOnly: { percentageUsed: 0, idle: true },
    opusOnly: { percentageUsed: 88, resetsAt: iso(-1) },
    fableOnly: { percentageUsed: 99.6, resetsIn: 'Thu 7:00 AM', label: 'Fable\u001b[31m only' },
    longOnly: { percentageUsed: 60, resetsIn: '3 hr', label: 'A model with quite a long name of its own only', asOf: iso(-60) },
  },
  extractionErrors: { haikuOnly: 'no number beside it' },
  isPartial: true,
}

test('a bar shows what is used, where the clock is, and neither more nor less; colour says nothing that words do not', () => {
  const rows = limitsText(every, plain(200), options).split('\n')
  const row = (label: string) => rows.find((line) => line.startsWith(label)) ?? ''
  // Half of five hours has passed; something was used.
  expect(row('Current session')).toMatch(/━─{11}┼─{11} +<1 % +50 % {2}in 2 h 30 min/)
  expect(row('All models')).toMatch(/━{17}╋━{6} +100 % +71 % {2}in 2 d \(Thu 12:00\)/)
  expect(row('All models')).toContain('Approaching usage limit')
  expect(row('Sonnet only')).toMatch(/─{24} +0 % +starts with the next message/)
  // Never the old number.
  expect(row('Opus only')).toMatch(/╌{24} +Reset · waiting for a reading/)
  expect(row('Opus only')).not.toContain('88')
  // Only what is full is full; and no name commands the terminal.
  expect(row('Fable')).toMatch(/━{23}─ +99 % +Thu 7:00 AM/)
  expect(rows.join('')).not.toContain('\u001b')
  // Counted from when it was read.
  expect(row('A model')).toMatch(/60 % +99 % {2}in 2 h \(14:00\) +1 h ago/)
  expect(rows).toContain('Haiku only: could not be read (no number beside it)')
  const styled = limitsText(every, coloured(200), options)
  expect(styled).toMatch(/<red>━+.*<red>Approaching usage limit<\/>/)
  expect(styled).toMatch(/<green>━─+┼─+<\/>/)
  expect(styled).toMatch(/<yellow>60 %<\/>/)
})

test('it fits every terminal, and never leaves out what is used and when it resets', () => {
  for (const columns of [200, 140, 120, 100, 80, 60, 46]) {
    const text = limitsText(every, plain(columns), options)
    for (const line of text.split('\n')) expect(widthOf(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns)
    expect(text).toContain('100 %')
    expect(text).toContain('in 2 h')
  }
})

test('a window without any instant is over when it is older than it can be', () => {
  const text = (minutes: number) =>
    limitsText(
      {
        lastUpdated: iso(-minutes),
        source: 'console',
        isStale: true,
        ageMinutes: minutes,
        currentSession: { percentageUsed: 9, resetsIn: 'at noon' },
      },
      plain(120),
      options,
    )
  expect(text(299)).toMatch(/9 % +at noon/)
  expect(text(300)).toContain('Reset · waiting for a reading')
})
