import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { expectNoViolations } from './axe.ts'
import { type FlakyProxy, startFlakyProxy } from './flaky-proxy.ts'
import { connectBrowser, requestHub, startHub, type TestHub, type Visit, type VisitOptions, visit, windForwardUntil } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { createSnapshotBody, createWindow, HOUR, LIMITS_PATH, MINUTE, postSnapshot } from './limit-snapshots.ts'
import { sendCollectorHeartbeat } from './observations.ts'

type Hub = Pick<TestHub, 'url'>

/** Delay of the page before each of its two retries, and before the next request after a failed one. */
const RETRY_DELAY_MS = 2_000
const NEXT_REQUEST_MS = 10_000
/** A fake clock runs as the real one does, until a test winds it forward. */
const fakeClock = { clock: {} }

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})

afterAll(async () => {
  await browser?.close()
})

async function openPage(url: string, options: VisitOptions = {}): Promise<Visit> {
  const visited = await visit(browser, url, { viewport: { width: 360, height: 640 }, ...options })
  onTestFinished(() => visited.context.close())
  return visited
}

/** A hub with a snapshot, and the card opened through a proxy. */
async function openThroughProxy(options: VisitOptions = {}): Promise<{ hub: Hub; proxy: FlakyProxy; page: Page }> {
  const hub = await openTestHub()
  await postSnapshot(hub, 1.3 * MINUTE)
  const proxy = await startFlakyProxy(hub.url)
  const visited = await openPage(`${proxy.url}/widget`, options)
  const { page } = visited
  await percentOf(page, '5-hour limit', 47)
  await settled(visited, proxy)
  return { hub, proxy, page }
}

/** When its stream of events is open, the page may ask for the limits once more. */
async function settled({ waitUntilCaughtUp }: Visit, proxy: FlakyProxy): Promise<void> {
  await waitUntilCaughtUp()
  let asked: number
  do {
    asked = proxy.count(LIMITS_PATH)
    await sleep(300)
  } while (proxy.count(LIMITS_PATH) > asked)
}

/** Waits until the proxy has received so many requests for the limits, then skips the delay before the next retry. */
async function skipRetryDelays(page: Page, proxy: FlakyProxy, counts: readonly number[]): Promise<void> {
  for (const count of counts) {
    await expect.poll(() => proxy.count(LIMITS_PATH), { timeout: 45_000 }).toBe(count)
    await page.clock.fastForward(RETRY_DELAY_MS)
  }
}

const card = (page: Page) => page.locator('.limits-card')
const rowOf = (page: Page, label: string) => page.locator('.limit-row', { has: page.getByText(label, { exact: true }) })
const percentOf = (page: Page, label: string, percent: number) =>
  rowOf(page, label).locator(`.limit-head data[value="${percent}"]`).waitFor({ timeout: 45_000 })
const refresh = (page: Page) => page.getByRole('button', { name: 'Refresh' }).click()
const filterOf = (page: Page) => page.evaluate('getComputedStyle(document.querySelector(".limits-current")).filter')
const detailsOf = async (page: Page, label: string) => (await rowOf(page, label).innerText()).replace(/\s+/g, ' ')

/** A long poll of a collector, with its state. */
const pollAsCollector = (hub: Hub, more: object = {}) =>
  requestHub<{ trigger?: { id: string } }>(hub, 'POST', `${LIMITS_PATH}/collector`, {
    machine_id: 'laptop',
    collector: { state: 'ok', consecutiveFailures: 0 },
    waitMs: 0,
    ...more,
  })

// States of the card, in the order of docs/dashboard.md.

test('Loading... appears only on the first load, never over existing numbers', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, MINUTE)
  const proxy = await startFlakyProxy(hub.url)
  proxy.set({ path: LIMITS_PATH, delay: 800 })
  const visited = await openPage(`${proxy.url}/widget`)
  const { page } = visited
  await page.getByText('Loading...', { exact: true }).waitFor()
  await percentOf(page, '5-hour limit', 47)
  expect(await page.getByText('Loading...').count()).toBe(0)
  await settled(visited, proxy)
  await page.evaluate(
    'globalThis.loads = 0; new MutationObserver(() => { if (document.querySelector(".limits-loading")) globalThis.loads++ }).observe(document.body, { childList: true, subtree: true })',
  )
  await postSnapshot(hub, 0, { currentSession: createWindow(48, HOUR) })
  await percentOf(page, '5-hour limit', 48)
  const asked = proxy.count(LIMITS_PATH)
  await refresh(page)
  await expect.poll(() => proxy.count(LIMITS_PATH)).toBeGreaterThan(asked)
  // The answer comes after 800 ms.
  await page.waitForTimeout(1_000)
  expect(await page.evaluate('globalThis.loads')).toBe(0)
})

