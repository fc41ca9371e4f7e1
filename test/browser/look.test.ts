import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeTempFolder, removeFolder, tempFolder } from '../support/temp.ts'
import { show, themes, wrongs } from './axe.ts'
import { read } from './reading.ts'
import { launch, type StagedHub, sendSample, startHub, type Visit, visit } from './stage.ts'

let hub: StagedHub
let empty: StagedHub
let browser: Browser
const folders = [makeTempFolder(), makeTempFolder()] as const

beforeAll(async () => {
  ;[hub, empty, browser] = await Promise.all([startHub({ dataDir: folders[0] }), startHub({ dataDir: folders[1] }), launch()])
  await sendSample(hub, { now: Date.now(), days: 8, timezone: 'Europe/Berlin' })
  await read(hub, 60_000)
})

afterAll(async () => {
  await browser?.close()
  await Promise.all([hub?.stop(), empty?.stop()])
  for (const folder of folders) removeFolder(folder)
})

async function see(at: StagedHub, address: string, options = {}): Promise<Visit> {
  const visited = await visit(browser, `${at.url}${address}`, options)
  onTestFinished(() => visited.context.close())
  return visited
}

const settled: Record<string, (page: Page) => Promise<void>> = {
  '/app': async (page) => {
    await page.locator('.today-sentence').waitFor()
    for (const part of ['.models-row', '.limit-row']) await page.locator(part).first().waitFor()
  },
  '/app/usage': async (page) => {
    for (const part of ['.bar-chart canvas', '.heat td', '.block-list', '.usage-table tbody tr']) await page.locator(part).first().waitFor()
  },
  '/widget': async (page) => {
    await page.locator('.limit-row').first().waitFor()
  },
  '/app/settings': async (page) => {
    await page.locator('.prices').waitFor()
  },
}

test.each(Object.keys(settled))('%s has nothing that axe finds wrong, in either theme', async (address) => {
  const { page, complaints } = await see(hub, address)
  await settled[address]?.(page)
  for (const colorScheme of themes) {
    await show(page, colorScheme)
    expect(await wrongs(page), colorScheme).toEqual([])
  }
  expect(complaints).toEqual([])
})

test('what opens over the page has nothing wrong either', async () => {
  const { page } = await see(hub, '/app/usage')
  await settled['/app/usage']?.(page)
  const fine = async () => {
    for (const colorScheme of themes) {
      await show(page, colorScheme)
      expect(await wrongs(page), colorScheme).toEqual([])
    }
  }
  await page.getByRole('button', { name: /^Time: / }).click()
  await page.getByRole('option').first().waitFor()
  await fine()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem').first().waitFor()
  await fine()
  await page.keyboard.press('Escape')
  await page.locator('.row-name').first().click()
  await page.getByRole('button', { name: 'Show as table' }).click()
  await fine()
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await fine()
})

test('waiting for data and signing in have nothing wrong', async () => {
  const locked = await startHub({ dataDir: tempFolder(), env: { NODE_ENV: 'production', API_KEYS: 'some-key-or-other' } })
  onTestFinished(() => locked.stop())
  const { page } = await see(empty, '/app')
  await page.getByRole('heading', { name: 'Waiting for data' }).waitFor()
  const door = await see(locked, '/app')
  await door.page.getByLabel('Key', { exact: true }).waitFor()
  for (const colorScheme of themes) {
    for (const each of [page, door.page]) {
      await show(each, colorScheme)
      expect(await wrongs(each), colorScheme).toEqual([])
    }
  }
})

test.each(Object.keys(settled))('%s does not scroll sideways, from the smallest phone to a desk', async (address) => {
  const { page } = await see(hub, address)
  await settled[address]?.(page)
  for (const width of [320, 390, 768, 1440]) {
    await page.setViewportSize({ width, height: 844 })
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
    // Named, so that a failure says which.
    const wider =
      '[...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".scroller, .unseen") && !one.querySelector(".unseen")).map((one) => one.outerHTML.slice(0, 120))'
    const found = [await page.evaluate('document.documentElement.scrollWidth - innerWidth'), await page.evaluate(wider)]
    expect(found, `${width} pixels`).toEqual([0, []])
  }
})

