import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import {
  connectBrowser,
  createCall,
  fetchUsage,
  readValues,
  sendCalls,
  sendSample,
  startHub,
  type TestHub,
  type Visit,
  visit,
} from './harness.ts'

const zone = 'Europe/Berlin'
let hub: TestHub
let browser: Browser
const dataDir = makeTempFolder()

async function openPage(path: string, options = {}): Promise<Visit> {
  const visited = await visit(browser, `${hub.url}${path}`, options)
  onTestFinished(() => visited.context.close())
  return visited
}

beforeAll(async () => {
  ;[hub, browser] = await Promise.all([startHub({ dataDir }), connectBrowser()])
  // Whole days of the past, so that nothing changes during the tests.
  const until = Date.parse(`${new Date().toISOString().slice(0, 10)}T00:00:00Z`) - 86_400_000
  await sendSample(hub, { now: until, days: 20, timezone: zone })
  await sendCalls(hub, 'ada-laptop', [createCall({ at: new Date(until - 3_600_000).toISOString(), model: 'gpt-9', output: 123_456 })])
})

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  removeFolder(dataDir)
})

const days = (count: number) => new Date(Date.now() - count * 86_400_000).toLocaleDateString('sv', { timeZone: zone })
const totalsSelector = '.totals'

test('the totals are those of the hub, exact to the token and the last digit of the cost', async () => {
  const { page, complaints } = await openPage('/app/usage')
  await page.locator(totalsSelector).waitFor()
  const { totals } = await fetchUsage(hub, { group: 'day', since: days(29), timezone: zone })
  const shown = await readValues(page, totalsSelector)
  expect(shown).toContain(totals.cost_usd)
  expect(shown).toEqual(
    expect.arrayContaining([
      totals.total_tokens,
      totals.calls,
      totals.input,
      totals.output,
      totals.read,
      totals.write_5m + totals.write_1h,
    ]),
  )
  expect(await page.locator(totalsSelector).innerText()).toMatch(/list price/i)
  expect(complaints).toEqual([])
})

test('the cost of a model without a price is unknown, never zero', async () => {
  const { page } = await openPage('/app/usage?table=model')
  const row = page.getByRole('row', { name: /gpt-9/ })
  await row.waitFor()
  expect(await row.getByRole('cell').nth(1).innerText()).toBe('unknown')
  expect(await page.locator(totalsSelector).innerText()).toContain('no known price')
})

test('each grouping shows the rows of the hub', async () => {
  const { page } = await openPage('/app/usage')
  for (const [name, group] of [
    ['Models', 'model'],
    ['Projects', 'project'],
    ['Sessions', 'session'],
    ['Machines', 'machine'],
    ['Branches', 'branch'],
  ] as const) {
    await page.getByRole('radio', { name, exact: true }).click()
    await page.locator('.usage-table caption', { hasText: `Usage by ${group}` }).waitFor({ state: 'attached' })
    const { rows } = await fetchUsage(hub, { group, since: days(29), timezone: zone })
    expect(await page.locator('.usage-table tbody tr').count()).toBe(Math.min(rows.length, 25))
  }
})

test('filters, range, split, order and search are in the address and survive a reload', async () => {
  const { page } = await openPage('/app/usage')
  await pick(page, 'Time', 'Last 7 days')
  await pick(page, 'Machine', 'rack-1')
  await page.getByRole('radio', { name: 'Project', exact: true }).click()
  await page.getByRole('radio', { name: 'Tokens', exact: true }).click()
  await page.getByRole('radio', { name: 'Models', exact: true }).click()
  await page.getByRole('button', { name: 'Output' }).click()
  await page.getByRole('searchbox').fill('opus')
  // The search follows the last key by a moment.
  await page.waitForURL((url) => url.searchParams.get('find') === 'opus')
  const address = new URL(page.url()).searchParams
  expect(Object.fromEntries(address)).toEqual({
    range: '7d',
    machine: 'rack-1',
    split: 'project',
    measure: 'tokens',
    table: 'model',
    sort: '-output',
    find: 'opus',
  })
  await page.reload()
  await page.locator(totalsSelector).waitFor()
  const { totals } = await fetchUsage(hub, { group: 'day', since: days(6), timezone: zone, machine_id: 'rack-1' })
  await expect.poll(() => readValues(page, totalsSelector)).toContain(totals.total_tokens)
  expect(await page.getByRole('radio', { name: 'Project', exact: true }).getAttribute('aria-checked')).toBe('true')
  expect(await page.getByRole('searchbox').inputValue()).toBe('opus')
  expect(await page.locator('.usage-table thead th[aria-sort]').innerText()).toContain('Output')
})

