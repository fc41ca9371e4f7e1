import { randomUUID } from 'node:crypto'
import type { Session } from '@signalbox/contract/session'
import type { SessionTasks, Task } from '@signalbox/contract/task'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolations } from './axe.ts'
import { connectBrowser, requestHub, type TestHub, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { observe } from './observations.ts'

type Hub = Pick<TestHub, 'url'>

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})

afterAll(async () => {
  await browser?.close()
})

function begin(hub: Hub, fields: Partial<Session> = {}): Promise<Session> {
  return requestHub(hub, 'POST', '/sessions', { project_id: '/home/ada/engine', machine_id: 'atlas', ...fields })
}

function read(hub: Hub, { session_id }: Session): Promise<Session> {
  return requestHub(hub, 'GET', `/sessions/${session_id}`)
}

async function workOn(hub: Hub, { session_id }: Session, task_name: string): Promise<Task> {
  const { task_id } = await requestHub<Task>(hub, 'POST', '/tasks', { session_id, task_name })
  return requestHub<Task>(hub, 'POST', `/tasks/${task_id}/start`)
}

async function openPage(hub: Hub, address: string, options = {}): Promise<{ page: Page; complaints: string[] }> {
  const visited = await visit(browser, `${hub.url}${address}`, options)
  onTestFinished(() => visited.context.close())
  await visited.page.locator('.live-dot[data-status="live"]').waitFor()
  return visited
}

function rowOf(page: Page, { session_id }: Session) {
  return page.locator(`:is(.session-row, .session-table-row, .session-card)[data-session="${session_id}"]`)
}

async function choose(page: Page, session: Session, action: string): Promise<void> {
  await rowOf(page, session)
    .getByRole('button', { name: /^Actions for/ })
    .click()
  await page.getByRole('menuitem', { name: action }).click()
}

const notice = (page: Page) => page.locator('.action-notice[data-shown]')

test('a row is paused and resumed, marked as failed, recovered elsewhere, and archived, each with what it does not do', async () => {
  const hub = await openTestHub()
  await requestHub(hub, 'POST', '/machines', { machine_id: 'atlas', hostname: 'atlas.local', docker_slots: [1] })
  await requestHub(hub, 'POST', '/machines', { machine_id: 'boreas', hostname: 'boreas.local', docker_slots: [1, 2] })
  await begin(hub, { machine_id: 'boreas', docker_slot: 1, project_id: '/home/ada/loom' })
  const session = await begin(hub, { docker_slot: 1, activity: 'working' })
  const crank = await workOn(hub, session, 'Turn the crank')
  const { page, complaints } = await openPage(hub, '/app/sessions')

  // By keyboard, from the button of the row to the confirmation.
  await rowOf(page, session).getByRole('button', { name: 'Actions for engine' }).focus()
  await page.keyboard.press('Enter')
  await page.locator('[role="menuitem"]:focus', { hasText: 'Pause' }).waitFor()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Its process goes on: Signalbox does not stop it.').waitFor()
  await dialog.getByRole('button', { name: 'Pause' }).click()
  await notice(page).getByText('engine marked as paused.').waitFor()
  await rowOf(page, session).getByText('Paused').waitFor()
  expect((await read(hub, session)).status).toBe('paused')
  await notice(page).getByRole('button', { name: 'Undo' }).click()
  await notice(page).getByText('engine active again.').waitFor()
  expect((await read(hub, session)).status).toBe('active')

  await choose(page, session, 'Mark as failed')
  await dialog.getByText('Its slot is released, and its tasks in progress fail.').waitFor()
  await dialog.getByLabel('Reason').fill('the boiler is cold')
  await dialog.getByRole('button', { name: 'Mark as failed' }).click()
  await rowOf(page, session).getByText('the boiler is cold').waitFor()

  // From the list of what needs attention.
  const attention = page.getByRole('region', { name: 'Needs attention' })
  await attention.getByRole('button', { name: 'Recover engine' }).click()
  await dialog.getByText('It can be recovered 3 times.').waitFor()
  await dialog.getByLabel('Machine').selectOption('boreas')
  expect(await dialog.getByLabel('Slot').locator('option').allInnerTexts()).toEqual(['No slot', 'Slot 2'])
  await dialog.getByLabel('Slot').selectOption('2')
  await dialog.getByLabel('Tasks to repeat').selectOption({ label: 'From “Turn the crank” on (failed)' })
  await expectNoViolations(page)
  await dialog.getByRole('button', { name: 'Recover' }).click()
  await page.locator('.machine[data-machine="boreas"]').locator(rowSelector(session)).waitFor()
  expect(await read(hub, session)).toMatchObject({ status: 'active', machine_id: 'boreas', docker_slot: 2, attempt: 2 })
  const { tasks } = await requestHub<SessionTasks>(hub, 'GET', `/sessions/${session.session_id}/tasks`)
  expect(tasks.pending.map(({ task_id }) => task_id)).toEqual([crank.task_id])

  await choose(page, session, 'Mark as completed')
  await dialog.getByRole('button', { name: 'Mark as completed' }).click()
  await page.getByRole('button', { name: '1 session ended in the last hour' }).click()
  await choose(page, session, 'Archive')
  await dialog.getByText('There is no undo.').waitFor()
  await dialog.getByRole('button', { name: 'Archive' }).click()
  await rowOf(page, session).waitFor({ state: 'detached' })
  expect((await read(hub, session)).status).toBe('archived')
  // Why it failed may be asked for while it is being recovered.
  expect(complaints.filter((text) => !text.includes('409'))).toEqual([])
})

