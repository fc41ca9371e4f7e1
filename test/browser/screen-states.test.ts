import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { openAlertingHub } from './alerting-hub.ts'
import { startFlakyProxy } from './flaky-proxy.ts'
import { connectBrowser, createCall, sendCalls, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { postSnapshot } from './limit-snapshots.ts'
import { observe, sendCollectorHeartbeat } from './observations.ts'

interface Screen {
  readonly name: string
  readonly path: string
  /** What it still has while reports of usage fail. */
  readonly partial: readonly string[]
  /** What it lacks then, and has once they are there; all of it stays, marked as old, while the hub is away. */
  readonly full: readonly string[]
  /** Whether it says then what has failed. */
  readonly fails?: boolean
  /** What it says of a hub that has nothing. */
  readonly empty: string
}

const session = randomUUID()
const section = (name: string) => `/app/settings?section=${name}`

/** Screen by state. Stale data of the hub itself, which it has been sent late, are below, and in limits.test.ts and observed-sessions.test.ts. */
const screens: readonly Screen[] = [
  {
    name: 'Today',
    path: '/app',
    partial: ['.fleet .session-row', '.limit-row', '.open-alerts .alert-row'],
    full: ['.today-sentence', '.models-row'],
    fails: true,
    empty: 'Waiting for data',
  },
  {
    name: 'wall display',
    path: '/app?wall=1',
    partial: ['.wall .fleet .session-row', '.wall .limit-row', '.wall .wall-clock'],
    full: ['.wall .today-sentence', '.wall .models-row'],
    fails: true,
    empty: 'Waiting for data',
  },
  { name: 'Sessions', path: '/app/sessions', partial: ['.session-row', '.attention-item'], full: [], empty: 'No sessions yet' },
  {
    name: 'one session',
    path: `/app/sessions/${session}`,
    partial: ['.timeline li', '.sources', '.session-details div'],
    full: [],
    empty: 'There is no session',
  },
  { name: 'Limits', path: '/app/limits', partial: ['.limit-row', '.history-legend li'], full: ['.who-lists'], empty: 'Waiting for data' },
  {
    name: 'Machines',
    path: '/app/machines',
    partial: ['.machine-card .machine-sources'],
    full: ['.machine-usage'],
    empty: 'No machines yet',
  },
  {
    name: 'Usage',
    path: '/app/usage',
    partial: ['.late-collectors li'],
    full: ['.totals-figure data', '.heatmap td', '.block-list', '.usage-table tbody tr'],
    fails: true,
    empty: 'Waiting for data',
  },
  {
    name: 'Alerts',
    path: '/app/alerts',
    partial: ['.alert-row', '.filter-bar'],
    full: [],
    empty: 'Nothing has happened that a rule watches for',
  },
  {
    name: 'one alert',
    path: '/app/alerts/',
    partial: ['.receipts', '.flips li', '.figure-list[data-layout="rows"]'],
    full: [],
    empty: 'All alerts of this hub are under Alerts',
  },
  { name: 'Events', path: '/app/events', partial: ['.event-row'], full: [], empty: 'Nothing has happened yet.' },
  { name: 'Settings', path: '/app/settings', partial: ['#about .panel', '#appearance .panel'], full: [], empty: 'running for' },
  { name: 'Settings, alerts', path: section('alerts'), partial: ['.rule-row', '#channels .panel'], full: [], empty: 'No channel yet' },
  { name: 'Settings, access', path: section('access'), partial: ['#keys .panel', '#audit .panel'], full: [], empty: 'No API key' },
  { name: 'Settings, costs', path: section('costs'), partial: ['#budgets .panel'], full: ['.prices'], fails: true, empty: 'No budget' },
  {
    name: 'Settings, machines',
    path: section('machines'),
    partial: ['#collectors tbody tr', '#accounts .panel'],
    full: [],
    empty: 'No collector',
  },
  { name: 'Settings, data', path: section('data'), partial: ['.data-panel'], full: [], empty: 'Export' },
]

/** Opens a screen in the page, as a link of its own does. */
async function open(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

test('each screen has what there is while reports fail, all of it once they are there, and keeps it, marked as old, before a hub that hangs', async () => {
  const browser = await connectBrowser()
  onTestFinished(() => browser.close())
  const hub = await openAlertingHub()
  onTestFinished(() => hub.close())
  await sendCalls(hub, 'atlas', [createCall()])
  await postSnapshot(hub, 0, { machine_id: 'atlas' })
  await observe(hub, session, { alive: true, activity: 'working', event: { kind: 'started' } })
  await sendCollectorHeartbeat(hub, [session])
  const pending_since = new Date(Date.now() - 15 * 60_000).toISOString()
  const sendFromBoreas = () => sendCollectorHeartbeat(hub, [], { state: 'sending', pending: { calls: 1_234 }, pending_since }, 'boreas')
  await sendFromBoreas()
  await sendCollectorHeartbeat(hub, [], { state: 'stopped' }, 'ceto')
  await hub.failSession('out of memory')
  const proxy = await startFlakyProxy(hub.url)
  proxy.set({ path: '/api/usage', status: 500 })
  const { page, context } = await visit(browser, `${proxy.url}/app/alerts`)
  onTestFinished(() => context.close())
  const alert = String(await page.locator('.alert-row a').first().getAttribute('href'))
  const main = page.getByRole('main')
  const problem = main.getByRole('alert')
  const visitAll = async (look: (screen: Screen) => Promise<void>) => {
    for (const screen of screens) {
      await open(page, screen.name === 'one alert' ? alert : screen.path)
      for (const part of screen.partial) await page.locator(part).first().waitFor()
      await look(screen)
    }
  }

  await visitAll(async ({ name, full, fails = false }) => {
    if (fails) await problem.first().waitFor()
    for (const part of full.filter((one) => one !== '.machine-usage')) expect(await page.locator(part).count(), `${name}: ${part}`).toBe(0)
    // What has failed is neither loading nor nothing.
    await expect.poll(() => page.locator('.skeleton').count(), { message: name }).toBe(0)
    expect(await page.getByText('0 active days').count()).toBe(0)
  })

  proxy.set()
  await visitAll(async ({ name, full }) => {
    while ((await problem.count()) > 0) {
      const left = await problem.count()
      await problem.first().getByRole('button', { name: 'Try again' }).click()
      await expect.poll(() => problem.count()).toBeLessThan(left)
    }
    for (const part of full) await page.locator(part).first().waitFor()
    if (name !== 'Usage') return
    // What the hub has been sent is old, or not all.
    const late = async () => {
      // In contact, however long a busy machine has taken until here.
      await Promise.all([sendCollectorHeartbeat(hub, [session]), sendFromBoreas()])
      return (await page.locator('.late-collectors li').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim())
    }
    await expect
      .poll(late)
      .toEqual([
        expect.stringMatching(/^1,234 calls of boreas wait there for the hub, the oldest queued 1\d min ago\.$/),
        expect.stringMatching(/^The usage of ceto is as of (\d+ s|\d+ min|just now).*: its collector is not in contact\.$/),
      ])
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
  await visitAll(async ({ name, full }) => {
    for (const part of full) await page.locator(part).first().waitFor()
    expect(await page.evaluate('getComputedStyle(document.querySelector("main .dims")).filter'), name).toBe('grayscale(1)')
    expect(await problem.count(), name).toBe(0)
    expect(await note.count(), name).toBe(1)
  })

  // What waits in the proxy stays there: the page asks again.
  proxy.cut()
  proxy.mend()
  await page.locator('.live-dot[data-status="live"]').waitFor({ timeout: 180_000 })
  expect(await note.count()).toBe(0)
})

test('each screen of a hub that has nothing says so, or what to do', async () => {
  const browser = await connectBrowser()
  onTestFinished(() => browser.close())
  const hub = await openTestHub()
  const { page, context } = await visit(browser, `${hub.url}/app`)
  onTestFinished(() => context.close())
  const main = page.getByRole('main')
  for (const { name, path, empty } of screens) {
    await open(page, name === 'one alert' ? `${path}${randomUUID()}` : path)
    await expect.poll(() => main.innerText(), { message: name }).toContain(empty)
    await expect.poll(() => page.locator('.skeleton').count(), { message: name }).toBe(0)
  }
})
