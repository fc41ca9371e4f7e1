import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { show, themes, wrongs } from './axe.ts'
import { type Line, lineTo } from './line.ts'
import { HOUR, limitPath, MINUTE, read, readingOf, windowUsed } from './reading.ts'
import { launch, type StagedHub, startHub, tell, type Visit, visit } from './stage.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})

afterAll(async () => {
  await browser?.close()
})

/** A hub of its own for each test: readings are of one plan, and each test tells another story. */
async function openHub(env: Record<string, string> = {}): Promise<StagedHub> {
  const hub = await startHub({
    dataDir: tempFolder(),
    env: { RATE_LIMIT_PER_MINUTE: '10000', DASHBOARD_LIMIT_PER_MINUTE: '10000', ...env },
  })
  onTestFinished(() => hub.stop())
  return hub
}

async function see(url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await visit(browser, url, { viewport: { width: 360, height: 640 }, ...options })
  onTestFinished(() => visited.context.close())
  return visited
}

/** A hub with a reading, a line to it, and the card at its end. */
async function seeOverLine(): Promise<{ hub: StagedHub; line: Line; page: Page }> {
  const hub = await openHub()
  await read(hub, 1.3 * MINUTE)
  const line = await lineTo(hub.url)
  const { page } = await see(`${line.url}/widget`)
  await percentOf(page, 'Current session', 47)
  return { hub, line, page }
}

const card = (page: Page) => page.locator('.limits-card')
const rowOf = (page: Page, label: string) => page.locator('.limit-row', { has: page.getByText(label, { exact: true }) })
const percentOf = (page: Page, label: string, percent: number) =>
  rowOf(page, label).locator(`.limit-head data[value="${percent}"]`).waitFor({ timeout: 10_000 })
const refresh = (page: Page) => page.getByRole('button', { name: 'Refresh' }).click()
const filterOf = (page: Page) => page.evaluate('getComputedStyle(document.querySelector(".limits-reading")).filter')
const words = async (page: Page, label: string) => (await rowOf(page, label).innerText()).replace(/\s+/g, ' ')

/** A collector that says how it is, and waits for work as long as it is told to. */
const collect = (hub: StagedHub, more: object = {}) =>
  tell<{ trigger?: { id: string } }>(hub, 'POST', `${limitPath}/collector`, {
    machine_id: 'laptop',
    collector: { state: 'ok', consecutiveFailures: 0 },
    waitMs: 0,
    ...more,
  })

// The table of the card, from the top.

test('the first load says Loading..., once, and never again over numbers that are there', async () => {
  const hub = await openHub()
  await read(hub, MINUTE)
  const line = await lineTo(hub.url)
  line.set({ path: limitPath, delay: 1_500 })
  const { page } = await see(`${line.url}/widget`)
  await page.getByText('Loading...', { exact: true }).waitFor()
  await percentOf(page, 'Current session', 47)
  expect(await page.getByText('Loading...').count()).toBe(0)
  await page.evaluate(
    'globalThis.loads = 0; new MutationObserver(() => { if (document.querySelector(".limits-loading")) globalThis.loads++ }).observe(document.body, { childList: true, subtree: true })',
  )
  await read(hub, 0, { currentSession: windowUsed(48, HOUR) })
  await percentOf(page, 'Current session', 48)
  await refresh(page)
  await page.waitForTimeout(2_000)
  expect(await page.evaluate('globalThis.loads')).toBe(0)
})

test('a hub without a reading says Waiting for data and what to run, is asked once, and fills by itself', async () => {
  const hub = await openHub()
  const line = await lineTo(hub.url)
  const { page, complaints } = await see(`${line.url}/widget`)
  await page.getByRole('heading', { name: 'Waiting for data' }).waitFor()
  const said = await card(page).innerText()
  expect(said).toContain('npm start')
  expect(said).toContain('signalbox console login')
  expect(said).not.toMatch(/\d+ ?%|unavailable|retrying/)
  await page.locator('html').evaluate('new Promise((resolve) => setTimeout(resolve, 5_000))')
  // As often as the stream opened, and not tried again.
  expect(line.count(limitPath)).toBeLessThanOrEqual(2)
  await read(hub, 0)
  await percentOf(page, 'Current session', 47)
  expect(await page.getByText('Waiting for data').count()).toBe(0)
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
})

