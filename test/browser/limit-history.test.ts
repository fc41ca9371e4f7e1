import type { LimitHistory } from '@signalbox/contract/limit-history'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { expectNoViolations } from './axe.ts'
import { connectBrowser, readValues, requestHub, startHub, type TestHub, visit } from './harness.ts'
import { HOUR, LIMITS_PATH, MINUTE, postSnapshot } from './limit-snapshots.ts'

let hub: TestHub
let browser: Browser
const dataDir = makeTempFolder()
const DAY = 24 * HOUR
/** The 5-hour window was reset 90 minutes ago; the week is half over. */
const reset = Date.now() - 1.5 * HOUR
const week = new Date(Date.now() + 3 * DAY).toISOString()

const postUsage = (ageMs: number, used: number, resetsAt: number) =>
  postSnapshot(hub, ageMs, {
    currentSession: { percentageUsed: used, resetsIn: 'x', resetsAt: new Date(resetsAt).toISOString() },
    weeklyLimits: {
      allModels: { percentageUsed: 20, resetsIn: 'x', resetsAt: week },
      zephyrOnly: { percentageUsed: 7, resetsIn: 'x', resetsAt: week, label: 'Zephyr only' },
    },
  })

beforeAll(async () => {
  ;[hub, browser] = await Promise.all([
    startHub({ dataDir, env: { RATE_LIMIT_PER_MINUTE: '10000', DASHBOARD_LIMIT_PER_MINUTE: '10000' } }),
    connectBrowser(),
  ])
  await postUsage(100 * HOUR, 33, Date.now() - 98 * HOUR)
  for (const minutes of [180, 150, 120, 95]) await postUsage(minutes * MINUTE, 88 - minutes / 5, reset)
  for (const minutes of [60, 40, 20, 1]) await postUsage(minutes * MINUTE, 20 - minutes / 5, reset + 5 * HOUR)
})

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  removeFolder(dataDir)
})

async function openPage(address: string, options: BrowserContextOptions = {}): Promise<Page> {
  const { page, context } = await visit(browser, `${hub.url}${address}`, options)
  onTestFinished(() => context.close())
  await page.locator('.history-chart canvas').first().waitFor()
  return page
}

const history = (reach: number) =>
  requestHub<LimitHistory>(
    hub,
    'GET',
    `${LIMITS_PATH}/history?since=${new Date(Date.now() - reach).toISOString()}&until=${new Date().toISOString()}`,
  )

/** Number of pixels of the chart close to a colour of the page. */
const countPixels = (page: Page, color: string) =>
  page.evaluate(`(() => {
    const probe = document.body.appendChild(document.createElement('i'))
    probe.style.color = ${JSON.stringify(color)}
    const [r, g, b] = getComputedStyle(probe).color.match(/\\d+/g).map(Number)
    probe.remove()
    let count = 0
    for (const canvas of document.querySelectorAll('.history-chart canvas')) {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 200 && Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 24) count++
    }
    return count
  })()`) as Promise<number>

test('each window has a line that can be hidden and shown', async () => {
  const page = await openPage('/app/limits?range=5h')
  const lines = page.locator('.history-legend button')
  expect(await lines.allInnerTexts()).toEqual([
    expect.stringMatching(/^5-hour limit/),
    expect.stringMatching(/^Weekly limit/),
    expect.stringMatching(/^Weekly limit · Zephyr/),
  ])
  for (const index of [1, 2, 3]) expect(await countPixels(page, `var(--series-${index})`), `line ${index}`).toBeGreaterThan(20)
  await lines.first().click()
  await expect.poll(() => countPixels(page, 'var(--series-1)')).toBe(0)
  expect(await lines.first().getAttribute('aria-pressed')).toBe('false')
  await lines.first().click()
  await expect.poll(() => countPixels(page, 'var(--series-1)')).toBeGreaterThan(20)
})

test('the chart is readable by keyboard, point by point, as text', async () => {
  const page = await openPage('/app/limits?range=5h')
  const chart = page.getByRole('slider', { name: '5-hour limit over time' })
  await chart.focus()
  await page.keyboard.press('End')
  expect(await chart.getAttribute('aria-valuetext')).toMatch(/: 5-hour limit 19\.8%, Weekly limit 20%, Weekly limit · Zephyr 7%$/)
  await page.keyboard.press('Home')
  expect(await chart.getAttribute('aria-valuetext')).toContain('5-hour limit 52%')
  const clock = new Intl.DateTimeFormat('en-US', { timeZone: 'Europe/Berlin', hour: 'numeric', minute: '2-digit' })
  const [first] = (await history(5 * HOUR)).series[0]?.points ?? []
  expect(await page.locator('.history .chart-foot').innerText()).toContain(clock.format(Date.parse(first?.at ?? '')))
})

