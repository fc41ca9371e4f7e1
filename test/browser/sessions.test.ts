import type { Session } from '@signalbox/contract/session'
import type { Task } from '@signalbox/contract/task'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeTempFolder, removeFolder, tempFolder } from '../support/temp.ts'
import { show, themes, wrongs } from './axe.ts'
import { call, launch, type StagedHub, send, startHub, tell, type Visit, visit } from './stage.ts'

let hub: StagedHub
let browser: Browser
const dataDir = makeTempFolder()

beforeAll(async () => {
  ;[hub, browser] = await Promise.all([startHub({ dataDir, env: { DASHBOARD_LIMIT_PER_MINUTE: '100000' } }), launch()])
  await tell(hub, 'POST', '/machines', { machine_id: 'atlas', hostname: 'atlas.local', docker_slots: [1, 2, 3] })
  await tell(hub, 'POST', '/machines', { machine_id: 'boreas', hostname: 'boreas.local', status: 'maintenance', docker_slots: [1] })
  const works = await begin(hub, { project_id: '/home/ada/engine', docker_slot: 1, activity: 'working' })
  await workOn(hub, works, 'Write the tests')
  await begin(hub, { project_id: '/home/ada/loom', docker_slot: 3, activity: 'waiting', waiting_for: 'permission' })
  const lost = await begin(hub, { project_id: '/home/ada/loom', machine_id: 'ceto' })
  await tell(hub, 'POST', `/sessions/${lost.session_id}/mark-stalled`, { reason: 'no output for an hour' })
  const rests = await begin(hub, { project_id: '/home/ada/engine', machine_id: 'ceto' })
  await tell(hub, 'PUT', `/sessions/${rests.session_id}`, { status: 'paused' })
  const failed = await begin(hub, { project_id: '/home/ada/engine', docker_slot: 2 })
  await workOn(hub, failed, 'Turn the crank')
  await tell(hub, 'POST', `/sessions/${failed.session_id}/mark-failed`, { reason: 'out of memory', error_details: 'killed at 7.8 GB' })
  const done = await begin(hub, { project_id: '/home/ada/engine', docker_slot: 2 })
  await tell(hub, 'PUT', `/sessions/${done.session_id}`, { status: 'completed' })
})

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  removeFolder(dataDir)
})

function begin(at: StagedHub, fields: Partial<Session> = {}): Promise<Session> {
  return tell(at, 'POST', '/sessions', { project_id: 'engine', machine_id: 'atlas', ...fields })
}

async function workOn(at: StagedHub, { session_id }: Session, task_name: string): Promise<Task> {
  const { task_id } = await tell<Task>(at, 'POST', '/tasks', { session_id, task_name })
  return tell<Task>(at, 'POST', `/tasks/${task_id}/start`)
}

async function see(at: StagedHub, address: string, options = {}): Promise<Visit> {
  const visited = await visit(browser, `${at.url}${address}`, options)
  onTestFinished(() => visited.context.close())
  await visited.page.locator('.live-dot[data-status="live"]').waitFor()
  return visited
}

function rowOf(page: Page, { session_id }: Pick<Session, 'session_id'>) {
  return page.locator(`.session-row[data-session="${session_id}"]`)
}

/** So that a later look tells whether the page is still the one it was. */
async function markPage(page: Page): Promise<void> {
  await page.evaluate(
    'globalThis.mark = document.querySelector("main h1"); globalThis.skeletons = 0; new MutationObserver(() => { if (document.querySelector(".skeleton")) globalThis.skeletons++ }).observe(document.body, { childList: true, subtree: true })',
  )
}

async function expectSamePage(page: Page): Promise<void> {
  expect(await page.evaluate('globalThis.mark.isConnected && globalThis.skeletons')).toBe(0)
}