test.each([503, 500])(
  'a line that answers %i is tried twice more, two seconds apart, over the last reading, which is dimmed',
  async (status) => {
    const { line, page } = await seeOverLine()
    expect(await filterOf(page)).toBe('none')
    line.set({ path: limitPath, status })
    const before = line.arrivals.length
    await refresh(page)
    await page.getByText('Connection error - retrying', { exact: true }).waitFor({ timeout: 1_500 })
    expect(await filterOf(page)).toBe('grayscale(1)')
    await percentOf(page, 'Current session', 47)
    await page.getByText('Data unavailable', { exact: true }).waitFor({ timeout: 6_000 })
    expect(await card(page).innerText()).toContain(`${status}`)
    const tries = line.arrivals.slice(before).filter(({ path }) => path === limitPath)
    expect(tries).toHaveLength(3)
    for (const [index, { at }] of tries.entries()) {
      const gap = at - (tries[index - 1]?.at ?? at - 2_000)
      expect(gap).toBeGreaterThan(1_900)
      expect(gap).toBeLessThan(2_700)
    }
    await percentOf(page, 'Current session', 47)
    expect(await filterOf(page)).toBe('grayscale(1)')

    line.set()
    await refresh(page)
    await page.getByText('Data unavailable').waitFor({ state: 'detached' })
    expect(await filterOf(page)).toBe('none')
  },
)

test('a line that is good again at the second try never said that data is unavailable', async () => {
  const { line, page } = await seeOverLine()
  await page.evaluate(
    'globalThis.told = []; new MutationObserver(() => { const text = document.querySelector(".limits-note-word")?.textContent; if (text && !globalThis.told.includes(text)) globalThis.told.push(text) }).observe(document.body, { childList: true, subtree: true, characterData: true })',
  )
  line.set({ path: limitPath, status: 503 })
  await refresh(page)
  await page.getByText('Connection error - retrying').waitFor()
  line.set()
  await page.getByText('Connection error - retrying').waitFor({ state: 'detached', timeout: 4_000 })
  expect(await page.evaluate('globalThis.told')).toEqual(['Connection error - retrying'])
})

test('after three questions in vain the line rests for a minute, counting down; a person gets through all the same; one try ends it', async () => {
  const hub = await openHub()
  await read(hub, MINUTE)
  const line = await lineTo(hub.url)
  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'en-US' })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.clock.install()
  await page.goto(`${line.url}/widget`)
  await percentOf(page, 'Current session', 47)
  // The stream, too: it falls silent when time is wound on, and opened again it would be news of the hub.
  line.set({ path: limitPath, status: 503 }, { path: '/events', status: 503 })
  await refresh(page)
  const resting = page.locator('.limits-note-word', { hasText: 'Service temporarily unavailable - retrying' })
  await page.getByText('Data unavailable').waitFor()
  // The two questions after it come by themselves.
  await page.clock.fastForward(10_000)
  await page.getByText('Connection error - retrying').waitFor()
  await page.getByText('Data unavailable').waitFor()
  await page.clock.fastForward(10_000)
  await resting.waitFor({ timeout: 10_000 })
  const seconds = async () => Number(/retrying in (\d+)s/.exec(await resting.innerText())?.[1])
  const first = await seconds()
  expect(await resting.innerText()).toMatch(/^Service temporarily unavailable - retrying in \d\ds$/)
  expect(first).toBeGreaterThan(50)
  await page.clock.fastForward(18_000)
  await expect.poll(seconds).toBeLessThanOrEqual(first - 18)
  await percentOf(page, 'Current session', 47)
  expect(await filterOf(page)).toBe('grayscale(1)')
  const before = line.count(limitPath)
  await page.clock.fastForward(12_000)
  await page.waitForTimeout(1_000)
  expect(line.count(limitPath)).toBe(before)

  // A person wants to know: asked, with its tries, and the rest goes on.
  await refresh(page)
  await expect.poll(() => line.count(limitPath), { timeout: 8_000 }).toBe(before + 3)
  expect(await seconds()).toBeGreaterThan(0)

  // The rest is over: one try, and no more.
  await page.clock.fastForward(40_000)
  await expect.poll(() => line.count(limitPath), { timeout: 8_000 }).toBe(before + 4)
  await expect.poll(seconds).toBeGreaterThan(50)
  await page.waitForTimeout(3_000)
  expect(line.count(limitPath)).toBe(before + 4)

  // And one that succeeds ends the trouble.
  line.set()
  await page.clock.fastForward(61_000)
  await resting.waitFor({ state: 'detached', timeout: 8_000 })
  expect(await filterOf(page)).toBe('none')
})

