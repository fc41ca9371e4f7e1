import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { expectNoViolations, expectNoViolationsWith } from './axe.ts'
import { connectBrowser, sendSample, startHub, type TestHub, type Visit, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { postSnapshot } from './limit-snapshots.ts'

let hub: TestHub
let empty: TestHub
let browser: Browser
const folders = [makeTempFolder(), makeTempFolder()] as const

beforeAll(async () => {
  // Its pages are opened faster than people open them.
  const env = { DASHBOARD_LIMIT_PER_MINUTE: '100000' }
  ;[hub, empty, browser] = await Promise.all([
    startHub({ dataDir: folders[0], env }),
    startHub({ dataDir: folders[1], env }),
    connectBrowser(),
  ])
  await sendSample(hub, { now: Date.now(), days: 8, timezone: 'Europe/Berlin' })
  await postSnapshot(hub, 60_000)
})

afterAll(async () => {
  await browser?.close()
  await Promise.all([hub?.stop(), empty?.stop()])
  for (const folder of folders) removeFolder(folder)
})

async function openPage(at: Pick<TestHub, 'url'>, address: string, options = {}): Promise<Visit> {
  const visited = await visit(browser, `${at.url}${address}`, options)
  onTestFinished(() => visited.context.close())
  return visited
}

const waitUntilLoaded: Record<string, (page: Page) => Promise<void>> = {
  '/app': async (page) => {
    await page.locator('.today-sentence').waitFor()
    for (const part of ['.models-row', '.limit-row']) await page.locator(part).first().waitFor()
  },
  '/app/usage': async (page) => {
    for (const part of ['.bar-chart canvas', '.heatmap td', '.block-list', '.usage-table tbody tr'])
      await page.locator(part).first().waitFor()
  },
  '/widget': async (page) => {
    await page.locator('.limit-row').first().waitFor()
  },
  '/app/settings': async (page) => {
    await page.getByText(/^Signalbox .*, running for/).waitFor()
  },
}

test.each(Object.keys(waitUntilLoaded))(
  '%s has no accessibility violations in either theme, and does not scroll horizontally',
  async (address) => {
    const { page, complaints } = await openPage(hub, address)
    await waitUntilLoaded[address]?.(page)
    await expectNoViolations(page)
    expect(complaints).toEqual([])
    await expectNoHorizontalScrolling(page)
    if (address !== '/app/settings') return
    for (const [section, loaded] of [
      ['Alerts', '.rule-row'],
      ['Access', '#audit .panel'],
      ['Costs', '.prices'],
      ['Machines', '#accounts .panel'],
      ['Data', '.data-panel'],
    ] as const) {
      await page.locator('.settings-tab', { hasText: section }).click()
      await page.locator(loaded).first().waitFor()
      await expectNoViolations(page)
      await expectNoHorizontalScrolling(page)
    }
    expect(complaints).toEqual([])
  },
)

test('popovers and dialogs have no accessibility violations', async () => {
  const { page } = await openPage(hub, '/app/usage')
  await waitUntilLoaded['/app/usage']?.(page)
  await page.getByRole('button', { name: /^Time: / }).click()
  await page.getByRole('option').first().waitFor()
  await expectNoViolationsWith(page, '.picker-popover')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem').first().waitFor()
  await expectNoViolationsWith(page, '[role=menu]')
  await page.keyboard.press('Escape')
  await page.locator('.row-name').first().click()
  await page.getByRole('button', { name: 'Show as table' }).click()
  await expectNoViolationsWith(page, '.chart-table')
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await expectNoViolationsWith(page, 'dialog')
})

test('the empty state and the sign-in form have no accessibility violations', async () => {
  const locked = await openTestHub({ NODE_ENV: 'production', API_KEYS: 'some-key-or-other' })
  const { page } = await openPage(empty, '/app')
  await page.getByRole('heading', { name: 'Waiting for data' }).waitFor()
  const signIn = await openPage(locked, '/app')
  await signIn.page.getByLabel('Key', { exact: true }).waitFor()
  await expectNoViolations(page, 'waiting for data')
  await expectNoViolations(signIn.page, 'sign-in')
})

/** At each width from a phone to a desktop. */
async function expectNoHorizontalScrolling(page: Page): Promise<void> {
  for (const width of [320, 390, 768, 1440]) {
    await page.setViewportSize({ width, height: 844 })
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
    // Lists the elements, so that a failure names them.
    const wideElements =
      '[...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".scroller, .visually-hidden") && !one.querySelector(".visually-hidden")).map((one) => one.outerHTML.slice(0, 120))'
    const found = [await page.evaluate('document.documentElement.scrollWidth - innerWidth'), await page.evaluate(wideElements)]
    expect(found, `${width} pixels`).toEqual([0, []])
  }
}

test('on a phone no target is smaller than 24 pixels', async () => {
  const { page } = await openPage(hub, '/app/usage', { viewport: { width: 390, height: 844 }, hasTouch: true })
  await waitUntilLoaded['/app/usage']?.(page)
  const small = await page.evaluate(
    '[...document.querySelectorAll("button, a, input, select")].filter((one) => one.checkVisibility() && !one.closest("p, .skip")).map((one) => [one.textContent, one.getBoundingClientRect()]).filter(([, box]) => box.width < 24 || box.height < 24).map(([text, box]) => [text, box.width, box.height].join(" "))',
  )
  expect(small).toEqual([])
})

test('the chosen theme applies before the first paint, after a reload too', async () => {
  const { page } = await openPage(hub, '/app', { colorScheme: 'light' })
  await waitUntilLoaded['/app']?.(page)
  const shade = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
  const light = await shade()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('radio', { name: 'Dark' }).click()
  const dark = await shade()
  expect(dark).not.toBe(light)
  // Records the theme when the body appears, before the page's script runs.
  await page.addInitScript(
    'new MutationObserver((_, all) => { if (document.body) { globalThis.early = document.documentElement.dataset.theme; all.disconnect() } }).observe(document, { childList: true, subtree: true })',
  )
  await page.reload()
  expect(await page.evaluate('globalThis.early')).toBe('dark')
  expect(await shade()).toBe(dark)
})

test('the page is usable by keyboard', async () => {
  const { page } = await openPage(hub, '/app')
  await waitUntilLoaded['/app']?.(page)
  await page.keyboard.press('g')
  await page.keyboard.press('u')
  await page.waitForURL(/\/app\/usage$/)
  await page.locator('.usage-table').waitFor()
  await page.keyboard.press('/')
  expect(await page.evaluate('document.activeElement.type')).toBe('search')
  // Typed letters are no shortcuts.
  await page.keyboard.type('gs')
  expect(page.url()).toContain('find=gs')
  await page.getByRole('searchbox').blur()
  await page.keyboard.press('?')
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await list.waitFor()
  expect(await list.innerText()).toContain('Go to Settings')
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'detached' })
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await page.waitForURL(/\/app\/?$/)
  // A screen without a search field has the palette.
  await page.keyboard.press('/')
  await page.getByRole('combobox', { name: /^Search sessions/ }).waitFor()
})

