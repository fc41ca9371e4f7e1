import { randomUUID } from 'node:crypto'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolations } from './axe.ts'
import {
  connectBrowser,
  createCall,
  launchOptions,
  requestHub,
  sendCalls,
  sendSample,
  type TestHub,
  type VisitOptions,
  visit,
} from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { createWindow, HOUR, MINUTE, postSnapshot } from './limit-snapshots.ts'
import { observe, sendCollectorHeartbeat } from './observations.ts'

type Hub = Pick<TestHub, 'url'>

const anna = '0f6b8a52-4c1d-4b7e-9a35-6de1c2f04711'
const ben = 'a3c2e1d0-9b7f-4c33-8d21-5f00aa12be70'

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})

afterAll(async () => {
  await browser?.close()
})

async function openPage(url: string, options: VisitOptions = {}): Promise<Page> {
  const { page, context } = await visit(browser, url, options)
  onTestFinished(() => context.close())
  return page
}

const send = (hub: Hub, account: string, machine: string, percent: number, ageMs: number, more: object = {}) =>
  postSnapshot(hub, ageMs, { account, machine_id: machine, currentSession: createWindow(percent, 2.7 * HOUR), ...more })

async function twoAccounts(): Promise<Hub> {
  const hub = await openTestHub()
  await send(hub, anna, 'laptop-anna', 20, 3 * MINUTE)
  await send(hub, ben, 'laptop-ben', 91, 2 * MINUTE)
  return hub
}

const card = (page: Page, label: string) => page.getByRole('region', { name: `Claude plan · ${label}` })
const percents = (page: Page, label: string) =>
  card(page, label)
    .locator('.limit-head data')
    .evaluateAll((all) => all.map((one) => Number(one.getAttribute('value'))))
const titles = (page: Page) => page.locator('.limits-card h2').allInnerTexts()

test('each account in use has a card with its name on Today, Limits and the widget, and a snapshot changes its own card only', async () => {
  const hub = await twoAccounts()
  await sendSample(hub, { now: Date.now(), days: 2, timezone: 'Europe/Berlin' })
  await requestHub(hub, 'PATCH', `/api/claude/accounts/${anna}`, { name: 'Anna' })
  for (const address of ['/app', '/app/limits', '/widget']) {
    const page = await openPage(`${hub.url}${address}`)
    await card(page, 'Anna').waitFor()
    await card(page, 'Account a3c2e1d0').waitFor()
    expect((await titles(page)).map((title) => title.toLowerCase())).toEqual(['claude plan · anna', 'claude plan · account a3c2e1d0'])
    expect([await percents(page, 'Anna'), await percents(page, 'Account a3c2e1d0')]).toEqual([
      [20, 31],
      [91, 31],
    ])
    await expectNoViolations(page)
  }
  const page = await openPage(`${hub.url}/widget`)
  await card(page, 'Anna').waitFor()
  await send(hub, ben, 'laptop-ben', 94, 0)
  await expect.poll(() => percents(page, 'Account a3c2e1d0'), { timeout: 20_000 }).toEqual([94, 31])
  expect(await percents(page, 'Anna')).toEqual([20, 31])
})

test('the widget of one account shows that one, and the history that of the account chosen', async () => {
  const hub = await twoAccounts()
  const widget = await openPage(`${hub.url}/widget?account=${ben}`)
  await card(widget, 'Account a3c2e1d0').waitFor()
  expect(await widget.locator('.limits-card').count()).toBe(1)
  const page = await openPage(`${hub.url}/app/limits`)
  await page.getByRole('region', { name: 'History · Account 0f6b8a52' }).waitFor()
  await page.locator('.limits-history').getByRole('radio', { name: 'Account a3c2e1d0' }).click()
  await page.getByRole('region', { name: 'History · Account a3c2e1d0' }).waitFor()
  expect(new URL(page.url()).searchParams.get('account')).toBe(ben)
})

