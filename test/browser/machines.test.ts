import type { Machine } from '@signalbox/contract/machine'
import type { Session } from '@signalbox/contract/session'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectNoViolations } from './axe.ts'
import { connectBrowser, createCall, requestHub, sendCalls, type TestHub, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { sendCollectorHeartbeat } from './observations.ts'

type Hub = Pick<TestHub, 'url'>

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})

afterAll(async () => {
  await browser?.close()
})

async function openPage(hub: Hub, address: string): Promise<{ page: Page; complaints: string[] }> {
  const visited = await visit(browser, `${hub.url}${address}`)
  onTestFinished(() => visited.context.close())
  return visited
}

const cardOf = (page: Page, machine: string) => page.locator(`.machine-card[data-machine="${machine}"]`)

async function choose(page: Page, machine: string, action: string): Promise<void> {
  await cardOf(page, machine)
    .getByRole('button', { name: `Actions for ${machine}` })
    .click()
  await page.getByRole('menuitem', { name: action }).click()
}

test('slots are a grid of free, held and stale ones, beside what a machine costs; it goes into maintenance and back', async () => {
  const hub = await openTestHub()
  const { page, complaints } = await openPage(hub, '/app/machines')
  await page.getByRole('heading', { name: 'No machines yet' }).waitFor()

  await requestHub(hub, 'POST', '/machines', { machine_id: 'atlas', hostname: 'atlas.local', docker_slots: [1, 2, 3] })
  const begin = (fields: object) =>
    requestHub<Session>(hub, 'POST', '/sessions', { project_id: '/home/ada/engine', machine_id: 'atlas', ...fields })
  await begin({ docker_slot: 1, activity: 'working' })
  const stalled = await begin({ docker_slot: 3, project_id: '/home/ada/loom' })
  await requestHub(hub, 'POST', `/sessions/${stalled.session_id}/mark-stalled`, { reason: 'no output' })
  const card = cardOf(page, 'atlas')
  await card.getByText('3 slots: 1 free, 1 held, 1 stale').waitFor({ timeout: 45_000 })
  await card.getByRole('link', { name: 'Slot 3, stale: loom, Stalled' }).waitFor()
  expect(await page.evaluate('[...document.querySelectorAll(".slot")].map(({ dataset }) => dataset.state)')).toEqual([
    'held',
    'free',
    'stale',
  ])
  await card.getByText('no usage this month').waitFor()
  await sendCalls(hub, 'atlas', [createCall({ output: 14_000_000 })])
  await card.getByRole('link', { name: /this month$/ }).waitFor({ timeout: 45_000 })

  await choose(page, 'atlas', 'Put into maintenance')
  const notice = page.locator('.action-notice')
  await notice.getByText('atlas is in maintenance. Its sessions go on.').waitFor()
  await card.getByText('It is not offered for new sessions.').waitFor()
  await page.getByText('1 machine: 0 online, 1 in maintenance.').waitFor()
  expect((await requestHub<Machine>(hub, 'GET', '/machines/atlas')).status).toBe('maintenance')
  await expectNoViolations(page)
  await notice.getByRole('button', { name: 'Undo' }).click()
  await card.getByText('online').waitFor()

  await choose(page, 'atlas', 'Change slots …')
  const dialog = page.getByRole('dialog')
  expect(await dialog.getByLabel('Numbers').inputValue()).toBe('1-3')
  // One that is held cannot go, and the hub says so.
  await dialog.getByLabel('Numbers').fill('2-5')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByRole('alert').waitFor()
  await dialog.getByLabel('Numbers').fill('1-6')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await notice.getByText('atlas has 6 slots.').waitFor()
  await card.getByText('6 slots: 4 free, 1 held, 1 stale').waitFor()

  // Lost: its sessions are failed, and it can be removed.
  await sendCollectorHeartbeat(hub, [], { state: 'stopped' })
  await card.getByText('offline').waitFor({ timeout: 45_000 })
  await choose(page, 'atlas', 'Fail its sessions …')
  await dialog.getByRole('button', { name: 'Fail 2 sessions' }).click()
  await notice.getByText('2 sessions of atlas marked as failed.').waitFor()
  await choose(page, 'atlas', 'Remove …')
  await dialog.getByText('Its calls and its ended sessions stay').waitFor()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await card.waitFor({ state: 'detached' })
  expect(complaints.filter((text) => !text.includes('409'))).toEqual([])
})

test('a machine is added by its line, and a phone by a code, and the page shows when it has arrived', async () => {
  const key = 'only-for-this-test'
  const hub = await openTestHub({ NODE_ENV: 'production', API_KEYS: key })
  const { page } = await openPage(hub, '/app/machines')
  await page.getByLabel('Key', { exact: true }).fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Add machine' }).click()
  const dialog = page.getByRole('dialog')
  const line = await dialog.locator('.copy-line code').innerText()
  await dialog.getByText('Waiting for the line to be run.').waitFor()
  await dialog.getByRole('button', { name: 'Show as QR code' }).click()
  await dialog.getByRole('img', { name: 'The line for the other machine as a QR code' }).waitFor()
  await expectNoViolations(page)

  const post = (path: string, body: object, bearer?: string) =>
    fetch(`${hub.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
      body: JSON.stringify(body),
    })
  const redeemed = await post('/api/invites/redeem', { code: line.split(' ').at(-1), machine_id: 'ceto' })
  const own = ((await redeemed.json()) as { key: string }).key
  await dialog.getByText('ceto has used the code.').waitFor({ timeout: 45_000 })
  await dialog.getByText('Waiting for its collector …').waitFor()
  const heartbeat = {
    heartbeat_interval_ms: 15_000,
    platform: 'linux',
    version: '0.1.0',
    claude_code_versions: ['2.1.332'],
    started_at: new Date().toISOString(),
    state: 'idle',
    sessions: [],
  }
  await post('/machines/ceto/collector', heartbeat, own)
  await dialog.getByText('Connected: collector 0.1.0 on linux, Claude Code 2.1.332.').waitFor({ timeout: 45_000 })
  await cardOf(page, 'ceto').waitFor()

  await dialog.getByRole('radio', { name: 'A phone' }).click()
  await dialog.getByRole('img', { name: 'A QR code that opens this page on a phone, signed in' }).waitFor()
  await dialog.getByText('It works once').waitFor()
})