test('shortcuts without a modifier can be disabled', async () => {
  const { page } = await openPage(hub, '/app/settings')
  await waitUntilLoaded['/app/settings']?.(page)
  await page.getByLabel(/Keyboard shortcuts without a modifier/).uncheck()
  await page.reload()
  await waitUntilLoaded['/app/settings']?.(page)
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await page.keyboard.press('?')
  expect(page.url()).toContain('/app/settings')
  expect(await page.getByRole('dialog').count()).toBe(0)
})

test('the first Tab skips the navigation, and the focus is visible after it', async () => {
  const { page } = await openPage(hub, '/app')
  await waitUntilLoaded['/app']?.(page)
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.querySelector("main").contains(document.activeElement)')).toBe(true)
  // A field in a frame of its own shows it around the frame.
  const outlines = '[document.activeElement, document.activeElement.parentElement].map((one) => getComputedStyle(one).outlineStyle)'
  expect(await page.evaluate(outlines)).not.toEqual(['none', 'none'])
})

test('reduced motion disables transitions', async () => {
  const { page } = await openPage(hub, '/app', { reducedMotion: 'reduce' })
  await waitUntilLoaded['/app']?.(page)
  const longest = await page.evaluate(
    'Math.max(...[...document.querySelectorAll("*")].flatMap((one) => getComputedStyle(one).transitionDuration.split(",").map(parseFloat)))',
  )
  expect(longest).toBeLessThanOrEqual(0.001)
})

test('an unknown address shows a message and a link back', async () => {
  const { page } = await openPage(hub, '/app/nowhere')
  await page.getByRole('heading', { name: 'Page not found' }).waitFor()
  await page.getByRole('link', { name: 'Go to Today' }).click()
  await waitUntilLoaded['/app']?.(page)
})

test('no request goes to another host, and the content security policy blocks nothing the page needs', async () => {
  const { page, requests, complaints, context } = await openPage(hub, '/app')
  await waitUntilLoaded['/app']?.(page)
  for (const address of ['/app/usage', '/app/settings']) {
    await page.goto(`${hub.url}${address}`)
    await waitUntilLoaded[address]?.(page)
  }
  expect(requests.length).toBeGreaterThan(10)
  expect(requests.filter((url) => !url.startsWith(hub.url) && !url.startsWith('blob:') && !url.startsWith('data:'))).toEqual([])
  expect(complaints).toEqual([])
  const policy = (await context.request.get(`${hub.url}/app`)).headers()['content-security-policy'] ?? ''
  expect(policy).toContain("script-src 'self'")
  expect(policy).toContain("style-src 'self'")
  expect(policy).not.toContain('unsafe')
})