test('a hub that is stopped leaves its last reading, dimmed; the card says so at once, and is right again when the hub is back', async () => {
  const folder = tempFolder()
  const hub = await startHub({ dataDir: folder })
  await read(hub, MINUTE)
  const { page } = await see(`${hub.url}/widget`)
  await percentOf(page, 'Current session', 47)
  await hub.stop()
  await page.getByText('Connection error - retrying').waitFor({ timeout: 3_000 })
  await percentOf(page, 'Current session', 47)
  await page.getByText('Data unavailable').waitFor({ timeout: 8_000 })
  expect(await card(page).innerText()).toContain('No connection to')
  expect(await filterOf(page)).toBe('grayscale(1)')
  const again = await startHub({ dataDir: folder, port: Number(new URL(hub.url).port) })
  onTestFinished(() => again.stop())
  await read(again, 0, { currentSession: windowUsed(52, HOUR) })
  await percentOf(page, 'Current session', 52)
  await expect.poll(() => filterOf(page)).toBe('none')
  expect(await page.locator('.limits-note').count()).toBe(0)
})

test('a line that is cut and comes back while it rests is not made to wait: the stream is heard again, and so the hub is asked', async () => {
  const { hub, line, page } = await seeOverLine()
  line.cut()
  await page.locator('.limits-note[data-kind="resting"]').waitFor({ timeout: 60_000 })
  await read(hub, 0, { currentSession: windowUsed(53, HOUR) })
  line.mend()
  await rowOf(page, 'Current session').locator('data[value="53"]').waitFor({ timeout: 20_000 })
}, 120_000)

test('a line so slow that every try takes too long is one that does not answer', async () => {
  const { line, page } = await seeOverLine()
  line.set({ path: limitPath, delay: 60_000 })
  await page.clock.install()
  await refresh(page)
  await page.getByText('Connection error - retrying').waitFor({ timeout: 14_000 })
  await percentOf(page, 'Current session', 47)
})

test('the last reading is there after a reload while the hub is away, with its age and its resets', async () => {
  const { line, page } = await seeOverLine()
  line.set({ path: '/api/', status: 503 }, { path: '/events', status: 503 })
  await page.reload()
  await percentOf(page, 'Current session', 47)
  await page.getByText('Connection error - retrying').waitFor()
  expect(await filterOf(page)).toBe('grayscale(1)')
  expect(await page.getByText('Loading...').count()).toBe(0)
  expect(await card(page).innerText()).toMatch(/Read [12] min ago/)
})

test('a browser whose storage is forbidden, full or full of something else shows the card all the same', async () => {
  const hub = await openHub()
  await read(hub, MINUTE)
  for (const harm of [
    'for (const name of ["getItem", "setItem", "removeItem"]) Storage.prototype[name] = () => { throw new DOMException("denied", "SecurityError") }',
    'Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError") }',
    'localStorage.setItem("signalbox.limits", "{ no json")',
    'localStorage.setItem("signalbox.limits", JSON.stringify({ reading: { lastUpdated: "2026-01-01T00:00:00Z", weeklyLimits: [null] } }))',
  ]) {
    const { page, context, complaints } = await see('about:blank')
    await context.addInitScript(harm)
    await page.goto(`${hub.url}/widget`)
    await percentOf(page, 'Current session', 47)
    await refresh(page)
    await percentOf(page, 'Current session', 47)
    expect(
      complaints.filter((text) => !text.includes('503')),
      harm,
    ).toEqual([])
  }
})

