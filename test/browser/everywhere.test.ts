import { StateTrackingApiClient } from '@signalbox/client'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolationsWith } from './axe.ts'
import { startFlakyProxy } from './flaky-proxy.ts'
import { connectBrowser, createCall, requestHub, sendCalls, type TestHub, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { startPathProxy } from './path-proxy.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

async function fill(hub: Pick<TestHub, 'url'>, key?: string): Promise<string> {
  await sendCalls(hub, 'laptop', [createCall({ cwd: '/home/ada/ticket-machine' })], key)
  const client = new StateTrackingApiClient({ baseUrl: hub.url, apiKey: key })
  return (await client.createSession({ project_id: '/home/ada/engine', machine_id: 'rack-1' })).session_id
}

const mark = (page: Page) => page.evaluate('globalThis.samePage = true')
const isMarked = (page: Page) => page.evaluate('globalThis.samePage === true')

test('the palette finds screens, sessions, projects, machines and actions by keyboard and on a phone', async () => {
  const hub = await openTestHub()
  const session = await fill(hub)
  const { page, complaints, context } = await visit(browser, `${hub.url}/app`)
  onTestFinished(() => context.close())
  await page.locator('.today-sentence').waitFor()
  const palette = page.getByRole('dialog', { name: 'Search and commands' })
  const field = palette.getByRole('combobox')
  const options = palette.getByRole('option')
  const find = async (text: string, key = 'Control+k') => {
    await page.keyboard.press(key)
    await field.fill(text)
    await expect.poll(() => options.first().innerText()).not.toBe('')
  }
  await mark(page)
  await find('eve', '/')
  await expectNoViolationsWith(page, '.palette')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/app\/events$/)

  await find('engine')
  await expect.poll(() => options.first().innerText()).toContain('engine')
  await page.keyboard.press('Enter')
  await page.waitForURL(new RegExp(`/app/sessions/${session}$`))

  await find('ticket')
  await expect.poll(() => options.first().innerText()).toMatch(/ticket-machine/)
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/app\/usage\?project=/)

  await find('rack-1')
  await expect.poll(() => palette.getByRole('group').first().getAttribute('aria-label')).toBe('Machines')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/app\/machines#rack-1$/)

  await find('theme dark')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')

  await page.keyboard.press('Control+k')
  await field.fill('xqzxqz')
  await palette.getByText('Nothing is found.').waitFor()
  await page.keyboard.press('Escape')
  await palette.waitFor({ state: 'detached' })

  await page.setViewportSize({ width: 320, height: 640 })
  await page.getByRole('button', { name: 'Search and commands' }).click()
  await field.fill('settings')
  await options.first().click()
  await page.waitForURL(/\/app\/settings$/)
  expect(await isMarked(page)).toBe(true)

  // Back, and an address that no screen has.
  await page.goBack()
  await page.waitForURL(/\/app\/machines/)
  await page.getByRole('heading', { name: 'Machines', level: 1 }).waitFor()
  await page.goto(`${hub.url}/app/no/such/screen`)
  await page.getByRole('heading', { name: 'Page not found' }).waitFor()
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
})

test('the frame is painted before any script of the screens has run, and a page whose scripts do not arrive says so, with a way to reload it', async () => {
  const hub = await openTestHub()
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const place = () => page.locator('.brand').boundingBox()
  // Only the choice of the theme runs.
  await page.route(/\/assets\/(?!theme-first).*\.js$/, (route) => route.abort())
  await page.goto(`${hub.url}/app`)
  const painted = await place()
  expect(painted?.width).toBeGreaterThan(50)
  await page.getByText('Signalbox has not loaded.').waitFor()
  await expectNoViolationsWith(page, '.not-loaded')
  await page.evaluate("localStorage.setItem('signalbox.language', 'de')")
  for (const address of ['/widget', '/app?wall=1']) {
    await page.goto(hub.url + address)
    expect(await page.locator('.brand').isVisible(), address).toBe(false)
    await page.getByText('Signalbox ist nicht geladen.').waitFor()
    expect(await page.getByText('has not loaded').isVisible()).toBe(false)
  }
  await page.evaluate("localStorage.removeItem('signalbox.language')")
  // Without any script at all it is shown after a while, by its style alone.
  await page.route(/\/assets\/theme-first/, (route) => route.abort())
  await page.goto(`${hub.url}/app`)
  const note = page.getByText('Signalbox has not loaded.')
  expect(await note.isVisible()).toBe(false)
  await page.evaluate("document.querySelector('.not-loaded').getAnimations()[0].finish()")
  await note.waitFor()
  await page.unroute(/\/assets\/theme-first/)
  await page.goto(`${hub.url}/app?range=7d`)
  await note.waitFor()
  await page.unroute(/\/assets\/(?!theme-first).*\.js$/)
  await page.getByRole('button', { name: 'Reload' }).click()
  await page.getByRole('heading', { name: 'Today’s update' }).waitFor()
  expect(new URL(page.url()).search).toBe('?range=7d')
  expect(await note.count()).toBe(0)
  await page.goto(`${hub.url}/app`)
  await page.getByRole('heading', { name: 'Today’s update' }).waitFor()
  expect(await page.locator('.first-frame').count()).toBe(0)
  expect(await place()).toEqual(painted)
})