test('a hub without a snapshot shows Waiting for data and what to run, gets no retries, and updates by itself', async () => {
  const hub = await openTestHub()
  const proxy = await startFlakyProxy(hub.url)
  const { page, complaints } = await openPage(`${proxy.url}/widget`, fakeClock)
  await page.getByRole('heading', { name: 'Waiting for data' }).waitFor()
  const text = await card(page).innerText()
  expect(text).toContain('npm start')
  expect(text).toContain('signalbox web login')
  expect(text).not.toMatch(/\d+ ?%|unavailable|retrying/)
  await page.clock.fastForward(3 * RETRY_DELAY_MS)
  await page.waitForTimeout(200)
  // Once for the page and once for the stream, without retries.
  expect(proxy.count(LIMITS_PATH)).toBeLessThanOrEqual(2)
  await sendCollectorHeartbeat(hub, [], {}, 'laptop')
  await page.getByText(/The collector on laptop is connected, but no source has read plan limits yet/).waitFor()
  const lastError = { category: 'CLOCK', message: 'the clock is wrong' }
  await pollAsCollector(hub, { collector: { state: 'failing', consecutiveFailures: 1, clockSkewMs: 420_000, lastError } })
  await refresh(page)
  await page.getByText(/^Not yet: the clock of laptop is 7 min ahead of the hub's/).waitFor()
  expect(await card(page).innerText()).not.toMatch(/no source has read|soon/)
  await postSnapshot(hub, 0)
  await percentOf(page, '5-hour limit', 47)
  expect(await page.getByText('Waiting for data').count()).toBe(0)
  expect(complaints.filter((complaint) => !complaint.includes('404'))).toEqual([])
})

test('without a snapshot, a machine whose collector is connected gets the commands that add a source, not the one that starts the collector', async () => {
  const hub = await openTestHub()
  await sendCollectorHeartbeat(hub, [], {}, 'boreas')
  const { page } = await openPage(`${hub.url}/widget`)
  await page.getByText('The collector on boreas is connected').waitFor()
  const text = await card(page).innerText()
  expect(text).toContain('signalbox statusline install')
  expect(text).toContain('signalbox web login')
  expect(text).toContain('with API-key billing there are none')
  expect(text).not.toMatch(/npm start|Start one/)
  // What the collector has found there decides what is offered.
  const sources = [
    { name: 'statusline', state: 'off' },
    { name: 'console', state: 'needs_login' },
  ]
  await sendCollectorHeartbeat(hub, [], { sources }, 'boreas')
  await page.reload()
  await page.getByText('Status line: switched off').waitFor()
  const found = await card(page).innerText()
  expect(found).toContain('Usage page: sign in')
  expect(found).toContain('npx signalbox web login')
  expect(found).not.toContain('signalbox statusline install')
})

test.each([503, 500])('a %i response is retried twice over the dimmed last limits', async (status) => {
  const { proxy, page } = await openThroughProxy(fakeClock)
  expect(await filterOf(page)).toBe('none')
  proxy.set({ path: LIMITS_PATH, status })
  const before = proxy.count(LIMITS_PATH)
  await refresh(page)
  await page.getByText('Connection error - retrying', { exact: true }).waitFor()
  expect(await filterOf(page)).toBe('grayscale(1)')
  await percentOf(page, '5-hour limit', 47)
  await skipRetryDelays(page, proxy, [before + 1, before + 2])
  await page.getByText('Data unavailable', { exact: true }).waitFor({ timeout: 45_000 })
  expect(await card(page).innerText()).toContain(`${status}`)
  expect(proxy.count(LIMITS_PATH)).toBe(before + 3)
  await percentOf(page, '5-hour limit', 47)
  expect(await filterOf(page)).toBe('grayscale(1)')

  proxy.set()
  await refresh(page)
  await page.getByText('Data unavailable').waitFor({ state: 'detached' })
  expect(await filterOf(page)).toBe('none')
})

test('a successful first retry never shows that data is unavailable', async () => {
  const { proxy, page } = await openThroughProxy(fakeClock)
  await page.evaluate(
    'globalThis.titles = []; new MutationObserver(() => { const text = document.querySelector(".limits-note-title")?.textContent; if (text && !globalThis.titles.includes(text)) globalThis.titles.push(text) }).observe(document.body, { childList: true, subtree: true, characterData: true })',
  )
  proxy.set({ path: LIMITS_PATH, status: 503 })
  await refresh(page)
  await page.getByText('Connection error - retrying').waitFor()
  proxy.set()
  await page.clock.fastForward(RETRY_DELAY_MS)
  await page.getByText('Connection error - retrying').waitFor({ state: 'detached', timeout: 45_000 })
  expect(await page.evaluate('globalThis.titles')).toEqual(['Connection error - retrying'])
})

test('three failed requests open the circuit for a minute with a countdown; Refresh passes it; one attempt closes it', async () => {
  const { proxy, page } = await openThroughProxy(fakeClock)
  // The stream fails too: reconnected after the clock jumps, it would bypass the circuit.
  proxy.set({ path: LIMITS_PATH, status: 503 }, { path: '/events', status: 503 })
  const before = proxy.count(LIMITS_PATH)
  await refresh(page)
  const backoff = page.locator('.limits-note-title', { hasText: 'Service temporarily unavailable - retrying' })
  await skipRetryDelays(page, proxy, [before + 1, before + 2])
  await page.getByText('Data unavailable').waitFor()
  // The next two requests are automatic.
  await page.clock.fastForward(NEXT_REQUEST_MS)
  await page.getByText('Connection error - retrying').waitFor()
  await skipRetryDelays(page, proxy, [before + 4, before + 5])
  await page.getByText('Data unavailable').waitFor()
  await page.clock.fastForward(NEXT_REQUEST_MS)
  await skipRetryDelays(page, proxy, [before + 7, before + 8])
  await backoff.waitFor({ timeout: 45_000 })
  const seconds = async () => Number(/retrying in (\d+)s/.exec(await backoff.innerText())?.[1])
  const first = await seconds()
  expect(await backoff.innerText()).toMatch(/^Service temporarily unavailable - retrying in \d\ds$/)
  expect(first).toBeGreaterThan(50)
  await page.clock.fastForward(18_000)
  await expect.poll(seconds).toBeLessThanOrEqual(first - 18)
  await percentOf(page, '5-hour limit', 47)
  expect(await filterOf(page)).toBe('grayscale(1)')
  expect(proxy.count(LIMITS_PATH)).toBe(before + 9)
  await page.clock.fastForward(12_000)
  await page.waitForTimeout(300)
  expect(proxy.count(LIMITS_PATH)).toBe(before + 9)

  // Refresh sends a request with its retries; the circuit stays open.
  await refresh(page)
  await skipRetryDelays(page, proxy, [before + 10, before + 11])
  await expect.poll(() => proxy.count(LIMITS_PATH), { timeout: 45_000 }).toBe(before + 12)
  expect(await seconds()).toBeGreaterThan(0)

  // After the minute: one attempt without retries.
  await page.clock.fastForward(40_000)
  await expect.poll(() => proxy.count(LIMITS_PATH), { timeout: 45_000 }).toBe(before + 13)
  await expect.poll(seconds).toBeGreaterThan(50)
  await page.clock.fastForward(2 * RETRY_DELAY_MS)
  await page.waitForTimeout(300)
  expect(proxy.count(LIMITS_PATH)).toBe(before + 13)

  // A successful attempt closes the circuit.
  proxy.set()
  await page.clock.fastForward(61_000)
  await backoff.waitFor({ state: 'detached', timeout: 45_000 })
  expect(await filterOf(page)).toBe('none')
})

test('a stopped hub leaves its last limits dimmed; the card shows it at once, and recovers with the hub', async () => {
  const folder = tempFolder()
  const hub = await startHub({ dataDir: folder })
  await postSnapshot(hub, MINUTE)
  const { page } = await openPage(`${hub.url}/widget`, fakeClock)
  await percentOf(page, '5-hour limit', 47)
  await hub.stop()
  await page.getByText('Connection error - retrying').waitFor()
  await percentOf(page, '5-hour limit', 47)
  await windForwardUntil(page, () => page.getByText('Data unavailable').isVisible())
  // In our words, not in those of the browser.
  expect(await card(page).innerText()).toMatch(/No connection to the hub\.(?!.*fetch)/s)
  expect(await filterOf(page)).toBe('grayscale(1)')
  const again = await startHub({ dataDir: folder, port: Number(new URL(hub.url).port) })
  onTestFinished(() => again.stop())
  await postSnapshot(again, 0, { currentSession: createWindow(52, HOUR) })
  await windForwardUntil(page, () => rowOf(page, '5-hour limit').locator('data[value="52"]').isVisible())
  await expect.poll(() => filterOf(page)).toBe('none')
  expect(await page.locator('.limits-note').count()).toBe(0)
})

test('a connection that returns while the circuit is open is used at once: the reopened stream bypasses it', async () => {
  const { hub, proxy, page } = await openThroughProxy(fakeClock)
  proxy.cut()
  const backoff = page.locator('.limits-note[data-kind="backoff"]')
  await windForwardUntil(page, () => backoff.isVisible())
  await postSnapshot(hub, 0, { currentSession: createWindow(53, HOUR) })
  proxy.mend()
  // The stream reconnects within ten seconds; the circuit would stay open for a minute.
  await page.clock.fastForward(10_000)
  await rowOf(page, '5-hour limit').locator('data[value="53"]').waitFor({ timeout: 20_000 })
})

test('a hub so slow that every attempt times out counts as unreachable', async () => {
  const { proxy, page } = await openThroughProxy(fakeClock)
  proxy.set({ path: LIMITS_PATH, delay: 60_000 })
  const before = proxy.count(LIMITS_PATH)
  await refresh(page)
  await expect.poll(() => proxy.count(LIMITS_PATH)).toBe(before + 1)
  await page.clock.fastForward(14_000)
  await page.getByText('Connection error - retrying').waitFor({ timeout: 45_000 })
  await percentOf(page, '5-hour limit', 47)
})

test('the last limits survive a reload while the hub is unreachable, with their age', async () => {
  const { proxy, page } = await openThroughProxy()
  proxy.set({ path: '/api/', status: 503 }, { path: '/events', status: 503 })
  await page.reload()
  await percentOf(page, '5-hour limit', 47)
  await page.getByText('Connection error - retrying').waitFor()
  expect(await filterOf(page)).toBe('grayscale(1)')
  expect(await page.getByText('Loading...').count()).toBe(0)
  expect(await card(page).innerText()).toMatch(/Updated [12] min ago/)
})

test('the card works with a forbidden, full or invalid browser storage', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, MINUTE)
  const harms = [
    'for (const name of ["getItem", "setItem", "removeItem"]) Storage.prototype[name] = () => { throw new DOMException("denied", "SecurityError") }',
    'Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError") }',
    'localStorage.setItem("signalbox.limits", "{ no json")',
    'localStorage.setItem("signalbox.limits", JSON.stringify({ reading: { lastUpdated: "2026-01-01T00:00:00Z", weeklyLimits: [null] } }))',
  ]
  for (const harm of harms) {
    const { page, context, complaints } = await openPage('about:blank')
    await context.addInitScript(harm)
    await page.goto(`${hub.url}/widget`)
    await percentOf(page, '5-hour limit', 47)
    await refresh(page)
    await percentOf(page, '5-hour limit', 47)
    expect(
      complaints.filter((text) => !text.includes('503')),
      harm,
    ).toEqual([])
  }
})