test('going back opens the previous view', async () => {
  const { page } = await openPage('/app/usage')
  await pick(page, 'Time', 'Last 90 days')
  await page.waitForURL(/range=90d/)
  await page.goBack()
  await page.waitForURL((url) => url.search === '')
  await page.getByRole('button', { name: 'Time: Last 30 days' }).waitFor()
})

test('an address with invalid parameters still opens', async () => {
  const { page, complaints } = await openPage('/app/usage?range=fortnight&since=2026-02-30&sort=%3Cscript%3E&zone=Mars&split=mood')
  await page.locator(totalsSelector).waitFor()
  expect(complaints).toEqual([])
})

test('a click on a column heading sorts the table, a second one reverses it', async () => {
  const { page } = await openPage('/app/usage?table=project')
  const column = () => readValues(page, '.usage-table tbody td:nth-of-type(3)')
  await page.getByRole('button', { name: 'Tokens', exact: true }).click()
  await page.waitForURL(/sort=-total_tokens/)
  const down = await column()
  expect(down.length).toBeGreaterThan(3)
  expect(down).toEqual([...down].sort((a, b) => b - a))
  await page.getByRole('button', { name: 'Tokens', exact: true }).click()
  await page.waitForURL(/sort=total_tokens/)
  expect(await column()).toEqual([...down].reverse())
})

test('the chart is readable bar by bar by keyboard, and Enter opens one', async () => {
  const { page } = await openPage('/app/usage')
  const chart = page.getByRole('slider')
  await page.locator('.bar-chart canvas').waitFor()
  await chart.focus()
  // Going back without a selection starts at the newest bar.
  await page.keyboard.press('ArrowDown')
  expect(await chart.getAttribute('aria-valuenow')).toBe(await chart.getAttribute('aria-valuemax'))
  for (const key of ['End', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key)
  const { rows } = await fetchUsage(hub, { group: 'day', since: days(29), timezone: zone })
  const row = rows.find((candidate) => candidate.day === days(2))
  expect(await chart.getAttribute('aria-valuetext')).toContain(`$${row?.cost_usd?.toFixed(2)}`)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.searchParams.get('since') === days(2) && url.searchParams.get('until') === days(2))
  await expect.poll(() => readValues(page, totalsSelector)).toContain(row?.total_tokens)
})

test('the table of the chart has the same totals', async () => {
  const { page } = await openPage('/app/usage?split=machine')
  await page.getByRole('button', { name: 'Show as table' }).click()
  const region = page.getByRole('region', { name: 'Chart data' })
  await region.waitFor()
  const { rows, totals } = await fetchUsage(hub, { group: 'day', since: days(29), timezone: zone, split: 'machine' })
  expect(await region.getByRole('row').count()).toBe(31)
  for (const { name } of totals.splits ?? []) await region.getByRole('columnheader', { name }).waitFor()
  const shown = await readValues(page, '.chart-table tbody tr:nth-last-child(3)')
  const third = rows.find(({ day }) => day === days(2))
  expect(shown[0]).toBe(third?.cost_usd)
})

