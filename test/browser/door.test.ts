import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeTempFolder, removeFolder, tempFolder } from '../support/temp.ts'
import { call, launch, type StagedHub, send, startHub, type Visit, visit } from './stage.ts'

const key = 'a-key-for-tests-that-is-long-enough'
const sender = 'a-key-that-may-only-send-calls'
let hub: StagedHub
let browser: Browser
const dataDir = makeTempFolder()

beforeAll(async () => {
  ;[hub, browser] = await Promise.all([
    startHub({ dataDir, env: { NODE_ENV: 'production', API_KEYS: key, CLAUDE_SYNC_API_KEY: sender } }),
    launch(),
  ])
  await send(hub, 'atlas', [call()], sender)
})

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  removeFolder(dataDir)
})

async function knock(at: StagedHub, path: string): Promise<Visit> {
  const visited = await visit(browser, `${at.url}${path}`)
  onTestFinished(() => visited.context.close())
  return visited
}

async function signIn(page: Page, text: string): Promise<void> {
  await page.getByLabel('Key', { exact: true }).fill(text)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('a hub with keys asks for one, refuses a wrong one with a reason, and lets the right one in to where it was asked', async () => {
  const { page } = await knock(hub, '/app/usage?range=7d')
  await page.getByRole('heading', { name: 'Signalbox' }).waitFor()
  await signIn(page, 'not-the-key')
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.innerText()).toMatch(/Invalid API key[\s\S]*signalbox keys list[\s\S]*Request id/)
  expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe('')
  await signIn(page, key)
  await page.locator('.sums').waitFor()
  expect(page.url()).toContain('range=7d')
  await page.locator('.live-dot[data-status="live"]').waitFor()
})

test('the key is nowhere a script could find it', async () => {
  const { page, context } = await knock(hub, '/app')
  await signIn(page, key)
  await page.locator('.today-sentence').waitFor()
  const kept = await page.evaluate(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, document.documentElement.outerHTML])',
  )
  expect(kept).not.toContain(key)
  const cookies = await context.cookies()
  expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }])
  expect(cookies[0]?.value).not.toContain(key)
})

test('signing out asks for a key again, here and after a reload', async () => {
  const { page } = await knock(hub, '/app/settings')
  await signIn(page, key)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Key', { exact: true }).waitFor()
  await page.reload()
  await page.getByLabel('Key', { exact: true }).waitFor()
  expect(await page.locator('.sums, .today-sentence').count()).toBe(0)
})

test('a key is made, shown once, used by somebody else, and refused as soon as it is revoked', async () => {
  const { page } = await knock(hub, '/app/settings')
  await signIn(page, key)
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByLabel('What is it for?').fill('wall display')
  await page.getByLabel(/^ingest/).uncheck()
  await page.getByLabel(/^read/).check()
  await page.getByRole('button', { name: 'Make the key' }).click()
  const shown = await page.locator('.dialog .copy-line code').innerText()
  expect(shown.length).toBeGreaterThan(20)
  await page.getByRole('button', { name: 'Done' }).click()
  await page.locator('.keys').getByText('wall display').waitFor()
  expect(await page.locator('body').innerText()).not.toContain(shown)

  const other = await knock(hub, '/app')
  await signIn(other.page, shown)
  await other.page.locator('.today-sentence').waitFor()
  await other.page.getByRole('link', { name: 'Settings' }).click()
  await other.page.getByText('Who am I').waitFor()
  // It may only read: there is no list of keys for it.
  expect(await other.page.getByRole('button', { name: 'New key' }).count()).toBe(0)

  await page.getByRole('button', { name: 'Revoke wall display' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.locator('.keys li[data-dead]', { hasText: 'wall display' }).waitFor()
  await other.page.getByRole('link', { name: 'Today' }).click()
  await other.page.reload()
  await other.page.getByLabel('Key', { exact: true }).waitFor()
})

test('a key that may not read is told so by the hub, with what to do and the id to quote', async () => {
  const { page } = await knock(hub, '/app')
  await signIn(page, sender)
  const alert = page.getByRole('alert').first()
  await alert.waitFor()
  expect(await alert.innerText()).toMatch(/read/)
  const id = (await alert.locator('code').last().innerText()).trim()
  expect(id).toMatch(/^[\w-]{8,}$/)
  // The hub is there; it would be wrong to say that it does not answer.
  await page.locator('.live-dot[data-status="refused"]').waitFor()
  expect(await page.getByText('The hub does not answer.').count()).toBe(0)
})

test('whoever makes the first key of a hub is signed in with it, and sees it', async () => {
  const open = await startHub({ dataDir: tempFolder() })
  onTestFinished(() => open.stop())
  const { page } = await knock(open, '/app/settings')
  await page.getByText('No key is asked for').waitFor()
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByLabel('What is it for?').fill('me')
  await page.getByRole('button', { name: 'Make the key' }).click()
  const shown = await page.locator('.dialog .copy-line code').innerText()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByText('Signed in as').waitFor()
  await page.reload()
  await page.getByText('Signed in as').waitFor()
  const stranger = await knock(open, '/app')
  await signIn(stranger.page, shown)
  await stranger.page.getByRole('heading', { name: 'Waiting for data' }).waitFor()
})
