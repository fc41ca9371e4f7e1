import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolations } from './axe.ts'
import { connectBrowser, createCall, sendCalls, type TestHub, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { HOUR, MINUTE, postSnapshot } from './limit-snapshots.ts'

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})

afterAll(async () => {
  await browser?.close()
})

async function openPage(hub: Pick<TestHub, 'url'>, width = 1_024): Promise<Page> {
  const { page, context } = await visit(browser, `${hub.url}/app/limits`, { viewport: { width, height: 900 } })
  onTestFinished(() => context.close())
  return page
}

/** Windows of five hours that ended at 36 %, of which the last is at `percent` after three of its hours, with calls of 20 dollars. */
async function openUsedHub(percent: number): Promise<Pick<TestHub, 'url'>> {
  const hub = await openTestHub()
  const end = Math.ceil(Date.now() / HOUR) * HOUR + 2 * HOUR
  for (let window = 7; window >= 0; window--) {
    const start = end - (window + 1) * 5 * HOUR
    for (const share of window === 0 ? [0.1, 0.3] : [0.1, 0.3, 0.6, 0.9]) {
      await postSnapshot(hub, Date.now() - (start + share * 5 * HOUR), {
        currentSession: { percentageUsed: Math.round(40 * share), resetsIn: 'x', resetsAt: new Date(start + 5 * HOUR).toISOString() },
        weeklyLimits: {},
      })
    }
    // 800,000 tokens of output cost 20 dollars.
    if (window > 0) await sendCalls(hub, 'box', [callAt(start + 2 * HOUR, 800_000, 'engine')])
  }
  await postSnapshot(hub, MINUTE, {
    currentSession: { percentageUsed: percent, resetsIn: 'x', resetsAt: new Date(end).toISOString() },
    weeklyLimits: {},
  })
  await sendCalls(hub, 'box', [callAt(end - 4.4 * HOUR, 160_000, 'engine'), callAt(end - 4.4 * HOUR, 40_000, 'loom')])
  return hub
}

const callAt = (at: number, output: number, project: string) =>
  createCall({ at: new Date(at).toISOString(), input: 0, read: 0, output, cwd: `/home/ada/${project}` })

const textOf = async (page: Page, selector: string) => (await page.locator(selector).innerText()).replace(/\s+/g, ' ')

test('a window has a lane with its range and its record, what used it, and its versions side by side', async () => {
  const hub = await openUsedHub(34)
  const page = await openPage(hub)
  await page.locator('.who-share b').nth(2).waitFor()
  expect(await textOf(page, '.forecast-lane')).toMatch(
    /^5-hour limit 34% used .*(On track: \d+% to \d+%|May be reached, .* at the earliest, or \d+%) at the reset Right (8|9|10) of 10 times: \d+ of \d+ forecasts in the last 7 windows$/,
  )
  expect(await page.locator('.forecast-band').count()).toBe(1)
  // Twenty dollars were 36 % in each window before, so five are nine.
  expect(await textOf(page, '.who-share')).toMatch(/^34% used: about 9% from here .*about 25% not from here\.$/)
  expect(await page.getByRole('region', { name: 'Projects' }).getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringMatching(/^engine\s+80%/),
    expect.stringMatching(/^loom\s+20%/),
  ])
  const versions = page.getByRole('region', { name: 'Two versions side by side' })
  expect(await versions.getByRole('row').last().innerText()).toMatch(/12%[\s\S]*34%[\s\S]*\+22%/)
  await page.getByRole('button', { name: 'Earlier: older version' }).click()
  await expect.poll(() => versions.getByRole('row').last().innerText()).toMatch(/\+30%/)
  await expectNoViolations(page)
  await page.setViewportSize({ width: 320, height: 640 })
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  // The last good data stays while the hub cannot be reached.
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Refresh' }).click()
  await page.locator('.limits-note').first().waitFor()
  expect(await page.locator('.forecast-lane').count()).toBe(1)
})

test('a reached limit, a new hub and old values have no forecast, and say so', async () => {
  const reached = await openPage(await openUsedHub(100))
  await expect.poll(() => textOf(reached, '.forecast-lane')).toMatch(/100% used .*Limit reached$/)
  const empty = await openPage(await openTestHub())
  await empty.getByText('Waiting for data').waitFor()
  await empty.getByText('The history starts with the first update').waitFor()
  expect(await empty.locator('.forecast, .who, .versions').count()).toBe(0)
  const hub = await openTestHub()
  await postSnapshot(hub, 20 * MINUTE)
  const stale = await openPage(hub)
  await expect.poll(() => stale.locator('.forecast-lane').first().innerText()).toContain('Not enough data for a forecast')
  await stale.getByText('No call of this window has reached the hub.').waitFor()
  // One version has none to stand beside; a second one brings them.
  expect(await stale.locator('.versions').count()).toBe(0)
  await postSnapshot(hub, MINUTE)
  await stale.locator('.versions tbody tr').first().waitFor()
})
