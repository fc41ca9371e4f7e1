import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import dashboard from '../../apps/dashboard/package.json' with { type: 'json' }
import { expectNoViolationsWith } from './axe.ts'
import { connectBrowser, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

test('a page that is older than its hub says so, also where a file of it is gone, and asks to be reloaded', async () => {
  const hub = await openTestHub({}, { version: '99.0.0' })
  const { page, context } = await visit(browser, `${hub.url}/app`)
  onTestFinished(() => context.close())
  const note = page.locator('.upgrade-note')
  await note.waitFor()
  expect(await note.innerText()).toContain(`The hub runs version 99.0.0 now, and this page is older (${dashboard.version}). Reload it.`)
  await page.evaluate('globalThis.samePage = true')

  // A screen and a dialog, which the hub has no more.
  await page.route(/\/assets\/(?:events|palette)-/, (route) => route.fulfill({ status: 404, body: '' }))
  const missing = page.getByRole('alert').filter({ hasText: 'A part of this page could not be loaded.' })
  await page.getByRole('link', { name: 'Events', exact: true }).click()
  await missing.waitFor()
  expect(await missing.innerText()).toContain('The hub was updated since the page was opened')
  await expectNoViolationsWith(page, '.problem-note')
  await page.keyboard.press('Control+k')
  await page.locator('.missing-dialog').waitFor()
  await page.locator('.missing-dialog').getByRole('button', { name: 'Close' }).click()
  await page.locator('.missing-dialog').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
  expect(await missing.count()).toBe(0)
  expect(await page.evaluate('globalThis.samePage')).toBe(true)
  await note.getByRole('button', { name: 'Reload' }).click()
  await expect.poll(() => page.evaluate('globalThis.samePage').catch(() => true)).toBeUndefined()
})

test('the first visit after an upgrade says it, shows what is new, and is quiet once that is dismissed', async () => {
  const hub = await openTestHub()
  const { page, context } = await visit(browser, `${hub.url}/app`)
  onTestFinished(() => context.close())
  const seen = () => page.evaluate("localStorage.getItem('signalbox.version')")
  await expect.poll(seen).toBe(dashboard.version)
  expect(await page.locator('.upgrade-note').count()).toBe(0)
  await page.evaluate("localStorage.setItem('signalbox.version', '0.0.9')")
  await page.reload()
  const note = page.locator('.upgrade-note')
  await note.waitFor()
  expect(await note.innerText()).toContain(`The hub was upgraded from 0.0.9 to ${dashboard.version}.`)
  await expectNoViolationsWith(page, '.upgrade-note')
  await note.getByRole('button', { name: 'What is new' }).click()
  const dialog = page.getByRole('dialog', { name: 'What is new' })
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await note.getByRole('button', { name: 'Dismiss' }).click()
  await expect.poll(() => note.count()).toBe(0)
  expect(await seen()).toBe(dashboard.version)
})