const rowSelector = ({ session_id }: Session) => `.session-row[data-session="${session_id}"]`

test('several sessions at once: each action names those it is possible for, and what the hub refuses is listed', async () => {
  const hub = await openTestHub()
  const [first, second, third] = await Promise.all(['loom', 'mill', 'forge'].map((name) => begin(hub, { project_id: `/home/ada/${name}` })))
  await requestHub(hub, 'PUT', `/sessions/${third!.session_id}`, { status: 'completed' })
  const { page } = await openPage(hub, '/app/sessions?view=table')
  await page.getByRole('button', { name: 'Select', exact: true }).click()
  await rowOf(page, first!).getByRole('checkbox', { name: 'Select loom' }).check()
  const bar = page.getByRole('region', { name: 'Selected sessions' })
  await bar.getByText('1 of 3 sessions selected').waitFor()
  await bar.getByRole('button', { name: 'Select all' }).click()
  await bar.getByRole('button', { name: 'Pause 2' }).click()
  // Meanwhile someone else ends one of them.
  await page.getByRole('dialog').getByText('mill on atlas').waitFor()
  await requestHub(hub, 'PUT', `/sessions/${second!.session_id}`, { status: 'completed' })
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
  await notice(page).getByText('loom marked as paused.').waitFor()
  expect(await notice(page).innerText()).toContain('mill: A session that is completed cannot become paused')
  expect((await read(hub, first!)).status).toBe('paused')
  await bar.waitFor({ state: 'detached' })
})

test('ended sessions fold away, are dismissed in this browser, and shown again', async () => {
  const hub = await openTestHub()
  const failed = await begin(hub)
  await requestHub(hub, 'POST', `/sessions/${failed.session_id}/mark-failed`, { reason: 'out of steam' })
  const done = await begin(hub, { project_id: '/home/ada/loom' })
  await requestHub(hub, 'PUT', `/sessions/${done.session_id}`, { status: 'completed' })
  const { page } = await openPage(hub, '/app/sessions')
  await rowOf(page, failed).waitFor()
  expect(await rowOf(page, done).count()).toBe(0)
  await page.getByRole('button', { name: '1 session ended in the last hour' }).click()
  await rowOf(page, done).waitFor()

  await choose(page, failed, 'Dismiss')
  await notice(page).getByText('engine dismissed in this browser.').waitFor()
  await page.getByText('No session needs attention.').waitFor()
  await notice(page).getByRole('button', { name: 'Undo' }).click()
  await rowOf(page, failed).waitFor()
  await choose(page, failed, 'Dismiss')
  await rowOf(page, failed).waitFor({ state: 'detached' })
  await page.reload()
  await page.getByText('No session needs attention.').waitFor()
  await page.getByRole('button', { name: 'Dismissed 1' }).click()
  await page.waitForURL(/dismissed=show/)
  await choose(page, failed, 'Show again')
  await page.getByRole('region', { name: 'Needs attention' }).getByText('out of steam').waitFor()
})