test('the board follows a session from its beginning over work, waiting and silence to its failure, without a reload', async () => {
  const quick = await startHub({ dataDir: tempFolder(), env: { STALL_THRESHOLD_MS: '2000' } })
  onTestFinished(() => quick.stop())
  await tell(quick, 'POST', '/machines', { machine_id: 'atlas', hostname: 'atlas.local', docker_slots: [1, 2] })
  const { page, complaints } = await see(quick, '/app/sessions')
  const atlas = page.locator('.machine[data-machine="atlas"]')
  await atlas.getByText('0 of 2 slots').waitFor()
  await markPage(page)

  const session = await begin(quick, { project_id: '/home/ada/engine', docker_slot: 2 })
  let says: object = {}
  const beating = setInterval(() => void tell(quick, 'POST', `/sessions/${session.session_id}/heartbeat`, says).catch(() => {}), 600)
  onTestFinished(() => clearInterval(beating))
  const row = rowOf(page, session)
  await row.getByText('Active').waitFor({ timeout: 3_000 })
  await row.getByRole('link', { name: 'engine', exact: true }).waitFor()
  await atlas.getByText('1 of 2 slots').waitFor()
  expect(await row.locator('.slot-plate').innerText()).toContain('2')

  const task = await workOn(quick, session, 'Move the valve gear')
  await row.getByText('Move the valve gear').waitFor({ timeout: 3_000 })
  says = { activity: 'working' }
  await row.getByText('Working').waitFor({ timeout: 3_000 })
  await page.getByText('Nobody waits for a person.').waitFor()

  says = { activity: 'waiting', waiting_for: 'permission' }
  await row.getByText('Waits for permission').waitFor({ timeout: 3_000 })
  const turns = page.getByRole('region', { name: 'Needs a person' })
  await turns.getByText('on atlas, slot 2').waitFor()
  expect(await page.title()).toBe('(1) Sessions · Signalbox')
  // Told once it has stood for a while, and once.
  await page.getByRole('status').filter({ hasText: 'One session needs a person' }).waitFor({ state: 'attached', timeout: 8_000 })
  expect(await row.locator('.session-waited').innerText()).toMatch(/^\d+ s$/)

  says = { activity: 'working' }
  await page.getByText('Nobody waits for a person.').waitFor({ timeout: 3_000 })
  await tell(quick, 'POST', `/tasks/${task.task_id}/complete`)
  await row.getByText('Move the valve gear').waitFor({ state: 'detached', timeout: 3_000 })

  clearInterval(beating)
  await row.getByText('Stalled').waitFor({ timeout: 8_000 })
  await turns.getByText('silent for').waitFor()
  await page.getByText('No session is active, 1 stalled').waitFor()

  await tell(quick, 'POST', `/sessions/${session.session_id}/mark-failed`, { reason: 'the boiler is cold' })
  await row.getByText('Failed').waitFor({ timeout: 3_000 })
  await row.getByText('the boiler is cold').waitFor()
  await atlas.getByText('Ended in the last hour').waitFor()
  await atlas.getByText('0 of 2 slots').waitFor()
  await expectSamePage(page)
  expect(complaints).toEqual([])
})

test('the time since the last beat counts up, and a beat sets it back and draws nothing else anew', async () => {
  const session = await begin(hub, { project_id: 'beating', activity: 'working' })
  onTestFinished(() => tell<void>(hub, 'DELETE', `/sessions/${session.session_id}`))
  const { page } = await see(hub, '/app/sessions')
  const beat = rowOf(page, session).locator('.session-beat time')
  await expect.poll(() => beat.innerText(), { timeout: 10_000 }).toBe('3 s')
  await expect.poll(() => beat.innerText(), { timeout: 5_000 }).toBe('5 s')
  await page.evaluate(
    `globalThis.changed = []; new MutationObserver((changes) => changed.push(...changes.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement).closest("time") === null ? target.nodeName + " " + target.className : "time"))).observe(document.querySelector(".board"), { childList: true, subtree: true, characterData: true, attributes: true })`,
  )
  await tell(hub, 'POST', `/sessions/${session.session_id}/heartbeat`)
  await expect.poll(() => beat.innerText(), { timeout: 3_000 }).toMatch(/^[01] s$/)
  expect([...new Set((await page.evaluate('changed')) as string[])]).toEqual(['time'])
})

test('what is filtered is in the address, and an address opens what it says', async () => {
  const { page } = await see(hub, '/app/sessions')
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
  await page.getByText('No session is like that at the moment.').waitFor()
  await page.getByRole('button', { name: 'Show all sessions' }).click()
  await expect.poll(() => page.locator('.session-row').count()).toBe(all)
  expect(new URL(page.url()).search).toBe('')
  // Each number of the sentence leads to those it counts.
  await page.locator('.fleet-words a').first().click()
  await page.waitForURL(/status=active/)
  await expect.poll(() => page.locator('.session-row').count()).toBe(2)
})

