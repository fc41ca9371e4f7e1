import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LimitSource } from '@signalbox/contract/limit-source'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { claudeJson } from './claude-json.ts'
import { mergeHealth } from './health.ts'
import { runSources } from './run-sources.ts'
import type { ReadOutcome, Source, SourceClock, SourceContext } from './source.ts'

/** A source that the test controls. */
function controlledSource(name: LimitSource) {
  const source = {
    name,
    starts: 0,
    reads: 0,
    context: undefined as unknown as SourceContext,
    closed: false,
    answer: async (): Promise<ReadOutcome> => ({ ok: true }),
    end: (_error?: Error) => {},
    start(context: SourceContext, signal: AbortSignal) {
      source.starts++
      source.context = context
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      source.end = (error) => (error === undefined ? resolve() : reject(error))
      signal.addEventListener('abort', async () => {
        await sleep(20)
        source.closed = true
        resolve()
      })
      return {
        ended: promise,
        readNow: () => {
          source.reads++
          return source.answer()
        },
      }
    },
  }
  return source satisfies Source
}

const start = Date.parse('2026-10-06T12:00:00.000Z')

/** A clock that only moves by waits, each of which ends at once. */
function instantClock(): SourceClock & { at: number; waits: number[]; held: boolean } {
  const clock = {
    at: start,
    waits: [] as number[],
    /** When true, waits last until they are aborted. */
    held: false,
    now: () => clock.at,
    random: () => 0.5,
    wait: (milliseconds: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        clock.waits.push(milliseconds)
        signal.addEventListener('abort', () => reject(signal.reason))
        if (clock.held) return
        setTimeout(() => {
          clock.at += milliseconds
          resolve()
        }, 5)
      }),
  }
  return clock
}

function run(
  sources: readonly Source[],
  { enabled = ['claude-json', 'statusline', 'console'] as LimitSource[], clock = instantClock(), env = {} } = {},
) {
  const saved: LimitSnapshot[] = []
  const stopping = new AbortController()
  const disk = { full: false }
  let changes = 0
  const running = runSources(
    {
      sources,
      enabled,
      env: { DATA_DIR: '/nowhere', ...env },
      machineId: 'laptop',
      clock,
      log: pino({ level: 'silent' }),
      save(snapshot) {
        if (disk.full) throw Object.assign(new Error('No space left'), { suggestion: 'Free some space.' })
        saved.push(snapshot)
      },
      newest: () => saved,
      changed: () => changes++,
    },
    stopping.signal,
  )
  const stop = async () => {
    stopping.abort()
    await running.ended
  }
  onTestFinished(stop)
  return { running, saved, disk, clock, stop, changes: () => changes }
}

const snapshot = (minute: number): LimitSnapshot => ({
  capturedAt: start + minute * 60_000,
  receivedAt: start,
  windows: [{ kind: 'session', label: '5-hour limit', percentUsed: minute, state: 'known' }],
  isPartial: false,
})
const minutes = (snapshots: readonly LimitSnapshot[]) => snapshots.map(({ capturedAt }) => (capturedAt - start) / 60_000)

test('only enabled sources run; without any the collector is paused', async () => {
  const [file, page] = [controlledSource('claude-json'), controlledSource('console')]
  const { running } = run([file, page], { enabled: ['console'] })
  expect([file.starts, page.starts]).toEqual([0, 1])
  expect(running.status().slice(0, 3)).toMatchObject([
    { name: 'claude-json', state: 'off' },
    { name: 'statusline', state: 'off' },
    { name: 'console', state: 'starting' },
  ])
  expect(run([file, page], { enabled: [] }).running.health()).toEqual({ state: 'paused', consecutiveFailures: 0 })
  expect(await run([], { enabled: [] }).running.readNow()).toMatchObject({ ok: false, message: expect.stringContaining('LIMIT_SOURCES') })
})

test('a snapshot is saved with the name of its source and of the machine', () => {
  const page = controlledSource('console')
  const { running, saved } = run([page])
  page.context.put({ ...snapshot(1), source: 'statusline', machineId: 'other', account: 'a' })
  expect(saved).toEqual([{ ...snapshot(1), source: 'console', machineId: 'laptop', account: 'a' }])
  expect(running.status()[2]).toMatchObject({ last_reading_at: '2026-10-06T12:00:00.000Z' })
  expect(running.health()).toMatchObject({ state: 'ok', lastSuccessAt: '2026-10-06T12:00:00.000Z' })
})

