import fs from 'node:fs'
import path from 'node:path'
import { snapshotSchema } from '@signalbox/contract/limit-snapshot'
import { openLedger } from '@signalbox/ledger'
import { type LimitSnapshot, snapshotBodyOf } from '@signalbox/usage/limit-snapshot'
import { expect, onTestFinished, test } from 'vitest'
import { stretchForLoad } from '../../../../test/support/machine-load.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { StatusLineSpool } from '../status-line-spool.ts'
import { AccountResets } from './account-resets.ts'
import { ShownBySession } from './shown-by-session.ts'
import { type StartOptions, startSource } from './source.fixture.ts'
import { readStatusLines } from './statusline.ts'

const minute = 60_000
const now = Math.floor(Date.now() / 1000) * 1000
const tonight = now / 1000 + 3 * 3600
const week = now / 1000 + 60 * 3600

const line = (five: unknown, seven: unknown = 41, more: object = {}) =>
  JSON.stringify({
    session_id: 's',
    model: { display_name: 'Saga' },
    rate_limits: { five_hour: { used_percentage: five, resets_at: tonight }, seven_day: { used_percentage: seven, resets_at: week } },
    ...more,
  })

const limitsOf = (five: number, seven: number, resets_at: number) => ({
  five_hour: { used_percentage: five, resets_at: tonight },
  seven_day: { used_percentage: seven, resets_at },
})

function folder() {
  const top = tempFolder()
  const claude = path.join(top, '.claude')
  const spool = path.join(top, 'data/statusline/spool')
  fs.mkdirSync(spool, { recursive: true })
  let written = 0
  let writtenAt = 0
  return {
    top,
    claude,
    spool,
    env: { DATA_DIR: path.join(top, 'data'), CLAUDE_CONFIG_DIR: claude },
    /** @param ago minutes since it was written */
    spoolFile(text: string, ago = 0, name = `1-${written++}.json`) {
      const file = path.join(spool, name)
      // Claude Code writes them 300 ms apart; two of the same millisecond have no order.
      while (Date.now() < writtenAt + 2);
      writtenAt = Date.now()
      fs.writeFileSync(`${file}.draft`, text)
      const at = (Date.now() - ago * minute) / 1000
      fs.utimesSync(`${file}.draft`, at, at)
      fs.renameSync(`${file}.draft`, file)
    },
    remaining: () => fs.readdirSync(spool),
  }
}

function start(options: StartOptions) {
  const spool = new StatusLineSpool(options.env.DATA_DIR!, ['limits'])
  return startSource((...rest) => readStatusLines(spool, ...rest), options)
}
const percents = (put: readonly LimitSnapshot[]) => put.map(({ windows }) => windows.map(({ percentUsed }) => percentUsed))

test('a status line becomes a snapshot at once, and its file is removed', async () => {
  const { env, spoolFile, remaining } = folder()
  const { untilPut, reports, readNow } = start({ env })
  await readNow()
  spoolFile(line(23.5))
  const [snapshot] = await untilPut(1)
  expect(snapshot).toMatchObject({ source: 'statusline', isPartial: false })
  expect(Math.abs(snapshot!.capturedAt - Date.now())).toBeLessThan(5_000)
  expect(snapshotSchema.parse(snapshotBodyOf(snapshot!))).toMatchObject({
    currentSession: { percentageUsed: 23.5, resetsIn: expect.stringMatching(/^2 hr 59 min|3 hr$/) },
    weeklyLimits: { allModels: { percentageUsed: 41 } },
  })
  expect(reports.at(-1)).toMatchObject({ state: 'ok', did: 'read 1 status line, a new snapshot' })
  expect(remaining()).toEqual([])
})