test('who needs a person is first, across machines and on each of them', async () => {
  const { page } = await see(hub, '/app/sessions')
  await page.locator('.turn').first().waitFor()
  expect(await page.locator('.turn .state-mark').allInnerTexts()).toEqual(['Waits for permission', 'Stalled', 'Failed'])
  await page.locator('.turn', { hasText: 'out of memory' }).waitFor()
  expect(await page.locator('.machine[data-machine="atlas"] .machine-live .slot-plate').allInnerTexts()).toEqual([
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

test('a hub that was never told of a session says how to, and the board fills by itself', async () => {
  const empty = await startHub({ dataDir: tempFolder() })
  onTestFinished(() => empty.stop())
  const { page } = await see(empty, '/app/sessions')
  await page.getByRole('heading', { name: 'No session yet' }).waitFor()
  const text = await page.getByRole('main').innerText()
  expect(text).toContain(`curl ${empty.url}/sessions`)
  expect(text).toContain('npm run demo')
  for (const colorScheme of themes) {
    await show(page, colorScheme)
    expect(await wrongs(page), colorScheme).toEqual([])
  }
  // The command does what it says.
  const [, body = ''] = /curl \S+\/sessions -H .*? -d '(.*?)'/.exec(text) ?? []
  const session = await tell<Session>(empty, 'POST', '/sessions', JSON.parse(body) as object)
  await rowOf(page, session).waitFor({ timeout: 3_000 })
  expect(await page.getByText('No session yet').count()).toBe(0)
})

test('Today tells of the sessions in its sentence and shows the machines somebody is on', async () => {
  const own = await startHub({ dataDir: tempFolder() })
  onTestFinished(() => own.stop())
  await send(own, 'atlas', [call()])
  const { page } = await see(own, '/app')
  await page.locator('.today-sentence').waitFor()
  // Nothing is said of sessions where there never were any.
  expect(await page.locator('.today-sentence').innerText()).not.toContain('active')
  expect(await page.locator('.fleet').count()).toBe(0)
  const first = await begin(own, { activity: 'working' })
  const second = await begin(own, { machine_id: 'boreas' })
  await tell(own, 'POST', `/sessions/${second.session_id}/mark-stalled`, { reason: 'silent' })
  await page.getByText('1 session active on 1 machine, 1 stalled.').waitFor({ timeout: 3_000 })
  await rowOf(page, first).getByText('Working').waitFor()
  await rowOf(page, second).getByText('Stalled').waitFor()
  await page.getByRole('link', { name: 'Live board' }).click()
  await page.waitForURL(/\/app\/sessions$/)
})

test('one session: its tasks, its health, its facts and what happened to it, as it happens', async () => {
  const session = await begin(hub, { project_id: '/home/ada/engine', metadata: { branch: 'feat/crank' } })
  const task = await workOn(hub, session, 'Oil the crank')
  const { page, complaints } = await see(hub, '/app/sessions')
  await rowOf(page, session).getByRole('link').click()
  await page.waitForURL(new RegExp(session.session_id))
  await page.getByRole('heading', { name: 'engine', level: 1 }).waitFor()
  await page.getByText('feat/crank').waitFor()
  await page.locator('.tasks > [data-status="in_progress"]').getByText('Oil the crank').waitFor()
  await markPage(page)
  await tell(hub, 'POST', `/tasks/${task.task_id}/complete`)
  await page.getByText('1 of 1 done').waitFor({ timeout: 3_000 })
  await page.locator('.timeline').getByText('Task done: Oil the crank').waitFor()
  await tell(hub, 'POST', `/sessions/${session.session_id}/mark-failed`, { reason: 'the crank broke', error_details: 'it was old' })
  await page.locator('.health').getByText('the crank broke').waitFor({ timeout: 3_000 })
  await page.locator('.health').getByText('it was old').waitFor()
  await page.locator('.timeline').getByText('Failed').waitFor()
  expect(await page.locator('.health-advice li').count()).toBeGreaterThan(0)
  await expectSamePage(page)
  for (const colorScheme of themes) {
    await show(page, colorScheme)
    expect(await wrongs(page), colorScheme).toEqual([])
  }
  expect(complaints).toEqual([])
})

test('a session that is not there says so, with the way back', async () => {
  const { page } = await see(hub, '/app/sessions/nobody')
  await page.getByRole('alert').getByText('There is no session nobody').waitFor()
  await page.getByRole('main').getByRole('link', { name: 'Sessions' }).click()
  await page.locator('.session-row').first().waitFor()
})

test('a hub that comes back is caught up with: what it heard meanwhile is on the board', async () => {
  const folder = tempFolder()
  const first = await startHub({ dataDir: folder })
  const session = await begin(first, { activity: 'working' })
  const { page } = await see(first, '/app/sessions')
  await rowOf(page, session).getByText('Working').waitFor()
  await first.stop()
  await page.locator('.live-dot[data-status="offline"]').waitFor({ timeout: 15_000 })
  expect(await rowOf(page, session).isVisible()).toBe(true)
  const second = await startHub({ dataDir: folder, port: Number(new URL(first.url).port) })
  onTestFinished(() => second.stop())
  await tell(second, 'POST', `/sessions/${session.session_id}/heartbeat`, { activity: 'waiting' })
  const other = await begin(second, { machine_id: 'boreas' })
  await page.locator('.live-dot[data-status="live"]').waitFor({ timeout: 40_000 })
  await rowOf(page, session).getByText('Waits for a person').waitFor({ timeout: 5_000 })
  await rowOf(page, other).waitFor()
})

test('the board has nothing that axe finds wrong, in either theme, on a phone and on a desk', async () => {
  const { page, complaints } = await see(hub, '/app/sessions')
  await page.locator('.turn').first().waitFor()
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 844 })
    for (const colorScheme of themes) {
      await show(page, colorScheme)
      expect(await wrongs(page), `${colorScheme}, ${width}`).toEqual([])
    }
  }
  expect(complaints).toEqual([])
})

test('nothing scrolls sideways, from the smallest phone to a wall', async () => {
  const long = await begin(hub, {
    project_id: `/home/ada/${'a-very-long-name-of-a-project-'.repeat(5)}`,
    machine_id: 'a-machine-with-a-name-that-is-much-too-long-for-any-phone-there-is',
  })
  onTestFinished(() => tell<void>(hub, 'DELETE', `/sessions/${long.session_id}`))
  await workOn(hub, long, 'a task whose name is as long as the day is and does not fit into any column '.repeat(3))
  for (const address of ['/app/sessions', `/app/sessions/${long.session_id}`]) {
    const { page } = await see(hub, address)
    await page.locator('.session-row, .tasks').first().waitFor()
    for (const width of [320, 390, 768, 1440, 2560]) {
      await page.setViewportSize({ width, height: 844 })
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${address}, ${width} pixels`).toBe(0)
    }
  }
})

test('the board is worked from the keyboard', async () => {
  const { page } = await see(hub, '/app')
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.waitForURL(/\/app\/sessions$/)
  const link = page.locator('.turn-link').first()
  await link.waitFor()
  for (let tabs = 0; tabs < 40 && !(await page.evaluate('document.activeElement === document.querySelector(".turn-link")')); tabs++)
    await page.keyboard.press('Tab')
  expect(await page.evaluate('getComputedStyle(document.querySelector(".turn")).outlineStyle')).toBe('solid')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/app\/sessions\/[\w-]+$/)
  await page.keyboard.press('g')
  await page.keyboard.press(',')
  await page.waitForURL(/\/app\/settings$/)
})

test('many sessions that beat all the time are drawn together, a few times a second', async () => {
  const busy = await startHub({ dataDir: tempFolder(), env: { DASHBOARD_LIMIT_PER_MINUTE: '1000000' } })
  onTestFinished(() => busy.stop())
  const sessions: Session[] = []
  for (let nth = 0; nth < 250; nth += 25) {
    const some = Array.from({ length: 25 }, (_, at) => begin(busy, { machine_id: `rack-${(nth + at) % 2}`, project_id: `p${at}` }))
    sessions.push(...(await Promise.all(some)))
  }
  const { page } = await see(busy, '/app/sessions')
  await page.getByText('250 sessions active on 2 machines.').waitFor()
  // Of each machine no more than a person looks at; the rest when asked for.
  expect(await page.locator('.session-row').count()).toBe(60)
  await page.getByRole('button', { name: 'Show more' }).first().click()
  expect(await page.locator('.session-row').count()).toBe(155)
  await page.evaluate(
    'globalThis.drawn = 0; new MutationObserver(() => drawn++).observe(document.querySelector(".board"), { childList: true, subtree: true, characterData: true })',
  )
  const began = performance.now()
  for (let nth = 0; nth < 250; nth += 10) {
    await Promise.all(
      sessions.slice(nth, nth + 10).map(({ session_id }) => tell(busy, 'POST', `/sessions/${session_id}/heartbeat`, { activity: 'idle' })),
    )
  }
  await expect.poll(() => page.locator('.state-mark[data-state="idle"]').count(), { timeout: 10_000 }).toBe(155)
  const seconds = (performance.now() - began) / 1000
  // Four times a second by what happens, once by the clocks.
  expect(Number(await page.evaluate('drawn'))).toBeLessThan(seconds * 8 + 8)
})
