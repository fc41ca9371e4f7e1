import fs from 'node:fs'
import path from 'node:path'
import { readingSchema } from '@signalbox/contract/limits'
import { readingOf } from '@signalbox/usage/limit-snapshot'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { claudeFilesOf, claudeFolders, readClaudeFile } from './claude-file.ts'
import { readClaudeJson } from './claude-json.ts'
import { type StartOptions, startSource } from './source.fixture.ts'

const minute = 60_000
const noon = Math.floor(Date.now() / minute) * minute - 30 * minute
const inHours = (hours: number) => new Date(noon + hours * 60 * minute).toISOString()

/** What Claude Code was told so many minutes after noon. */
const told = (minutes: number, percent: number, account: unknown = 'account-1') => ({
  fetchedAtMs: noon + minutes * minute,
  accountUuid: account,
  utilization: {
    five_hour: { utilization: percent, resets_at: inHours(3) },
    seven_day: { utilization: 31, resets_at: inHours(60) },
    limits: [
      { kind: 'session', percent, resets_at: inHours(3), scope: null },
      { kind: 'weekly_all', percent: 31, resets_at: inHours(60), scope: null },
      { kind: 'weekly_scoped', percent: 44, resets_at: inHours(60), scope: { model: { display_name: 'Saga' } } },
    ],
  },
})
const whole = (cachedUsageUtilization: unknown, more: object = {}) =>
  JSON.stringify({ numStartups: 3, ...more, cachedUsageUtilization, theme: 'dark' }, null, 2)

function folder() {
  const claude = path.join(tempFolder(), 'claude')
  fs.mkdirSync(claude)
  const file = path.join(claude, '.claude.json')
  return {
    claude,
    file,
    env: { CLAUDE_CONFIG_DIR: claude },
    /** As Claude Code does it: a file beside it, renamed. */
    replace: (text: string) => {
      fs.writeFileSync(`${file}.tmp.1`, text)
      fs.renameSync(`${file}.tmp.1`, file)
    },
  }
}

const start = (options: StartOptions) => startSource(readClaudeJson, options)
const percents = (put: readonly { readonly windows: readonly { readonly percentUsed?: number }[] }[]) =>
  put.map(({ windows }) => windows[0]?.percentUsed)

test('what Claude Code was told is a reading, with the time and the account it was told for', async () => {
  const { file, env } = folder()
  fs.writeFileSync(file, whole(told(0, 47)))
  const { untilPut, reports } = start({ env })
  const [reading] = await untilPut(1)
  expect(reading).toMatchObject({ source: 'claude-json', account: 'account-1', capturedAt: noon, isPartial: false })
  expect(readingSchema.parse(readingOf(reading!))).toMatchObject({
    lastUpdated: new Date(noon).toISOString(),
    currentSession: { percentageUsed: 47, resetsIn: '3 hr', resetsAt: inHours(3) },
    weeklyLimits: { allModels: { percentageUsed: 31 }, sagaOnly: { percentageUsed: 44, label: 'Saga only' } },
  })
  expect(reports.at(-1)).toMatchObject({ state: 'ok', did: `read 3 windows of ${new Date(noon).toISOString()}` })
})

test('each change is a reading within a moment, and a file that was only written again is none', async () => {
  const { replace, env } = folder()
  replace(whole(told(0, 47)))
  const { untilPut, put, readNow } = start({ env })
  await untilPut(1)
  for (const [index, minutes] of [1, 2, 3].entries()) {
    const started = performance.now()
    replace(whole(told(minutes, 47 + minutes)))
    await untilPut(index + 2)
    // Sooner than it would be looked for without being told.
    expect(performance.now() - started).toBeLessThan(4_000)
  }
  replace(whole(told(3, 50), { numStartups: 4, tipsHistory: { a: 1 } }))
  expect(await readNow()).toEqual({ ok: true })
  expect(percents(put)).toEqual([47, 48, 49, 50])
})

