import fs from 'node:fs'
import path from 'node:path'
import { snapshotSchema } from '@signalbox/contract/limit-snapshot'
import { snapshotBodyOf } from '@signalbox/usage/limit-snapshot'
import { describe, expect, test } from 'vitest'
import { stretchForLoad } from '../../../../test/support/machine-load.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { listClaudeFiles, listClaudeFolders, readClaudeFile } from './claude-file.ts'
import { readClaudeJson } from './claude-json.ts'
import { type StartOptions, startSource } from './source.fixture.ts'

const minute = 60_000
const noon = Math.floor(Date.now() / minute) * minute - 30 * minute
const inHours = (hours: number) => new Date(noon + hours * 60 * minute).toISOString()

/** The plan limits as Claude Code fetched them `minutes` after noon. */
const cachedUsage = (minutes: number, percent: number, account: unknown = 'account-1') => ({
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
const claudeFile = (cachedUsageUtilization: unknown, more: object = {}) =>
  JSON.stringify({ numStartups: 3, ...more, cachedUsageUtilization, theme: 'dark' }, null, 2)

function folder() {
  const claude = path.join(tempFolder(), 'claude')
  fs.mkdirSync(claude)
  const file = path.join(claude, '.claude.json')
  return {
    claude,
    file,
    env: { CLAUDE_CONFIG_DIR: claude },
    /** Replaces the file as Claude Code does: by renaming another one. */
    replace: (text: string) => {
      fs.writeFileSync(`${file}.tmp.1`, text)
      fs.renameSync(`${file}.tmp.1`, file)
    },
  }
}

const start = (options: StartOptions) => startSource(readClaudeJson, options)
const percents = (put: readonly { readonly windows: readonly { readonly percentUsed?: number }[] }[]) =>
  put.map(({ windows }) => windows[0]?.percentUsed)

test('cached plan limits become a snapshot with the time and account they were fetched for', async () => {
  const { file, env } = folder()
  fs.writeFileSync(file, claudeFile(cachedUsage(0, 47)))
  const { untilPut, reports } = start({ env })
  const [snapshot] = await untilPut(1)
  expect(snapshot).toMatchObject({ source: 'claude-json', account: 'account-1', capturedAt: noon, isPartial: false })
  expect(snapshotSchema.parse(snapshotBodyOf(snapshot!))).toMatchObject({
    lastUpdated: new Date(noon).toISOString(),
    currentSession: { percentageUsed: 47, resetsIn: '3 hr', resetsAt: inHours(3) },
    weeklyLimits: { allModels: { percentageUsed: 31 }, sagaOnly: { percentageUsed: 44, label: 'Saga only' } },
  })
  expect(reports.at(-1)).toMatchObject({ state: 'ok', did: `read 3 windows of ${new Date(noon).toISOString()}` })
})

test('a plan without a 5-hour limit is complete without it', async () => {
  const { replace, env } = folder()
  const { untilPut, reports } = start({ env })
  const { utilization, ...rest } = cachedUsage(0, 47)
  const { five_hour: _, ...weekly } = { ...utilization, limits: utilization.limits.slice(1) }
  for (const [index, none] of [{}, { five_hour: null }, { five_hour: { utilization: null, resets_at: null } }].entries()) {
    replace(claudeFile({ ...rest, fetchedAtMs: noon + index * minute, utilization: { ...weekly, ...none } }))
    const snapshot = (await untilPut(index + 1))[index]
    const { currentSession, weeklyLimits, isPartial, extractionErrors } = snapshotSchema.parse(snapshotBodyOf(snapshot!))
    expect([currentSession, isPartial, extractionErrors]).toEqual([undefined, undefined, undefined])
    expect(weeklyLimits).toMatchObject({ allModels: { percentageUsed: 31 }, sagaOnly: { percentageUsed: 44 } })
  }
  expect(reports.every(({ error }) => error === undefined)).toBe(true)
})

test('each change becomes a snapshot at once, and a rewrite with the same limits does not', async () => {
  const { replace, env } = folder()
  replace(claudeFile(cachedUsage(0, 47)))
  const { untilPut, put, readNow } = start({ env })
  await untilPut(1)
  // Only events find the changes: the source polls about once a day.
  for (const [index, minutes] of [1, 2, 3].entries()) {
    replace(claudeFile(cachedUsage(minutes, 47 + minutes)))
    await untilPut(index + 2)
  }
  replace(claudeFile(cachedUsage(3, 50), { numStartups: 4, tipsHistory: { a: 1 } }))
  expect(await readNow()).toEqual({ ok: true })
  expect(percents(put)).toEqual([47, 48, 49, 50])
})

test('an older file of the same account is ignored, and another account has its own snapshots', async () => {
  const { replace, env } = folder()
  replace(claudeFile(cachedUsage(5, 47)))
  const { put, readNow } = start({ env })
  await readNow()
  replace(claudeFile(cachedUsage(4, 46)))
  await readNow()
  replace(claudeFile(cachedUsage(2, 9, 'account-2')))
  await readNow()
  expect(put.map(({ account, capturedAt }) => [account, (capturedAt - noon) / minute])).toEqual([
    ['account-1', 5],
    ['account-2', 2],
  ])
})

test('a file and a folder that are created later are found', async () => {
  const { claude, replace, env } = folder()
  fs.rmdirSync(claude)
  const { untilPut, readNow, reports } = start({ env, pace: { settle: 5, poll: 30 } })
  expect(await readNow()).toMatchObject({ ok: false })
  expect(reports.at(-1)).toMatchObject({ state: 'waiting', did: "Claude Code's file does not exist yet" })
  fs.mkdirSync(claude)
  replace(claudeFile(cachedUsage(0, 47)))
  await untilPut(1)
})

test('a change without an event is found by the next poll', async () => {
  const { claude, env } = folder()
  const elsewhere = path.join(tempFolder(), 'elsewhere.json')
  fs.writeFileSync(elsewhere, claudeFile(cachedUsage(0, 47)))
  // The folder of a symbolic link has no events of the link's target.
  fs.symlinkSync(elsewhere, path.join(claude, '.claude.json'))
  const { untilPut } = start({ env, pace: { settle: 5, poll: 30 } })
  await untilPut(1)
  fs.writeFileSync(elsewhere, claudeFile(cachedUsage(1, 48)))
  await untilPut(2)
})

describe('an invalid file', () => {
  test('that is incomplete is read as soon as its plan limits are complete', async () => {
    const { file, env } = folder()
    const text = claudeFile(cachedUsage(0, 47))
    const plan = text.indexOf('"cachedUsageUtilization"')
    fs.writeFileSync(file, text.slice(0, plan + 60))
    const { put, readNow, reports } = start({ env })
    expect(await readNow()).toMatchObject({ ok: false, message: expect.stringContaining('incomplete') })
    expect(reports.at(-1)).toMatchObject({ state: 'failing' })
    fs.writeFileSync(file, text.slice(0, text.indexOf('"theme"') + 3))
    expect(await readNow()).toEqual({ ok: true })
    fs.writeFileSync(file, text)
    expect(await readNow()).toEqual({ ok: true })
    expect(percents(put)).toEqual([47])
    expect(reports.at(-1)).toMatchObject({ state: 'ok' })
  })

  test.each([
    ['empty', '', 'no plan limits'],
    ['not JSON at all', 'cachedUsageUtilization everywhere', 'no plan limits'],
    ['without plan limits', JSON.stringify({ numStartups: 3 }), 'no plan limits'],
    ['with null as plan limits', claudeFile(null), 'no plan limits'],
    ['with a list as plan limits', claudeFile([1]), 'should be an object, and is'],
    ['without a time', claudeFile({ utilization: {} }), 'fetchedAtMs should be milliseconds, and is missing'],
    ['with a text as time', claudeFile({ ...cachedUsage(0, 1), fetchedAtMs: 'now' }), 'fetchedAtMs should be milliseconds, and is "now"'],
    ['with a time out of range', claudeFile({ ...cachedUsage(0, 1), fetchedAtMs: 9e99 }), 'fetchedAtMs should be milliseconds'],
    ['with a time in the future', claudeFile(cachedUsage(24 * 60, 1)), 'is in the future'],
    ['with text as utilization', claudeFile({ ...cachedUsage(0, 1), utilization: 'much' }), 'it should be an object, and is "much"'],
    [
      'without any valid number',
      claudeFile({ ...cachedUsage(0, 1), utilization: { five_hour: { utilization: 4000, resets_at: inHours(1) } } }),
      'and is 4000',
    ],
  ])('that is %s gives no snapshot and a reason', async (_, text, why) => {
    const { file, env } = folder()
    fs.writeFileSync(file, text)
    const { put, readNow } = start({ env })
    expect(await readNow()).toMatchObject({ ok: false, message: expect.stringContaining(why) })
    expect(put).toEqual([])
  })

  test('that is a folder or not readable is retried', async () => {
    const { file, env } = folder()
    fs.mkdirSync(file)
    const { readNow, put } = start({ env })
    expect((await readNow()).ok).toBe(false)
    fs.rmdirSync(file)
    fs.writeFileSync(file, claudeFile(cachedUsage(0, 47)), { mode: 0o000 })
    const { ok } = await readNow()
    // Root may read every file.
    expect(ok).toBe(process.getuid?.() === 0)
    fs.chmodSync(file, 0o600)
    expect(await readNow()).toEqual({ ok: true })
    expect(put).toHaveLength(1)
  })

  test('with an account of an invalid type gives a snapshot without account', async () => {
    const { file, env } = folder()
    fs.writeFileSync(file, claudeFile(cachedUsage(0, 47, 7)))
    const [snapshot] = await start({ env }).untilPut(1)
    expect(snapshot).not.toHaveProperty('account')
  })

  test('with some unreadable windows gives the others, and a reason for each', async () => {
    const { file, env } = folder()
    const { utilization, ...rest } = cachedUsage(0, 47)
    const limits = [
      ...utilization.limits,
      { kind: 'weekly_scoped', percent: 'much', resets_at: null, scope: { model: { display_name: 'Ode' } } },
    ]
    fs.writeFileSync(file, claudeFile({ ...rest, utilization: { ...utilization, limits } }))
    const [snapshot] = await start({ env }).untilPut(1)
    expect(snapshotBodyOf(snapshot!)).toMatchObject({
      isPartial: true,
      extractionErrors: { odeOnly: 'the percentage should be a number, and is "much"' },
    })
  })
})

describe('the file', () => {
  test('of tens of megabytes is read fast and with little memory, wherever the limits are in it', async () => {
    const { file } = folder()
    const chunk = 1024 * 1024
    const history = (bytes: number) =>
      Array.from({ length: bytes / 1000 }, (_, n) => ({ display: `${n} "cachedUsageUtilization": {"a": ${'x'.repeat(940)}` }))
    for (const before of [0, 20_000_000]) {
      fs.writeFileSync(
        file,
        claudeFile(cachedUsage(0, 47), { history: history(before), oauthAccount: { accountUuid: 'me' } }).replace(
          '"dark"',
          JSON.stringify(history(20_000_000)),
        ),
      )
      const memory = process.memoryUsage().rss
      const started = performance.now()
      expect(await readClaudeFile(file)).toMatchObject({ state: 'found', signedIn: 'me', usage: { account: 'account-1', fetchedAt: noon } })
      expect(performance.now() - started).toBeLessThan(await stretchForLoad(1_500))
      expect(process.memoryUsage().rss - memory).toBeLessThan(60_000_000)
    }
    // Across the end of a chunk, at several positions of the key.
    const text = claudeFile(cachedUsage(0, 47))
    const at = text.indexOf('"cachedUsageUtilization"')
    for (const cut of [1, 12, 23, 24, 25]) {
      const filler = `{"a":"${'x'.repeat(chunk - at - cut - 9)}",`
      fs.writeFileSync(file, filler + text.slice(1))
      expect(await readClaudeFile(file)).toMatchObject({ state: 'found' })
    }
  })

  test('with several objects gives the newest', async () => {
    const { file } = folder()
    fs.writeFileSync(
      file,
      claudeFile(cachedUsage(3, 50), { backup: { cachedUsageUtilization: cachedUsage(1, 40) }, last: 'cachedUsageUtilization' }),
    )
    expect(await readClaudeFile(file)).toMatchObject({ state: 'found', usage: { fetchedAt: noon + 3 * minute } })
  })

  test('is looked for in the places where Claude Code keeps it', () => {
    expect(listClaudeFiles('/x/dir')).toEqual(['/x/dir/.claude.json', '/x/dir/.config.json'].map(path.normalize))
    expect(listClaudeFiles('/home/me/.claude')).toContain(path.normalize('/home/me/.claude.json'))
    expect(listClaudeFolders({ CLAUDE_CONFIG_DIR: '/a,/b' })).toEqual(['/a', '/b'].map((one) => path.resolve(one)))
    expect(listClaudeFolders({}).map((one) => path.basename(one))).toEqual(['.claude', 'claude'])
  })
})