test('stale limits show their age and the reason, which follows the collector on the open page', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, 20.4 * MINUTE)
  const { page } = await openPage(`${hub.url}/widget`)
  await page.getByText('Stale · 20 min old', { exact: true }).waitFor()
  const note = page.locator('.limits-note')
  const reasons = [
    [{ state: 'ok', consecutiveFailures: 0 }, /laptop is connected and has sent no newer data/],
    [
      { state: 'failing', consecutiveFailures: 1, clockSkewMs: 420_000, lastError: { category: 'CLOCK', message: 'the clock is wrong' } },
      /^Stale · 2\d min old Not yet: the clock of laptop is 7 min ahead of the hub's, which takes its limits only when their time has come\./,
    ],
    [{ state: 'needs_login', consecutiveFailures: 3 }, /Sign-in required: the usage page on laptop .* npx signalbox web login/],
    [
      { state: 'failing', consecutiveFailures: 2, lastError: { category: 'PAGE_CHANGED', message: 'no known row on the page' } },
      /laptop cannot read the limits: no known row on the page/,
    ],
    [{ state: 'paused', consecutiveFailures: 0 }, /is disabled on laptop/],
  ] as const
  for (const [collector, reason] of reasons) {
    await pollAsCollector(hub, { collector })
    await expect.poll(async () => (await note.innerText()).replace(/\s+/g, ' '), { timeout: 45_000 }).toMatch(reason)
  }
  await percentOf(page, '5-hour limit', 47)
})