test('a snapshot of the usage page belongs to the account that has its resets, and to none where two have them or none has', async () => {
  const claude = tempFolder()
  const page = controlledSource('console')
  const clock = instantClock()
  clock.held = true
  const { running, saved } = run([claudeJson, page], { clock, env: { CLAUDE_CONFIG_DIR: claude } })
  const minute = 60_000
  const a = { session: start + 180 * minute, weekly: start + 3_600 * minute }
  const b = { session: start + 240 * minute, weekly: start + 5_400 * minute }
  let written = 0
  /** What Claude Code leaves after a sign-in with an account. */
  const signIn = async (accountUuid: string, { session, weekly }: typeof a) => {
    const limits = { session, weekly_all: weekly }
    const utilization = {
      limits: Object.entries(limits).map(([kind, at]) => ({ kind, percent: 40, resets_at: new Date(at).toISOString(), scope: null })),
    }
    const cachedUsageUtilization = { fetchedAtMs: start + written++, accountUuid, utilization }
    fs.writeFileSync(path.join(claude, 'next'), JSON.stringify({ cachedUsageUtilization }))
    fs.renameSync(path.join(claude, 'next'), path.join(claude, '.claude.json'))
    await running.readNow()
    expect(saved.at(-1)).toMatchObject({ source: 'claude-json', account: accountUuid })
  }
  const accountOnPage = (resets: Partial<typeof a>, more: Partial<LimitSnapshot> = {}) => {
    const { windows: _, ...bare } = snapshot(1)
    const windows: LimitSnapshot['windows'] = [
      { kind: 'session', label: '5-hour limit', percentUsed: 50, state: 'known', ...(resets.session && { resetsAt: resets.session }) },
      { kind: 'weekly_all', label: 'Weekly limit', percentUsed: 60, state: 'known', ...(resets.weekly && { resetsAt: resets.weekly }) },
    ]
    page.context.put({ ...bare, windows, ...more })
    expect(saved.at(-1)).toMatchObject({ source: 'console', windows })
    return saved.at(-1)?.account
  }

  await signIn('acc-a', a)
  await signIn('acc-b', b)
  // The page says the time left in minutes. The account that is signed in now counts for nothing.
  expect(accountOnPage({ session: a.session + minute, weekly: a.weekly - minute })).toBe('acc-a')
  expect(accountOnPage(b)).toBe('acc-b')
  expect(accountOnPage({ ...a, session: a.session + 300 * minute })).toBe('acc-a')
  expect(accountOnPage({ session: a.session + 30 * minute, weekly: a.weekly + 30 * minute })).toBeUndefined()
  expect(accountOnPage({})).toBeUndefined()
  expect(accountOnPage(a, { account: 'acc-c' })).toBe('acc-c')
  await signIn('acc-c', a)
  expect(accountOnPage(a)).toBeUndefined()
  expect(accountOnPage(b)).toBe('acc-b')
})

test('a report appears in status and health with its time, and failures are counted until the next success', () => {
  const page = controlledSource('console')
  const { running, changes } = run([page])
  const before = changes()
  for (let nth = 0; nth < 3; nth++) {
    page.context.report({
      state: 'failing',
      did: 'could not open the page',
      next: 'tries again',
      nextAttemptAt: start + 60_000,
      error: { category: 'NETWORK_ERROR', message: 'no route to host' },
    })
  }
  expect(changes()).toBe(before + 3)
  expect(running.status()[2]).toEqual({
    name: 'console',
    state: 'failing',
    did: 'could not open the page',
    at: '2026-10-06T12:00:00.000Z',
    next: 'tries again',
    next_attempt_at: '2026-10-06T12:01:00.000Z',
    failures: 3,
    error: { category: 'NETWORK_ERROR', message: 'no route to host' },
  })
  expect(running.health()).toEqual({
    state: 'failing',
    lastError: { category: 'NETWORK_ERROR', message: 'console: no route to host', at: '2026-10-06T12:00:00.000Z' },
    consecutiveFailures: 3,
    nextAttemptAt: '2026-10-06T12:01:00.000Z',
  })
  page.context.report({ state: 'ok', did: 'read 5 windows', next: 'reads again', nextAttemptAt: start + 300_000 })
  expect(running.status()[2]).not.toHaveProperty('error')
  expect(running.health()).toEqual({ state: 'ok', consecutiveFailures: 0, nextAttemptAt: '2026-10-06T12:05:00.000Z' })
})