test.each([
  ['needs login', { state: 'needs_login', consecutiveFailures: 3 }, /Needs login: on laptop .* npx signalbox console login/],
  [
    'failing',
    { state: 'failing', consecutiveFailures: 2, lastError: { category: 'PAGE_CHANGED', message: 'no known row on the page' } },
    /laptop cannot read them at the moment: no known row on the page/,
  ],
  ['switched off', { state: 'paused', consecutiveFailures: 0 }, /switched off on laptop/],
  ['nothing new', { state: 'ok', consecutiveFailures: 0 }, /laptop is connected and has read nothing newer/],
])('a reading of 20 minutes ago is Stale, and why: %s', async (_, collector, why) => {
  const hub = await openHub()
  await read(hub, 20.4 * MINUTE)
  await collect(hub, { collector })
  const { page } = await see(`${hub.url}/widget`)
  await page.getByText('Stale · 20 min old', { exact: true }).waitFor()
  expect((await page.locator('.limits-note').innerText()).replace(/\s+/g, ' ')).toMatch(why)
  await percentOf(page, 'Current session', 47)
})

test('why a reading is stale changes on the open page when the collector goes, and when it asks for a sign-in', async () => {
  const hub = await openHub()
  await read(hub, 16 * MINUTE)
  const leaving = new AbortController()
  const waiting = fetch(`${hub.url}${limitPath}/collector`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ machine_id: 'laptop', collector: { state: 'ok', consecutiveFailures: 0 }, waitMs: 20_000 }),
    signal: leaving.signal,
  }).catch(() => {})
  const { page } = await see(`${hub.url}/widget`)
  const note = page.locator('.limits-note')
  await note.getByText(/has read nothing newer/).waitFor()
  leaving.abort()
  await waiting
  await page.waitForTimeout(500)
  await refresh(page)
  await note.getByText(/Collector offline: laptop was last seen/).waitFor()
  await collect(hub, { collector: { state: 'needs_login', consecutiveFailures: 1 } })
  await note.getByText(/Needs login/).waitFor({ timeout: 3_000 })
  await read(hub, 0)
  await note.waitFor({ state: 'detached', timeout: 3_000 })
})

test('of a partial reading there are the rows that were read, and a quiet line for the others', async () => {
  const hub = await openHub()
  await read(hub, MINUTE, {
    isPartial: true,
    extractionErrors: { sonnetOnly: 'the row lost its number', currentSession: 'not there' },
    currentSession: undefined,
  })
  const { page } = await see(`${hub.url}/widget`)
  await percentOf(page, 'All models', 31)
  expect(await page.locator('.limit-row').count()).toBe(1)
  expect(await page.locator('.limits-missing').innerText()).toMatch(
    /^Not read this time: (Current session, Sonnet only|Sonnet only, Current session)$/,
  )
  expect(await page.locator('.limits-missing').getAttribute('title')).toContain('the row lost its number')
})

test('a window whose time passes on the open page waits for a reading, and shows the old number no more', async () => {
  const hub = await openHub()
  await read(hub, MINUTE, { currentSession: windowUsed(88, 6_000) })
  const { page } = await see(`${hub.url}/widget`)
  await percentOf(page, 'Current session', 88)
  await page.getByText('Reset · waiting for a reading').waitFor({ timeout: 15_000 })
  expect(await words(page, 'Current session')).not.toMatch(/88|%|Approaching/)
  await percentOf(page, 'All models', 31)
  await read(hub, 0, { currentSession: windowUsed(1, 5 * HOUR) })
  await percentOf(page, 'Current session', 1)
})

test('an idle window says when it starts, not when it resets', async () => {
  const hub = await openHub()
  await read(hub, MINUTE, { currentSession: { percentageUsed: 0, idle: true } })
  const { page } = await see(`${hub.url}/widget`)
  await page.getByText('Starts when a message is sent', { exact: true }).waitFor()
  expect(await words(page, 'Current session')).not.toMatch(/reset|pace|forecast/i)
  expect(await rowOf(page, 'Current session').locator('.limit-clock').count()).toBe(0)
})