test('CSV and JSON contain the rows on the screen with exact numbers', async () => {
  const { page } = await openPage('/app/usage?table=project&find=timetable')
  await page.locator('.usage-table tbody tr').first().waitFor()
  const { rows } = await fetchUsage(hub, { group: 'project', since: days(29), timezone: zone })
  const expected = rows.filter(({ project }) => project?.includes('timetable'))
  expect(expected.length).toBeGreaterThan(1)
  const csv = await download(page, 'CSV')
  expect(csv.name).toBe(`signalbox-usage-by-project-${days(29)}-${days(0)}.csv`)
  expect(csv.text.trim().split('\r\n')).toHaveLength(expected.length + 1)
  for (const { project, calls, cost_usd } of expected) expect(csv.text).toMatch(new RegExp(`^${project},${calls},.*,${cost_usd},`, 'm'))
  const json = JSON.parse((await download(page, 'JSON')).text)
  expect(json.rows).toEqual(expected)
  expect(json).toMatchObject({ group: 'project', timezone: zone })
})

test('blocks show their times and costs', async () => {
  const { page } = await openPage(`/app/usage?since=${days(10)}&until=${days(4)}`)
  const { rows } = await fetchUsage(hub, { group: 'block', since: days(10), until: days(4), timezone: zone })
  const blocks = rows.filter((row) => !row.is_gap)
  const last = blocks.at(-1)
  await page.locator('.block-list tbody tr').first().waitFor()
  expect(await readValues(page, '.block-list tbody tr:first-child')).toEqual(expect.arrayContaining([last?.cost_usd, last?.total_tokens]))
  expect(await page.locator('.block-line i').count()).toBeGreaterThanOrEqual(blocks.length)
})

test('a click on a day of the calendar opens it', async () => {
  const { page } = await openPage('/app/usage')
  await page.locator(`.heatmap td[data-day="${days(3)}"]`).click()
  await page.waitForURL(new RegExp(`since=${days(3)}&until=${days(3)}`))
})

test('days are those of the time zone in the address', async () => {
  const { page } = await openPage('/app/usage?zone=Pacific%2FAuckland&range=7d')
  await page.locator(totalsSelector).waitFor()
  const today = new Date().toLocaleDateString('sv', { timeZone: 'Pacific/Auckland' })
  const since = new Date(Date.parse(today) - 6 * 86_400_000).toISOString().slice(0, 10)
  const { totals } = await fetchUsage(hub, { group: 'day', since, timezone: 'Pacific/Auckland' })
  expect(await readValues(page, totalsSelector)).toContain(totals.total_tokens)
  expect(await page.locator('.screen-head').innerText()).toContain('PACIFIC/AUCKLAND')
})

test('numbers and dates follow the language of the browser', async () => {
  const { page } = await openPage('/app/usage', { locale: 'de-DE' })
  await page.locator(totalsSelector).waitFor()
  expect(await page.locator('.totals-figure').innerText()).toMatch(/\d,\d{2}\s\$|\d\s\$/)
})

// The last one: its calls of years ago would be in the reports of the others.
test('where the hub has more rows than it sends, the table says so', async () => {
  const calls = Array.from({ length: 10_002 }, (_, n) =>
    createCall({ at: new Date(Date.UTC(2021, 2, 1, 12) + n * 1000).toISOString(), session_id: `session-${n}` }),
  )
  await sendCalls(hub, 'ada-laptop', calls)
  const { page } = await openPage('/app/usage?table=session&since=2021-03-01&until=2021-03-02')
  await page.getByText('These are the newest 10,000 of 10,002 rows.').waitFor()
  await page.goto(`${hub.url}/app/usage?table=project&since=2021-03-01&until=2021-03-02`)
  await page.getByRole('columnheader', { name: 'Project' }).waitFor()
  expect(await page.getByText('rows. Choose a shorter period').count()).toBe(0)
})

async function pick(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${label}: `) }).click()
  await page.getByRole('option', { name: new RegExp(`^${option}`) }).click()
}

async function download(page: Page, kind: string): Promise<{ name: string; text: string }> {
  await page.getByRole('button', { name: 'Export' }).click()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: kind }).click()])
  // A click on the button of a menu that is about to close would close it.
  await page.getByRole('menu').waitFor({ state: 'hidden' })
  const chunks: Buffer[] = []
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer)
  return { name: file.suggestedFilename(), text: Buffer.concat(chunks).toString('utf8') }
}
