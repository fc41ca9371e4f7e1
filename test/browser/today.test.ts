import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolations } from './axe.ts'
import { connectBrowser, createCall, requestHub, sendCalls, type TestHub, type Visit, type VisitOptions, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { createWindow, HOUR, postSnapshot } from './limit-snapshots.ts'
import { observe } from './observations.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

async function open(hub: Pick<TestHub, 'url'>, address = '/app', options: VisitOptions = {}): Promise<Visit> {
  const visited = await visit(browser, `${hub.url}${address}`, options)
  onTestFinished(() => visited.context.close())
  return visited
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

test('what Today shows is asked for before its scripts have arrived, and once', async () => {
  const hub = await openTestHub()
  await sendCalls(hub, 'laptop', [createCall()])
  await postSnapshot(hub as TestHub, 0)
  await observe(hub, randomUUID(), { alive: true, activity: 'idle' })
  const { page, requests } = await open(hub, '/health')
  // The stream of events is then one of the page's own requests.
  await page.addInitScript('delete globalThis.SharedWorker')
  const scripts = Promise.withResolvers<void>()
  await page.route(/\/assets\/(?!theme-first).*\.js$/, async (route) => {
    await scripts.promise
    await route.continue()
  })
  const asked = () => requests.filter((url) => !/\/(?:assets\/|health$|app$)|\.webmanifest$/.test(url)).sort()
  await page.goto(`${hub.url}/app`, { waitUntil: 'commit' })
  await expect.poll(() => asked().length).toBe(14)
  const early = asked()
  scripts.resolve()
  await page.locator('.today-sentence').waitFor()
  await expect.poll(() => requests.some((url) => url.includes('/events?types='))).toBe(true)
  const before = requests.slice(
    0,
    requests.findIndex((url) => url.includes('/events?types=')),
  )
  // Only what the answers lead to came after them: how the limits go on, and what holds sessions.
  expect(before.filter((url) => asked().includes(url) && !/\/(?:forecast|budgets)$/.test(url)).sort()).toEqual(early)
})

test('Today is one sentence of facts, six overview links, what waits, and charts that are read by mouse, touch and keyboard', async () => {
  const hub = await openTestHub()
  await sendCalls(hub, 'laptop', [
    // In this hour, and of this day, at any time.
    createCall({ at: minutesAgo(0), output: 14_000_000 }),
    createCall({ at: minutesAgo(60 * 24 * 3), output: 70_000, model: 'claude-haiku-4-5' }),
  ])
  await postSnapshot(hub as TestHub, 0, { currentSession: createWindow(47, 2 * HOUR) })
  const waiting = randomUUID()
  await observe(hub, waiting, { alive: true, activity: 'waiting', waiting_for: 'permission' })
  const { page, complaints } = await open(hub)

  await page.getByRole('heading', { name: 'Today’s update', level: 1 }).waitFor()
  const sentence = page.locator('.today-sentence')
  await expect
    .poll(() => sentence.innerText())
    .toMatch(/^1 session active on 1 machine, 1 waiting\. \d+% of the .*limit.* used, resets in .*today at list price, all of it Opus 5/s)
  const attention = page.getByRole('region', { name: 'Needs attention' })
  await attention.getByText('Waiting for permission').waitFor()

  const links = page.getByRole('navigation', { name: 'Overview' }).getByRole('link')
  await expect
    .poll(() => links.allInnerTexts())
    .toEqual([
      expect.stringMatching(/^Usage\s+\$[\d,.]+[\s\S]* today$/),
      expect.stringMatching(/^Limits\s+\d+% of the .*limit.*, resets in /),
      expect.stringMatching(/^Sessions\s+1 active, 1 needs attention$/),
      expect.stringMatching(/^Machines\s/),
      expect.stringMatching(/^Events\s+Last one /),
      expect.stringMatching(/^Settings\s+Open, without a key$/),
    ])

  const chart = page.getByRole('slider', { name: /a bar for each hour/ })
  const read = () => chart.getAttribute('aria-valuetext')
  await chart.focus()
  await page.keyboard.press('ArrowLeft')
  expect(await read()).toMatch(/: \$[\d,.]+, 14M tokens, 1 call, Opus 5$/)
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowLeft')
  expect(await read()).toMatch(/^12:00 AM to 1:00 AM: /)
  await page.keyboard.press('Escape')
  const box = (await chart.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  await page.mouse.move(box.x + 2, box.y + 20)
  await page.locator('.usage-bars-text').first().getByText('12:00 AM to 1:00 AM').waitFor()

  await page.getByRole('radio', { name: '7 d' }).check()
  await page.waitForURL(/range=7d/)
  const days = page.getByRole('slider', { name: /a bar for each day/ }).first()
  await days.waitFor()
  await expect.poll(() => page.locator('.models-row').allInnerTexts()).toHaveLength(2)
  await page.getByRole('radio', { name: '15 min' }).check()
  const minutes = page.getByRole('slider', { name: /a bar for each minute/ })
  await minutes.focus()
  await page.keyboard.press('End')
  // The last minute, or an earlier one on a slow machine.
  const findCall = async () => {
    const text = await minutes.getAttribute('aria-valuetext')
    if (!text?.includes('14M tokens')) await page.keyboard.press('ArrowLeft')
    return text
  }
  await expect.poll(findCall).toContain('14M tokens')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/app\/usage\?since=/)
  await page.goBack()
  await page.waitForURL(/range=15m/)
  await page.getByRole('radio', { name: '15 min', checked: true }).waitFor()
  await expectNoViolations(page, 'Today')

  await page.setViewportSize({ width: 320, height: 700 })
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Events' }).click()
  await page.waitForURL(/\/app\/events$/)
  expect(complaints).toEqual([])
})

test('after a long time without usage Today has the last one and a way to it, and a hub without sessions says nothing of them', async () => {
  const hub = await openTestHub()
  const at = new Date(Date.now() - 75 * 24 * HOUR)
  await sendCalls(hub, 'laptop', [createCall({ at: at.toISOString() })])
  const { page } = await open(hub)
  await page
    .locator('.no-usage')
    .getByText(/The last call was 7\d days ago/)
    .waitFor()
  expect(await page.locator('.today-sentence').innerText()).toBe('No usage today yet.')
  expect(await page.locator('.today-panels').count()).toBe(0)
  await page.getByRole('link', { name: 'See that day' }).click()
  await page.waitForURL(/\/app\/usage\?since=(\d{4}-\d\d-\d\d)&until=\1/)
  await expect.poll(() => page.locator('.totals').innerText()).toMatch(/12,?\.?1/)
})

test('a failing report leaves the rest of Today, and says what failed', async () => {
  const hub = await openTestHub()
  await sendCalls(hub, 'laptop', [createCall()])
  const { page, waitUntilCaughtUp } = await open(hub)
  await page.locator('.today-sentence').waitFor()
  // What it asks for once more then would succeed before the click.
  await waitUntilCaughtUp()
  await page.route('**/api/usage?*group=minute*', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/json',
      body: '{"error":"internal","message":"broken on purpose","suggestion":"none"}',
    }),
  )
  await page.getByRole('radio', { name: '1 h', exact: true }).check()
  await page.getByRole('alert').getByText('broken on purpose').waitFor()
  await page.locator('.today-sentence').getByText('today at list price').waitFor()
  await page.unroute('**/api/usage?*group=minute*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('slider', { name: /a bar for each minute/ }).waitFor()
})

test('the wall display is larger, without navigation, and shows numbers from before a sleep as old', async () => {
  const hub = await openTestHub()
  await sendCalls(hub, 'laptop', [createCall()])
  const session = { project_id: 'shop', machine_id: 'laptop' }
  const { session_id } = await requestHub<{ session_id: string }>(hub, 'POST', '/sessions', session)
  const reason = 'the kernel killed the worker because the machine had no memory left, and more of the sort'
  await requestHub(hub, 'POST', `/sessions/${session_id}/mark-failed`, { reason })
  const { page, complaints } = await open(hub, '/app?wall=1', { clock: {}, viewport: { width: 1_920, height: 1_080 } })
  await page.locator('.wall .today-sentence').waitFor()
  expect(await page.getByRole('navigation').count()).toBe(0)
  expect(Number(await page.evaluate('parseFloat(getComputedStyle(document.documentElement).fontSize)'))).toBeGreaterThan(16)
  await page.locator('.live-dot[data-status="live"]').waitFor()
  await expectNoViolations(page, 'the wall display')
  // What waits is read from afar: no part of it is on another, nor left out.
  await page.locator('.attention-item', { hasText: reason }).waitFor()
  const parts = '.attention-link, .attention-since, .attention-where, .attention-state'
  const boxes = await page
    .locator('.attention-item')
    .locator(parts)
    .evaluateAll((all) =>
      all.map((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect()
        return { left, right, top, bottom }
      }),
    )
  expect(boxes.map(({ left, right }) => right - left > 40)).toEqual([true, true, true, true])
  const overlaps = boxes.flatMap((one, index) =>
    boxes
      .slice(index + 1)
      .filter((other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom),
  )
  expect(overlaps).toEqual([])
  // The machine sleeps for an hour, and its hub is not to be reached when it wakes.
  await page.evaluate(
    'globalThis.seenOld = false; new MutationObserver(() => { if (document.querySelector(".wall[data-old]")) globalThis.seenOld = true }).observe(document.body, { attributes: true, subtree: true })',
  )
  await page.clock.fastForward(HOUR)
  await page.waitForFunction('globalThis.seenOld')
  // The hub answers again: the numbers are of now.
  await page.locator('.wall:not([data-old])').waitFor()
  await page.locator('.wall').hover()
  await page.getByRole('link', { name: 'Exit' }).click()
  await page.getByRole('navigation', { name: 'Screens' }).waitFor()
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
})

test('a widget has the cards that its address names, and its links leave it', async () => {
  const hub = await openTestHub()
  await sendCalls(hub, 'laptop', [createCall()])
  await requestHub(hub, 'POST', '/sessions', { project_id: '/home/ada/engine', machine_id: 'laptop' })
  const { page, complaints } = await open(hub, '/widget?cards=today,month,sessions', { viewport: { width: 320, height: 700 } })
  await page.locator('.today-sentence').waitFor()
  await page.getByRole('heading', { name: 'Month to date' }).waitFor()
  expect(await page.locator('.limits-card').count()).toBe(0)
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
  await expectNoViolations(page, 'the widget')
  await page.locator('.fleet').getByRole('link', { name: 'Live board' }).click()
  await page.waitForURL(/\/app\/sessions$/)
  await page.getByRole('heading', { name: 'Sessions', level: 1 }).waitFor()
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
})
