// Timing: the page must paint, and show a new call or snapshot, within a second; only durations in a real browser show that.
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { stretchForLoad } from '../support/machine-load.ts'
import { repositoryRoot } from '../support/repository.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { connectBrowser, createCall, fetchUsage, sendCalls, sendSample, startHub, type TestHub, type Visit, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { createWindow, HOUR, postSnapshot } from './limit-snapshots.ts'
import { fillBoard, sendActivity } from './many-sessions.ts'
import { observe } from './observations.ts'

const LIMIT_MS = 1_000
const ROUNDS = 3
const MAX_SCRIPT_BYTES = 150 * 1000

let hub: TestHub
let browser: Browser
const dataDir = makeTempFolder()

beforeAll(async () => {
  ;[hub, browser] = await Promise.all([startHub({ dataDir, env: { DASHBOARD_LIMIT_PER_MINUTE: '100000' } }), connectBrowser()])
  await sendSample(hub, { now: Date.now(), days: 8, timezone: 'Europe/Berlin' })
  await postSnapshot(hub, 60_000)
})

/** What was measured: a row each, printed at the end. */
const figures: { figure: string; measured: string; limit: string }[] = []
const ms = (value: number) => `${Math.round(value).toLocaleString('en')} ms`
/** A limit by what other programs took of the machine in the moment of the measurement. */
const stretched = (limit: number, limitMs: number) =>
  limitMs > limit * 1.05 ? `${ms(limit)} × ${(limitMs / limit).toFixed(1)}` : ms(limit)

function printFigures(): void {
  const head = { figure: 'page speed', measured: 'measured', limit: 'limit' }
  const widths = (['figure', 'measured', 'limit'] as const).map((name) => Math.max(...[head, ...figures].map((row) => row[name].length)))
  const lines = [head, ...figures].map(({ figure, measured, limit }) =>
    [figure.padEnd(widths[0]!), measured.padStart(widths[1]!), limit.padStart(widths[2]!)].join('   ').trimEnd(),
  )
  console.log(lines.join('\n'))
}

afterAll(async () => {
  printFigures()
  await browser?.close()
  await hub?.stop()
  removeFolder(dataDir)
})

async function openPage(address: string): Promise<Visit> {
  const visited = await visit(browser, `${hub.url}${address}`)
  onTestFinished(() => visited.context.close())
  return visited
}

async function openLivePage(address: string): Promise<Visit> {
  const visited = await openPage(address)
  await visited.page.locator('.live-dot[data-status="live"]').waitFor()
  return visited
}

async function waitUntilLoaded(page: Page): Promise<void> {
  for (const part of ['.today-sentence', '.models-row', '.limit-row']) await page.locator(part).first().waitFor()
}

/** Expects one of some rounds to stay within the limit; those after it would prove nothing more. */
async function expectWithinLimit(figure: string, measure: (round: number) => Promise<number>): Promise<void> {
  let best = { took: Number.POSITIVE_INFINITY, limitMs: 1 }
  for (let round = 1; round <= ROUNDS && best.took >= best.limitMs; round++) {
    const limitMs = await stretchForLoad(LIMIT_MS)
    const took = await measure(round)
    if (took / limitMs < best.took / best.limitMs) best = { took, limitMs }
  }
  figures.push({ figure, measured: ms(best.took), limit: stretched(LIMIT_MS, best.limitMs) })
  expect(best.took).toBeLessThan(best.limitMs)
}

