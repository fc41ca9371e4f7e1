import type { Session } from '@signalbox/contract/session'
import type { Task } from '@signalbox/contract/task'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeTempFolder, removeFolder, tempFolder } from '../support/temp.ts'
import { expectNoViolations } from './axe.ts'
import {
  connectBrowser,
  createCall,
  requestHub,
  sendCalls,
  startHub,
  type TestHub,
  type Visit,
  visit,
  windForwardUntil,
} from './harness.ts'
import { openTestHub } from './in-process-hub.ts'

let hub: TestHub
let browser: Browser
const dataDir = makeTempFolder()

beforeAll(async () => {
  ;[hub, browser] = await Promise.all([startHub({ dataDir, env: { DASHBOARD_LIMIT_PER_MINUTE: '100000' } }), connectBrowser()])
  await requestHub(hub, 'POST', '/machines', { machine_id: 'atlas', hostname: 'atlas.local', docker_slots: [1, 2, 3] })
  await requestHub(hub, 'POST', '/machines', { machine_id: 'boreas', hostname: 'boreas.local', status: 'maintenance', docker_slots: [1] })
  const works = await begin(hub, { project_id: '/home/ada/engine', docker_slot: 1, activity: 'working' })
  await workOn(hub, works, 'Write the tests')
  await begin(hub, { project_id: '/home/ada/loom', docker_slot: 3, activity: 'waiting', waiting_for: 'permission' })
  const lost = await begin(hub, { project_id: '/home/ada/loom', machine_id: 'ceto' })
  await requestHub(hub, 'POST', `/sessions/${lost.session_id}/mark-stalled`, { reason: 'no output for an hour' })
  const rests = await begin(hub, { project_id: '/home/ada/engine', machine_id: 'ceto' })
  await requestHub(hub, 'PUT', `/sessions/${rests.session_id}`, { status: 'paused' })
  const failed = await begin(hub, { project_id: '/home/ada/engine', docker_slot: 2 })
  await workOn(hub, failed, 'Turn the crank')
  await requestHub(hub, 'POST', `/sessions/${failed.session_id}/mark-failed`, {
    reason: 'out of memory',
    error_details: 'killed at 7.8 GB',
  })
  const done = await begin(hub, { project_id: '/home/ada/engine', docker_slot: 2 })
  await requestHub(hub, 'PUT', `/sessions/${done.session_id}`, { status: 'completed' })
})

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  removeFolder(dataDir)
})

function begin(at: Pick<TestHub, 'url'>, fields: Partial<Session> = {}): Promise<Session> {
  return requestHub(at, 'POST', '/sessions', { project_id: 'engine', machine_id: 'atlas', ...fields })
}

async function workOn(at: Pick<TestHub, 'url'>, { session_id }: Session, task_name: string): Promise<Task> {
  const { task_id } = await requestHub<Task>(at, 'POST', '/tasks', { session_id, task_name })
  return requestHub<Task>(at, 'POST', `/tasks/${task_id}/start`)
}

async function openPage(at: Pick<TestHub, 'url'>, address: string, options = {}): Promise<Visit> {
  const visited = await visit(browser, `${at.url}${address}`, options)
  onTestFinished(() => visited.context.close())
  await visited.page.locator('.live-dot[data-status="live"]').waitFor()
  return visited
}

function rowOf(page: Page, { session_id }: Pick<Session, 'session_id'>) {
  return page.locator(`.session-row[data-session="${session_id}"]`)
}

/** Marks the page, to detect a reload or a skeleton later. */
async function markPage(page: Page): Promise<void> {
  await page.evaluate(
    'globalThis.mark = document.querySelector("main h1"); globalThis.skeletons = 0; new MutationObserver(() => { if (document.querySelector(".skeleton")) globalThis.skeletons++ }).observe(document.body, { childList: true, subtree: true })',
  )
}

