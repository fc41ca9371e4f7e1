import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeTempFolder, removeFolder, tempFolder } from '../support/temp.ts'
import {
  connectBrowser,
  createCall,
  fetchUsage,
  sendCalls,
  startHub,
  type TestHub,
  type Visit,
  type VisitOptions,
  visit,
  windForwardUntil,
} from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { createWindow, HOUR, MINUTE, postSnapshot } from './limit-snapshots.ts'

let hub: TestHub
let browser: Browser
const dataDir = makeTempFolder()

beforeAll(async () => {
  ;[hub, browser] = await Promise.all([startHub({ dataDir }), connectBrowser()])
  await sendCalls(hub, 'atlas', [createCall({ key: 'first', output: 1_000 })])
  // Without a snapshot the browser logs the hub's 404.
  await postSnapshot(hub, 0)
})

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  removeFolder(dataDir)
})

/** Opens a page and waits for its live connection. */
async function openLivePage(at: Pick<TestHub, 'url'>, path: string, options: VisitOptions = {}): Promise<Visit> {
  const visited = await visit(browser, `${at.url}${path}`, options)
  onTestFinished(() => visited.context.close())
  await visited.page.locator('.live-dot[data-status="live"]').waitFor()
  return visited
}

test('a call that arrives during the first responses is not missed', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  onTestFinished(async () => {
    // A response may still be held.
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await context.close()
  })
  const late = createCall({ output: 65_432, session_id: 'late' })
  let sent: Promise<void> | undefined
  // Every first response predates the call and arrives after its event.
  const held = new Set<string>()
  await page.route('**/api/usage?*', async (route) => {
    const url = route.request().url()
    if (held.has(url)) return route.continue()
    held.add(url)
    const answer = await route.fetch()
    await page.locator('.live-dot[data-status="live"]').waitFor()
    sent ??= sendCalls(hub, 'atlas', [late])
    await sent
    await page.waitForTimeout(500)
    await route.fulfill({ response: answer })
  })
  await page.goto(`${hub.url}/app/usage?range=today&table=session`)
  await page.locator('table.figures .row-name[title="late"]').waitFor({ timeout: 45_000 })
})

test('what happens before the stream of events is open is not missed, and the rest is not asked for again', async () => {
  const quiet = await openTestHub()
  await sendCalls(quiet, 'atlas', [createCall({ at: new Date(Date.now() - MINUTE).toISOString(), output: 1_000 })])
  const { page, context, requests } = await visit(browser, 'about:blank')
  onTestFinished(() => context.close())
  // The stream opens when the page has nothing else to do.
  await page.addInitScript('globalThis.requestIdleCallback = (run) => { globalThis.becomeIdle = run; return 1 }')
  await page.goto(`${quiet.url}/app`)
  const tokens = page.locator('.panel:has-text("Month to date") dl data').first()
  await tokens.waitFor()
  await sendCalls(quiet, 'atlas', [createCall({ output: 54_321 })])
  const { totals } = await fetchUsage(quiet, { group: 'day' })
  await page.evaluate('globalThis.becomeIdle()')
  await page.locator(`.panel:has-text("Month to date") data[value="${totals.total_tokens}"]`).first().waitFor()
  const asked = (path: string) => requests.filter((url) => url.startsWith(`${quiet.url}${path}`)).length
  await expect.poll(() => asked('/api/usage?group=day')).toBe(2)
  expect(['/machines', '/api/claude/accounts', '/api/alerts/summary'].map(asked)).toEqual([1, 1, 1])
})