test('the first screen needs at most 150 kB of JavaScript and paints within a second', async () => {
  // The panel of sessions comes when there is one.
  await observe(hub, randomUUID(), { alive: true, activity: 'idle' })
  const { page, requests } = await openPage('/app')
  await waitUntilLoaded(page)
  await page.locator('.fleet .session-row').first().waitFor()
  // What every page loads when it is idle counts, too: on a busy machine it came before the rows, and the figure was another.
  await expect.poll(() => requests.some((url) => url.includes('after-load'))).toBe(true)
  const scripts = requests
    .filter((url) => url.endsWith('.js'))
    .map((url) => path.join(repositoryRoot, 'apps/dashboard/dist', new URL(url).pathname))
  expect(scripts.length).toBeGreaterThan(0)
  // The browser does not report the script of a shared worker as a request of the page.
  const worker = fs.readdirSync(path.join(repositoryRoot, 'apps/dashboard/dist/assets')).find((name) => /^live-worker-.*\.js$/.test(name))
  scripts.push(path.join(repositoryRoot, 'apps/dashboard/dist/assets', worker ?? 'live-worker'))
  // As the hub sends them to a browser that takes no Brotli.
  const bytes = [...new Set(scripts)].reduce((sum, file) => sum + gzipSync(fs.readFileSync(file), { level: 9 }).length, 0)
  const kilobytes = (count: number) => `${(count / 1_000).toFixed(1)} kB`
  figures.push({ figure: 'JavaScript of the first screen, gzip', measured: kilobytes(bytes), limit: kilobytes(MAX_SCRIPT_BYTES) })
  expect(bytes).toBeLessThanOrEqual(MAX_SCRIPT_BYTES)
  // Each visit has a cold cache.
  await expectWithinLimit('first contentful paint, cold cache', async () => {
    const visited = await openPage('/app')
    await waitUntilLoaded(visited.page)
    const firstPaint = 'performance.getEntriesByType("paint").find(({ name }) => name === "first-contentful-paint").startTime'
    const paintedAt = Number(await visited.page.evaluate(firstPaint))
    await visited.context.close()
    return paintedAt
  })
})

/** How much slower the processor of the measured visits is. */
const SLOWDOWN = 4
/** The first paint, and the first moment at which the page shows the day and has time for a click. */
const PAINT_LIMIT_MS = 1_000
const INTERACTIVE_LIMIT_MS = 1_500
/** Visits at most, until one is within both. */
const COLD_VISITS = 3

test(`on a cold cache with a processor ${SLOWDOWN} times slower, the page paints within a second, takes clicks soon after, and asks no other host`, async () => {
  const measured: { paint: number; interactive: number }[] = []
  const isWithin = ({ paint, interactive }: (typeof measured)[number]) => paint < PAINT_LIMIT_MS && interactive < INTERACTIVE_LIMIT_MS
  while (measured.length < COLD_VISITS && !measured.some(isWithin)) {
    const { page, context, requests } = await visit(browser, 'about:blank')
    const session = await context.newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN })
    await page.addInitScript(`
      const watch = () => {
        if (document.querySelector('.today-sentence') === null) return
        observer.disconnect()
        requestIdleCallback(() => { globalThis.interactiveAt = performance.now() })
      }
      const observer = new MutationObserver(watch)
      observer.observe(document, { childList: true, subtree: true })`)
    const share = await shareWithCore(async () => {
      await page.goto(`${hub.url}/app`)
      while ((await page.evaluate('globalThis.interactiveAt')) === undefined);
    })
    await waitUntilLoaded(page)
    const [paint, interactive] = (await page.evaluate(
      '[performance.getEntriesByType("paint").find(({ name }) => name === "first-contentful-paint").startTime, globalThis.interactiveAt]',
    )) as [number, number]
    measured.push({ paint: paint * share, interactive: interactive * share })
    expect(requests.filter((url) => url !== 'about:blank' && !url.startsWith(hub.url))).toEqual([])
    await context.close()
  }
  const best = measured.find(isWithin) ?? measured[measured.length - 1]!
  const slowed = `cold cache, processor / ${SLOWDOWN}`
  figures.push(
    { figure: `first contentful paint, ${slowed}`, measured: ms(best.paint), limit: ms(PAINT_LIMIT_MS) },
    { figure: `interactive, ${slowed}`, measured: ms(best.interactive), limit: ms(INTERACTIVE_LIMIT_MS) },
  )
  expect(measured.some(isWithin)).toBe(true)
}, 180_000)

/**
 * The share of the time in which the page had a core whenever it wanted one: other programs of this machine take none of a
 * reader's. One where the system does not say.
 */
async function shareWithCore(load: () => Promise<void>): Promise<number> {
  const devtools = await browser.newBrowserCDPSession()
  const waitedMs = async () => {
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
    const renderers = processInfo.filter(({ type }) => type === 'renderer')
    return new Map(renderers.map(({ id }) => [id, runQueueMs(id)]))
  }
  const [startedAt, before] = [performance.now(), await waitedMs()]
  await load()
  const after = await waitedMs()
  const longest = Math.max(0, ...[...after].map(([id, waited]) => waited - (before.get(id) ?? 0)))
  return Math.max(0, 1 - longest / (performance.now() - startedAt))
}