test('a collector that disconnects becomes the reason of stale limits, until a new snapshot arrives', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, 16 * MINUTE)
  const disconnecting = new AbortController()
  const polling = fetch(`${hub.url}${LIMITS_PATH}/collector`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ machine_id: 'laptop', collector: { state: 'ok', consecutiveFailures: 0 }, waitMs: 20_000 }),
    signal: disconnecting.signal,
  }).catch(() => {})
  const { page } = await openPage(`${hub.url}/widget`)
  const note = page.locator('.limits-note')
  await note.getByText(/has sent no newer data/).waitFor()
  disconnecting.abort()
  await polling
  // No event announces a closed connection; the page learns it with its next request.
  const offline = note.getByText(/Collector offline: laptop was last seen/)
  await expect
    .poll(async () => {
      await refresh(page)
      await page.waitForTimeout(200)
      return offline.isVisible()
    })
    .toBe(true)
  await postSnapshot(hub, 0)
  await note.waitFor({ state: 'detached', timeout: 45_000 })
})

test('a partial snapshot shows its rows and names the missing ones', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, MINUTE, {
    isPartial: true,
    extractionErrors: { sonnetOnly: 'the row lost its number', currentSession: 'not there' },
    currentSession: undefined,
  })
  const { page } = await openPage(`${hub.url}/widget`)
  await percentOf(page, 'Weekly limit', 31)
  expect(await page.locator('.limit-row').count()).toBe(1)
  expect(await page.locator('.limits-missing').innerText()).toMatch(
    /^Missing from this update: (5-hour limit, Weekly limit · Sonnet|Weekly limit · Sonnet, 5-hour limit)$/,
  )
  expect(await page.locator('.limits-missing').getAttribute('title')).toContain('the row lost its number')
})