test('a file of before says nothing, and another account speaks for itself', async () => {
  const { replace, env } = folder()
  replace(whole(told(5, 47)))
  const { put, readNow } = start({ env })
  await readNow()
  replace(whole(told(4, 46)))
  await readNow()
  replace(whole(told(2, 9, 'account-2')))
  await readNow()
  expect(put.map(({ account, capturedAt }) => [account, (capturedAt - noon) / minute])).toEqual([
    ['account-1', 5],
    ['account-2', 2],
  ])
})

test('a file and a folder that come later are found', async () => {
  const { claude, replace, env } = folder()
  fs.rmdirSync(claude)
  const { untilPut, readNow, reports } = start({ env, pace: { settle: 5, poll: 30 } })
  expect(await readNow()).toMatchObject({ ok: false })
  expect(reports.at(-1)).toMatchObject({ state: 'waiting', did: "there is no file of Claude Code's yet" })
  fs.mkdirSync(claude)
  replace(whole(told(0, 47)))
  await untilPut(1)
})

test('what no event told of is found by the next look', async () => {
  const { claude, env } = folder()
  const elsewhere = path.join(tempFolder(), 'elsewhere.json')
  fs.writeFileSync(elsewhere, whole(told(0, 47)))
  // The folder of the link hears nothing of what it leads to.
  fs.symlinkSync(elsewhere, path.join(claude, '.claude.json'))
  const { untilPut } = start({ env, pace: { settle: 5, poll: 30 } })
  await untilPut(1)
  fs.writeFileSync(elsewhere, whole(told(1, 48)))
  await untilPut(2)
})

describe('a file that is not as it should be', () => {
  test('half written, is whole where the plan is, and is read again when its rest is there', async () => {
    const { file, env } = folder()
    const text = whole(told(0, 47))
    const plan = text.indexOf('"cachedUsageUtilization"')
    fs.writeFileSync(file, text.slice(0, plan + 60))
    const { put, readNow, reports } = start({ env })
    expect(await readNow()).toMatchObject({ ok: false, message: expect.stringContaining('half written') })
    expect(reports.at(-1)).toMatchObject({ state: 'failing' })
    fs.writeFileSync(file, text.slice(0, text.indexOf('"theme"') + 3))
    expect(await readNow()).toEqual({ ok: true })
    fs.writeFileSync(file, text)
    expect(await readNow()).toEqual({ ok: true })
    expect(percents(put)).toEqual([47])
    expect(reports.at(-1)).toMatchObject({ state: 'ok' })
  })

  test.each([
    ['empty', '', 'nothing of a plan'],
    ['no JSON at all', 'cachedUsageUtilization everywhere', 'nothing of a plan'],
    ['without a plan', JSON.stringify({ numStartups: 3 }), 'nothing of a plan'],
    ['of somebody without a plan', whole(null), 'nothing of a plan'],
    ['a list where the plan should be', whole([1]), 'should be an object, and is'],
    ['without a time', whole({ utilization: {} }), 'fetchedAtMs should be milliseconds, and is missing'],
    ['with a time in words', whole({ ...told(0, 1), fetchedAtMs: 'now' }), 'fetchedAtMs should be milliseconds, and is "now"'],
    ['with a time beyond all calendars', whole({ ...told(0, 1), fetchedAtMs: 9e99 }), 'fetchedAtMs should be milliseconds'],
    ['from tomorrow', whole(told(24 * 60, 1)), 'is in the future'],
    ['with text for its limits', whole({ ...told(0, 1), utilization: 'much' }), 'it should be an object, and is "much"'],
    [
      'with no number left',
      whole({ ...told(0, 1), utilization: { five_hour: { utilization: 400, resets_at: inHours(1) } } }),
      'and is 400',
    ],
  ])('%s, makes no reading and says why', async (_, text, why) => {
    const { file, env } = folder()
    fs.writeFileSync(file, text)
    const { put, readNow } = start({ env })
    expect(await readNow()).toMatchObject({ ok: false, message: expect.stringContaining(why) })
    expect(put).toEqual([])
  })

  test('is a folder, or may not be read', async () => {
    const { file, env } = folder()
    fs.mkdirSync(file)
    const { readNow, put } = start({ env })
    expect((await readNow()).ok).toBe(false)
    fs.rmdirSync(file)
    fs.writeFileSync(file, whole(told(0, 47)), { mode: 0o000 })
    const { ok } = await readNow()
    // Whoever may read everything reads this too.
    expect(ok).toBe(process.getuid?.() === 0)
    fs.chmodSync(file, 0o600)
    expect(await readNow()).toEqual({ ok: true })
    expect(put).toHaveLength(1)
  })

  test('has an account of a wrong type, and goes without it', async () => {
    const { file, env } = folder()
    fs.writeFileSync(file, whole(told(0, 47, 7)))
    const [reading] = await start({ env }).untilPut(1)
    expect(reading).not.toHaveProperty('account')
  })

  test('shows the windows that can be read, and why the others cannot', async () => {
    const { file, env } = folder()
    const { utilization, ...rest } = told(0, 47)
    const limits = [
      ...utilization.limits,
      { kind: 'weekly_scoped', percent: 'much', resets_at: null, scope: { model: { display_name: 'Ode' } } },
    ]
    fs.writeFileSync(file, whole({ ...rest, utilization: { ...utilization, limits } }))
    const [reading] = await start({ env }).untilPut(1)
    expect(readingOf(reading!)).toMatchObject({
      isPartial: true,
      extractionErrors: { odeOnly: 'the percentage should be a number, and is "much"' },
    })
  })
})