/** How long the main thread of a process has waited for a core, in milliseconds. */
function runQueueMs(pid: number): number {
  try {
    return Number(fs.readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[1]) / 1e6
  } catch {
    // Only Linux counts it, and a process may have ended.
    return 0
  }
}

test.each([
  ['/app', '.panel:has-text("Month to date") dd'],
  ['/app/usage', '.totals dl'],
])('a new call appears on %s within a second without a reload', async (address, tokens) => {
  const { page, complaints } = await openLivePage(address)
  const value = page.locator(`${tokens} data`).first()
  await value.waitFor()
  let shown = Number(await value.getAttribute('value'))
  await expect.poll(async () => (shown = Number(await value.getAttribute('value')))).toBe((await totalsOf(address)).total_tokens)
  await page.evaluate(
    'globalThis.mark = document.querySelector("main h1"); document.querySelector("main").dataset.mark = "same"; globalThis.skeletons = 0; new MutationObserver(() => { if (document.querySelector(".skeleton")) globalThis.skeletons++ }).observe(document.body, { childList: true, subtree: true })',
  )
  await expectWithinLimit(`a new call on ${address}`, async () => {
    const sent = createCall({ output: 54_321 })
    shown += sent.input + sent.output + sent.read
    const appears = page.locator(`${tokens} data[value="${shown}"]`).first().waitFor({ timeout: 45_000 })
    const startedAt = performance.now()
    await sendCalls(hub, 'atlas', [sent])
    await appears
    return performance.now() - startedAt
  })
  expect(await page.evaluate('globalThis.mark.isConnected && document.querySelector("main").dataset.mark')).toBe('same')
  expect(await page.evaluate('globalThis.skeletons')).toBe(0)
  expect(complaints).toEqual([])
})

/** The totals of the period that a screen shows: the month to date, or the last 30 days. */
async function totalsOf(address: string) {
  const timezone = 'Europe/Berlin'
  const day = (at: number) => new Date(at).toLocaleDateString('sv', { timeZone: timezone })
  const since = address === '/app' ? `${day(Date.now()).slice(0, 7)}-01` : day(Date.now() - 29 * 24 * HOUR)
  return (await fetchUsage(hub, { group: 'day', since, timezone })).totals
}

let percent = 47

test.each(['/widget', '/app', '/app/limits'])('a posted snapshot appears on the open card of %s within a second', async (address) => {
  const { page, complaints } = await openPage(address)
  const row = page.locator('.limit-row', { has: page.getByText('5-hour limit', { exact: true }) })
  await row.locator(`data[value="${percent}"]`).first().waitFor()
  await expectWithinLimit(`a snapshot on ${address}`, async () => {
    percent++
    const appears = row.locator(`data[value="${percent}"]`).waitFor({ timeout: 45_000 })
    const startedAt = performance.now()
    await postSnapshot(hub, 0, { currentSession: createWindow(percent, 2 * HOUR) })
    await appears
    return performance.now() - startedAt
  })
  expect(complaints).toEqual([])
})

test.each(['/app', '/app/sessions'])('an observation of a session changes its row on %s within a second', async (address) => {
  const id = randomUUID()
  await observe(hub, id, { alive: true, activity: 'idle' })
  const { page, complaints } = await openLivePage(address)
  const state = page.locator(`.session-row[data-session="${id}"] .state-mark`)
  await state.waitFor()
  await expectWithinLimit(`an observation on ${address}`, async (round) => {
    const activity = round % 2 === 0 ? 'idle' : 'working'
    const appears = state.and(page.locator(`[data-state="${activity}"]`)).waitFor({ timeout: 45_000 })
    const startedAt = performance.now()
    await observe(hub, id, { activity })
    await appears
    return performance.now() - startedAt
  })
  expect(complaints).toEqual([])
})