test('a window that resets on the open page drops its number and waits for new data', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, MINUTE, { currentSession: createWindow(88, 10_000) })
  const { page } = await openPage(`${hub.url}/widget`, fakeClock)
  await percentOf(page, '5-hour limit', 88)
  // The first responses carry the time of the hub, which would undo the jump.
  await page.locator('.limit-details').getByText('Not enough data').first().waitFor()
  await page.clock.fastForward(15_000)
  await page.getByText('Reset · waiting for new data').waitFor({ timeout: 20_000 })
  expect(await detailsOf(page, '5-hour limit')).not.toMatch(/88|%|Approaching/)
  await percentOf(page, 'Weekly limit', 31)
  await postSnapshot(hub, 0, { currentSession: createWindow(1, 5 * HOUR) })
  await percentOf(page, '5-hour limit', 1)
})

test('an idle window shows when it starts, not when it resets', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, MINUTE, { currentSession: { percentageUsed: 0, idle: true } })
  const { page } = await openPage(`${hub.url}/widget`)
  await page.getByText('Starts when a message is sent', { exact: true }).waitFor()
  expect(await detailsOf(page, '5-hour limit')).not.toMatch(/reset|pace|forecast/i)
  expect(await rowOf(page, '5-hour limit').locator('.limit-elapsed').count()).toBe(0)
})

