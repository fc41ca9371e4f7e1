import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { connectBrowser, createCall, readValues, requestHub, sendCalls, type Visit, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

const shop = 'github.com/acme/shop'
const folders = ['/home/ada/shop', '/home/ada/shop/packages/api', '/home/ada/shop/.claude/worktrees/calm-fox-77', '/srv/feature']

async function openPage(path: string, options = {}): Promise<Visit> {
  const hub = await openTestHub()
  const at = new Date(Date.now() - 3_600_000).toISOString()
  const calls = [...folders, 'w:\\app', 'W:\\app\\', '/home/ada/other/shop'].map((cwd, n) =>
    createCall({ at, cwd, session_id: `s${n}`, output: 10_000 * (9 - n) }),
  )
  await sendCalls(hub, 'atlas', calls)
  await requestHub(hub, 'POST', '/api/usage/folders', {
    machine_id: 'atlas',
    folders: folders.map((folder) => ({ folder, project: shop, root: '/home/ada/shop', seen: 'git' })),
  })
  for (const project_id of [folders[0], folders[2]]) await requestHub(hub, 'POST', '/sessions', { project_id, machine_id: 'atlas' })
  const visited = await visit(browser, `${hub.url}${path}`, options)
  onTestFinished(() => visited.context.close())
  return visited
}

test('a repository is one row with a short name, and its folders are the rows inside', async () => {
  const { page, complaints } = await openPage('/app/usage?table=project')
  const names = page.locator('.usage-table tbody th[scope=row]')
  await names.nth(2).waitFor()
  expect(await names.allInnerTexts()).toEqual(['acme/shop', 'app', 'other/shop'])
  await page.getByRole('button', { name: 'acme/shop' }).click()
  const inside = page.locator('.detail-folders li')
  await inside.nth(3).waitFor()
  expect((await inside.locator('button').allInnerTexts()).map((name) => name.trim())).toEqual([
    'shop',
    'api',
    'shop (calm-fox-77)',
    'feature',
  ])
  if (process.env.SCREENSHOTS !== undefined) await page.screenshot({ path: `${process.env.SCREENSHOTS}/projects.png`, fullPage: true })
  await inside.getByRole('button', { name: 'shop (calm-fox-77)' }).click()
  await page.waitForURL(/folder=/)
  await expect.poll(() => readValues(page, '.totals')).toContain(1)
  await page.getByRole('button', { name: /^Folder/ }).waitFor()
  if (process.env.SCREENSHOTS !== undefined) await page.screenshot({ path: `${process.env.SCREENSHOTS}/folder.png`, fullPage: true })
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect.poll(() => readValues(page, '.totals')).toContain(7)
  expect(complaints).toEqual([])
})

test('the chart splits by project, under the same names', async () => {
  const { page } = await openPage('/app/usage?split=project&range=7d')
  await page.locator('.legend', { hasText: 'acme/shop' }).waitFor()
  expect(await page.locator('.legend').innerText()).not.toContain('calm-fox')
})

test('the board names worktrees after their repository, and filters both by it', async () => {
  const { page } = await openPage('/app/sessions')
  const rows = page.locator('.session-project')
  await rows.nth(1).waitFor()
  expect((await rows.allInnerTexts()).sort()).toEqual(['shop', 'shop (calm-fox-77)'])
  await page.getByRole('button', { name: /^Project/ }).click()
  await page.getByRole('option', { name: /^shop/ }).click()
  await page.waitForURL(/project=/)
  expect(await rows.count()).toBe(2)
})