async function expectSamePage(page: Page): Promise<void> {
  expect(await page.evaluate('globalThis.mark.isConnected && globalThis.skeletons')).toBe(0)
}

test('the board follows a session from its start through work, waiting and stall to its failure, without a reload', async () => {
  const quick = await startHub({ dataDir: tempFolder(), env: { STALL_THRESHOLD_MS: '3000' } })
  onTestFinished(() => quick.stop())
  await requestHub(quick, 'POST', '/machines', { machine_id: 'atlas', hostname: 'atlas.local', docker_slots: [1, 2] })
  const { page, complaints } = await openPage(quick, '/app/sessions')
  const atlas = page.locator('.machine[data-machine="atlas"]')
  await atlas.getByText('0 of 2 slots').waitFor()
  await markPage(page)

  const session = await begin(quick, { project_id: '/home/ada/engine', docker_slot: 2 })
  let activity: object = {}
  const heartbeats = setInterval(
    () => void requestHub(quick, 'POST', `/sessions/${session.session_id}/heartbeat`, activity).catch(() => {}),
    600,
  )
  onTestFinished(() => clearInterval(heartbeats))
  const row = rowOf(page, session)
  await row.getByText('Active').waitFor({ timeout: 45_000 })
  await row.getByRole('link', { name: 'engine', exact: true }).waitFor()
  await atlas.getByText('1 of 2 slots').waitFor()
  expect(await row.locator('.slot-number').innerText()).toContain('2')

  const task = await workOn(quick, session, 'Move the valve gear')
  await row.getByText('Move the valve gear').waitFor({ timeout: 45_000 })
  activity = { activity: 'working' }
  await row.getByText('Working').waitFor({ timeout: 45_000 })
  await page.getByText('No session needs attention.').waitFor()

  activity = { activity: 'waiting', waiting_for: 'permission' }
  await row.getByText('Waiting for permission').waitFor({ timeout: 45_000 })
  const turns = page.getByRole('region', { name: 'Needs attention' })
  await turns.getByText('on atlas, slot 2').waitFor()
  await expect.poll(() => page.title(), { timeout: 45_000 }).toBe('(1) Sessions · Signalbox')
  // Announced once, after the count was stable.
  await page.getByRole('status').filter({ hasText: 'One session needs attention' }).waitFor({ state: 'attached', timeout: 45_000 })
  expect(await row.locator('.state-since').innerText()).toMatch(/^for \d+ s$/)

  activity = { activity: 'working' }
  await page.getByText('No session needs attention.').waitFor({ timeout: 45_000 })
  await requestHub(quick, 'POST', `/tasks/${task.task_id}/complete`)
  await row.getByText('Move the valve gear').waitFor({ state: 'detached', timeout: 45_000 })

  clearInterval(heartbeats)
  await row.getByText('Stalled').waitFor({ timeout: 45_000 })
  await turns.getByText('last seen').waitFor()
  await page.getByText('No session is active, 1 stalled').waitFor()

  await requestHub(quick, 'POST', `/sessions/${session.session_id}/mark-failed`, { reason: 'the boiler is cold' })
  await row.getByText('Failed').waitFor({ timeout: 45_000 })
  await row.getByText('the boiler is cold').waitFor()
  await atlas.getByText('Failed in the last hour').waitFor()
  await atlas.getByText('0 of 2 slots').waitFor()
  await expectSamePage(page)
  expect(complaints).toEqual([])
})