test('neutral below 60, amber to 80, red above with a warning, by pattern too, and an unknown model has its row', async () => {
  const hub = await openTestHub()
  const weeklyLimits = {
    allModels: createWindow(59, 70 * HOUR),
    aOnly: createWindow(60, 70 * HOUR, { label: 'A only' }),
    bOnly: createWindow(80, 70 * HOUR, { label: 'B only' }),
    zephyr9Only: createWindow(81, 70 * HOUR, { label: 'Zephyr 9 only' }),
  }
  await postSnapshot(hub, MINUTE, { weeklyLimits, currentSession: createWindow(100, HOUR) })
  const { page } = await openPage(`${hub.url}/widget`)
  await percentOf(page, 'Weekly limit · Zephyr 9', 81)
  const levels = await page.evaluate(
    '[...document.querySelectorAll(".limit-row")].map((row) => [row.querySelector(".limit-head span").textContent, row.dataset.level])',
  )
  expect(levels).toEqual([
    ['5-hour limit', 'red'],
    ['Weekly limit', expect.not.stringMatching(/amber|red/)],
    ['Weekly limit · A', 'amber'],
    ['Weekly limit · B', 'amber'],
    ['Weekly limit · Zephyr 9', 'red'],
  ])
  expect(await detailsOf(page, 'Weekly limit · Zephyr 9')).toContain('Approaching usage limit')
  expect(await detailsOf(page, '5-hour limit')).toContain('Usage limit reached')
  for (const label of ['Weekly limit', 'Weekly limit · A', 'Weekly limit · B'])
    expect(await detailsOf(page, label)).not.toMatch(/usage limit/i)
  const backgrounds = await page.evaluate(
    '["Weekly limit", "Weekly limit · A", "Weekly limit · Zephyr 9"].map((label) => getComputedStyle([...document.querySelectorAll(".limit-row")].find((row) => row.querySelector(".limit-head span").textContent === label).querySelector(".limit-used")).backgroundImage)',
  )
  expect(backgrounds).toEqual(['none', expect.stringContaining('repeating-linear-gradient'), 'none'])
  expect(await page.getByRole('meter', { name: 'Weekly limit · B' }).getAttribute('aria-valuetext')).toMatch(
    /^80% used, high; \d+% of the window elapsed$/,
  )
})

test('above 100 % the row, its bar and a screen reader say that it is over the limit', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, MINUTE, { currentSession: createWindow(101, HOUR) })
  const { page } = await openPage(`${hub.url}/widget`)
  await percentOf(page, '5-hour limit', 101)
  expect(await rowOf(page, '5-hour limit').locator('.limit-head data').innerText()).toMatch(/^101\s?%$/)
  expect(await rowOf(page, '5-hour limit').getAttribute('data-level')).toBe('red')
  expect(await detailsOf(page, '5-hour limit')).toContain('Over the limit')
  expect(await detailsOf(page, '5-hour limit')).not.toMatch(/reached|forecast|on track/i)
  const meter = page.getByRole('meter', { name: '5-hour limit' })
  const shown = await meter.evaluate((one) => {
    const [bar, used] = [one, one.querySelector('.limit-used')!].map((part) => part.getBoundingClientRect().width)
    const [now, max, text] = ['now', 'max', 'text'].map((name) => one.getAttribute(`aria-value${name}`))
    return { now, max, text, over: one.hasAttribute('data-over'), overflows: used! > bar! }
  })
  expect(shown).toEqual({
    now: '101',
    max: '101',
    text: expect.stringMatching(/^101% used, over the limit; 80% of the window elapsed$/),
    over: true,
    overflows: false,
  })
  expect(await page.getByRole('meter', { name: 'Weekly limit' }).getAttribute('data-over')).toBeNull()
})

test('at 100 % the card says what extra usage costs, on the widget and on Today', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, MINUTE, {
    currentSession: createWindow(100, HOUR),
    extraUsage: { is_enabled: true, used_credits: 10_631, monthly_limit: null, currency: 'USD', decimal_places: 2 },
  })
  for (const address of ['/widget', '/app']) {
    const { page } = await openPage(`${hub.url}${address}`)
    await percentOf(page, '5-hour limit', 100)
    expect(await page.locator('.limits-extra').allInnerTexts(), address).toEqual(['Extra usage $106.31 used this month'])
    expect(await detailsOf(page, '5-hour limit')).toContain('Usage limit reached')
  }
})