test('calm below 60, amber to 80, red above with words; each by its place and pattern too, and a model nobody knows has its row', async () => {
  const hub = await openHub()
  const weeklyLimits = {
    allModels: windowUsed(59, 70 * HOUR),
    aOnly: windowUsed(60, 70 * HOUR, { label: 'A only' }),
    bOnly: windowUsed(80, 70 * HOUR, { label: 'B only' }),
    zephyr9Only: windowUsed(81, 70 * HOUR, { label: 'Zephyr 9 only' }),
  }
  await read(hub, MINUTE, { weeklyLimits, currentSession: windowUsed(100, HOUR) })
  const { page } = await see(`${hub.url}/widget`)
  await percentOf(page, 'Zephyr 9 only', 81)
  const levels = await page.evaluate(
    '[...document.querySelectorAll(".limit-row")].map((row) => [row.querySelector(".limit-head span").textContent, row.dataset.level])',
  )
  expect(levels).toEqual([
    ['Current session', 'red'],
    ['All models', 'calm'],
    ['A only', 'amber'],
    ['B only', 'amber'],
    ['Zephyr 9 only', 'red'],
  ])
  expect(await words(page, 'Zephyr 9 only')).toContain('Approaching usage limit')
  expect(await words(page, 'Current session')).toContain('Usage limit reached')
  for (const label of ['All models', 'A only', 'B only']) expect(await words(page, label)).not.toContain('limit')
  const looks = await page.evaluate(
    '["All models", "A only", "Zephyr 9 only"].map((label) => getComputedStyle([...document.querySelectorAll(".limit-row")].find((row) => row.textContent.startsWith(label)).querySelector(".limit-used")).backgroundImage)',
  )
  expect(looks).toEqual(['none', expect.stringContaining('repeating-linear-gradient'), 'none'])
  expect(await page.getByRole('meter', { name: 'B only' }).getAttribute('aria-valuetext')).toMatch(
    /^80 % used, getting full; \d+ % of its time has passed$/,
  )
})

test('the pace: where the clock of each window is, and whether it will last, from what was read of late and from nothing else', async () => {
  const hub = await openHub()
  const [session, week] = [new Date(Date.now() + 2 * HOUR).toISOString(), new Date(Date.now() + 42 * HOUR).toISOString()]
  const at = (ago: number, used: number, all: number) =>
    read(hub, ago, {
      currentSession: { percentageUsed: used, resetsIn: 'x', resetsAt: session },
      weeklyLimits: { allModels: { percentageUsed: all, resetsIn: 'x', resetsAt: week } },
    })
  await at(0, 20, 50)
  const { page } = await see(`${hub.url}/widget`)
  await percentOf(page, 'Current session', 20)
  for (const label of ['Current session', 'All models']) expect(await words(page, label)).toContain('not enough data')
  const clocks = await page.evaluate(
    '[...document.querySelectorAll(".limit-clock")].map((mark) => Math.round(parseFloat(mark.style.left)))',
  )
  expect(clocks).toEqual([60, 75])

  const busy = await openHub()
  const busyAt = (ago: number, used: number, all: number) =>
    read(busy, ago, {
      currentSession: { percentageUsed: used, resetsIn: 'x', resetsAt: session },
      weeklyLimits: { allModels: { percentageUsed: all, resetsIn: 'x', resetsAt: week } },
    })
  await busyAt(20 * HOUR, 40, 45)
  await busyAt(10 * HOUR, 40, 47)
  await busyAt(50 * MINUTE, 20, 50)
  await busyAt(25 * MINUTE, 45, 50)
  await busyAt(0, 70, 50)
  const other = await see(`${busy.url}/widget`)
  await percentOf(other.page, 'Current session', 70)
  // 50 % in 50 minutes, 30 % left: in 30 minutes.
  const full = Date.now() + 30 * MINUTE
  await expect.poll(() => words(other.page, 'Current session')).toContain('at this pace full at')
  const clock = (instant: number) =>
    new Intl.DateTimeFormat('en-US', { timeZone: 'Europe/Berlin', hour: 'numeric', minute: '2-digit' }).format(instant)
  const near = [-2, -1, 0, 1, 2].map((minutes) => clock(full + minutes * MINUTE))
  const said = await words(other.page, 'Current session')
  expect(
    near.some(
      (text) => said.replace(/\s/g, ' ').includes(`full at ${text.replace(/\s/g, ' ')}`) || said.includes(text.replace(/\s/g, ' ')),
    ),
    said,
  ).toBe(true)
  expect(await words(other.page, 'All models')).toContain('lasts to the reset')
})

