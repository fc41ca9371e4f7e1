import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { ask, call, launch, type StagedHub, send, sendSample, startHub, type Visit, valuesIn, visit } from './stage.ts'

const zone = 'Europe/Berlin'
let hub: StagedHub
let browser: Browser
const dataDir = makeTempFolder()

async function see(path: string, options = {}): Promise<Visit> {
  const visited = await visit(browser, `${hub.url}${path}`, options)
  onTestFinished(() => visited.context.close())
  return visited
}

beforeAll(async () => {
  ;[hub, browser] = await Promise.all([startHub({ dataDir }), launch()])
  // Whole days of the past: nothing on these screens moves while they are looked at.
  const until = Date.parse(`${new Date().toISOString().slice(0, 10)}T00:00:00Z`) - 86_400_000
  await sendSample(hub, { now: until, days: 20, timezone: zone })
  await send(hub, 'ada-laptop', [call({ at: new Date(until - 3_600_000).toISOString(), model: 'gpt-9', output: 123_456 })])
})

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  removeFolder(dataDir)
})

const days = (count: number) => new Date(Date.now() - count * 86_400_000).toLocaleDateString('sv', { timeZone: zone })
const sums = '.sums'

test('the sums are those of the hub, to the token and to the last digit of the money', async () => {
  const { page, complaints } = await see('/app/usage')
  await page.locator(sums).waitFor()
  const { totals } = await ask(hub, { group: 'day', since: days(29), timezone: zone })
  const shown = await valuesIn(page, sums)
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
  expect(await page.locator(sums).innerText()).toMatch(/list price/i)
  expect(complaints).toEqual([])
})

test('a model without a price is unknown, and never costs nothing', async () => {
  const { page } = await see('/app/usage?table=model')
  const row = page.getByRole('row', { name: /gpt-9/ })
  await row.waitFor()
  expect(await row.getByRole('cell').nth(1).innerText()).toBe('unknown')
  expect(await page.locator(sums).innerText()).toContain('no known price')
})

test('each way of counting asks the hub and shows its rows', async () => {
  const { page } = await see('/app/usage')
  for (const [name, group] of [
    ['Models', 'model'],
    ['Projects', 'project'],
    ['Sessions', 'session'],
    ['Machines', 'machine'],
    ['Branches', 'branch'],
  ] as const) {
    await page.getByRole('radio', { name, exact: true }).click()
    await page.locator('.usage-table caption', { hasText: `Usage by ${group}` }).waitFor({ state: 'attached' })
    const { rows } = await ask(hub, { group, since: days(29), timezone: zone })
    expect(await page.locator('.usage-table tbody tr').count()).toBe(Math.min(rows.length, 25))
  }
})

test('filters, range, split, order and search are in the address, and a reload keeps them', async () => {
  const { page } = await see('/app/usage')
  await pick(page, 'Time', 'Last 7 days')
  await pick(page, 'Machine', 'rack-1')
  await page.getByRole('radio', { name: 'Project', exact: true }).click()
  await page.getByRole('radio', { name: 'Tokens', exact: true }).click()
  await page.getByRole('radio', { name: 'Models', exact: true }).click()
  await page.getByRole('button', { name: 'Output' }).click()
  await page.getByRole('searchbox').fill('opus')
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
  await page.locator(sums).waitFor()
  const { totals } = await ask(hub, { group: 'day', since: days(6), timezone: zone, machine_id: 'rack-1' })
  await expect.poll(() => valuesIn(page, sums)).toContain(totals.total_tokens)
  expect(await page.getByRole('radio', { name: 'Project', exact: true }).getAttribute('aria-checked')).toBe('true')
  expect(await page.getByRole('searchbox').inputValue()).toBe('opus')
  expect(await page.locator('.usage-table thead th[aria-sort]').innerText()).toContain('Output')
})

test('the way back leads to the view before', async () => {
  const { page } = await see('/app/usage')
  await pick(page, 'Time', 'Last 90 days')
  await page.waitForURL(/range=90d/)
  await page.goBack()
  await page.waitForURL((url) => url.search === '')
  await page.getByRole('button', { name: 'Time: Last 30 days' }).waitFor()
})

test('an address that makes no sense still opens', async () => {
  const { page, complaints } = await see('/app/usage?range=fortnight&since=2026-02-30&sort=%3Cscript%3E&zone=Mars&split=mood')
  await page.locator(sums).waitFor()
  expect(complaints).toEqual([])
})

test('a press on a head sorts the table, a second one the other way round', async () => {
  const { page } = await see('/app/usage?table=project')
  const column = () => valuesIn(page, '.usage-table tbody td:nth-of-type(3)')
  await page.getByRole('button', { name: 'Tokens', exact: true }).click()
  await page.waitForURL(/sort=-total_tokens/)
  const down = await column()
  expect(down.length).toBeGreaterThan(3)
  expect(down).toEqual([...down].sort((a, b) => b - a))
  await page.getByRole('button', { name: 'Tokens', exact: true }).click()
  await page.waitForURL(/sort=total_tokens/)
  expect(await column()).toEqual([...down].reverse())
})

