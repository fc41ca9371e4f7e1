import { randomUUID } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolations } from './axe.ts'
import { connectBrowser, type TestHub, type Visit, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { observe, sendCollectorHeartbeat } from './observations.ts'

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})

afterAll(async () => {
  await browser?.close()
})

async function openPage(at: Pick<TestHub, 'url'>, address: string, options = {}): Promise<Visit> {
  const visited = await visit(browser, `${at.url}${address}`, options)
  onTestFinished(() => visited.context.close())
  await visited.page.locator('.live-dot[data-status="live"]').waitFor()
  return visited
}

function rowOf(page: Page, id: string) {
  return page.locator(`.session-row[data-session="${id}"]`)
}

/** At both widths, in both themes. */
async function expectGoodPage(page: Page): Promise<void> {
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await expectNoViolations(page, `${width} pixels`)
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${width} pixels`).toBe(0)
  }
}

const full = {
  name: 'fix-login',
  branch: 'feat/crank',
  model: 'claude-opus-5-5',
  version: '2.1.332',
  kind: 'interactive',
  pid: 4711,
  permission_mode: 'plan',
  context_tokens: 48_000,
  context_limit: 200_000,
  cost_usd: 1.25,
} as const

test('a machine with a collector and no session says how to begin, and follows a session from its start to its end, live', async () => {
  const hub = await openTestHub()
  await sendCollectorHeartbeat(hub, [])
  const { page, complaints } = await openPage(hub, '/app/sessions')
  await page.getByText('Start claude anywhere on atlas, and it shows up here.').waitFor()
  await expectNoViolations(page)
  await page.evaluate('globalThis.mark = document.querySelector("main h1")')

  const id = randomUUID()
  await observe(hub, id, { alive: true, activity: 'working', ago: 200, fields: full })
  const row = rowOf(page, id)
  await row.getByText('Working').waitFor({ timeout: 45_000 })
  expect(await row.locator('.state-since').innerText()).toBe('for 3 min')
  const text = await row.innerText()
  for (const part of ['engine', 'fix-login', 'feat/crank', 'Opus 5.5', 'plan mode', '24% of context', '$1.25', '2.1.332'])
    expect(text).toContain(part)
  expect(await page.getByText('Start claude').count()).toBe(0)

  await observe(hub, id, { activity: 'waiting', waiting_for: 'permission', ago: 40 })
  await row.getByText('Waiting for permission').waitFor({ timeout: 45_000 })
  const attention = page.getByRole('region', { name: 'Needs attention' })
  await attention.getByText('fix-login on atlas').waitFor()
  expect(await attention.locator('.attention-since').innerText()).toMatch(/^for (39|4\d) s$/)

  await observe(
    hub,
    id,
    { activity: 'idle' },
    { source: 'hook', subagents: [{ agent_id: 'a' }, { agent_id: 'b' }], subagents_running: ['a', 'b'] },
  )
  await row.getByText('Idle').waitFor({ timeout: 45_000 })
  await row.getByText('2 subagents').waitFor()
  await page.getByText('No session needs attention.').waitFor()
  // Only counters: they come without an event in the log.
  await observe(hub, id, { source: 'transcript', fields: { cost_usd: 2.5 } })
  await observe(hub, id, { fields: { cost_usd: 7.75 }, source: 'statusline' })
  await row.locator('data[value="7.75"]').waitFor({ timeout: 45_000 })

  await observe(hub, id, { end: { outcome: 'failed', reason: 'process ended' } })
  await row.getByText('Failed').waitFor({ timeout: 45_000 })
  await row.getByText('process ended').waitFor()
  expect(await page.evaluate('globalThis.mark.isConnected')).toBe(true)
  expect(complaints).toEqual([])
})

test('when nothing is in contact, a session is not seen since then: neither waiting nor red, until it is seen again', async () => {
  const hub = await openTestHub()
  const id = randomUUID()
  await sendCollectorHeartbeat(hub, [])
  await observe(hub, id, { alive: true, activity: 'waiting', waiting_for: 'permission', fields: { name: 'boiler' } })
  await sendCollectorHeartbeat(hub, [id])
  const { page } = await openPage(hub, '/app/sessions')
  const row = rowOf(page, id)
  await row.getByText('Waiting for permission').waitFor()

  await sendCollectorHeartbeat(hub, [id], { state: 'stopped' })
  await row.getByText(/^Not seen$/).waitFor({ timeout: 45_000 })
  expect(await row.locator('.state-since').innerText()).toMatch(/^since \d+:\d\d [AP]M$/)
  expect(await row.innerText()).toContain('boiler (the collector on atlas was stopped)')
  expect(await row.getAttribute('data-attention')).toBeNull()
  await page.getByText('No session needs attention.').waitFor()
  await page.getByText('No session is active, 1 not seen.').waitFor()
  await page.locator('.machine-head').getByText('collector stopped').waitFor()
  await expectGoodPage(page)
  await page.goto(`${hub.url}/app/sessions/${id}`)
  await page.getByText('(the collector on atlas was stopped)').waitFor()
  await page.locator('.health').getByText('Its state is not known at the moment.').waitFor()

  await sendCollectorHeartbeat(hub, [id])
  await page.locator('.session-now').getByText('Waiting for permission').waitFor({ timeout: 45_000 })
  expect(await page.getByText('Not seen').count()).toBe(0)
})

test('a session of which only the transcript is known is marked, with what to do for more', async () => {
  const hub = await openTestHub()
  const id = randomUUID()
  await observe(hub, id, { source: 'transcript', alive: true, activity: 'working', fields: { kind: 'print', context_tokens: 8_123 } })
  const { page } = await openPage(hub, '/app/sessions')
  const row = rowOf(page, id)
  await row.getByText('from the transcript only').waitFor()
  await row.getByText('claude -p').waitFor()
  // Without the size of the window there is no share.
  await row.getByText('8,123 in context').waitFor()
  await row.getByRole('link').click()
  await page.getByText('npx signalbox hooks install').waitFor()
  await observe(hub, id, { alive: true, activity: 'idle', fields: { pid: 4711 } })
  await page.getByText('npx signalbox hooks install').waitFor({ state: 'detached', timeout: 45_000 })

  // The browser's clock is nine hours behind: the age is by the hub's.
  await page.addInitScript('const real = Date.now; Date.now = () => real() - 9 * 3_600_000')
  await page.goto(`${hub.url}/app/sessions`)
  await expect.poll(() => rowOf(page, id).locator('time').allInnerTexts()).toContainEqual(expect.stringMatching(/^[1-9]/))
})

test('the page of a session shows each value with its source, subagents, tasks, and a timeline with the time it waited', async () => {
  const hub = await openTestHub()
  const id = randomUUID()
  const started = (ago: number) => new Date(Date.now() - ago * 1_000).toISOString()
  await observe(
    hub,
    id,
    { alive: true, activity: 'idle', ago: 900, fields: full },
    { source: 'hook', ago: 800, event: { kind: 'prompt' } },
    { activity: 'working', ago: 800 },
    { source: 'hook', ago: 700, event: { kind: 'tool', name: 'Bash', duration_ms: 2_000 } },
    { source: 'hook', ago: 699, event: { kind: 'tool', name: 'Bash', duration_ms: 3_000, failed: true } },
    { source: 'hook', ago: 600, event: { kind: 'waiting', name: 'Edit', reason: 'permission' } },
    { activity: 'waiting', waiting_for: 'permission', ago: 600 },
    { activity: 'working', ago: 480 },
    { source: 'hook', ago: 300, event: { kind: 'compacted', reason: 'auto' } },
    { source: 'hook', ago: 200, event: { kind: 'turn-failed', reason: 'overloaded' } },
    { source: 'hook', fields: { turn_error: 'overloaded', model: 'claude-sonnet-5' } },
    {
      source: 'hook',
      subagents: [
        { agent_id: 'a', agent_type: 'Explore', started_at: started(150) },
        { agent_id: 'b', agent_type: 'Plan', parent_agent_id: 'a', started_at: started(90), ended_at: started(30) },
      ],
      subagents_running: ['a'],
    },
    { source: 'hook', all_tasks: true, tasks: [{ task_id: '1', name: 'Oil the crank', status: 'in_progress' }] },
    { source: 'statusline', fields: { cache_expires_at: new Date(Date.now() + 250_000).toISOString(), effort: 'high' } },
    { source: 'transcript', fields: { output_tokens: 45_678 } },
  )
  const { page, complaints } = await openPage(hub, `/app/sessions/${id}`)
  await page.getByRole('heading', { name: 'fix-login', level: 1 }).waitFor()
  const field = (name: string) => page.locator(`.claude [data-field="${name}"] dd`)
  await field('model').getByText('hook').waitFor()
  expect(await field('model').innerText()).toContain('Sonnet 5')
  expect(await field('output_tokens').innerText()).toContain('transcript')
  expect(await field('cache_expires_at').innerText()).toMatch(/in 4 min/)

  const subagents = page.getByRole('region', { name: 'Subagents' })
  expect(await subagents.innerText()).toMatch(/1 of 2 running[\s\S]*Explore[\s\S]*Running for 2 min[\s\S]*Plan[\s\S]*Ended, took 1 min/)
  expect(await subagents.locator('.subagents .subagents').innerText()).toContain('Plan')
  await page.getByRole('region', { name: 'Claude Code’s tasks' }).getByText('Oil the crank').waitFor()
  // The hub's own tasks have no panel where there are none.
  expect(await page.getByText('No tasks yet.').count()).toBe(0)

  expect(await page.locator('.timeline-waited').innerText()).toBe('Waited 2 min for permission')
  const lines = await page.locator('.timeline > li > span').allInnerTexts()
  expect(lines).toEqual(
    expect.arrayContaining([
      'Prompt',
      'Bash ×2, 1 failed, 5 s',
      'Waiting for permission: Edit, 2 min',
      'Context compacted (auto)',
      'Turn failed: overloaded',
    ]),
  )

  // The sources are closed at first, and open by keyboard.
  expect(await page.getByRole('table').count()).toBe(0)
  await page.locator('.sources summary').focus()
  await page.keyboard.press('Enter')
  const models = page.getByRole('row', { name: /^Model/ })
  expect(await models.allInnerTexts()).toEqual([expect.stringContaining('claude-sonnet-5'), expect.stringContaining('claude-opus-5-5')])
  expect(await models.first().innerText()).toContain('(shown)')
  await expectGoodPage(page)

  await observe(hub, id, { source: 'hook', all_tasks: true, tasks: [{ task_id: '1', name: 'Oil the crank', status: 'completed' }] })
  await page.getByText('1 of 1 done').waitFor({ timeout: 45_000 })
  await observe(hub, id, { source: 'hook', event: { kind: 'tool', name: 'Grep' } }, { activity: 'idle' })
  await page.locator('.timeline').getByText('Grep').waitFor({ timeout: 45_000 })
  expect(complaints).toEqual([])
})

test('the machines show their collectors: last contact, versions, sources, what is pending, and why one is offline', async () => {
  const hub = await openTestHub()
  const id = randomUUID()
  await observe(hub, id, { alive: true, activity: 'idle' })
  const late = new Date(Date.now() - 15 * 60_000).toISOString()
  const sources = [
    { name: 'sessions', state: 'ok' },
    { name: 'console', state: 'needs_login' },
  ]
  await sendCollectorHeartbeat(hub, [id], { sources })
  await sendCollectorHeartbeat(hub, [], { state: 'sending', pending: { calls: 1_234, snapshots: 2 }, pending_since: late }, 'boreas')
  await sendCollectorHeartbeat(hub, [], { state: 'stopped' }, 'ceto')
  await fetch(`${hub.url}/machines`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ machine_id: 'dione', hostname: 'dione.local' }),
  })
  const { page, complaints } = await openPage(hub, '/app')
  await page.keyboard.press('g')
  await page.keyboard.press('m')
  await page.waitForURL(/\/app\/machines$/)
  const card = (name: string) => page.locator(`.machine-card[data-machine="${name}"]`)
  await card('atlas').getByText('connected').waitFor()
  const atlas = await card('atlas').innerText()
  expect(atlas).toMatch(/Last contact\s+\d+ s ago/)
  for (const part of ['0.1.0 on linux', '2.1.332', 'Sessions: ok', 'Usage page: sign in: signalbox web login'])
    expect(atlas).toContain(part)
  await card('boreas').getByText('behind').waitFor()
  expect(await card('boreas').innerText()).toMatch(/1,234 calls and 2 snapshots wait for the hub, since \d/)
  await card('ceto').getByText('Its collector was stopped.').waitFor()
  await card('dione').getByText('No collector runs here.').waitFor()
  await card('dione').getByText('npx signalbox collector').waitFor()
  await expectGoodPage(page)

  await sendCollectorHeartbeat(hub, [id], { state: 'stopped', sources })
  await card('atlas').getByText('stopped', { exact: true }).waitFor({ timeout: 45_000 })
  await expect.poll(() => card('atlas').locator('.machine-sources .status-indicator').first().getAttribute('data-color')).toBe('off')
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.locator('.settings-tab', { hasText: 'Machines' }).click()
  await page.locator('#collectors tr', { hasText: 'ceto' }).getByText('stopped', { exact: true }).waitFor()
  await page.goBack()
  await page.goBack()
  await sendCollectorHeartbeat(hub, [], { state: 'idle' }, 'ceto')
  await card('ceto').getByText('Its collector was stopped.').waitFor({ state: 'detached', timeout: 45_000 })
  await card('atlas').getByRole('link', { name: '1 session' }).click()
  await page.waitForURL(/machine=atlas/)
  await rowOf(page, id).waitFor()
  // Today has no calls yet, which its card asks for.
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
})