test('a session that is only observed says how Claude Code continues it, and who may only read has no actions', async () => {
  const hub = await openTestHub()
  const id = randomUUID()
  await observe(hub, id, { alive: true, activity: 'working', fields: { name: 'boiler' } })
  await observe(hub, id, { end: { outcome: 'failed', reason: 'process ended' } })
  const { page } = await openPage(hub, '/app/sessions')
  await page.getByRole('button', { name: 'Recover boiler' }).click()
  await page.getByRole('dialog').getByText(`claude --resume ${id}`).waitFor()

  const key = 'only-for-this-test'
  const locked = await openTestHub({ NODE_ENV: 'production', API_KEYS: key })
  const authorized = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const post = (path: string, body: object) =>
    fetch(`${locked.url}${path}`, { method: 'POST', headers: authorized, body: JSON.stringify(body) })
  await post('/sessions', { project_id: 'engine', machine_id: 'atlas' })
  const reader = (await (await post('/api/keys', { name: 'wall', scopes: ['read'] })).json()) as { key: string }
  const { page: wall, context } = await visit(browser, `${locked.url}/app/sessions`)
  onTestFinished(() => context.close())
  await wall.getByLabel('Key', { exact: true }).fill(reader.key)
  await wall.getByRole('button', { name: 'Sign in' }).click()
  await wall.locator('.session-row').waitFor()
  expect(await wall.getByRole('button', { name: /^Actions for/ }).count()).toBe(0)
})

test('the views, their grouping and their order are in the address, on every width', async () => {
  const hub = await openTestHub()
  await begin(hub, { activity: 'working' })
  await begin(hub, { machine_id: 'boreas', activity: 'waiting', waiting_for: 'input', project_id: '/home/ada/loom' })
  const silent = await begin(hub, { activity: 'waiting', waiting_for: 'permission', project_id: '/home/ada/mill' })
  await requestHub(hub, 'POST', `/sessions/${silent.session_id}/mark-stalled`, { reason: 'no heartbeat' })
  const { page, complaints } = await openPage(hub, '/app/sessions')
  // Waiting stays waiting, however silent.
  await page.getByRole('region', { name: 'Needs attention' }).getByText('no heartbeat for').waitFor()
  expect(await rowOf(page, silent).locator('.state-mark').innerText()).toBe('Waiting for permission')

  await page.getByRole('button', { name: /^Grouping: / }).click()
  await page.getByRole('option', { name: 'By project' }).click()
  await page.waitForURL(/group=project/)
  await page.locator('.machine[data-group="/home/ada/loom"]').getByRole('link', { name: 'boreas' }).waitFor()

  await page.getByRole('radio', { name: 'Kanban' }).click()
  await page.waitForURL(/view=kanban$/)
  const waiting = page.getByRole('region', { name: /^Waiting 2/ })
  await waiting.getByRole('link', { name: 'mill' }).waitFor()
  await waiting.getByRole('link', { name: 'loom' }).waitFor()
  await requestHub(hub, 'POST', `/sessions/${silent.session_id}/heartbeat`, { activity: 'working' })
  await page
    .getByRole('region', { name: /^Working 2/ })
    .getByRole('link', { name: 'mill' })
    .waitFor()
  await expectNoViolations(page)

  await page.getByRole('radio', { name: 'Table' }).click()
  await page.waitForURL(/view=table$/)
  const names = () => page.locator('.session-table-link').allInnerTexts()
  await expect.poll(names).toEqual(['loom', 'mill', 'engine'])
  await page.getByRole('columnheader', { name: 'Project' }).getByRole('button').click()
  await page.waitForURL(/sort=project/)
  await expect.poll(names).toEqual(['engine', 'loom', 'mill'])
  await page.reload()
  await expect.poll(names).toEqual(['engine', 'loom', 'mill'])
  expect(await page.getByRole('columnheader', { name: 'Project' }).getAttribute('aria-sort')).toBe('ascending')
  await page.keyboard.press('/')
  await page.keyboard.type('boreas')
  await page.waitForURL(/find=boreas/)
  await expect.poll(names).toEqual(['loom'])
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect.poll(() => page.url()).toMatch(/\?view=table&sort=project$/)
  await page.getByRole('button', { name: 'Select', exact: true }).click()
  await expectNoViolations(page)

  for (const view of ['', '?view=kanban&group=machine', '?view=table&group=project']) {
    await page.goto(`${hub.url}/app/sessions${view}`)
    await rowOf(page, silent).first().waitFor()
    for (const width of [320, 390, 1024, 1440]) {
      await page.setViewportSize({ width, height: 844 })
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${view}, ${width} pixels`).toBe(0)
    }
  }
  expect(complaints).toEqual([])
})