test('needs_login is the merged state even while other sources work; another failure beside them only appears as the last error', () => {
  const [file, line, page] = [controlledSource('claude-json'), controlledSource('statusline'), controlledSource('console')]
  const { running } = run([file, line, page])
  file.context.report({ state: 'ok', did: 'read 5 windows', next: 'reads when the file changes' })
  line.context.report({ state: 'failing', did: 'failed', next: 'tries again', error: { category: 'UNKNOWN', message: 'odd' } })
  expect(running.health()).toMatchObject({ state: 'ok', lastError: { message: 'statusline: odd' }, consecutiveFailures: 1 })
  page.context.report({
    state: 'needs_login',
    did: 'was redirected to sign-in',
    next: 'tries again',
    error: { category: 'SESSION_EXPIRED', message: 'sign in' },
  })
  expect(running.health()).toMatchObject({ state: 'needs_login', lastError: { category: 'SESSION_EXPIRED' } })
  file.context.report({ state: 'waiting', did: 'found no file', next: 'reads when there is one' })
  page.context.report({ state: 'waiting', did: 'never signed in', next: 'run signalbox web login' })
  expect(running.health()).toMatchObject({ state: 'failing' })
  expect(mergeHealth([{ name: 'console', state: 'waiting', failures: 0 }])).toEqual({ state: 'ok', consecutiveFailures: 0 })
})

test('with a full disk snapshots stay in memory, and are saved in order once there is space', async () => {
  const page = controlledSource('console')
  const clock = instantClock()
  const { running, saved, disk } = run([page], { clock })
  disk.full = true
  for (const minute of [1, 2, 3]) page.context.put(snapshot(minute))
  expect(saved).toEqual([])
  expect(running.problem()).toBe('No space left')
  while (clock.waits.length < 3) await sleep(5)
  expect(new Set(clock.waits)).toEqual(new Set([30_000]))
  disk.full = false
  while (saved.length < 3) await sleep(5)
  page.context.put(snapshot(4))
  expect(minutes(saved)).toEqual([1, 2, 3, 4])
  expect(running.problem()).toBeUndefined()
})

test('snapshots in memory are saved when the collector stops', async () => {
  const page = controlledSource('console')
  const { saved, disk, stop, clock } = run([page])
  clock.held = true
  disk.full = true
  page.context.put(snapshot(1))
  disk.full = false
  await stop()
  expect(minutes(saved)).toEqual([1])
})

test('a source that ends, throws, or fails to start is restarted after a minute, and the others go on', async () => {
  const [page, file] = [controlledSource('console'), controlledSource('claude-json')]
  const broken: Source = {
    name: 'statusline',
    start: () => {
      throw new Error('no such folder')
    },
  }
  const { running, clock } = run([page, file, broken])
  expect(running.status()[1]).toMatchObject({
    state: 'failing',
    failures: 1,
    next_attempt_at: '2026-10-06T12:01:00.000Z',
    error: { category: 'UNKNOWN', message: 'no such folder' },
  })
  page.end(new Error('the browser is gone'))
  await sleep(1)
  expect(running.status()[2]).toMatchObject({ state: 'failing', error: { message: 'the browser is gone' } })
  while (page.starts < 2) await sleep(5)
  page.end()
  await sleep(1)
  expect(running.status()[2]).toMatchObject({ error: { message: 'it ended unexpectedly' } })
  while (page.starts < 3) await sleep(5)
  expect(clock.waits.every((wait) => wait === 60_000)).toBe(true)
  expect(file.starts).toBe(1)
})

test('readNow reads every source once; one success is enough, and concurrent calls share the result', async () => {
  const [file, page] = [controlledSource('claude-json'), controlledSource('console')]
  const { running, clock } = run([file, page])
  clock.held = true
  file.answer = async () => ({ ok: false, message: 'there is no file' })
  page.answer = async () => {
    await sleep(20)
    return { ok: true }
  }
  expect(await Promise.all([running.readNow(), running.readNow()])).toEqual([{ ok: true }, { ok: true }])
  expect([file.reads, page.reads]).toEqual([1, 1])
  page.answer = () => Promise.reject(new Error('it rejected'))
  expect(await running.readNow()).toEqual({ ok: false, message: 'claude-json: there is no file; console: it rejected' })
  page.answer = () => {
    throw new Error('it threw')
  }
  expect(await running.readNow()).toMatchObject({ ok: false, message: expect.stringContaining('it threw') })
})

test('readNow has a timeout', async () => {
  const page = controlledSource('console')
  const { running, clock } = run([page])
  page.answer = () => new Promise(() => {})
  expect(await running.readNow()).toEqual({ ok: false, message: 'console: it is still reading' })
  expect(clock.waits).toEqual([120_000])
})

test('it ends after every source has closed what it had open', async () => {
  const [file, page] = [controlledSource('claude-json'), controlledSource('console')]
  const { stop } = run([file, page])
  await stop()
  expect([file.closed, page.closed]).toEqual([true, true])
})