test('the time since the last heartbeat counts up, and a heartbeat resets it without rendering anything else', async () => {
  const session = await begin(hub, { project_id: 'heartbeats', activity: 'working' })
  onTestFinished(() => requestHub<void>(hub, 'DELETE', `/sessions/${session.session_id}`))
  const { page } = await openPage(hub, '/app/sessions')
  // The reason of another session has a request of its own.
  await page.locator('.attention-why', { hasText: 'out of memory' }).waitFor()
  const lastSeen = rowOf(page, session).locator('.session-seen time')
  const seconds = async () => Number(/^(\d+) s$/.exec(await lastSeen.innerText())?.[1])
  await expect.poll(seconds, { timeout: 20_000 }).toBeGreaterThanOrEqual(3)
  const before = await seconds()
  await expect.poll(seconds, { timeout: 20_000 }).toBeGreaterThan(before)
  await page.evaluate(
    `globalThis.changed = []; new MutationObserver((changes) => changed.push(...changes.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement).closest("time") === null ? target.nodeName + " " + target.className : "time"))).observe(document.querySelector(".board"), { childList: true, subtree: true, characterData: true, attributes: true })`,
  )
  await requestHub(hub, 'POST', `/sessions/${session.session_id}/heartbeat`)
  await expect.poll(seconds, { timeout: 45_000 }).toBeLessThan(before)
  expect([...new Set((await page.evaluate('changed')) as string[])]).toEqual(['time'])
})

test('filters are in the address, and an address opens its filters', async () => {
  const { page } = await openPage(hub, '/app/sessions')
  await page.locator('.session-row').first().waitFor()
  const all = await page.locator('.session-row').count()
  await page.getByRole('button', { name: /^Project: / }).click()
  await page.getByRole('option', { name: /^loom/ }).click()
  await page.waitForURL(/project=/)
  expect(await page.locator('.session-row').count()).toBe(2)
  await page.getByRole('button', { name: /^Machine: / }).click()
  await page.getByRole('option', { name: /^ceto/ }).click()
  await page.waitForURL(/machine=ceto/)
  expect(await page.locator('.machine').count()).toBe(1)
  await page.getByText('Stalled', { exact: true }).first().waitFor()
  await page.reload()
  await page.locator('.session-row').first().waitFor()
  expect(await page.locator('.session-row').count()).toBe(1)
  await page.getByRole('button', { name: /^Status: / }).click()
  await page.getByRole('option', { name: /^Paused/ }).click()
  await page.getByText('No session matches these filters.').waitFor()
  await page.getByRole('button', { name: 'Show all sessions' }).click()
  await expect.poll(() => page.locator('.session-row').count()).toBe(all)
  expect(new URL(page.url()).search).toBe('')
  // Each number of the sentence links to the sessions it counts.
  await page.locator('.fleet-summary a').first().click()
  await page.waitForURL(/status=active/)
  await expect.poll(() => page.locator('.session-row').count()).toBe(2)
})

test('sessions that need attention come first, across machines and on each of them', async () => {
  const { page } = await openPage(hub, '/app/sessions')
  await page.locator('.attention-item').first().waitFor()
  expect(await page.locator('.attention-item .state-mark').allInnerTexts()).toEqual(['Waiting for permission', 'Stalled', 'Failed'])
  await page.locator('.attention-item', { hasText: 'out of memory' }).waitFor()
  expect(await page.locator('.machine[data-machine="atlas"] .machine-live .slot-number').allInnerTexts()).toEqual([
    expect.stringContaining('3'),
    expect.stringContaining('1'),
  ])
  expect(await page.evaluate('[...document.querySelectorAll(".machine")].map((one) => one.dataset.machine)')).toEqual([
    'atlas',
    'boreas',
    'ceto',
  ])
  await page.locator('.machine[data-machine="boreas"]').getByText('in maintenance').waitFor()
})

test('a hub without sessions shows how to create one, and the board updates by itself', async () => {
  const empty = await openTestHub()
  const { page } = await openPage(empty, '/app/sessions')
  await page.getByRole('heading', { name: 'No sessions yet' }).waitFor()
  const text = await page.getByRole('main').innerText()
  expect(text).toContain(`curl ${empty.url}/sessions`)
  expect(text).toContain('npm run demo')
  await expectNoViolations(page)
  // The command works.
  const [, body = ''] = /curl \S+\/sessions -H .*? -d '(.*?)'/.exec(text) ?? []
  const session = await requestHub<Session>(empty, 'POST', '/sessions', JSON.parse(body) as object)
  await rowOf(page, session).waitFor({ timeout: 45_000 })
  expect(await page.getByText('No sessions yet').count()).toBe(0)
})