test("the table has the hub's data: the highest value of each day, and the reset", async () => {
  const page = await openPage('/app/limits')
  await page.getByRole('button', { name: 'Show as table' }).click()
  const table = page.getByRole('region', { name: 'History table' })
  await table.waitFor()
  expect(await table.getByRole('columnheader').allInnerTexts()).toEqual(['Day', '5-hour limit', 'Weekly limit', 'Weekly limit · Zephyr'])
  const { series } = await history(7 * DAY)
  const day = (at: string) => new Date(at).toLocaleDateString('sv', { timeZone: 'Europe/Berlin' })
  const most = new Map<string, number>()
  for (const { at, percentageUsed } of series[0]?.points ?? []) most.set(day(at), Math.max(most.get(day(at)) ?? 0, percentageUsed))
  const days = [...most].sort(([a], [b]) => (a < b ? 1 : -1))
  expect(days.length).toBeGreaterThan(1)
  expect(await table.locator('tbody tr').count()).toBe(days.length)
  expect(await readValues(page, '.history .chart-table tbody td:nth-of-type(1)')).toEqual(days.map(([, percent]) => percent))
  expect(await table.innerText()).toContain('reset')
})

test('days are those of the time zone of the browser', async () => {
  const east = await openPage('/app/limits', { timezoneId: 'Pacific/Kiritimati' })
  const west = await openPage('/app/limits', { timezoneId: 'Pacific/Pago_Pago' })
  const rows: string[] = []
  for (const page of [east, west]) {
    await page.getByRole('button', { name: 'Show as table' }).click()
    rows.push(await page.locator('.history .chart-table tbody th').first().innerText())
  }
  // The zones are 25 hours apart, so the days differ.
  expect(rows[0]).not.toBe(rows[1])
})

test('each range loads, is in the address, and survives a reload', async () => {
  const page = await openPage('/app/limits')
  for (const [name, range] of [
    ['5 hours', '5h'],
    ['30 days', '30d'],
  ] as const) {
    await page.getByRole('radio', { name }).click()
    await page.waitForURL(new RegExp(`range=${range}`))
    await page.locator('.history-chart canvas').first().waitFor()
  }
  await page.getByRole('radio', { name: '400 days' }).click()
  await page.waitForURL(/range=400d/)
  await page.reload()
  const calendar = page.getByRole('region', { name: 'Calendar of the windows of 400 days' })
  await calendar.waitFor()
  // The fullest windows of each day with data, and a bar for each weekly limit.
  expect(await calendar.locator('td[data-height]').allInnerTexts()).toContain('69%')
  expect(await calendar.locator('.window-bar').count()).toBe(2)
  expect(await calendar.getByRole('rowheader').allInnerTexts()).toEqual(
    expect.arrayContaining(['5-hour limit', 'Weekly limit', 'Weekly limit · Zephyr']),
  )
  expect(await page.getByRole('radio', { name: '400 days' }).getAttribute('aria-checked')).toBe('true')
  await page.getByRole('button', { name: 'Show as table' }).click()
  expect(await page.locator('.history .chart-table thead th').first().innerText()).toBe('Week')
})

test('the card alone has no chart and does not load the chart library', async () => {
  const { page, requests, context } = await visit(browser, `${hub.url}/widget`)
  onTestFinished(() => context.close())
  await page.locator('.limit-row').first().waitFor()
  expect(await page.locator('canvas').count()).toBe(0)
  expect(requests.filter((url) => /plot|chart/i.test(url))).toEqual([])
})

test('the limits screen has no accessibility violations as chart and as table, and does not scroll horizontally', async () => {
  const page = await openPage('/app/limits')
  for (const press of ['Show as table', 'Show as chart']) {
    await expectNoViolations(page)
    await page.getByRole('button', { name: press }).click()
  }
  for (const width of [320, 390, 768, 1440]) {
    await page.setViewportSize({ width, height: 844 })
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${width} pixels`).toBe(0)
  }
})

// Last, because what it adds is over the limit in every chart after it.
test('over 100 % the axis is higher, and a line marks the limit', async () => {
  const page = await openPage('/app/limits?range=5h')
  expect(await countPixels(page, 'var(--danger)')).toBe(0)
  // What the canvas writes beside its axis.
  await page.context().addInitScript(`(() => {
    globalThis.written = new Set()
    const { fillText } = CanvasRenderingContext2D.prototype
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      globalThis.written.add(String(text))
      return fillText.call(this, text, ...rest)
    }
  })()`)
  await postUsage(0, 163, reset + 5 * HOUR)
  await page.reload()
  await page.locator('.history-chart canvas').first().waitFor()
  await expect.poll(() => countPixels(page, 'var(--danger)')).toBeGreaterThan(100)
  const marks = (await page.evaluate('[...globalThis.written]')) as string[]
  // The lane of the weekly limits keeps its own scale.
  expect(new Set(marks.filter((text) => text.endsWith('%')))).toEqual(
    new Set(['0%', '20%', '40%', '60%', '80%', '100%', '25%', '50%', '75%', '125%', '150%', '175%']),
  )
  const chart = page.getByRole('slider', { name: '5-hour limit over time' })
  await chart.focus()
  await page.keyboard.press('End')
  expect(await chart.getAttribute('aria-valuetext')).toMatch(/: 5-hour limit 163%/)
})
