import fs from 'node:fs'
import path from 'node:path'
import { readingSchema } from '@signalbox/contract/limits'
import { type LimitSnapshot, readingOf } from '@signalbox/usage/limit-snapshot'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
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

function folder() {
  const top = tempFolder()
  const claude = path.join(top, '.claude')
  const spool = path.join(top, 'data/statusline/spool')
  fs.mkdirSync(spool, { recursive: true })
  let written = 0
  return {
    top,
    claude,
    spool,
    env: { DATA_DIR: path.join(top, 'data'), CLAUDE_CONFIG_DIR: claude },
    /** @param ago minutes */
    leave(text: string, ago = 0, name = `1-${written++}.json`) {
      const file = path.join(spool, name)
      fs.writeFileSync(`${file}.draft`, text)
      const at = (Date.now() - ago * minute) / 1000
      fs.utimesSync(`${file}.draft`, at, at)
      fs.renameSync(`${file}.draft`, file)
    },
    left: () => fs.readdirSync(spool),
  }
}

const start = (options: StartOptions) => startSource(readStatusLines, options)
const shown = (put: readonly LimitSnapshot[]) => put.map(({ windows }) => windows.map(({ percentUsed }) => percentUsed))

test('what a status line was told is a reading within a moment, and its file is gone', async () => {
  const { env, leave, left } = folder()
  const { untilPut, reports, readNow } = start({ env })
  await readNow()
  const started = performance.now()
  leave(line(23.5))
  const [reading] = await untilPut(1)
  expect(performance.now() - started).toBeLessThan(2_000)
  expect(reading).toMatchObject({ source: 'statusline', isPartial: false })
  expect(Math.abs(reading!.capturedAt - Date.now())).toBeLessThan(5_000)
  expect(readingSchema.parse(readingOf(reading!))).toMatchObject({
    currentSession: { percentageUsed: 23.5, resetsIn: expect.stringMatching(/^2 hr 59 min|3 hr$/) },
    weeklyLimits: { allModels: { percentageUsed: 41 } },
  })
  expect(reports.at(-1)).toMatchObject({ state: 'ok', did: 'took 1 status line, a new reading' })
  expect(left()).toEqual([])
})

test('it is told again and again, and said once', async () => {
  const { env, leave } = folder()
  const { put, readNow, reports } = start({ env })
  for (const five of [23, 23, 23, 24]) {
    leave(line(five))
    expect(await readNow()).toEqual({ ok: true })
  }
  leave(line(24))
  await readNow()
  expect(shown(put)).toEqual([
    [23, 41],
    [24, 41],
  ])
  expect(reports.at(-1)?.did).toBe('took 1 status line, nothing new')
})

test('a session that was told long ago lowers nothing, neither its own kind nor another source', async () => {
  const { env, leave } = folder()
  const known: LimitSnapshot = {
    source: 'console',
    capturedAt: Date.now() - 5 * minute,
    receivedAt: Date.now(),
    windows: [
      { kind: 'session', label: 'Current session', percentUsed: 50, resetsAt: tonight * 1000 + 20_000, state: 'known' },
      { kind: 'weekly_all', label: 'All models', percentUsed: 40, resetsAt: week * 1000, state: 'known' },
    ],
    isPartial: false,
  }
  const { put, readNow } = start({ env, known: [known] })
  leave(line(49, 39))
  await readNow()
  expect(put).toEqual([])
  // Fresher in one window: the other is left to the source that knows better.
  leave(line(49, 45))
  await readNow()
  // And what a status line said before is not lost with what this one says less of.
  leave(line(60, 42))
  await readNow()
  // Older than what is known.
  leave(line(99, 99), 10)
  await readNow()
  expect(put.map(({ windows }) => windows.map(({ kind, percentUsed }) => [kind, percentUsed]))).toEqual([
    [['weekly_all', 45]],
    [
      ['session', 60],
      ['weekly_all', 45],
    ],
  ])
})

test('the next window begins below the end of the last', async () => {
  const { env, leave } = folder()
  const { put, readNow } = start({ env })
  const over = JSON.stringify({ rate_limits: { five_hour: { used_percentage: 95, resets_at: now / 1000 - 60 } } })
  const soon = JSON.stringify({ rate_limits: { five_hour: { used_percentage: 96, resets_at: now / 1000 + 60 } } })
  leave(over)
  await readNow()
  expect(put).toEqual([])
  leave(soon)
  await readNow()
  leave(line(2))
  await readNow()
  expect(shown(put)).toEqual([[96], [2, 41]])
})

test.each([
  ['over 100', line(100.5, 250)],
  ['below zero', line(-1, -1)],
  ['no number', line('23', null)],
])('a percentage that is %s is refused, and said so', async (_, text) => {
  const { env, leave, left } = folder()
  const { put, readNow, reports } = start({ env })
  leave(text)
  expect(await readNow()).toMatchObject({ ok: false, message: expect.stringContaining('Current session: the percentage should be') })
  expect(reports.at(-1)).toMatchObject({ state: 'failing', error: { message: expect.stringContaining('was refused') } })
  expect(put).toEqual([])
  expect(left()).toEqual([])
})

test('of one good and one bad window the good one is read', async () => {
  const { env, leave } = folder()
  const { put, readNow } = start({ env })
  leave(line(101, 41))
  expect(await readNow()).toEqual({ ok: true })
  expect(put.map(({ windows }) => windows.map(({ kind }) => kind))).toEqual([['weekly_all']])
})