test('Today summarizes the sessions in its sentence and shows the machines in use', async () => {
  const own = await openTestHub()
  await sendCalls(own, 'atlas', [createCall()])
  const { page } = await openPage(own, '/app')
  await page.locator('.today-sentence').waitFor()
  // Nothing about sessions on a hub that never had one.
  expect(await page.locator('.today-sentence').innerText()).not.toContain('active')
  expect(await page.locator('.fleet').count()).toBe(0)
  const first = await begin(own, { activity: 'working' })
  const second = await begin(own, { machine_id: 'boreas' })
  await requestHub(own, 'POST', `/sessions/${second.session_id}/mark-stalled`, { reason: 'no output' })
  await page.getByText('1 session active on 1 machine, 1 stalled.').waitFor({ timeout: 45_000 })
  await rowOf(page, first).getByText('Working').waitFor()
  await rowOf(page, second).getByText('Stalled').waitFor()
  await page.getByRole('link', { name: 'Live board' }).click()
  await page.waitForURL(/\/app\/sessions$/)
})

test('one session: its tasks, health, details and timeline, live', async () => {
  const session = await begin(hub, { project_id: '/home/ada/engine', metadata: { branch: 'feat/crank' } })
  const task = await workOn(hub, session, 'Oil the crank')
  const { page, complaints } = await openPage(hub, '/app/sessions')
  await rowOf(page, session).getByRole('link').click()
  await page.waitForURL(new RegExp(session.session_id))
  await page.getByRole('heading', { name: 'engine', level: 1 }).waitFor()
  await page.getByText('feat/crank').waitFor()
  await page.locator('.tasks > [data-status="in_progress"]').getByText('Oil the crank').waitFor()
  await markPage(page)
  await requestHub(hub, 'POST', `/tasks/${task.task_id}/complete`)
  await page.getByText('1 of 1 done').waitFor({ timeout: 45_000 })
  await page.locator('.timeline').getByText('Task completed: Oil the crank').waitFor()
  await requestHub(hub, 'POST', `/sessions/${session.session_id}/mark-failed`, { reason: 'the crank broke', error_details: 'it was old' })
  await page.locator('.health').getByText('the crank broke').waitFor({ timeout: 45_000 })
  await page.locator('.health').getByText('it was old').waitFor()
  await page.locator('.timeline').getByText('Failed').waitFor()
  expect(await page.locator('.health-advice li').count()).toBeGreaterThan(0)
  await expectSamePage(page)
  await expectNoViolations(page)
  expect(complaints).toEqual([])
})

test('an unknown session shows a message and a link back', async () => {
  const { page } = await openPage(hub, '/app/sessions/unknown')
  await page.getByRole('alert').getByText('There is no session unknown').waitFor()
  await page.getByRole('main').getByRole('link', { name: 'Sessions' }).click()
  await page.locator('.session-row').first().waitFor()
})

test('after a restart of the hub the board shows what happened meanwhile', async () => {
  const folder = tempFolder()
  const first = await startHub({ dataDir: folder })
  const session = await begin(first, { activity: 'working' })
  const { page } = await openPage(first, '/app/sessions', { clock: {} })
  await rowOf(page, session).getByText('Working').waitFor()
  await first.stop()
  await windForwardUntil(page, () => page.locator('.live-dot[data-status="offline"]').isVisible())
  await rowOf(page, session).waitFor()
  const second = await startHub({ dataDir: folder, port: Number(new URL(first.url).port) })
  onTestFinished(() => second.stop())
  await requestHub(second, 'POST', `/sessions/${session.session_id}/heartbeat`, { activity: 'waiting' })
  const other = await begin(second, { machine_id: 'boreas' })
  await windForwardUntil(page, () => page.locator('.live-dot[data-status="live"]').isVisible())
  await rowOf(page, session).getByText('Waiting').waitFor({ timeout: 45_000 })
  await rowOf(page, other).waitFor()
})