test('elapsed time and forecast of each window, as a range', async () => {
  const hub = await openTestHub()
  const [session, week] = [new Date(Date.now() + 2 * HOUR).toISOString(), new Date(Date.now() + 42 * HOUR).toISOString()]
  const post = (to: Hub, ageMs: number, used: number, all: number) =>
    postSnapshot(to, ageMs, {
      currentSession: { percentageUsed: used, resetsIn: 'x', resetsAt: session },
      weeklyLimits: { allModels: { percentageUsed: all, resetsIn: 'x', resetsAt: week } },
    })
  await post(hub, 0, 20, 50)
  const { page } = await openPage(`${hub.url}/widget`)
  await percentOf(page, '5-hour limit', 20)
  // The forecast comes a moment after the percentages.
  for (const label of ['5-hour limit', 'Weekly limit']) await expect.poll(() => detailsOf(page, label)).toContain('Not enough data')
  const elapsed = await page.evaluate(
    '[...document.querySelectorAll(".limit-elapsed")].map((mark) => Math.round(parseFloat(mark.style.left)))',
  )
  expect(elapsed).toEqual([60, 75])

  const busy = await openTestHub()
  await post(busy, 20 * HOUR, 40, 45)
  await post(busy, 10 * HOUR, 40, 47)
  await post(busy, 50 * MINUTE, 20, 50)
  await post(busy, 25 * MINUTE, 45, 50)
  await post(busy, 0, 70, 50)
  const other = await openPage(`${busy.url}/widget`)
  await percentOf(other.page, '5-hour limit', 70)
  // 50 % in 50 minutes: without a past, anything from no more use to several times the pace.
  await expect.poll(() => detailsOf(other.page, '5-hour limit')).toMatch(/May be reached, .+ at the earliest, or 70% at the reset/)
  await expect.poll(() => detailsOf(other.page, 'Weekly limit')).toMatch(/On track: 50% to \d+% at the reset/)
})

test('a window from an older snapshot shows its own age', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, 12.5 * MINUTE, {
    weeklyLimits: { allModels: createWindow(31, 70 * HOUR), fableOnly: createWindow(44, 70 * HOUR, { label: 'Fable only' }) },
  })
  await postSnapshot(hub, MINUTE, {
    source: 'statusline',
    currentSession: createWindow(60, 2.7 * HOUR),
    weeklyLimits: { allModels: createWindow(33, 70 * HOUR) },
  })
  const { page } = await openPage(`${hub.url}/widget`)
  await percentOf(page, '5-hour limit', 60)
  expect(await detailsOf(page, 'Weekly limit · Fable')).toMatch(/Updated 1[23] min ago/)
  expect(await detailsOf(page, '5-hour limit')).not.toContain('Updated')
})

test('a browser whose clock is hours ahead or behind shows ages and resets by the clock of the hub', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, 2.2 * MINUTE, { currentSession: createWindow(47, HOUR) })
  for (const offset of [3 * HOUR, -3 * HOUR]) {
    const { page } = await openPage(`${hub.url}/widget`, { clock: { time: Date.now() + offset } })
    await percentOf(page, '5-hour limit', 47)
    expect(await card(page).innerText()).toMatch(/Updated 2 min ago/)
    expect(await detailsOf(page, '5-hour limit')).toMatch(/Resets in (59 min|1 h)/)
    expect(await page.getByText('Stale').count()).toBe(0)
  }
})

test('before the first call Today shows one waiting state, and the limits as soon as they arrive', async () => {
  const hub = await openTestHub()
  const { page } = await openPage(`${hub.url}/app`, { viewport: { width: 1440, height: 900 } })
  await page.getByRole('heading', { name: 'Waiting for data' }).waitFor()
  await page.locator('.live-dot[data-status="live"]').waitFor()
  await page.waitForTimeout(300)
  // On a busy machine the screen may still be taking in what the stream has said.
  await expect.poll(() => page.getByText('Waiting for data').count()).toBe(1)
  await postSnapshot(hub, 0)
  await percentOf(page, '5-hour limit', 47)
})

// Updates and requested updates.

test('Refresh triggers the collector, shows its progress and the result', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, MINUTE)
  const work = pollAsCollector(hub, { waitMs: 20_000 })
  const { page } = await openPage(`${hub.url}/widget`)
  await percentOf(page, '5-hour limit', 47)
  await refresh(page)
  const status = page.locator('.limits-status')
  await status.getByText(/^(Requested an update from laptop|laptop is reading the limits)$/).waitFor()
  const { trigger } = await work
  expect(trigger).toBeDefined()
  await status.getByText('laptop is reading the limits').waitFor()
  await postSnapshot(hub, 0, { currentSession: createWindow(58, 2 * HOUR) })
  await percentOf(page, '5-hour limit', 58)
  await pollAsCollector(hub, { triggers: [{ id: trigger?.id, step: 'done' }] })
  await status.getByText('Updated by laptop').waitFor()
})