test('an account is named in the settings, and every card has the name at once', async () => {
  const hub = await twoAccounts()
  const widget = await openPage(`${hub.url}/widget`)
  await card(widget, 'Account a3c2e1d0').waitFor()
  const page = await openPage(`${hub.url}/app/settings#accounts`)
  await page.getByLabel('Name of Account a3c2e1d0').fill('Ben')
  await page.getByRole('listitem').filter({ hasText: 'laptop-ben' }).getByRole('button', { name: 'Save' }).click()
  await card(widget, 'Ben').waitFor({ timeout: 20_000 })
  await page.getByLabel('Name of Ben').waitFor()
  await expectNoViolations(page)

  // Usage is that of people then.
  for (const [machine, output] of [
    ['laptop-anna', 4_000],
    ['laptop-ben', 1_000],
  ] as const)
    await sendCalls(hub, machine, [createCall({ output })])
  await page.goto(`${hub.url}/app/usage`)
  await page.getByRole('radiogroup', { name: 'Group rows by' }).getByText('People').click()
  const names = page.locator('.usage-table .row-text')
  await expect.poll(() => names.allInnerTexts()).toEqual(['Account 0f6b8a52', 'Ben'])
  await page.getByRole('radiogroup', { name: 'Split by' }).getByText('Person').click()
  await page.locator('.chart-panel').getByText('Ben').first().waitFor()
  await names.getByText('Ben').click()
  await page.getByRole('button', { name: 'Show only this person' }).click()
  await page.waitForURL(/person=Ben/)
  await page.getByRole('button', { name: 'Person: Ben' }).waitFor()
  await expect.poll(() => page.locator('.totals').innerText()).toMatch(/1 call\b|\b1\b/)
  await requestHub(hub, 'PATCH', `/api/claude/accounts/${ben}`, { name: 'Benjamin' })
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.locator('.chart-panel').getByText('Benjamin').first().waitFor()
})

test('a plan without a 5-hour limit has its week first, and nothing is said to be missing', async () => {
  const hub = await openTestHub()
  const { currentSession: _, ...ultra } = {
    currentSession: undefined,
    planInfo: { name: 'Ultra', cost: '$200' },
    weeklyLimits: { fableOnly: createWindow(4, 70 * HOUR, { label: 'Fable only' }), allModels: createWindow(8, 70 * HOUR) },
  }
  await requestHub(hub, 'POST', '/api/claude/console-usage', {
    lastUpdated: new Date(Date.now() - MINUTE).toISOString(),
    source: 'claude-json',
    machine_id: 'laptop',
    ...ultra,
  })
  await sendSample(hub, { now: Date.now(), days: 2, timezone: 'Europe/Berlin' })
  const page = await openPage(`${hub.url}/app`)
  await page.locator('.limit-row').first().waitFor()
  expect(await page.locator('.limit-head > span').allInnerTexts()).toEqual(['Weekly limit', 'Weekly limit · Fable'])
  expect(await page.locator('.limits-card').innerText()).not.toMatch(/missing|5-hour|absent|waiting/i)
  // Windows of five hours are no part of this plan, also where a status line has the newest word.
  const blocks = page.getByRole('region', { name: '5-hour block' })
  await expect.poll(() => blocks.count()).toBe(0)
  const body = { lastUpdated: new Date().toISOString(), source: 'statusline', machine_id: 'laptop' }
  await requestHub(hub, 'POST', '/api/claude/console-usage', { ...body, weeklyLimits: { allModels: createWindow(109, 70 * HOUR) } })
  await page.locator('.limit-head data[value="109"]').waitFor()
  expect(await page.locator('.limits-card').innerText()).not.toMatch(/missing|5-hour|absent|waiting/i)
  await page.getByRole('region', { name: 'Models · Today' }).waitFor()
  expect(await blocks.count()).toBe(0)
})

test('a browser that does not know its time zone shows every screen in UTC, and says so', async () => {
  const hub = await twoAccounts()
  await sendSample(hub, { now: Date.now(), days: 2, timezone: 'UTC' })
  const session = randomUUID()
  await sendCollectorHeartbeat(hub, [session])
  await observe(hub, session, { ago: 60, alive: true, activity: 'working' }, { ago: 5, activity: 'waiting', waiting_for: 'input' })
  const options = launchOptions()
  if (options === undefined) throw new Error('there is no browser')
  // Playwright's timezoneId takes known zones only; the browser's own is that of its environment.
  const lost = await chromium.launch({ ...options, env: { ...process.env, TZ: 'Etc/Unknown' } as Record<string, string> })
  onTestFinished(() => lost.close())
  const page = await lost.newPage({ locale: 'en-US' })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(`${hub.url}/app`)
  const link = page.getByRole('navigation', { name: 'Screens' }).getByRole('link')
  await link.first().waitFor()
  const screens = await link.evaluateAll((all) => all.map((one) => String(one.getAttribute('href'))))
  expect(screens.length).toBeGreaterThan(5)
  for (const address of [...screens, `/app/sessions/${session}`]) {
    await page.goto(`${hub.url}${address}`)
    await page.getByText('Times are in UTC: this browser does not know its time zone.').waitFor()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page
      .locator('main')
      .getByText(session.slice(0, 8))
      .or(page.locator('time, canvas, .limit-row, table, .alerts .muted, #about .panel'))
      .first()
      .waitFor()
    expect(await page.getByText('could not be drawn').count(), address).toBe(0)
  }
  await page.goto(`${hub.url}/widget`)
  await page.locator('.limit-row').first().waitFor()
  expect(errors).toEqual([])
  expect(await page.evaluate('Intl.DateTimeFormat().resolvedOptions().timeZone')).not.toBe('UTC')
})