test('the title and the icon of the tab have what waits, each thing once', async () => {
  const hub = await openTestHub()
  const session = await fill(hub)
  const { page, context } = await visit(browser, `${hub.url}/app/settings`)
  onTestFinished(() => context.close())
  const icon = () => page.evaluate('document.querySelector("link[rel=icon]").href')
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
  const plain = await icon()
  await requestHub(hub, 'POST', `/sessions/${session}/mark-failed`, { reason: 'out of memory' })
  await expect.poll(() => page.title()).toBe('(1) Settings · Signalbox')
  expect(await icon()).not.toBe(plain)
  await requestHub(hub, 'POST', `/sessions/${session}/recover`)
  await expect.poll(() => page.title()).toBe('Settings · Signalbox')
  await expect.poll(icon).toBe(plain)
})

/** Waits until the browser has kept the files of the page. */
async function waitForWorker(page: Page): Promise<void> {
  await page.waitForFunction('navigator.serviceWorker.ready.then((registration) => registration.active?.state === "activated")')
}

async function openWithWorker(url: string, key?: string): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
  const { page, context, complaints } = await visit(browser, url, { serviceWorkers: 'allow' })
  onTestFinished(() => context.close())
  if (key !== undefined) {
    await page.getByLabel('Key', { exact: true }).fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  await page.locator('.today-sentence').waitFor()
  await waitForWorker(page)
  return { page, context, complaints }
}

test('the page starts without its hub, with what it last knew marked as old, and comes back by itself', async () => {
  const hub = await openTestHub()
  await fill(hub)
  const proxy = await startFlakyProxy(hub.url)
  const { page } = await openWithWorker(`${proxy.url}/app`)
  const manifest = (await (await fetch(`${hub.url}/manifest.webmanifest`)).json()) as {
    icons: { sizes: string }[]
    start_url: string
    display: string
  }
  expect([manifest.start_url, manifest.display, manifest.icons.map(({ sizes }) => sizes).includes('512x512')]).toEqual([
    'app',
    'standalone',
    true,
  ])
  await proxy.cut()
  await page.goto(`${proxy.url}/app/events`)
  await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor()
  await page.locator('.offline-note').waitFor()
  // Nothing of the API is kept; the chosen language is, for words of the worker.
  const kept = (await page.evaluate(
    'caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((one) => one.keys())))).then((all) => all.flat().map(({ url }) => new URL(url).pathname))',
  )) as string[]
  expect(kept.filter((path) => !/^\/(?:app$|assets\/|icon-\d+\.png$|manifest|language$)/.test(path))).toEqual([])
  await proxy.mend()
  await page.locator('.live-dot[data-status="live"]').waitFor({ timeout: 60_000 })
  await page.locator('.event-row').first().waitFor()
})

test('below a path everything stays below it: files, requests, events, links, the worker', async () => {
  const key = 'a-key-of-the-test-below-a-path-0123456789'
  const hub = await openTestHub({ TRUST_PROXY: 'loopback', API_KEYS: key })
  const session = await fill(hub, key)
  const proxy = await startPathProxy(hub.url, '/signalbox')
  const { page, complaints } = await openWithWorker(`${proxy.url}/app`, key)
  await page.locator('.live-dot[data-status="live"]').waitFor()
  await mark(page)
  await page
    .getByRole('navigation', { name: 'Overview' })
    .getByRole('link', { name: /^Sessions/ })
    .click()
  await page.waitForURL(/\/signalbox\/app\/sessions$/)
  await page.locator('.session-row').first().waitFor()
  await page.goto(`${proxy.url}/app/sessions/${session}`)
  await page.getByRole('heading', { name: 'engine', level: 1 }).waitFor()
  await page.goto(`${proxy.url}/widget?cards=today`)
  await page.locator('.today-sentence').waitFor()
  expect(await page.evaluate('navigator.serviceWorker.ready.then(({ scope }) => new URL(scope).pathname)')).toBe('/signalbox/')
  expect(proxy.foreign.filter((path) => path !== '/favicon.ico')).toEqual([])
  // Before the sign-in, and without a plan.
  expect(complaints.filter((text) => !/40[14]/.test(text))).toEqual([])
})
