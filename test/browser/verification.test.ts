import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { someLogs, someRecord } from '../../apps/hub/test/telemetry.ts'
import { expectNoViolations } from './axe.ts'
import { connectBrowser, createCall, requestHub, sendCalls, type TestHub, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { observe } from './observations.ts'

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})

afterAll(async () => {
  await browser?.close()
})

const opus = 'claude-opus-5-5'
const zeros = { input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0 }

/** A session whose subagent never got its final row, and what other sources have of it. */
function sourcesOf(session_id: string) {
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
  const row = (id: string, change: object) =>
    createCall({ key: `msg_${id}${session_id}`, request_id: `req_${id}`, model: opus, session_id, ...change })
  const record = (model: string, change: object) =>
    row('', {
      ...zeros,
      key: `cost-state:${session_id}:${model}:1`,
      request_id: undefined,
      source: 'cost-state',
      as_of: at(0),
      model,
      at: at(9),
      ...change,
    })
  const telemetry = (request_id: string, model: string, output_tokens: number) =>
    someRecord(session_id, Date.parse(at(9)), 'api_request', {
      model,
      request_id,
      input_tokens: 12,
      output_tokens,
      cache_read_tokens: 0,
      cache_creation_tokens: 0,
      speed: 'normal',
      query_source: 'sdk',
    })
  return {
    rows: [
      row('a', { at: at(10), input: 12, output: 2_000, read: 0, unfinished: false }),
      row('b', { at: at(9), input: 12, output: 4, read: 0, unfinished: true, is_sidechain: true }),
    ],
    records: (isWhole: boolean) => [
      record(opus, { output: 11_996, ...(isWhole ? { unfinished: false } : {}) }),
      record('claude-haiku-4-5', { input: 500, output: 20, ...(isWhole ? { unfinished: false } : {}) }),
    ],
    sendTelemetry: (hub: Pick<TestHub, 'url'>) =>
      requestHub(
        hub,
        'POST',
        '/v1/logs',
        someLogs([telemetry('req_b', opus, 12_000), telemetry('req_t', 'claude-haiku-4-5', 20)], 'atlas'),
      ),
  }
}

async function openSession(hub: Pick<TestHub, 'url'>, id: string) {
  const visited = await visit(browser, `${hub.url}/app/sessions/${id}`)
  onTestFinished(() => visited.context.close())
  return { ...visited, panel: visited.page.getByRole('region', { name: 'Verification', exact: true }) }
}

test('the page of a session puts its sources side by side, live, and says why they differ', async () => {
  const hub = await openTestHub()
  const id = randomUUID()
  const { rows, records, sendTelemetry } = sourcesOf(id)
  await observe(hub, id, { alive: true, activity: 'working', fields: { model: opus, cost_usd: 0.01, output_tokens: 2_002 } })
  await sendCalls(hub, 'atlas', rows)
  const { panel, complaints, page } = await openSession(hub, id)
  await panel.getByText('not recorded').waitFor()
  expect(await panel.innerText()).toContain('≥ 1 call without final figures in any source')
  // The panel of what sources have said has the same figures, with their doubt.
  const said = page.getByRole('region', { name: 'Claude Code', exact: true })
  expect(await said.locator('[data-field="output_tokens"]').innerText()).toMatch(/≥2,004[\s\S]*counted/)
  expect(await said.locator('[data-field="cost_usd"]').innerText()).toMatch(/≥\$0\.04[\s\S]*counted/)

  await sendCalls(hub, 'atlas', records(true))
  await panel.getByText('No call lacks its figures').waitFor()
  expect(await panel.innerText()).toContain('1 call without final figures')
  await sendTelemetry(hub)
  await panel.getByText('1 call not in telemetry').waitFor()
  const values = async (name: string) => {
    const cells = await panel.getByRole('row', { name }).first().locator('data').all()
    return Promise.all(cells.map(async (cell) => Number(await cell.getAttribute('value'))))
  }
  expect(await values('Transcript')).toEqual([24, 2_004, 0, 0, 0.040176])
  expect(await values('record')).toEqual([524, 14_020, 0, 0, expect.closeTo(0.280696, 9)])
  expect(await values('beyond')).toEqual([500, 12_016, expect.closeTo(0.24052, 9)])
  expect(await values('Telemetry')).toEqual([24, 12_020, 0, 0, expect.any(Number)])
  expect(await values('Counted')).toEqual([524, 14_020, 0, 0, expect.closeTo(0.280696, 9)])
  await said.locator('[data-field="output_tokens"] data[value="14020"]').waitFor()
  expect(await said.locator('[data-field="cost_usd"]').innerText()).toMatch(/\$0\.28[\s\S]*counted/)
  expect(await said.innerText()).not.toContain('≥')
  expect((await values('Opus')).slice(0, 3)).toEqual([2_028, 14_024, 12_012])
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await expectNoViolations(page, `${width} pixels`)
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${width} pixels`).toBe(0)
  }
  expect(complaints).toEqual([])
})

test('a session without usage has no such panel', async () => {
  const hub = await openTestHub()
  const id = randomUUID()
  await observe(hub, id, { alive: true, activity: 'working' })
  const { page, panel, requests } = await openSession(hub, id)
  await page.getByText('Timeline').first().waitFor()
  await expect.poll(() => requests.some((url) => url.endsWith('/check'))).toBe(true)
  await page.waitForTimeout(200)
  expect(await panel.count()).toBe(0)
})

test('a session of which only the usage is known has a page, which its row on the usage page leads to', async () => {
  const hub = await openTestHub()
  const id = randomUUID()
  await sendCalls(hub, 'atlas', [createCall({ key: `msg_${id}`, session_id: id, model: opus, output: 1_234, odd: true })])
  const { page, context } = await visit(browser, `${hub.url}/app/usage?range=all&table=session`)
  onTestFinished(() => context.close())
  await page.getByRole('button', { name: id.slice(0, 8) }).click()
  await page.getByRole('link', { name: 'Open the session' }).click()
  await page.getByText('Only the usage of this session is known').waitFor()
  const panel = page.getByRole('region', { name: 'Verification', exact: true })
  await panel.getByText('≥ 1 call with an odd number').waitFor()
  expect(await panel.getByRole('row', { name: 'Counted' }).innerText()).toContain('1,234')
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await expectNoViolations(page, `${width} pixels`)
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${width} pixels`).toBe(0)
  }
})