test('a plan without a 5-hour limit has its week, of its own account, and follows it down after an early reset', async () => {
  const { env, claude, spoolFile } = folder()
  fs.mkdirSync(claude)
  const signIn = (accountUuid: string) =>
    fs.writeFileSync(path.join(claude, '.claude.json'), JSON.stringify({ oauthAccount: { accountUuid } }))
  const { put, readNow, reports } = start({ env })
  const weekly = (used_percentage: number, more: object = {}) =>
    JSON.stringify({ session_id: 'u', rate_limits: { ...more, seven_day: { used_percentage, resets_at: week } } })
  signIn('ultra')
  spoolFile(weekly(62))
  await readNow()
  signIn('other')
  spoolFile(weekly(63, { five_hour: null }))
  await readNow()
  spoolFile(weekly(2, { five_hour: { used_percentage: null, resets_at: null } }))
  await readNow()
  expect(
    put.map(({ account, isPartial, windows }) => [account, isPartial, windows.map(({ kind, percentUsed }) => [kind, percentUsed])]),
  ).toEqual([62, 63, 2].map((percent) => ['ultra', false, [['weekly_all', percent]]]))
  expect(reports.every(({ error }) => error === undefined)).toBe(true)
})

test('repeated status lines with the same limits give one snapshot', async () => {
  const { env, spoolFile } = folder()
  const { put, readNow, reports } = start({ env })
  for (const five of [23, 23, 23, 24]) {
    spoolFile(line(five))
    expect(await readNow()).toEqual({ ok: true })
  }
  spoolFile(line(24))
  await readNow()
  expect(percents(put)).toEqual([
    [23, 41],
    [24, 41],
  ])
  expect(reports.at(-1)?.did).toBe('read 1 status line, nothing new')
})

test('a session with old limits lowers no window, neither of this source nor of another', async () => {
  const { env, spoolFile } = folder()
  const known: LimitSnapshot = {
    source: 'console',
    capturedAt: Date.now() - 5 * minute,
    receivedAt: Date.now(),
    windows: [
      { kind: 'session', label: '5-hour limit', percentUsed: 50, resetsAt: tonight * 1000 + 20_000, state: 'known' },
      { kind: 'weekly_all', label: 'Weekly limit', percentUsed: 40, resetsAt: week * 1000, state: 'known' },
    ],
    isPartial: false,
  }
  const { put, readNow } = start({ env, known: [known] })
  spoolFile(line(49, 39))
  await readNow()
  expect(put).toEqual([])
  // Fresher in one window: the other one keeps the value of the other source.
  spoolFile(line(49, 45))
  await readNow()
  // Older than the known windows, of another session.
  spoolFile(line(99, 99, { session_id: 'other' }), 10)
  await readNow()
  // A session's own new word may be lower: the provider has set the window back.
  spoolFile(line(60, 42))
  await readNow()
  expect(put.map(({ windows }) => windows.map(({ kind, percentUsed }) => [kind, percentUsed]))).toEqual([
    [['weekly_all', 45]],
    [
      ['session', 60],
      ['weekly_all', 42],
    ],
  ])
})

test('a window that was reset early falls with the word of its session, and an open terminal that repeats its old value says nothing', async () => {
  const { env, spoolFile } = folder()
  const { put, readNow, reports } = start({ env })
  const show = async (session_id: string, five: number, seven: number, resets_at = week) => {
    spoolFile(line(five, seven, { session_id, rate_limits: limitsOf(five, seven, resets_at) }))
    await readNow()
    return put.at(-1)?.windows.find(({ kind }) => kind === 'weekly_all')
  }
  expect(await show('works', 40, 62)).toMatchObject({ percentUsed: 62 })
  expect(await show('sleeps', 39, 61)).toMatchObject({ percentUsed: 62 })
  expect(await show('works', 41, 2)).toMatchObject({ percentUsed: 2 })
  expect(await show('sleeps', 39, 61)).toMatchObject({ percentUsed: 2 })
  expect(reports.at(-1)?.did).toBe('read 1 status line, nothing new')
  // Moved to an earlier time, and to a later one.
  expect(await show('works', 42, 5, week - 24 * 3600)).toMatchObject({ percentUsed: 5, resetsAt: (week - 24 * 3600) * 1000 })
  expect(await show('works', 43, 6, week + 3600)).toMatchObject({ percentUsed: 6, resetsAt: (week + 3600) * 1000 })
  expect(await show('sleeps', 39, 61)).toMatchObject({ percentUsed: 6 })
  expect(await show('sleeps', 44, 7, week + 3600)).toMatchObject({ percentUsed: 7 })
})