test('a failed update shows the reason', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, MINUTE)
  const work = pollAsCollector(hub, { waitMs: 20_000 })
  const { page } = await openPage(`${hub.url}/widget`)
  await percentOf(page, '5-hour limit', 47)
  await refresh(page)
  const { trigger } = await work
  await pollAsCollector(hub, { triggers: [{ id: trigger?.id, step: 'failed', message: 'the page asks to sign in' }] })
  await page.locator('.limits-status').getByText('laptop could not read the limits: the page asks to sign in').waitFor()
})

test('Refresh without a collector shows the message of the hub, and fetches its limits', async () => {
  const { proxy, page } = await openThroughProxy()
  await page.waitForTimeout(500)
  const before = proxy.count(LIMITS_PATH)
  await refresh(page)
  const status = page.locator('.limits-status')
  await status.getByText(/collector offline, last seen/).waitFor()
  expect(await status.innerText()).not.toMatch(/\dT\d/)
  expect(proxy.count(LIMITS_PATH)).toBe(before + 1)
  expect(proxy.count(`${LIMITS_PATH}/trigger`)).toBe(1)
})

// Access and layout.

test('a hub with keys requires one for /widget too, and signing out deletes the saved limits', async () => {
  const key = 'a-key-for-the-card-that-is-long-enough'
  const hub = await openTestHub({ NODE_ENV: 'production', API_KEYS: key })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const stored = await fetch(`${hub.url}${LIMITS_PATH}`, { method: 'POST', headers, body: JSON.stringify(createSnapshotBody(MINUTE)) })
  expect(stored.status).toBe(200)
  const { page } = await openPage(`${hub.url}/widget`)
  await page.getByLabel('Key', { exact: true }).fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await percentOf(page, '5-hour limit', 47)
  expect(await page.evaluate('localStorage.getItem("signalbox.limits") !== null')).toBe(true)
  await page.goto(`${hub.url}/app/settings`)
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByLabel('Key', { exact: true }).waitFor()
  expect(await page.evaluate('localStorage.getItem("signalbox.limits")')).toBeNull()
  await page.goto(`${hub.url}/widget`)
  await page.getByLabel('Key', { exact: true }).waitFor()
  expect(await page.locator('.limit-row').count()).toBe(0)
})

test('the card alone has no navigation, fits from 240 pixels to a wall display, and takes its theme from the address', async () => {
  const hub = await openTestHub()
  await postSnapshot(hub, 20 * MINUTE, {
    weeklyLimits: {
      allModels: createWindow(81, 70 * HOUR),
      longOnly: createWindow(44, 70 * HOUR, { label: 'A model with a name that is longer than any other only' }),
    },
    planInfo: { name: 'Max', tier: '5x', cost: '$100 a month', nextBillingDate: 'Dec 12' },
  })
  const { page, complaints } = await openPage(`${hub.url}/widget?theme=dark`)
  await percentOf(page, '5-hour limit', 47)
  expect(await page.getByRole('navigation').count()).toBe(0)
  expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
  for (const width of [240, 320, 360, 768, 1920]) {
    await page.setViewportSize({ width, height: 640 })
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${width} pixels`).toBe(0)
  }
  expect(complaints).toEqual([])
})

test('no state of the card has accessibility violations, in either theme', async () => {
  const { hub, proxy, page } = await openThroughProxy(fakeClock)
  await expectNoViolations(page, 'fresh')
  await postSnapshot(hub, 0, {
    isPartial: true,
    extractionErrors: { sonnetOnly: 'not there' },
    currentSession: { percentageUsed: 0, idle: true },
    weeklyLimits: { allModels: createWindow(70, 70 * HOUR), fableOnly: createWindow(95, 70 * HOUR, { label: 'Fable only' }) },
  })
  await percentOf(page, 'Weekly limit · Fable', 95)
  await expectNoViolations(page, 'partial, idle, amber and red')
  proxy.set({ path: LIMITS_PATH, status: 503 })
  const before = proxy.count(LIMITS_PATH)
  await refresh(page)
  await skipRetryDelays(page, proxy, [before + 1, before + 2])
  await page.getByText('Data unavailable').waitFor()
  await expectNoViolations(page, 'unavailable')
  const empty = await openTestHub()
  await page.goto(`${empty.url}/widget`)
  await page.getByRole('heading', { name: 'Waiting for data' }).waitFor()
  await expectNoViolations(page, 'waiting')
  await postSnapshot(empty, 40 * MINUTE, { currentSession: createWindow(88, -MINUTE) })
  await page.getByText('Reset · waiting for new data').waitFor()
  await expectNoViolations(page, 'stale and reset')
})