test('a window that an older reading speaks of has its own age', async () => {
  const hub = await openHub()
  await read(hub, 12.5 * MINUTE, {
    weeklyLimits: { allModels: windowUsed(31, 70 * HOUR), fableOnly: windowUsed(44, 70 * HOUR, { label: 'Fable only' }) },
  })
  await read(hub, MINUTE, {
    source: 'statusline',
    currentSession: windowUsed(60, 2.7 * HOUR),
    weeklyLimits: { allModels: windowUsed(33, 70 * HOUR) },
  })
  const { page } = await see(`${hub.url}/widget`)
  await percentOf(page, 'Current session', 60)
  expect(await words(page, 'Fable only')).toMatch(/read 1[23] min ago/)
  expect(await words(page, 'Current session')).not.toContain('read')
})

test.each([
  ['hours ahead', 3 * HOUR],
  ['hours behind', -3 * HOUR],
])('a browser whose clock is %s counts ages and resets by the hub’s', async (_, off) => {
  const hub = await openHub()
  await read(hub, 2.4 * MINUTE, { currentSession: windowUsed(47, HOUR) })
  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'en-US' })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.clock.install({ time: Date.now() + off })
  await page.goto(`${hub.url}/widget`)
  await percentOf(page, 'Current session', 47)
  expect(await card(page).innerText()).toMatch(/Read 2 min ago/)
  expect(await words(page, 'Current session')).toMatch(/resets in (59 min|1 h)/)
  expect(await page.getByText('Stale').count()).toBe(0)
})

test('before the first call Today waits for data without a second wait, and shows the limits as soon as they are read', async () => {
  const hub = await openHub()
  const { page } = await see(`${hub.url}/app`, { viewport: { width: 1440, height: 900 } })
  await page.getByRole('heading', { name: 'Waiting for data' }).waitFor()
  await page.waitForTimeout(500)
  expect(await page.getByText('Waiting for data').count()).toBe(1)
  await read(hub, 0)
  await percentOf(page, 'Current session', 47)
})

// Live, and asked for.

test('Refresh asks the collector for a reading, tells how far it has come, and shows it', async () => {
  const hub = await openHub()
  await read(hub, MINUTE)
  const work = collect(hub, { waitMs: 20_000 })
  const { page } = await see(`${hub.url}/widget`)
  await percentOf(page, 'Current session', 47)
  await refresh(page)
  const news = page.locator('.limits-news')
  await news.getByText(/^(Asked laptop for a reading|laptop is reading the limits)$/).waitFor()
  const { trigger } = await work
  expect(trigger).toBeDefined()
  await news.getByText('laptop is reading the limits').waitFor({ timeout: 3_000 })
  await read(hub, 0, { currentSession: windowUsed(58, 2 * HOUR) })
  await percentOf(page, 'Current session', 58)
  await collect(hub, { triggers: [{ id: trigger?.id, step: 'done' }] })
  await news.getByText('New reading from laptop').waitFor({ timeout: 3_000 })
})

test('a reading that could not be taken says why', async () => {
  const hub = await openHub()
  await read(hub, MINUTE)
  const work = collect(hub, { waitMs: 20_000 })
  const { page } = await see(`${hub.url}/widget`)
  await percentOf(page, 'Current session', 47)
  await refresh(page)
  const { trigger } = await work
  await collect(hub, { triggers: [{ id: trigger?.id, step: 'failed', message: 'the page asks to sign in' }] })
  await page.locator('.limits-news').getByText('laptop got no reading: the page asks to sign in').waitFor({ timeout: 3_000 })
})