test('a window that is not in the newest word keeps its own age', async () => {
  const { env, spoolFile } = folder()
  const { put, readNow } = start({ env })
  spoolFile(line(40, 62), 30)
  await readNow()
  spoolFile(JSON.stringify({ session_id: 's', rate_limits: { five_hour: { used_percentage: 41, resets_at: tonight } } }))
  await readNow()
  const body = snapshotSchema.parse(snapshotBodyOf(put.at(-1)!))
  expect(body.currentSession).toMatchObject({ percentageUsed: 41, asOf: body.lastUpdated })
  expect(body.weeklyLimits?.allModels?.percentageUsed).toBe(62)
  const age = Date.parse(body.lastUpdated) - Date.parse(body.weeklyLimits?.allModels?.asOf ?? '')
  expect(Math.round(age / minute)).toBe(30)
})

test('the first word of a session is as old as its transcript', async () => {
  const { env, claude, spoolFile } = folder()
  const transcript = (name: string, ago: number) => {
    const file = path.join(claude, 'projects', '-work', `${name}.jsonl`)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, '{}\n')
    const at = (Date.now() - ago * minute) / 1000
    fs.utimesSync(file, at, at)
    return { session_id: name, transcript_path: file }
  }
  const { put, readNow } = start({ env })
  spoolFile(line(40, 6, transcript('works', 5)))
  await readNow()
  spoolFile(line(40, 62, transcript('sleeps', 120)))
  await readNow()
  expect(percents(put)).toEqual([[40, 6]])
  spoolFile(line(41, 3, transcript('fresh', 0)))
  await readNow()
  expect(percents(put).at(-1)).toEqual([41, 3])
})

test('a value of a clock that was set back since does not outrank what is shown now', async () => {
  const { env, spoolFile } = folder()
  const windows: LimitSnapshot['windows'] = [
    { kind: 'session', label: '5-hour limit', percentUsed: 80, resetsAt: tonight * 1000, state: 'known' },
  ]
  const known: LimitSnapshot = { source: 'statusline', capturedAt: Date.now() + 7 * minute, receivedAt: 0, windows, isPartial: false }
  const { put, readNow } = start({ env, known: [known] })
  spoolFile(line(41))
  await readNow()
  expect(percents(put)).toEqual([[41, 41]])
})

test('after a sign-in with another account, a word belongs to the account whose resets it has, also after a restart', async () => {
  const { env, claude, spoolFile, top } = folder()
  fs.mkdirSync(claude)
  const signIn = (account: string) =>
    fs.writeFileSync(path.join(claude, '.claude.json'), JSON.stringify({ oauthAccount: { accountUuid: account } }))
  const ledger = openLedger({ dataDir: path.join(top, 'ledger') })
  onTestFinished(() => ledger.close())
  const memory = () => ({ accounts: new AccountResets(ledger.limitMemory), shown: new ShownBySession(ledger.limitMemory) })
  const words = (session_id: string, five: number, seven: number, resets: readonly [number, number]) =>
    JSON.stringify({
      session_id,
      rate_limits: {
        five_hour: { used_percentage: five, resets_at: resets[0] },
        seven_day: { used_percentage: seven, resets_at: resets[1] },
      },
    })
  const [a, b] = [[tonight, week] as const, [tonight - 3600, week - 7200] as const]
  signIn('acc-a')
  const first = start({ env, ...memory() })
  spoolFile(words('old', 70, 62, a))
  await first.readNow()
  signIn('acc-b')
  spoolFile(words('new', 3, 8, b))
  await first.readNow()
  await first.stop()
  const put = [...first.put]
  const second = start({ env, known: put, ...memory() })
  // A terminal of before the sign-in that was not seen yet, the same one again with a 5-hour window that has begun since.
  spoolFile(words('older', 71, 62, a))
  await second.readNow()
  spoolFile(words('older', 2, 63, [tonight + 5 * 3600, week]))
  await second.readNow()
  spoolFile(words('new', 6, 10, b))
  await second.readNow()
  put.push(...second.put)
  expect(put.map(({ account, windows }) => [account, ...windows.map(({ percentUsed }) => percentUsed)])).toEqual([
    ['acc-a', 70, 62],
    ['acc-b', 3, 8],
    ['acc-a', 71, 62],
    ['acc-a', 2, 63],
    ['acc-b', 6, 10],
  ])
})

