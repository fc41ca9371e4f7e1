import fs from 'node:fs'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { expectNoViolations } from './axe.ts'
import { connectBrowser, createCall, requestHub, sendCalls, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

test('the log is live, filtered in the address, leads to what it is about, has older pages and is exported whole', async () => {
  const hub = await openTestHub()
  const { page, complaints, context } = await visit(browser, `${hub.url}/app/events`)
  onTestFinished(() => context.close())
  await page.getByText('Nothing has happened yet.').waitFor()

  await Promise.all(Array.from({ length: 130 }, (_, n) => sendCalls(hub, n % 2 === 0 ? 'laptop' : 'rack-1', [createCall()])))
  const { session_id } = await requestHub<{ session_id: string }>(hub, 'POST', '/sessions', {
    project_id: '/home/ada/engine',
    machine_id: 'laptop',
  })
  await requestHub(hub, 'POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
  const rows = page.locator('.event-row')
  const first = rows.first()
  await first.getByText('Session failed').waitFor()
  await first.getByText('out of memory', { exact: true }).waitFor()
  // The machine has a column.
  expect(await first.getByText('laptop').count()).toBe(1)
  // A page that fell behind reads the log anew: then it has one page of it, and a way to the others.
  const showsAll = async () => (await rows.count()) > 130 || (await page.getByRole('button', { name: 'Show older' }).isVisible())
  await expect.poll(showsAll).toBe(true)

  await page.getByRole('button', { name: 'About: All events' }).click()
  await page.getByRole('option', { name: 'Usage' }).click()
  await page.waitForURL(/about=usage/)
  await page.getByRole('button', { name: 'Show older' }).waitFor()
  expect(await rows.count()).toBe(100)
  await page.getByRole('button', { name: 'Show older' }).click()
  await expect.poll(() => rows.count()).toBe(130)
  await page.locator('.event-machine, .event-subject').first().waitFor()
  await page.goto(`${hub.url}/app/events?about=usage&machine=rack-1&last=1h`)
  await expect.poll(() => rows.count()).toBe(65)
  // What arrives has to match.
  await sendCalls(hub, 'laptop', [createCall()])
  await sendCalls(hub, 'rack-1', [createCall()])
  await expect.poll(() => rows.count()).toBe(66)
  await expectNoViolations(page, 'a filtered log')

  const lines = async (name: string) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
    const saved = path.join(tempFolder(), 'events')
    await file.saveAs(saved)
    return fs.readFileSync(saved, 'utf8')
  }
  const csv = (await lines('Export as CSV')).trimEnd().split('\r\n')
  expect([csv.length, csv[0]]).toEqual([67, 'id,at,event,text,session_id,project_id,machine_id,alert_id,data'])
  const json = JSON.parse(await lines('Export as JSON')) as { event: string; data: { machine_id: string } }[]
  expect(new Set(json.map(({ event, data }) => `${event} ${data.machine_id}`))).toEqual(new Set(['usage.updated rack-1']))
  expect(json).toHaveLength(66)

  await page.goto(`${hub.url}/app/events?session=${session_id}`)
  await expect.poll(() => rows.count()).toBe(2)
  await page.setViewportSize({ width: 320, height: 700 })
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
  await first.getByRole('link', { name: 'engine' }).click()
  await page.waitForURL(new RegExp(`/app/sessions/${session_id}$`))
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
})