describe('the file', () => {
  test('of tens of megabytes is read in moments and little memory, wherever the plan stands in it', async () => {
    const { file } = folder()
    const piece = 1024 * 1024
    const history = (bytes: number) =>
      Array.from({ length: bytes / 1000 }, (_, n) => ({ display: `${n} "cachedUsageUtilization": {"a": ${'x'.repeat(940)}` }))
    for (const before of [0, 20_000_000]) {
      fs.writeFileSync(
        file,
        whole(told(0, 47), { history: history(before), oauthAccount: { accountUuid: 'me' } }).replace(
          '"dark"',
          JSON.stringify(history(20_000_000)),
        ),
      )
      const memory = process.memoryUsage().rss
      const started = performance.now()
      expect(await readClaudeFile(file)).toMatchObject({ state: 'found', signedIn: 'me', usage: { account: 'account-1', fetchedAt: noon } })
      expect(performance.now() - started).toBeLessThan(1_500)
      expect(process.memoryUsage().rss - memory).toBeLessThan(60_000_000)
    }
    // Across the end of a piece, at each place of the key.
    const text = whole(told(0, 47))
    const at = text.indexOf('"cachedUsageUtilization"')
    for (const cut of [1, 12, 23, 24, 25]) {
      const filler = `{"a":"${'x'.repeat(piece - at - cut - 9)}",`
      fs.writeFileSync(file, filler + text.slice(1))
      expect(await readClaudeFile(file)).toMatchObject({ state: 'found' })
    }
  })

  test('with the plan in it several times is as new as the newest', async () => {
    const { file } = folder()
    fs.writeFileSync(file, whole(told(3, 50), { backup: { cachedUsageUtilization: told(1, 40) }, last: 'cachedUsageUtilization' }))
    expect(await readClaudeFile(file)).toMatchObject({ state: 'found', usage: { fetchedAt: noon + 3 * minute } })
  })

  test('is where Claude Code keeps it', () => {
    expect(claudeFilesOf('/x/dir')).toEqual(['/x/dir/.claude.json', '/x/dir/.config.json'].map(path.normalize))
    expect(claudeFilesOf('/home/me/.claude')).toContain(path.normalize('/home/me/.claude.json'))
    expect(claudeFolders({ CLAUDE_CONFIG_DIR: '/a,/b' })).toEqual(['/a', '/b'].map((one) => path.resolve(one)))
    expect(claudeFolders({}).map((one) => path.basename(one))).toEqual(['.claude', 'claude'])
  })
})