const BOARD_SESSIONS = 500
const EVENTS_PER_S = 50
const PIXEL_LIMIT_MS = 300
/** So many events are timed, one after the other; all but one of twenty have to be within the limit. */
const TIMED_EVENTS = 20
/** Of the processor, so that other programs of this machine do not count. */
const TASK_LIMIT_MS = 100
/** Pages at most, until one is within both. */
const BUSY_PAGES = 3

test(`with ${BOARD_SESSIONS} sessions on the board and ${EVENTS_PER_S} events a second, 95 % of events change a pixel within ${PIXEL_LIMIT_MS} ms, and no task takes ${TASK_LIMIT_MS} ms, from the load on`, async () => {
  const busy = await openTestHub({ HEARTBEAT_LIMIT_PER_MINUTE: '1000000', RATE_LIMIT_PER_MINUTE: '1000000' })
  const ids = await fillBoard(busy, BOARD_SESSIONS, (nth) => ({ machine: `rack-${nth % 20}`, seen: { alive: true, activity: 'idle' } }))
  let next = 0
  const traffic = setInterval(() => {
    const id = ids[1 + (next++ % (ids.length - 1))] as string
    void sendActivity(busy, id, next % 2 === 0 ? 'idle' : 'working').catch(() => {})
  }, 1_000 / EVENTS_PER_S)
  onTestFinished(() => clearInterval(traffic))
  const measured: { took: readonly number[]; tasks: readonly number[]; limitMs: number }[] = []
  const isWithin = ({ took, tasks, limitMs }: (typeof measured)[number]) =>
    percentile(took, 95) < limitMs && Number(tasks[0]) < TASK_LIMIT_MS
  while (measured.length < BUSY_PAGES && !measured.some(isWithin)) {
    const { page, context } = await visit(browser, 'about:blank')
    await browser.startTracing(page, { categories: ['-*', 'disabled-by-default-devtools.timeline'] })
    await page.goto(`${busy.url}/app/sessions`)
    await page.locator('.live-dot[data-status="live"]').waitFor()
    await expect.poll(() => page.locator('.session-row').count(), { timeout: 45_000 }).toBe(BOARD_SESSIONS)
    const limitMs = await stretchForLoad(PIXEL_LIMIT_MS)
    const took = await timeEvents(page, busy, ids[0] as string)
    measured.push({ took, tasks: longestTasks(await browser.stopTracing()), limitMs })
    await context.close()
  }
  const best = measured.find(isWithin) ?? measured[measured.length - 1]!
  const { took, tasks, limitMs } = best
  const busyBoard = `${BOARD_SESSIONS} sessions, ${EVENTS_PER_S} events a second`
  figures.push(
    {
      figure: `event to pixel, 95th percentile of ${took.length}, ${busyBoard}`,
      measured: ms(percentile(took, 95)),
      limit: stretched(PIXEL_LIMIT_MS, limitMs),
    },
    { figure: 'event to pixel, median', measured: ms(median(took)), limit: '' },
    { figure: 'event to pixel, worst', measured: ms(Math.max(...took)), limit: '' },
    { figure: 'longest task of the page, processor time', measured: ms(Number(tasks[0])), limit: ms(TASK_LIMIT_MS) },
  )
  expect(measured.some(isWithin)).toBe(true)
}, 300_000)

/** The times from an observation of a session to its changed row, each after the one before. */
async function timeEvents(page: Page, at: Pick<TestHub, 'url'>, target: string): Promise<number[]> {
  await page.evaluate(`
    const state = () => document.querySelector('[data-session="${target}"]').dataset.state
    let shown = state()
    new MutationObserver(() => {
      if (state() === shown) return
      shown = state()
      requestAnimationFrame(() => setTimeout(() => { globalThis.painted = Date.now() }))
    }).observe(document.querySelector('.board'), { attributes: true, subtree: true, attributeFilter: ['data-state'] })
    globalThis.isIdle = shown === 'idle'`)
  let activity = (await page.evaluate('isIdle')) ? ('working' as const) : ('idle' as const)
  const took: number[] = []
  for (let round = 0; round < TIMED_EVENTS; round++) {
    await page.evaluate('globalThis.painted = undefined')
    const startedAt = Date.now()
    await sendActivity(at, target, activity)
    let paintedAt: number | undefined
    // The page's policy forbids the functions that would wait there.
    while (paintedAt === undefined) paintedAt = (await page.evaluate('globalThis.painted')) as number | undefined
    took.push(paintedAt - startedAt)
    activity = activity === 'idle' ? 'working' : 'idle'
  }
  return took
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds, and those of the processor. */
  readonly dur?: number
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/** The processor time of the tasks in the main threads of pages, in milliseconds, the longest first. */
function longestTasks(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] }
  const named = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
  const pages = new Set(named.map(({ pid, tid }) => `${pid} ${tid}`))
  const tasks = traceEvents.filter(({ name, pid, tid }) => name === 'RunTask' && pages.has(`${pid} ${tid}`))
  // Some systems count no processor time of a thread.
  return tasks.map(({ dur = 0, tdur = dur }) => tdur / 1_000).sort((a, b) => b - a)
}