test('the chart is read bar by bar from the keyboard, and Enter looks into one', async () => {
  const { page } = await see('/app/usage')
  const chart = page.getByRole('slider')
  await page.locator('.bar-chart canvas').waitFor()
  await chart.focus()
  // Whoever goes back from nowhere begins at the newest.
  await page.keyboard.press('ArrowDown')
  expect(await chart.getAttribute('aria-valuenow')).toBe(await chart.getAttribute('aria-valuemax'))
  for (const key of ['End', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key)
  const { rows } = await ask(hub, { group: 'day', since: days(29), timezone: zone })
  const row = rows.find((candidate) => candidate.day === days(2))
  expect(await chart.getAttribute('aria-valuetext')).toContain(`$${row?.cost_usd?.toFixed(2)}`)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.searchParams.get('since') === days(2) && url.searchParams.get('until') === days(2))
  await expect.poll(() => valuesIn(page, sums)).toContain(row?.total_tokens)
})

test('the chart as a table has the same sums', async () => {
  const { page } = await see('/app/usage?split=machine')
  await page.getByRole('button', { name: 'Show as table' }).click()
  const region = page.getByRole('region', { name: 'The chart as a table' })
  await region.waitFor()
  const { rows, totals } = await ask(hub, { group: 'day', since: days(29), timezone: zone, split: 'machine' })
  expect(await region.getByRole('row').count()).toBe(31)
  for (const { name } of totals.splits ?? []) await region.getByRole('columnheader', { name }).waitFor()
  const shown = await valuesIn(page, '.chart-table tbody tr:nth-last-child(3)')
  const third = rows.find(({ day }) => day === days(2))
  expect(shown[0]).toBe(third?.cost_usd)
})

test('CSV and JSON are the rows on the screen, in exact numbers', async () => {
  const { page } = await see('/app/usage?table=project&find=timetable')
  await page.locator('.usage-table tbody tr').first().waitFor()
  const { rows } = await ask(hub, { group: 'project', since: days(29), timezone: zone })
  const wanted = rows.filter(({ project }) => project?.includes('timetable'))
  expect(wanted.length).toBeGreaterThan(1)
  const csv = await download(page, 'CSV')
  expect(csv.name).toBe(`signalbox-usage-by-project-${days(29)}-${days(0)}.csv`)
  expect(csv.text.trim().split('\r\n')).toHaveLength(wanted.length + 1)
  for (const { project, calls, cost_usd } of wanted) expect(csv.text).toMatch(new RegExp(`^${project},${calls},.*,${cost_usd},`, 'm'))
  const json = JSON.parse((await download(page, 'JSON')).text)
  expect(json.rows).toEqual(wanted)
  expect(json).toMatchObject({ group: 'project', timezone: zone })
})

test('blocks show when the line was taken and what each one came to', async () => {
  const { page } = await see(`/app/usage?since=${days(10)}&until=${days(4)}`)
  const { rows } = await ask(hub, { group: 'block', since: days(10), until: days(4), timezone: zone })
  const blocks = rows.filter((row) => !row.is_gap)
  const last = blocks.at(-1)
  await page.locator('.block-list tbody tr').first().waitFor()
  expect(await valuesIn(page, '.block-list tbody tr:first-child')).toEqual(expect.arrayContaining([last?.cost_usd, last?.total_tokens]))
  expect(await page.locator('.block-line i').count()).toBeGreaterThanOrEqual(blocks.length)
})

test('a day of the calendar is looked into', async () => {
  const { page } = await see('/app/usage')
  await page.locator(`.heat td[data-day="${days(3)}"]`).click()
  await page.waitForURL(new RegExp(`since=${days(3)}&until=${days(3)}`))
})

test('days are those of the zone in the address', async () => {
  const { page } = await see('/app/usage?zone=Pacific%2FAuckland&range=7d')
  await page.locator(sums).waitFor()
  const today = new Date().toLocaleDateString('sv', { timeZone: 'Pacific/Auckland' })
  const since = new Date(Date.parse(today) - 6 * 86_400_000).toISOString().slice(0, 10)
  const { totals } = await ask(hub, { group: 'day', since, timezone: 'Pacific/Auckland' })
  expect(await valuesIn(page, sums)).toContain(totals.total_tokens)
  expect(await page.locator('.screen-head').innerText()).toContain('PACIFIC/AUCKLAND')
})

test('numbers and dates are written as the browser is set', async () => {
  const { page } = await see('/app/usage', { locale: 'de-DE' })
  await page.locator(sums).waitFor()
  expect(await page.locator('.sums-figure').innerText()).toMatch(/\d,\d{2}\s\$|\d\s\$/)
})

async function pick(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${label}: `) }).click()
  await page.getByRole('option', { name: new RegExp(`^${option}`) }).click()
}

async function download(page: Page, kind: string): Promise<{ name: string; text: string }> {
  await page.getByRole('button', { name: 'Export' }).click()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: kind }).click()])
  const chunks: Buffer[] = []
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer)
  return { name: file.suggestedFilename(), text: Buffer.concat(chunks).toString('utf8') }
}