test('Refresh with no collector there says so in the hub’s words, and fetches what the hub has', async () => {
  const hub = await openHub()
  await read(hub, MINUTE)
  const line = await lineTo(hub.url)
  const { page } = await see(`${line.url}/widget`)
  await percentOf(page, 'Current session', 47)
  await page.waitForTimeout(800)
  const before = line.count(limitPath)
  await refresh(page)
  await page
    .locator('.limits-news')
    .getByText(/collector offline, last seen/)
    .waitFor()
  expect(await page.locator('.limits-news').innerText()).not.toMatch(/\dT\d/)
  expect(line.count(limitPath)).toBe(before + 1)
  expect(line.count(`${limitPath}/trigger`)).toBe(1)
})

// Who may see it, and how it looks.

test('a hub with keys asks for one at /widget too, and what was read is forgotten with the sign-out', async () => {
  const key = 'a-key-for-the-card-that-is-long-enough'
  const hub = await openHub({ NODE_ENV: 'production', API_KEYS: key })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const stored = await fetch(`${hub.url}${limitPath}`, { method: 'POST', headers, body: JSON.stringify(readingOf(MINUTE)) })
  expect(stored.status).toBe(200)
  const { page } = await see(`${hub.url}/widget`)
  await page.getByLabel('Key', { exact: true }).fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await percentOf(page, 'Current session', 47)
  expect(await page.evaluate('localStorage.getItem("signalbox.limits") !== null')).toBe(true)
  await page.goto(`${hub.url}/app/settings`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Key', { exact: true }).waitFor()
  expect(await page.evaluate('localStorage.getItem("signalbox.limits")')).toBeNull()
  await page.goto(`${hub.url}/widget`)
  await page.getByLabel('Key', { exact: true }).waitFor()
  expect(await page.locator('.limit-row').count()).toBe(0)
})

test('the card alone has no navigation, fits from 240 pixels to a wall, and takes the theme it is told', async () => {
  const hub = await openHub()
  await read(hub, 20 * MINUTE, {
    weeklyLimits: {
      allModels: windowUsed(81, 70 * HOUR),
      longOnly: windowUsed(44, 70 * HOUR, { label: 'A model with a name that is longer than any other only' }),
    },
    planInfo: { name: 'Max', tier: '5x', cost: '$100 a month', nextBillingDate: 'Dec 12' },
  })
  const { page, complaints } = await see(`${hub.url}/widget?theme=dark`)
  await percentOf(page, 'Current session', 47)
  expect(await page.getByRole('navigation').count()).toBe(0)
  expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
  for (const width of [240, 320, 360, 768, 1920]) {
    await page.setViewportSize({ width, height: 640 })
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${width} pixels`).toBe(0)
  }
  expect(complaints).toEqual([])
})

test('no state of the card has anything that axe finds wrong, in either theme', async () => {
  const { hub, line, page } = await seeOverLine()
  const fine = async (state: string) => {
    for (const colorScheme of themes) {
      await show(page, colorScheme)
      expect(await wrongs(page), `${state}, ${colorScheme}`).toEqual([])
    }
  }
  await fine('fresh')
  await read(hub, 0, {
    isPartial: true,
    extractionErrors: { sonnetOnly: 'not there' },
    currentSession: { percentageUsed: 0, idle: true },
    weeklyLimits: { allModels: windowUsed(70, 70 * HOUR), fableOnly: windowUsed(95, 70 * HOUR, { label: 'Fable only' }) },
  })
  await percentOf(page, 'Fable only', 95)
  await fine('partial, idle, amber and red')
  line.set({ path: limitPath, status: 503 })
  await refresh(page)
  await page.getByText('Data unavailable').waitFor()
  await fine('unavailable')
  const empty = await openHub()
  await page.goto(`${empty.url}/widget`)
  await page.getByRole('heading', { name: 'Waiting for data' }).waitFor()
  await fine('waiting')
  await read(empty, 40 * MINUTE, { currentSession: windowUsed(88, -MINUTE) })
  await page.getByText('Reset · waiting for a reading').waitFor()
  await fine('stale and reset')
}, 90_000)