/** The number that so many of a hundred do not exceed. */
function percentile(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.ceil((numbers.length * share) / 100) - 1] as number
}

function median(numbers: readonly number[]): number {
  return percentile(numbers, 50)
}

/** `TABLE_ROWS=10000` measures as many as the table holds. */
const TABLE_ROWS = Number(process.env.TABLE_ROWS ?? 1_000)

test(`${TABLE_ROWS} sessions in the table scroll without a frame over 50 ms`, async () => {
  const large = await openTestHub({ RATE_LIMIT_PER_MINUTE: '1000000' })
  await fillBoard(large, TABLE_ROWS, (nth) => ({
    machine: `rack-${nth % 20}`,
    seen: { alive: true, activity: 'idle', fields: { branch: `feat/${nth}`, model: 'claude-opus-5-5', cost_usd: nth / 7 } },
  }))
  const { page } = await visitLive(large, '/app/sessions?view=table&ended=all')
  await page
    .getByText(`All ${TABLE_ROWS.toLocaleString('en')} sessions are shown.`)
    .or(page.getByText('The newest 10,000'))
    .waitFor({ timeout: 120_000 })
  expect(await page.locator('.session-table').getAttribute('aria-rowcount')).toBe(String(TABLE_ROWS + 1))
  // Only what is in the window is rendered.
  expect(await page.locator('.session-table-row').count()).toBeLessThan(80)
  // Three refreshes of the screen are 50 ms, give or take a part of one.
  const limitMs = await stretchForLoad(51)
  // The fastest of some passes: another program that takes a core for a moment drops a frame of one.
  let fastest: number[] | undefined
  for (let pass = 0; pass < 6 && (fastest?.at(-1) ?? Number.POSITIVE_INFINITY) >= limitMs; pass++) {
    // A page behind another one has no frames: seen once, with five minutes of waiting for them.
    await page.bringToFront()
    const frames = (await page.evaluate(`new Promise((resolve) => {
      scrollTo(0, 0)
      const frames = []
      setTimeout(() => resolve(frames), 20000)
      const bottom = document.documentElement.scrollHeight - innerHeight
      let last
      const step = (now) => {
        if (last !== undefined) frames.push(now - last)
        last = now
        if (scrollY >= bottom - 2 || frames.length > 400) return resolve(frames)
        scrollBy(0, Math.max(400, bottom / 200)); requestAnimationFrame(step)
      }
      requestAnimationFrame(() => requestAnimationFrame(step))
    })`)) as number[]
    if (frames.length < 20) continue
    frames.sort((a, b) => a - b)
    if (fastest === undefined || (frames.at(-1) as number) < (fastest.at(-1) as number)) fastest = frames
  }
  if (fastest === undefined) throw new Error('The page had no frames.')
  const frames = fastest
  const worst = frames.at(-1) as number
  figures.push({
    figure: `longest of ${frames.length} frames, ${TABLE_ROWS.toLocaleString('en')} sessions in the table scroll`,
    measured: `${worst.toFixed(1)} ms`,
    limit: stretched(51, limitMs),
  })
  expect(worst).toBeLessThan(limitMs)
}, 300_000)

async function visitLive(at: Pick<TestHub, 'url'>, address: string): Promise<Visit> {
  const visited = await visit(browser, `${at.url}${address}`)
  onTestFinished(() => visited.context.close())
  await visited.page.locator('.live-dot[data-status="live"]').waitFor()
  return visited
}