test('the board has no accessibility violations, in either theme, on phone and desktop', async () => {
  const { page, complaints } = await openPage(hub, '/app/sessions')
  await page.locator('.attention-item').first().waitFor()
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 844 })
    await expectNoViolations(page, `${width} pixels`)
  }
  expect(complaints).toEqual([])
})

test('nothing scrolls horizontally, from phone to wall display', async () => {
  const long = await begin(hub, {
    project_id: `/home/ada/${'a-very-long-name-of-a-project-'.repeat(5)}`,
    machine_id: 'a-machine-with-a-name-that-is-much-too-long-for-any-phone-there-is',
  })
  onTestFinished(() => requestHub<void>(hub, 'DELETE', `/sessions/${long.session_id}`))
  await workOn(hub, long, 'a task whose name is as long as the day is and does not fit into any column '.repeat(3))
  for (const address of ['/app/sessions', `/app/sessions/${long.session_id}`]) {
    const { page } = await openPage(hub, address)
    await page.locator('.session-row, .tasks').first().waitFor()
    for (const width of [320, 390, 768, 1440, 2560]) {
      await page.setViewportSize({ width, height: 844 })
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${address}, ${width} pixels`).toBe(0)
    }
  }
})

test('the board is usable by keyboard', async () => {
  const { page } = await openPage(hub, '/app')
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.waitForURL(/\/app\/sessions$/)
  const link = page.locator('.attention-link').first()
  await link.waitFor()
  for (let tabs = 0; tabs < 40 && !(await page.evaluate('document.activeElement === document.querySelector(".attention-link")')); tabs++)
    await page.keyboard.press('Tab')
  expect(await page.evaluate('getComputedStyle(document.querySelector(".attention-item")).outlineStyle')).toBe('solid')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/app\/sessions\/[\w-]+$/)
  await page.keyboard.press('g')
  await page.keyboard.press(',')
  await page.waitForURL(/\/app\/settings$/)
})

test('frequent heartbeats of many sessions render together, a few times a second', async () => {
  const busy = await openTestHub({ HEARTBEAT_LIMIT_PER_MINUTE: '1000000' })
  const sessions: Session[] = []
  for (let nth = 0; nth < 250; nth += 25) {
    const some = Array.from({ length: 25 }, (_, at) => begin(busy, { machine_id: `rack-${(nth + at) % 2}`, project_id: `p${at}` }))
    sessions.push(...(await Promise.all(some)))
  }
  const { page } = await openPage(busy, '/app/sessions')
  await page.getByText('250 sessions active on 2 machines.').waitFor()
  // 30 per machine at first, the rest on request.
  expect(await page.locator('.session-row').count()).toBe(60)
  await page.getByRole('button', { name: 'Show more' }).first().click()
  expect(await page.locator('.session-row').count()).toBe(155)
  await page.evaluate(
    'globalThis.drawn = 0; new MutationObserver(() => drawn++).observe(document.querySelector(".board"), { childList: true, subtree: true, characterData: true })',
  )
  const began = performance.now()
  for (let nth = 0; nth < 250; nth += 10) {
    await Promise.all(
      sessions
        .slice(nth, nth + 10)
        .map(({ session_id }) => requestHub(busy, 'POST', `/sessions/${session_id}/heartbeat`, { activity: 'idle' })),
    )
  }
  await expect.poll(() => page.locator('.state-mark[data-state="idle"]').count(), { timeout: 45_000 }).toBe(155)
  const seconds = (performance.now() - began) / 1000
  // Six times a second for events, once for the clocks.
  expect(Number(await page.evaluate('drawn'))).toBeLessThan(seconds * 9 + 9)
})
