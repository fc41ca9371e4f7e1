import type { SavedView } from '@signalbox/client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolationsWith } from './axe.ts'
import { connectBrowser, createCall, requestHub, sendCalls, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

test('a view of Usage is saved, opened, updated, renamed, deleted and brought back', async () => {
  const hub = await openTestHub()
  await sendCalls(hub, 'laptop', [createCall()])
  const views = () => requestHub<SavedView[]>(hub, 'GET', '/api/views')
  const { page, context, complaints } = await visit(browser, `${hub.url}/app/usage`)
  onTestFinished(() => context.close())
  const list = page.getByRole('navigation', { name: 'Saved views' })
  const dialog = page.getByRole('dialog')
  const name = async (text: string) => {
    await dialog.getByLabel('Name').fill(text)
    await dialog.getByRole('button', { name: 'Save' }).click()
  }
  const menu = async (item: string) => {
    await list.getByRole('button', { name: /^Actions for/ }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  const split = (by: string) => page.getByRole('radiogroup', { name: 'Split by' }).getByText(by).click()
  await page.locator('.totals').waitFor()
  // There is nothing to save yet.
  expect(await list.count()).toBe(0)
  await split('Machine')
  await list.getByRole('button', { name: 'Save view …' }).click()
  await name('By machine')
  const view = list.getByRole('link', { name: 'By machine' })
  await expect.poll(() => view.getAttribute('aria-current')).toBe('page')
  expect(await views()).toMatchObject([{ screen: 'usage', name: 'By machine', search: 'split=machine' }])
  await expectNoViolationsWith(page, '.saved-views')

  // It is an address, which other parameters leave.
  await split('Project')
  await page.waitForURL(/split=project/)
  await view.click()
  await page.waitForURL(/usage\?split=machine$/)
  await split('Project')
  await list.getByRole('button', { name: 'Update “By machine”' }).click()
  await expect.poll(async () => (await views())[0]?.search).toBe('split=project')
  await menu('Rename …')
  await name('By project')
  await list.getByRole('link', { name: 'By project' }).waitFor()

  // Another name of it is refused in the dialog.
  await split('Branch')
  await list.getByRole('button', { name: 'Save view …' }).click()
  await name('by PROJECT')
  await dialog.getByText('There is a saved view "by PROJECT" already').waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await list.getByRole('link', { name: 'By project' }).click()

  await menu('Delete')
  await page.getByText('The view “By project” is deleted.').waitFor()
  expect(await views()).toEqual([])
  await page.getByRole('button', { name: 'Undo' }).click()
  await list.getByRole('link', { name: 'By project' }).waitFor()
  expect(await views()).toMatchObject([{ name: 'By project', search: 'split=project' }])

  // Sessions have their own, which come from elsewhere live.
  await page.goto(`${hub.url}/app/sessions?status=waiting`)
  await requestHub(hub, 'POST', '/sessions', { project_id: '/home/ada/engine', machine_id: 'rack-1' })
  await list.getByRole('button', { name: 'Save view …' }).waitFor()
  expect(await list.getByRole('link').count()).toBe(0)
  await requestHub(hub, 'POST', '/api/views', { screen: 'sessions', name: 'Waiting', search: 'status=waiting' })
  await expect.poll(() => list.getByRole('link', { name: 'Waiting' }).getAttribute('aria-current')).toBe('page')
  expect(complaints.filter((text) => !text.includes('409'))).toEqual([])
})