test('a session without limits is no fault', async () => {
  const { env, leave, left } = folder()
  const { put, readNow, reports } = start({ env })
  leave(JSON.stringify({ session_id: 's', model: { display_name: 'Saga' } }))
  await readNow()
  expect(reports.at(-1)).toMatchObject({ state: 'waiting', did: expect.stringContaining('without plan limits') })
  expect(put).toEqual([])
  expect(left()).toEqual([])
})

test('half a line is waited for, and given up when its rest does not come', async () => {
  const { env, leave, left, spool } = folder()
  const { put, readNow, untilPut } = start({ env })
  const text = line(23)
  fs.writeFileSync(path.join(spool, 'a.json'), text.slice(0, 50))
  await readNow()
  expect(left()).toEqual(['a.json'])
  fs.appendFileSync(path.join(spool, 'a.json'), text.slice(50))
  await untilPut(1)
  expect(shown(put)).toEqual([[23, 41]])
  leave(text.slice(0, 50), 1)
  await readNow()
  expect(left()).toEqual([])
  expect(put).toHaveLength(1)
})

test('ten thousand files, out of order, twice, and half of them torn, make few readings, the last the highest, and leave nothing', async () => {
  const { env, left, spool } = folder()
  for (let n = 0; n < 10_000; n++) {
    const which = (n * 7919) % 5_000
    // Of each five thousandth of the hour that ended a minute ago, a whole one and a torn one: the later, the more is used.
    const text = line(Math.floor(which / 50), 41)
    const file = path.join(spool, `${n}.json`)
    const at = Date.now() / 1000 - 60 - (5_000 - which) * (3600 / 5_000)
    fs.writeFileSync(file, n < 5_000 ? text : text.slice(0, text.length - (1 + (n % 90))))
    fs.utimesSync(file, at, at)
  }
  const started = performance.now()
  const { put, readNow } = start({ env })
  await readNow()
  expect(left()).toEqual([])
  expect(put.length).toBeLessThanOrEqual(20)
  const used = put.map(({ windows }) => windows[0]?.percentUsed ?? 0)
  expect(used).toEqual(used.toSorted((a, b) => a - b))
  expect(used.at(-1)).toBe(99)
  // Under a millisecond each on a machine that others use.
  expect(performance.now() - started).toBeLessThan(20_000)
}, 60_000)

test('a file that is far too large, and one that is not ours, are not read', async () => {
  const { env, leave, left } = folder()
  const { put, readNow } = start({ env })
  leave(line(23, 41, { padding: 'x'.repeat(300_000) }), 1)
  leave('mine', 5, 'README')
  await readNow()
  expect(put).toEqual([])
  expect(left()).toEqual(['README'])
})

test('killed after it had put a reading and before its file was gone, it says nothing twice', async () => {
  const { env, leave } = folder()
  const first = start({ env })
  leave(line(23))
  await first.untilPut(1)
  await first.stop()
  leave(line(23), 0.01)
  const { put, readNow } = start({ env, known: first.put })
  await readNow()
  expect(put).toEqual([])
})

test('the spool that is not there yet is waited for', async () => {
  const { env, leave, spool } = folder()
  fs.rmdirSync(spool)
  const { untilPut, readNow, reports } = start({ env, pace: { settle: 5, poll: 30 } })
  expect(await readNow()).toMatchObject({ ok: false, message: expect.stringContaining('signalbox statusline install') })
  expect(reports).toHaveLength(1)
  fs.mkdirSync(spool)
  leave(line(23))
  await untilPut(1)
})

test("a session's account is the one its folder is signed in with", async () => {
  const { env, claude, top, leave } = folder()
  fs.mkdirSync(claude)
  fs.writeFileSync(path.join(top, '.claude.json'), JSON.stringify({ oauthAccount: { accountUuid: 'account-1' } }))
  const transcript_path = path.join(claude, 'projects', '-work', 's.jsonl')
  const { untilPut } = start({ env })
  leave(line(23, 41, { transcript_path }))
  const [reading] = await untilPut(1)
  expect(reading?.account).toBe('account-1')
})

test('of two folders each session speaks for its own account, and one of neither for none', async () => {
  const { env, claude, top, leave } = folder()
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
    leave(line(five, 41, { transcript_path: path.join(place, 'projects', '-work', 's.jsonl') }))
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

test('a source that names no account speaks of the only one there is, and is not lowered either', async () => {
  const { env, claude, leave } = folder()
  fs.mkdirSync(claude)
  fs.writeFileSync(path.join(claude, '.claude.json'), JSON.stringify({ oauthAccount: { accountUuid: 'account-1' } }))
  const known: LimitSnapshot = {
    source: 'console',
    capturedAt: Date.now() - minute,
    receivedAt: Date.now(),
    windows: [{ kind: 'session', label: 'Current session', percentUsed: 50, resetsAt: tonight * 1000, state: 'known' }],
    isPartial: false,
  }
  const { put, readNow } = start({ env, known: [known] })
  leave(line(49))
  await readNow()
  expect(put.map(({ account, windows }) => [account, windows.map(({ kind }) => kind)])).toEqual([['account-1', ['weekly_all']]])
})
