import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { startFlakyProxy } from './flaky-proxy.ts'
import { connectBrowser, createCall, sendCalls, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { postSnapshot } from './limit-snapshots.ts'
import { observe, sendCollectorHeartbeat } from './observations.ts'

/** Every screen by its link, with what it still has while reports of usage fail, and what it lacks then. */
const screens = [
  { name: 'Today', partial: ['.fleet .session-row', '.limit-row'], full: ['.today-sentence', '.models-row'] },
  { name: 'Sessions', partial: ['.session-row'], full: [] },
  { name: 'Limits', partial: ['.limit-row', '.history-legend li'], full: ['.who-lists'] },
  { name: 'Machines', partial: ['.machine-card .machine-sources'], full: ['.machine-usage'] },
  { name: 'Alerts', partial: ['.filter-bar'], full: [] },
  { name: 'Events', partial: ['.event-row'], full: [] },
  { name: 'Settings', partial: ['#about .panel'], full: [] },
  { name: 'Usage', partial: [], full: ['.totals-figure data', '.heatmap td', '.block-list', '.usage-table tbody tr'] },
] as const

test('each screen has what there is while reports fail, all of it once they are there, and keeps it, marked as old, before a hub that hangs', async () => {
  const browser = await connectBrowser()
  onTestFinished(() => browser.close())
  const hub = await openTestHub()
  const session = randomUUID()
  await sendCalls(hub, 'atlas', [createCall()])
  await postSnapshot(hub, 0, { machine_id: 'atlas' })
  await observe(hub, session, { alive: true, activity: 'working', event: { kind: 'started' } })
  await sendCollectorHeartbeat(hub, [session])
  const proxy = await startFlakyProxy(hub.url)
  proxy.set({ path: '/api/usage', status: 500 })
  const { page, context } = await visit(browser, `${proxy.url}/app`)
  onTestFinished(() => context.close())
  const visitAll = async (look: (screen: (typeof screens)[number]) => Promise<void>) => {
    for (const screen of screens) {
      await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen.name, exact: true }).click()
      await page.getByRole('heading', { level: 1 }).waitFor()
      await look(screen)
      if (screen.name !== 'Sessions') continue
      await page.locator('.session-row a').first().click()
      await page.locator('.timeline li').first().waitFor()
      await page.locator('.sources').waitFor()
    }
  }
  const problem = page.getByRole('main').getByRole('alert')

  await visitAll(async ({ name, partial, full }) => {
    for (const part of partial) await page.locator(part).first().waitFor()
    if (name === 'Today' || name === 'Usage') await problem.first().waitFor()
    for (const part of full.filter((one) => one !== '.machine-usage')) expect(await page.locator(part).count(), part).toBe(0)
  })
  // What has failed is neither loading nor nothing.
  await expect.poll(() => page.locator('.skeleton').count()).toBe(0)
  expect(await page.getByText('0 active days').count()).toBe(0)

  proxy.set()
  while ((await problem.count()) > 0) {
    const left = await problem.count()
    await problem.first().getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => problem.count()).toBeLessThan(left)
  }
  await visitAll(async ({ partial, full }) => {
    for (const part of [...partial, ...full]) await page.locator(part).first().waitFor()
    expect(await problem.count()).toBe(0)
  })

  await page.locator('.live-dot[data-status="live"]').waitFor()
  const hungAt = Date.now()
  proxy.hang()
  await page.locator('.live-dot[data-status="offline"]').waitFor({ timeout: 180_000 })
  const note = page.locator('.offline-note time')
  // Not when the page has noticed, which takes most of a minute.
  const upTo = Date.parse((await note.getAttribute('datetime')) ?? '')
  expect(upTo).toBeLessThanOrEqual(hungAt + 1_000)
  expect(upTo).toBeGreaterThan(hungAt - 60_000)
  expect(await note.innerText()).toMatch(/^(\d+ s|1 min|\d min \d+ s) ago$/)
  await visitAll(async ({ partial, full }) => {
    for (const part of [...partial, ...full]) await page.locator(part).first().waitFor()
    expect(await page.evaluate('getComputedStyle(document.querySelector("main .dims")).filter')).toBe('grayscale(1)')
    expect(await problem.count()).toBe(0)
    expect(await note.count()).toBe(1)
  })

  // What waits in the proxy stays there: the page asks again.
  proxy.cut()
  proxy.mend()
  await page.locator('.live-dot[data-status="live"]').waitFor({ timeout: 180_000 })
  expect(await note.count()).toBe(0)
})
