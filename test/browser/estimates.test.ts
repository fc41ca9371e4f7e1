import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolations } from './axe.ts'
import { connectBrowser, createCall, fetchUsage, readValues, sendCalls, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})

afterAll(async () => {
  await browser?.close()
})

const HOUR = 3_600_000
const opus = 'claude-opus-5-5'

/** Calls of whole days of the past. Every second day has one that never got its final row, and what its output is estimated to be. */
async function sendDays(hub: { readonly url: string }): Promise<void> {
  const today = Date.parse(`${new Date().toISOString().slice(0, 10)}T00:00:00Z`)
  const calls = Array.from({ length: 8 }, (_, day) => {
    const at = new Date(today - (day * 24 + 12) * HOUR).toISOString()
    const session_id = `session-${day}`
    const call = createCall({ at, model: opus, session_id, output: 20_000 + 3_000 * day, unfinished: false })
    const zeros = { input: 0, write_5m: 0, write_1h: 0, read: 0 }
    if (day % 2 === 0) return [call]
    const key = `estimate:${session_id}:${opus}:1`
    const estimate = createCall({ ...zeros, key, at, as_of: at, model: opus, session_id, source: 'estimate', output: 9_000 * day })
    return [call, createCall({ at, model: opus, session_id, output: 1, unfinished: true }), estimate]
  })
  await sendCalls(hub, 'atlas', calls.flat())
}

test('what unfinished calls are estimated to have is a dashed part on top of the bars, and in the sums only where it is asked for', async () => {
  const hub = await openTestHub()
  await sendDays(hub)
  const visited = await visit(browser, `${hub.url}/app/usage?range=30d&zone=UTC&measure=tokens`)
  onTestFinished(() => visited.context.close())
  const { page, complaints } = visited
  const legend = page.locator('.legend-estimate')
  await legend.getByText('Estimated, not added').waitFor()
  await page.locator('.bar-chart canvas').waitFor()
  const { totals } = await fetchUsage(hub, { group: 'day', timezone: 'UTC' })
  expect(totals).toMatchObject({ unfinished_calls: 4, estimated_output: 144_000 })
  expect(await readValues(page, '.totals')).toContain(totals.total_tokens)
  expect(await readValues(page, '.legend-estimate')).toEqual([144_000])
  expect(await legend.getAttribute('title')).toMatch(/^Estimated: the output that unfinished calls may have/)
  expect(await page.locator('.totals').innerText()).toContain('Without about 144K estimated tokens of output')
  // Today has no calls, and yesterday no unfinished one.
  const chart = page.getByRole('slider', { name: 'Bars by day' })
  await chart.focus()
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  expect(await chart.getAttribute('aria-valuetext')).toMatch(/ 9,000 estimated, not in the sums$/)
  expect(await readValues(page, '.legend-estimate')).toEqual([9_000])
  await chart.blur()
  await page.getByRole('button', { name: 'Show as table' }).click()
  await page.getByRole('columnheader', { name: 'Estimated more' }).waitFor()
  await page.getByRole('button', { name: 'Show as chart' }).click()
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await expectNoViolations(page, `${width} pixels`)
  }

  await page.getByRole('button', { name: 'With estimates' }).click()
  await legend.getByText('Estimated, added').waitFor()
  expect(page.url()).toContain('with_estimates=true')
  await page.reload()
  await legend.getByText('Estimated, added').waitFor()
  expect(await readValues(page, '.totals')).toContain(totals.total_tokens + 144_000)
  expect(await page.locator('.totals').innerText()).toContain('Includes about 144K estimated tokens of output')
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await legend.getByText('Estimated, not added').waitFor()
  expect(page.url()).not.toContain('with_estimates')
  expect(complaints).toEqual([])
})

test('where nothing is estimated, nothing is said of estimates', async () => {
  const hub = await openTestHub()
  await sendCalls(hub, 'atlas', [createCall({ model: opus, unfinished: false })])
  const visited = await visit(browser, `${hub.url}/app/usage`)
  onTestFinished(() => visited.context.close())
  await visited.page.locator('.legend li').first().waitFor()
  expect(await visited.page.getByText(/estimates|Estimated, /).count()).toBe(0)
})