test('fingers find what they aim at: on a phone nothing to press is smaller than 24 pixels', async () => {
  const { page } = await see(hub, '/app/usage', { viewport: { width: 390, height: 844 }, hasTouch: true })
  await settled['/app/usage']?.(page)
  const small = await page.evaluate(
    '[...document.querySelectorAll("button, a, input, select")].filter((one) => one.checkVisibility() && !one.closest("p, .skip")).map((one) => [one.textContent, one.getBoundingClientRect()]).filter(([, box]) => box.width < 24 || box.height < 24).map(([text, box]) => [text, box.width, box.height].join(" "))',
  )
  expect(small).toEqual([])
})

test('a chosen theme is there before anything is drawn, after a reload too', async () => {
  const { page } = await see(hub, '/app', { colorScheme: 'light' })
  await settled['/app']?.(page)
  const shade = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
  const light = await shade()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('radio', { name: 'Dark' }).click()
  const dark = await shade()
  expect(dark).not.toBe(light)
  // Before the page's own script: this runs when the document has a head and nothing else.
  await page.addInitScript(
    'new MutationObserver((_, all) => { if (document.body) { globalThis.early = document.documentElement.dataset.theme; all.disconnect() } }).observe(document, { childList: true, subtree: true })',
  )
  await page.reload()
  expect(await page.evaluate('globalThis.early')).toBe('dark')
  expect(await shade()).toBe(dark)
})

test('the whole page can be worked from the keyboard', async () => {
  const { page } = await see(hub, '/app')
  await settled['/app']?.(page)
  await page.keyboard.press('g')
  await page.keyboard.press('u')
  await page.waitForURL(/\/app\/usage$/)
  await page.locator('.usage-table').waitFor()
  await page.keyboard.press('/')
  expect(await page.evaluate('document.activeElement.type')).toBe('search')
  // A letter that is typed is no shortcut.
  await page.keyboard.type('gs')
  expect(page.url()).toContain('find=gs')
  await page.getByRole('searchbox').blur()
  await page.keyboard.press('?')
  const list = page.getByRole('dialog', { name: 'Keyboard' })
  await list.waitFor()
  expect(await list.innerText()).toContain('Go to Settings')
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'detached' })
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await page.waitForURL(/\/app\/?$/)
  await page.keyboard.press('/')
  await page.waitForURL(/\/app\/usage/)
  await expect.poll(() => page.evaluate('document.activeElement.type')).toBe('search')
})

test('keys without a modifier can be switched off', async () => {
  const { page } = await see(hub, '/app/settings')
  await settled['/app/settings']?.(page)
  await page.getByLabel(/Keys without a modifier/).uncheck()
  await page.reload()
  await settled['/app/settings']?.(page)
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await page.keyboard.press('?')
  expect(page.url()).toContain('/app/settings')
  expect(await page.getByRole('dialog').count()).toBe(0)
})

test('the first tab leads past the navigation, and every stop after it can be seen', async () => {
  const { page } = await see(hub, '/app')
  await settled['/app']?.(page)
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the numbers')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.querySelector("main").contains(document.activeElement)')).toBe(true)
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none')
})

test('who asks for less motion gets none', async () => {
  const { page } = await see(hub, '/app', { reducedMotion: 'reduce' })
  await settled['/app']?.(page)
  const longest = await page.evaluate(
    'Math.max(...[...document.querySelectorAll("*")].flatMap((one) => getComputedStyle(one).transitionDuration.split(",").map(parseFloat)))',
  )
  expect(longest).toBeLessThanOrEqual(0.001)
})

test('an address that leads nowhere says so and leads back', async () => {
  const { page } = await see(hub, '/app/nowhere')
  await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
  await page.getByRole('link', { name: 'Go to Today' }).click()
  await settled['/app']?.(page)
})

test('no request leaves for another host, and the policy refuses nothing the page needs', async () => {
  const { page, requests, complaints, context } = await see(hub, '/app')
  await settled['/app']?.(page)
  for (const address of ['/app/usage', '/app/settings']) {
    await page.goto(`${hub.url}${address}`)
    await settled[address]?.(page)
  }
  expect(requests.length).toBeGreaterThan(10)
  expect(requests.filter((url) => !url.startsWith(hub.url) && !url.startsWith('blob:') && !url.startsWith('data:'))).toEqual([])
  expect(complaints).toEqual([])
  const policy = (await context.request.get(`${hub.url}/app`)).headers()['content-security-policy'] ?? ''
  expect(policy).toContain("script-src 'self'")
  expect(policy).toContain("style-src 'self'")
  expect(policy).not.toContain('unsafe')
})