test('the next window may start lower than the last one ended', async () => {
  const { env, spoolFile } = folder()
  const { put, readNow } = start({ env })
  const over = JSON.stringify({ rate_limits: { five_hour: { used_percentage: 95, resets_at: now / 1000 - 60 } } })
  const soon = JSON.stringify({ rate_limits: { five_hour: { used_percentage: 96, resets_at: now / 1000 + 3600 } } })
  spoolFile(over)
  await readNow()
  expect(put).toEqual([])
  spoolFile(soon)
  await readNow()
  spoolFile(line(2))
  await readNow()
  expect(percents(put)).toEqual([[96], [2, 41]])
})

test.each([
  ['over 1000', line(1000.5, 2500)],
  ['below zero', line(-1, -1)],
  ['no number', line('23', null)],
])('a percentage that is %s is rejected with a reason', async (_, text) => {
  const { env, spoolFile, remaining } = folder()
  const { put, readNow, reports } = start({ env })
  spoolFile(text)
  expect(await readNow()).toMatchObject({ ok: false, message: expect.stringContaining('5-hour limit: the percentage should be') })
  expect(reports.at(-1)).toMatchObject({ state: 'failing', error: { message: expect.stringContaining('was rejected') } })
  expect(put).toEqual([])
  expect(remaining()).toEqual([])
})

test('of a valid and an invalid window the valid one is read', async () => {
  const { env, spoolFile } = folder()
  const { put, readNow } = start({ env })
  spoolFile(line(1001, 41))
  expect(await readNow()).toEqual({ ok: true })
  expect(put.map(({ windows }) => windows.map(({ kind }) => kind))).toEqual([['weekly_all']])
})

test('a session without limits is not an error', async () => {
  const { env, spoolFile, remaining } = folder()
  const { put, readNow, reports } = start({ env })
  spoolFile(JSON.stringify({ session_id: 's', model: { display_name: 'Saga' } }))
  await readNow()
  expect(reports.at(-1)).toMatchObject({ state: 'waiting', did: expect.stringContaining('without plan limits') })
  expect(put).toEqual([])
  expect(remaining()).toEqual([])
})

test('an incomplete file is read once it is complete, and removed when it stays incomplete', async () => {
  const { env, spoolFile, remaining, spool } = folder()
  const { put, readNow, untilPut } = start({ env })
  const text = line(23)
  fs.writeFileSync(path.join(spool, 'a.json'), text.slice(0, 50))
  await readNow()
  expect(remaining()).toEqual(['a.json'])
  fs.appendFileSync(path.join(spool, 'a.json'), text.slice(50))
  await untilPut(1)
  expect(percents(put)).toEqual([[23, 41]])
  spoolFile(text.slice(0, 50), 1)
  await readNow()
  expect(remaining()).toEqual([])
  expect(put).toHaveLength(1)
})

test('thousands of files, unordered, duplicated and half of them incomplete, give few snapshots, the last the highest, and are all removed', async () => {
  const { env, remaining, spool } = folder()
  for (let n = 0; n < 3_000; n++) {
    const which = (n * 7919) % 1_500
    // The hour that ended a minute ago in 1,500 steps of growing use, with a complete and an incomplete file each.
    const text = line(Math.floor(which / 15), 41)
    const file = path.join(spool, `${n}.json`)
    const at = Date.now() / 1000 - 60 - (1_500 - which) * (3600 / 1_500)
    fs.writeFileSync(file, n < 1_500 ? text : text.slice(0, text.length - (1 + (n % 90))))
    fs.utimesSync(file, at, at)
  }
  const started = performance.now()
  const { put, readNow } = start({ env })
  await readNow()
  expect(remaining()).toEqual([])
  expect(put.length).toBeLessThanOrEqual(20)
  const used = put.map(({ windows }) => windows[0]?.percentUsed ?? 0)
  expect(used).toEqual(used.toSorted((a, b) => a - b))
  expect(used.at(-1)).toBe(99)
  // Less than 2 ms per file, on a shared machine.
  expect(performance.now() - started).toBeLessThan(await stretchForLoad(6_000))
}, 60_000)