test('an estimated block becomes the measured window with the first snapshot, on every page', async () => {
  const own = await openTestHub()
  const at = (ago: number) => new Date(Date.now() - ago).toISOString()
  await sendCalls(own, 'atlas', [
    createCall({ at: at(3 * HOUR), output: 1_000 }),
    createCall({ at: at(2 * HOUR), output: 2_000 }),
    createCall({ at: at(MINUTE), output: 3_000 }),
  ])
  const today = (await openLivePage(own, '/app')).page
  const usage = (await openLivePage(own, '/app/usage')).page
  const panel = today.locator('.panel', { has: today.getByRole('heading', { name: '5-hour block', exact: true }) })
  await panel.getByText('Estimated', { exact: true }).waitFor()
  const table = usage.locator('.panel', { has: usage.getByRole('heading', { name: '5-hour blocks', exact: true }) })
  await table.getByText('Estimated from the calls', { exact: true }).waitFor()
  expect(await table.getByText(/measured/i).count()).toBe(0)
  for (const page of [today, usage]) await page.evaluate('document.querySelector("main").dataset.mark = "same"')

  // Repeated with another end, to rule out a coincidence.
  for (const left of [2.5 * HOUR, 2.5 * HOUR + 17_123]) {
    const currentSession = createWindow(47, left)
    const end = currentSession.resetsAt ?? ''
    const start = new Date(Date.parse(end) - 5 * HOUR).toISOString()
    await postSnapshot(own, 0, { currentSession })
    await Promise.all([
      panel.locator(`time[datetime="${start}"]`).waitFor({ timeout: 45_000 }),
      panel.locator(`time[datetime="${end}"]`).waitFor({ timeout: 45_000 }),
      table.locator(`tbody tr:first-child time[datetime="${start}"]`).waitFor({ timeout: 45_000 }),
    ])
    expect(await panel.getByText('Measured', { exact: true }).count()).toBe(1)
    expect(await panel.locator('.current-block-figures data[value="2"]').count()).toBe(1)
    expect(await table.innerText()).toContain('Active block measured, others estimated')
    expect(await table.locator('tbody tr').count()).toBe(2)
    expect(await table.locator('tbody tr:first-child').innerText()).toMatch(/Active, measured, .* left/)
    expect(await table.locator('tbody tr:nth-child(2)').innerText()).not.toContain('measured')
    expect(await today.locator('.day-block[data-active]').getAttribute('title')).toContain(', measured: $')
  }
  for (const page of [today, usage]) expect(await page.evaluate('document.querySelector("main").dataset.mark')).toBe('same')
})

test('many calls at once cause few requests, and the last one is shown', async () => {
  const { page, requests } = await openLivePage(hub, '/app/usage')
  await page.locator('.totals dl data').first().waitFor()
  const before = requests.length
  for (let index = 0; index < 40; index++) await sendCalls(hub, 'atlas', [createCall({ output: index })])
  const { totals } = await fetchUsage(hub, { group: 'day' })
  await page.locator(`.totals dl data[value="${totals.total_tokens}"]`).first().waitFor()
  expect(requests.slice(before).filter((url) => url.includes('/api/usage')).length).toBeLessThan(60)
})

test('an empty hub shows what to do, and updates by itself', async () => {
  const empty = await openTestHub()
  const { page } = await openLivePage(empty, '/app')
  const main = page.getByRole('main')
  for (const [screen, ...texts] of [
    ['Sessions', 'No sessions yet', 'npx signalbox collector'],
    ['Limits', 'No plan limits have been received yet.', 'npm start', 'The history starts with the first update'],
    ['Usage', 'Waiting for data', 'npm start'],
    ['Alerts', 'Nothing has happened that a rule watches for.'],
    ['Machines', 'No machines yet', 'npm start'],
    ['Events', 'Nothing has happened yet.'],
    ['Settings', 'No sign-in is required'],
    ['Today', 'Waiting for data', 'npm start'],
  ] as const) {
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen, exact: true }).click()
    for (const text of texts) await main.getByText(text).first().waitFor()
    // No zeros instead of missing data.
    expect(await main.innerText(), screen).not.toContain('$0')
    if (screen !== 'Settings') continue
    for (const [section, text] of [
      ['Alerts', 'No channel yet'],
      ['Access', 'No API key yet'],
      ['Costs', 'No budget yet'],
      ['Machines', 'No collector has been in contact yet.'],
    ] as const) {
      await page.locator('.settings-tab', { hasText: section }).click()
      await main.getByText(text).waitFor()
    }
  }
  await sendCalls(empty, 'atlas', [createCall({ output: 777 })])
  await page.locator('.today-sentence').waitFor({ timeout: 45_000 })
  expect(await page.getByRole('heading', { name: 'Waiting for data', level: 2 }).count()).toBe(0)
})

