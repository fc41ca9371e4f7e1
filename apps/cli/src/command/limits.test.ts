import fs from 'node:fs'
import path from 'node:path'
import { missingOf, rowsOf } from '@signalbox/client/limit-row'
import { currentLimitsSchema } from '@signalbox/contract/current-limits'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { openLedger } from '@signalbox/ledger'
import { type LimitSnapshot, type PlanWindow, snapshotBodyOf } from '@signalbox/usage/limit-snapshot'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { runCommand, signalbox } from '../cli.suite.ts'
import { openHubFixture } from '../hub.suite.ts'
import type { DisplayedLimits } from '../limits/displayed-limits.ts'
import { formatLimits } from '../limits/format-limits.ts'
import type { Terminal } from '../terminal.ts'
import { widthOf } from '../width.ts'

const MINUTE = 60_000
const noHub = { SIGNALBOX_URL: 'http://127.0.0.1:1' }

const window = (kind: PlanWindow['kind'], label: string, percentUsed: number, more: Partial<PlanWindow> = {}): PlanWindow => ({
  kind,
  label,
  percentUsed,
  resetsAt: Date.now() + 90 * MINUTE,
  state: 'known',
  ...more,
})

/** Creates a ledger with these snapshots; ages are in minutes. */
function ledgerOf(folder: string, ...snapshots: [age: number, snapshot: Partial<LimitSnapshot>][]) {
  const ledger = openLedger({ dataDir: path.join(folder, 'data') })
  for (const [age, snapshot] of snapshots) {
    const capturedAt = Date.now() - age * MINUTE
    ledger.snapshots.put({
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

const fromHub = (minutes: number): SnapshotBody => ({
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

test('--json prints the answer of the hub, and the table shows it', async () => {
  const { client, json, run } = await openHubFixture()
  await client.createLimitSnapshot(fromHub(2))
  const answer = currentLimitsSchema.parse(await json(['limits']))
  expect(answer).toMatchObject({ currentSession: { percentageUsed: 47 }, source: 'console', versionInfo: { total: 1 }, isStale: false })
  const { code, stdout, stderr } = await run(['limits'], { COLUMNS: '140' })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^Plan Max · updated 2 min ago from the usage page on laptop\n/)
  expect(stdout).toMatch(new RegExp(`^${sessionLabel} +━+.* 47% +46% {2}in 2 h 4\\d min \\(\\d\\d:\\d\\d\\)$`, 'm'))
  expect(stdout).toMatch(/^Weekly limit · Fable .* 91% .*\((Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d\) +Approaching limit$/m)
})

test('--local uses no hub, and merges the snapshots of this machine as the hub does', async () => {
  const folder = tempFolder()
  ledgerOf(
    folder,
    [
      30,
      { windows: [window('session', '5-hour limit', 40), window('weekly_all', 'Weekly limit', 31)], plan: { name: 'Pro' }, account: 'a' },
    ],
    [3, { source: 'statusline', windows: [window('session', '5-hour limit', 44)] }],
  )
  const { code, stdout, stderr } = await runCommand(folder, ['limits', '--local', '--json'], noHub)
  expect(code).toBe(0)
  expect(stderr).toContain('2 snapshots not sent to the hub yet')
  const limits = JSON.parse(stdout)
  expect(currentLimitsSchema.partial({ versionInfo: true }).strict().parse(limits)).toMatchObject({
    source: 'statusline',
    ageMinutes: expect.closeTo(3, 0),
    account: 'a',
    planInfo: { name: 'Pro' },
    currentSession: { percentageUsed: 44 },
    weeklyLimits: { allModels: { percentageUsed: 31, asOf: expect.any(String) } },
  })
  expect(limits.currentSession).not.toHaveProperty('asOf')
})

test('when the hub does not answer, rejects the key or has no limits, stderr says so and the local limits are shown', async () => {
  const folder = tempFolder()
  ledgerOf(folder, [3, { windows: [window('session', 'Current session', 44)] }])
  const unreachable = await runCommand(folder, ['limits'], noHub)
  expect(unreachable.code).toBe(0)
  expect(unreachable.stderr).toMatch(/No connection to http:\/\/127\.0\.0\.1:1.*Showing the limits read on this machine/)
  expect(unreachable.stdout).toContain('44%')
  const { url } = await openHubFixture()
  const refused = await runCommand(folder, ['limits'], { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: 'wrong' })
  expect(refused.stderr).toMatch(/Invalid API key.*signalbox keys create/)
  expect(refused.stdout).toContain('44%')
  const state = await openHubFixture()
  const empty = await runCommand(folder, ['limits', '--json'], { SIGNALBOX_URL: state.url, SIGNALBOX_API_KEY: 'sbx_nothing' })
  expect(JSON.parse(empty.stdout)).toMatchObject({ currentSession: { percentageUsed: 44 } })
})

test('without any limits it prints the reason and a suggestion, with exit code 1', async () => {
  const { run } = await openHubFixture()
  const { code, stdout } = await run(['limits'])
  expect(code).toBe(1)
  expect(stdout).toContain('No plan limits yet.')
  expect(stdout).toMatch(/\nHub: \S.*plan limits/)
  expect(stdout).toContain('signalbox web login')
  expect(stdout).toContain('with API-key billing there are none')
  const json = await run(['limits', '--json'])
  expect([json.code, JSON.parse(json.stdout)]).toEqual([1, null])
  // It creates no file, also in a process of its own.
  const folder = tempFolder()
  expect((await signalbox(folder, ['limits', '--local'])).code).toBe(1)
  expect(fs.existsSync(path.join(folder, 'data'))).toBe(false)
})

test('--local forecasts as the hub does from the same past, and says why where it cannot', async () => {
  const { client, run } = await openHubFixture()
  const folder = tempFolder()
  const HOUR = 60 * MINUTE
  const now = Date.now()
  const end = now + 2.4 * HOUR
  // Twelve windows that end at 40 to 64 percent, none of them at a snapshot.
  const snapshots = Array.from({ length: 50 }, (_, n): LimitSnapshot => {
    const capturedAt = now - 1_000 - n * 1.2 * HOUR
    const resetsAt = end - Math.floor((end - capturedAt) / (5 * HOUR)) * 5 * HOUR
    const share = 1 - (resetsAt - capturedAt) / (5 * HOUR)
    const week = window('weekly_all', 'Weekly limit', 10, { resetsAt: end + 3 * 24 * HOUR })
    const session = window('session', '5-hour limit', Math.floor(share * (40 + (Math.round((end - resetsAt) / (5 * HOUR)) % 5) * 6)), {
      resetsAt,
    })
    return {
      source: 'console',
      machineId: 'laptop',
      capturedAt,
      receivedAt: capturedAt,
      windows: [session, week],
      isPartial: false,
    }
  })
  for (const snapshot of snapshots.reverse()) await client.createLimitSnapshot(snapshotBodyOf(snapshot))
  ledgerOf(folder, ...snapshots.map((snapshot): [number, LimitSnapshot] => [0, snapshot]))
  const forecasts = (text: string) => text.split('\n').filter((line) => /^(5-hour|Weekly) limit: /.test(line))
  const wide = { COLUMNS: '200' }
  const ofHub = forecasts((await run(['limits'], wide)).stdout)
  const local = await runCommand(folder, ['limits', '--local'], { ...noHub, ...wide })
  expect(ofHub).toEqual([
    expect.stringMatching(
      /^5-hour limit: On track: \d+% to \d+% at the reset\. Right \d+ of 10 times: \d+ of \d+ forecasts in the last 1\d windows\.$/,
    ),
    expect.stringMatching(/^Weekly limit: On track: \d+% to \d+% at the reset\.$/),
  ])
  expect(forecasts(local.stdout)).toEqual(ofHub)
  expect(local.stdout).toContain('\nForecast from the 2 d 10 h of limits that this machine has stored.\n')

  const young = tempFolder()
  ledgerOf(young, [1, { windows: [window('session', '5-hour limit', 40)] }])
  expect((await runCommand(young, ['limits', '--local'], noHub)).stdout).toContain(
    '\nNo forecast: there are too few recent values for a pace.\n',
  )
})

test('an unknown option is a usage error', async () => {
  expect((await runCommand(tempFolder(), ['limits', '--loca'])).code).toBe(2)
})

test('stale limits have a reason: no collector, needs login, failing, its clock, off', async () => {
  const { client, run } = await openHubFixture()
  await client.createLimitSnapshot(fromHub(20))
  const output = async () => (await run(['limits'], { COLUMNS: '200' })).stdout
  expect(await output()).toContain('Stale · 20 min old. No collector has connected yet. Start one: signalbox up')
  const call = (collector: Parameters<typeof client.waitForLimitWork>[0]['collector']) =>
    client.waitForLimitWork({ machine_id: 'laptop', collector, waitMs: 0 })
  await call({ state: 'needs_login', consecutiveFailures: 3, lastError: { category: 'SESSION_EXPIRED', message: 'sign in' } })
  expect(await output()).toContain('Stale · 20 min old. Needs login: run `signalbox web login` on laptop.')
  await call({ state: 'failing', consecutiveFailures: 2, lastError: { category: 'PAGE_CHANGED', message: 'console: no row is known' } })
  expect(await output()).toContain('The limits cannot be read on laptop: console: no row is known.')
  const wrongClock = { category: 'CLOCK', message: 'the clock of this machine is wrong' }
  await call({ state: 'failing', consecutiveFailures: 1, clockSkewMs: 420_000, lastError: wrongClock })
  expect(await output()).toContain(
    "Stale · 20 min old. Not yet: the clock of laptop is 7 min ahead of the hub's, which takes its limits only when",
  )
  // Its sources fail too: that is the reason.
  await call({ state: 'failing', consecutiveFailures: 2, clockSkewMs: 420_000, lastError: { category: 'UNKNOWN', message: 'no file' } })
  expect(await output()).toContain('The limits cannot be read on laptop: no file.')
  await call({ state: 'paused', consecutiveFailures: 0 })
  expect(await output()).toContain('LIMIT_SOURCES turns every source off there')
  await call({ state: 'ok', consecutiveFailures: 0 })
  expect(await output()).toContain('The collector is connected, but has no newer data.')
})

test('a needed login and an offline collector are shown even with fresh limits', async () => {
  const { client, hub, run } = await openHubFixture()
  await client.createLimitSnapshot({ ...fromHub(1), collector: { state: 'needs_login', consecutiveFailures: 1 } })
  await client.waitForLimitWork({ machine_id: 'laptop', collector: { state: 'needs_login', consecutiveFailures: 1 }, waitMs: 0 })
  expect((await run(['limits'])).stdout).toContain('Needs login')
  hub.clock.pass(120_000)
  expect((await run(['limits'])).stdout).toMatch(/Collector offline: laptop was last seen \d+ s ago/)
})

const plain = (columns: number): Terminal => ({ columns, colour: false, write: () => {}, style: (_, text) => text })
/** The labels come from the client package. */
const labelsOf = (limits: DisplayedLimits) => Object.fromEntries(rowsOf(limits, now).map(({ key, label }) => [key, label]))
const coloured = (columns: number): Terminal => ({ ...plain(columns), colour: true, style: (style, text) => `<${style}>${text}</>` })
const now = Date.parse('2026-10-06T12:00:00.000Z')
const iso = (minutes: number) => new Date(now + minutes * MINUTE).toISOString()
const options = { now, clock: (instant: string) => instant.slice(0, 19).replace('T', ' ') }

const every: DisplayedLimits = {
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

const labels = labelsOf(every)
const { currentSession: sessionLabel = '', allModels: weekLabel = '' } = labels

test('a bar shows usage and elapsed time; colours only repeat what the text says', () => {
  const rows = formatLimits(every, plain(200), options).split('\n')
  const row = (label: string) => rows.find((line) => line.startsWith(label)) ?? ''
  // Half of five hours has elapsed, and a little is used.
  expect(row(sessionLabel)).toMatch(/━─{11}┼─{11} +<1% +50% {2}in 2 h 30 min/)
  expect(row(weekLabel)).toMatch(/━{17}╋━{6} +100% +71% {2}in 2 d \(Thu 12:00\)/)
  expect(row(weekLabel)).toContain('Limit reached')
  expect(row(labels.sonnetOnly!)).toMatch(/─{24} +0% +starts with the next message/)
  // The old percentage is not shown.
  expect(row(labels.opusOnly!)).toMatch(/╌{24} +Reset · waiting for an update/)
  expect(row(labels.opusOnly!)).not.toContain('88')
  // 99.6% is not rounded up; control characters are escaped.
  expect(row('Weekly limit · Fable\\u001b[31m')).toMatch(/━{23}─ +>99% +Thu 7:00 AM/)
  expect(rows.join('')).not.toContain('\u001b')
  // The reset time counts from the time of the snapshot.
  expect(row('Weekly limit · A model')).toMatch(/60% +99% {2}in 2 h \(14:00\) +1 h ago/)
  expect(rows).toContain(`${missingOf(every)[0]!.label}: could not be read (no number beside it)`)
  const styled = formatLimits(every, coloured(200), options)
  expect(styled).toMatch(/<red>━+.*<red>Limit reached<\/>/)
  expect(styled).toMatch(/<green>━─+┼─+<\/>/)
  expect(styled).toMatch(/<yellow>60%<\/>/)
})

test('it fits every terminal, and always shows usage and reset', () => {
  for (const columns of [200, 140, 120, 100, 80, 60, 46]) {
    const text = formatLimits(every, plain(columns), options)
    for (const line of text.split('\n')) expect(widthOf(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns)
    expect(text).toContain('100%')
    expect(text).toContain('in 2 h')
  }
})

test('a window without a reset time ends when its maximum length has passed', () => {
  const text = (minutes: number) =>
    formatLimits(
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
  expect(text(299)).toMatch(/9% +at noon/)
  expect(text(300)).toContain('Reset · waiting for an update')
})

test('above 100% the percentage, a full bar with an arrow, and the money of extra usage are shown', () => {
  const over: DisplayedLimits = {
    ...every,
    currentSession: { percentageUsed: 101.6, resetsAt: iso(150) },
    weeklyLimits: { allModels: { percentageUsed: 250, resetsAt: iso(2 * 24 * 60) } },
    extractionErrors: {},
    extraUsage: { is_enabled: true, used_credits: 10_631, monthly_limit: 20_000, currency: 'USD', decimal_places: 2, percentageUsed: 53.2 },
  }
  const rows = formatLimits(over, plain(200), options).split('\n')
  const row = (label: string) => rows.find((line) => line.startsWith(label)) ?? ''
  expect(row(sessionLabel)).toMatch(/━{12}╋━{10}> +101% +50% {2}in 2 h 30 min.* Over the limit/)
  expect(row(weekLabel)).toMatch(/━{17}╋━{5}> +250% .* Over the limit/)
  expect(rows).toContain('Extra usage: $106.31 used this month of a $200.00 spend limit (53%)')
  expect(formatLimits(over, coloured(200), options)).toContain('<red>101%</>')
})

test('a plan without a 5-hour limit begins with the week, and says nothing of what it never had', () => {
  const ultra: DisplayedLimits = {
    lastUpdated: iso(-4),
    source: 'claude-json',
    isStale: false,
    ageMinutes: 4,
    planInfo: { name: 'Ultra' },
    weeklyLimits: {
      fableOnly: { percentageUsed: 4, resetsAt: iso(600), label: 'Fable only' },
      allModels: { percentageUsed: 8, resetsAt: iso(600) },
    },
  }
  const text = formatLimits(ultra, plain(120), options)
  const table = text.split('\n').slice(3, 5)
  expect(table.map((line) => line.slice(0, 22).trim())).toEqual(['Weekly limit', 'Weekly limit · Fable'])
  expect(text).not.toMatch(/5-hour|absent|could not be read|waiting/)
})

test('several accounts on a hub: a table each with its name, always in the same order, and --account for one', async () => {
  const { client, run, json } = await openHubFixture()
  const send = (account: string, machine: string, percent: number, minutes: number) =>
    client.createLimitSnapshot({
      ...fromHub(minutes),
      account,
      machine_id: machine,
      currentSession: { resetsIn: '2 hr', percentageUsed: percent, resetsAt: new Date(Date.now() + 120 * MINUTE).toISOString() },
    })
  await send('11111111-aaaa-4000-8000-000000000000', 'laptop-anna', 20, 3)
  await send('22222222-bbbb-4000-8000-000000000000', 'laptop-ben', 91, 2)
  const headings = async () => (await run(['limits'])).stdout.split('\n').filter((line) => /^(Account|Anna|Ben)/.test(line))
  expect(await headings()).toEqual(['Account 11111111', 'Account 22222222'])
  expect((await run(['accounts', 'name', '1111', 'Anna'])).stdout).toBe(
    'The account 11111111-aaaa-4000-8000-000000000000 is called Anna now.\n',
  )
  await send('11111111-aaaa-4000-8000-000000000000', 'laptop-anna', 21, 1)
  expect(await headings()).toEqual(['Anna', 'Account 22222222'])
  expect((await run(['limits'])).stdout).toMatch(/^Anna\n.* on laptop-anna\n[\s\S]* 21%[\s\S]*\nAccount 22222222\n[\s\S]* 91%/)
  const anna = await run(['limits', '--account', 'anna'])
  expect(anna.stdout).toContain('21%')
  expect(anna.stdout).toMatch(/ · Anna\n/)
  expect(anna.stdout).not.toContain('laptop-ben')
  expect(await json(['limits', '--account', '22222222'])).toMatchObject({ currentSession: { percentageUsed: 91 } })
  expect(await json(['limits'])).toMatchObject({ accountName: 'Anna', currentSession: { percentageUsed: 21 } })
  expect(await run(['limits', '--account', 'carl'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no account has the name or id carl'),
  })
  const list = (await run(['accounts', 'list'], { COLUMNS: '200' })).stdout
  expect(list).toMatch(/11111111-aaaa\S+ +Anna +Max +5-hour limit 21%, .* laptop-anna +in use +1 min/)
  expect(await json(['accounts', 'list'])).toMatchObject([{ name: 'Anna', inUse: true }, { machines: ['laptop-ben'] }])
  expect(await json(['accounts', 'name', 'Anna', '--none'])).toEqual({ account: '11111111-aaaa-4000-8000-000000000000' })
  expect((await run(['accounts', 'name', '1111'])).code).toBe(2)
})

test('--local shows each account that is in use on this machine, and --account one of them', async () => {
  const folder = tempFolder()
  ledgerOf(
    folder,
    [2, { account: 'ben', windows: [window('session', 'Current session', 44)] }],
    [1, { account: 'anna', windows: [window('session', 'Current session', 12)] }],
    [600, { account: 'old', windows: [window('session', 'Current session', 77)] }],
  )
  const all = (await runCommand(folder, ['limits', '--local'])).stdout
  expect(all).toMatch(/^anna\n[\s\S]* 12%[\s\S]*\nben\n[\s\S]* 44%/)
  expect(all).not.toContain('77%')
  expect((await runCommand(folder, ['limits', '--local', '--account', 'old', '--json'])).stdout).toContain('77')
  expect((await runCommand(folder, ['limits', '--local', '--account', 'carl'])).stdout).toContain('No plan limits of the account carl')
})
