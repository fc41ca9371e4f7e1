import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolations } from './axe.ts'
import { connectBrowser, createCall, requestHub, sendCalls, type TestHub, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { observe } from './observations.ts'

const DAY = 86_400_000
let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})

afterAll(async () => {
  await browser?.close()
})

async function openPage(hub: Pick<TestHub, 'url'>, address: string): Promise<Page> {
  const { page, context } = await visit(browser, `${hub.url}${address}`, { timezoneId: 'UTC' })
  onTestFinished(() => context.close())
  return page
}

/** Forty output tokens of this model cost a tenth of a cent. */
const callAt = (at: number, usd: number, project: string) =>
  createCall({ at: new Date(at).toISOString(), input: 0, read: 0, output: usd * 40_000, cwd: `/home/ada/${project}` })

test('the period before, unusual days with their reason, and the project of each session', async () => {
  const hub = await openTestHub()
  const noon = Math.floor(Date.now() / DAY) * DAY - DAY / 2
  // Ten dollars a day for 24 days, and on one of the last seven ninety for another project.
  const calls = Array.from({ length: 24 }, (_, day) => callAt(noon - day * DAY, 10, 'engine'))
  await sendCalls(hub, 'box', [...calls, callAt(noon - 2 * DAY, 90, 'loom')])
  const session_id = calls[0]!.session_id!
  await observe(hub, session_id, { alive: true, fields: { name: 'oil-the-loom' } })
  // It is on no board any more.
  await requestHub(hub, 'POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
  await requestHub(hub, 'POST', `/sessions/${session_id}/archive`)
  const page = await openPage(hub, '/app/usage?range=7d&table=session')
  const unusual = page.locator('.unusual li')
  await unusual.first().waitFor()
  expect((await unusual.allInnerTexts()).map((text) => text.replace(/\s+/g, ' '))).toEqual([
    expect.stringMatching(/ \$100\.00 .*, usually \$10\.00 .*Most of the rise is from loom: \$90\.00 .*, usually \$0\.00 /),
  ])
  // Six days with usage against seven.
  await expect.poll(() => page.locator('.totals-before').innerText()).toContain('114% more than in the 7 days before ($70.00')
  await expect.poll(() => page.locator('.usage-table tbody .row-text').first().innerText()).toMatch(/^oil-the-loom\s.* · engine/s)
  await expectNoViolations(page)
  await unusual.getByRole('button').click()
  await page.waitForURL(/since=.*until=/)
  await expect.poll(() => page.locator('.totals-before').innerText()).toContain('10 times as much as in the day before')
})

test('an admin deletes the data of a project, after seeing how much it is', async () => {
  const hub = await openTestHub()
  await sendCalls(hub, 'box', [callAt(Date.now(), 1, 'engine'), callAt(Date.now(), 1, 'loom'), callAt(Date.now(), 2, 'loom')])
  const page = await openPage(hub, '/app/settings?section=data')
  const data = page.getByRole('region', { name: 'Data' })
  const projects = data.getByRole('combobox', { name: 'Delete the data of this project' })
  await projects.selectOption({ label: 'loom (/home/ada/loom)' })
  await data.getByRole('button', { name: 'Delete …' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('2 calls. This cannot be undone.').waitFor()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await dialog.waitFor({ state: 'detached' })
  await expect.poll(() => projects.getByRole('option').allInnerTexts()).toEqual(['Choose a project', 'engine (/home/ada/engine)'])
  await page.locator('.settings-tab', { hasText: 'General' }).click()
  expect(await page.getByRole('region', { name: 'About' }).innerText()).toMatch(/Signalbox \d+\.\d+/)
})