test('files that are too large or have another ending are not read', async () => {
  const { env, spoolFile, remaining } = folder()
  const { put, readNow } = start({ env })
  spoolFile(line(23, 41, { padding: 'x'.repeat(300_000) }), 1)
  spoolFile('mine', 5, 'README')
  await readNow()
  expect(put).toEqual([])
  expect(remaining()).toEqual(['README'])
})

test('a restart between putting a snapshot and removing its file gives no second snapshot', async () => {
  const { env, spoolFile } = folder()
  const first = start({ env })
  spoolFile(line(23))
  await first.untilPut(1)
  await first.stop()
  spoolFile(line(23), 0.01)
  const { put, readNow } = start({ env, known: first.put })
  await readNow()
  expect(put).toEqual([])
})

test('a spool that is created later is found', async () => {
  const { env, spoolFile, spool } = folder()
  fs.rmdirSync(spool)
  const { untilPut, readNow, reports } = start({ env, pace: { settle: 5, poll: 30 } })
  expect(await readNow()).toMatchObject({ ok: false, message: expect.stringContaining('signalbox statusline install') })
  expect(reports).toHaveLength(1)
  fs.mkdirSync(spool)
  spoolFile(line(23))
  await untilPut(1)
})

test('a session has the account that its folder is signed in with', async () => {
  const { env, claude, top, spoolFile } = folder()
  fs.mkdirSync(claude)
  fs.writeFileSync(path.join(top, '.claude.json'), JSON.stringify({ oauthAccount: { accountUuid: 'account-1' } }))
  const transcript_path = path.join(claude, 'projects', '-work', 's.jsonl')
  const { untilPut } = start({ env })
  spoolFile(line(23, 41, { transcript_path }))
  const [snapshot] = await untilPut(1)
  expect(snapshot?.account).toBe('account-1')
})

test('with two folders each session has the account of its folder, and a session of neither has none', async () => {
  const { env, claude, top, spoolFile } = folder()
  const other = path.join(top, 'other')
  for (const [place, name] of [
    [claude, 'account-1'],
    [other, 'account-2'],
  ] as const) {
    fs.mkdirSync(place)
    fs.writeFileSync(path.join(place, '.claude.json'), JSON.stringify({ oauthAccount: { accountUuid: name } }))
  }
  const { put, readNow } = start({ env: { ...env, CLAUDE_CONFIG_DIR: `${claude},${other}` } })
  for (const [place, five] of [
    [claude, 10],
    [other, 20],
    [path.join(top, 'elsewhere'), 30],
  ] as const) {
    spoolFile(line(five, 41, { transcript_path: path.join(place, 'projects', '-work', 's.jsonl') }))
  }
  await readNow()
  expect(new Map(put.map(({ account, windows }) => [account, windows[0]?.percentUsed]))).toEqual(
    new Map([
      ['account-1', 10],
      ['account-2', 20],
      [undefined, 30],
    ]),
  )
})

test('a snapshot without account belongs to the only account there is, and is not lowered either', async () => {
  const { env, claude, spoolFile } = folder()
  fs.mkdirSync(claude)
  fs.writeFileSync(path.join(claude, '.claude.json'), JSON.stringify({ oauthAccount: { accountUuid: 'account-1' } }))
  const known: LimitSnapshot = {
    source: 'console',
    capturedAt: Date.now() - minute,
    receivedAt: Date.now(),
    windows: [{ kind: 'session', label: '5-hour limit', percentUsed: 50, resetsAt: tonight * 1000, state: 'known' }],
    isPartial: false,
  }
  const { put, readNow } = start({ env, known: [known] })
  spoolFile(line(49))
  await readNow()
  expect(put.map(({ account, windows }) => [account, windows.map(({ kind }) => kind)])).toEqual([['account-1', ['weekly_all']]])
})