test('a stopped hub leaves the last numbers dimmed; when it returns, the page is live and complete', async () => {
  const folder = tempFolder()
  const first = await startHub({ dataDir: folder })
  const port = Number(new URL(first.url).port)
  await sendCalls(first, 'atlas', [createCall({ output: 1_111 })])
  const { page } = await openLivePage(first, '/app/usage', { clock: {} })
  const { totals } = await fetchUsage(first, { group: 'day' })
  const total = page.locator(`.totals dl data[value="${totals.total_tokens}"]`).first()
  await total.waitFor()

  await first.stop()
  await page.locator('.live-dot[data-status="reconnecting"], .live-dot[data-status="offline"]').waitFor()
  await windForwardUntil(page, () => page.locator('.live-dot[data-status="offline"]').isVisible())
  await page.getByText('The hub does not respond.').waitFor()
  expect(await total.isVisible()).toBe(true)
  expect(await page.evaluate('getComputedStyle(document.querySelector(".usage-board")).filter')).toBe('grayscale(1)')
  // Another query while offline keeps the old numbers.
  await page.getByRole('radio', { name: 'Projects', exact: true }).click()
  await page.waitForURL(/table=project/)
  expect(await total.isVisible()).toBe(true)

  const second = await startHub({ dataDir: folder, port })
  onTestFinished(() => second.stop())
  const missed = createCall({ output: 2_222 })
  await sendCalls(second, 'atlas', [missed])
  await windForwardUntil(page, () => page.locator('.live-dot[data-status="live"]').isVisible())
  await page
    .locator(`.totals dl data[value="${totals.total_tokens + missed.input + missed.output + missed.read}"]`)
    .first()
    .waitFor({ timeout: 45_000 })
  expect(await page.getByText('The hub does not respond.').count()).toBe(0)
  await page.locator('.usage-table caption', { hasText: 'Usage by project' }).waitFor({ state: 'attached' })
})

test('parts of the page that the hub is not there for take nothing with them, and come when it is', async () => {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const lost = new Set<string>()
  const away = /\/assets\/(?:after-load|use-plot|bar-chart|palette|machines)-|\/health$/
  await page.route(away, (route) => {
    lost.add(/(after-load|use-plot|bar-chart|palette|machines|health)/.exec(new URL(route.request().url()).pathname)?.[1] ?? '')
    return route.abort()
  })
  await page.goto(`${hub.url}/app/usage`)
  await page.locator('.totals dl data').first().waitFor()
  await page.getByRole('button', { name: 'Search and commands' }).click()
  await expect.poll(() => [...lost], { timeout: 45_000 }).toEqual(expect.arrayContaining(['after-load', 'palette', 'health']))
  expect(await page.locator('.totals dl data').first().isVisible()).toBe(true)
  // A screen stays away too, and says nothing of a fault.
  await page.getByRole('link', { name: 'Machines', exact: true }).click()
  await expect.poll(() => [...lost], { timeout: 45_000 }).toContain('machines')
  expect(await page.getByText('could not be displayed').count()).toBe(0)
  await page.unroute(away)
  await page.getByRole('dialog').waitFor({ timeout: 45_000 })
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { name: 'Machines', exact: true }).first().waitFor({ timeout: 45_000 })
  // Its styles came as well.
  expect(await page.evaluate('[...document.styleSheets].some(({ href }) => href?.includes("/palette-"))')).toBe(true)
  await page.getByRole('link', { name: 'Usage', exact: true }).click()
  await page.locator('canvas').first().waitFor({ timeout: 45_000 })
})

test('a hidden page sends no requests, and catches up when it becomes visible', async () => {
  const { page, requests, waitUntilCaughtUp } = await openLivePage(hub, '/app/usage')
  await page.locator('.totals dl data').first().waitFor()
  await waitUntilCaughtUp()
  for (let known = -1; known !== requests.length; ) {
    known = requests.length
    await page.waitForTimeout(700)
  }
  await page.evaluate(
    'Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true }); document.dispatchEvent(new Event("visibilitychange"))',
  )
  const before = requests.length
  for (let index = 0; index < 5; index++) await sendCalls(hub, 'atlas', [createCall({ output: 10 + index })])
  const { totals } = await fetchUsage(hub, { group: 'day' })
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 700))')
  expect(requests.slice(before).filter((url) => url.includes('/api/usage'))).toEqual([])
  await page.evaluate(
    'Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true }); document.dispatchEvent(new Event("visibilitychange"))',
  )
  await page.locator(`.totals dl data[value="${totals.total_tokens}"]`).first().waitFor({ timeout: 45_000 })
})
