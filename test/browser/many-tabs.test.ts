import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { connectBrowser, createCall, fetchUsage, sendCalls, startHub, type TestHub } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { createWindow, HOUR, postSnapshot } from './limit-snapshots.ts'

/** With the widget, more than the six connections that a browser opens to one host over HTTP/1.1. */
const TABS = 6
const BOARD = '.totals dl data'
const live = '.live-dot[data-status="live"]'

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

type Hub = Pick<TestHub, 'url'>

async function openHub(): Promise<Hub> {
  return withData(await openTestHub())
}

async function withData<H extends Hub>(hub: H): Promise<H> {
  await sendCalls(hub, 'atlas', [createCall()])
  await postSnapshot(hub, 0)
  return hub
}

/** A context of its own, whose tabs share what tabs of one browser share. */
async function openBrowser(script?: string): Promise<BrowserContext> {
  const context = await browser.newContext({ timezoneId: 'Europe/Berlin' })
  if (script !== undefined) await context.addInitScript(script)
  return context
}

async function openTab(context: BrowserContext, hub: Hub, path = '/app/usage'): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${hub.url}${path}`)
  return page
}

/** How many event streams the hub serves. */
async function streamsOf(hub: Hub): Promise<number> {
  const text = await (await fetch(`${hub.url}/metrics`)).text()
  return Number(/^signalbox_event_listeners(?:\{.*\})? (\d+)$/m.exec(text)?.[1])
}

async function expectNewCallOn(pages: readonly Page[], hub: Hub): Promise<void> {
  await sendCalls(hub, 'atlas', [createCall({ output: 7_000 })])
  const { totals } = await fetchUsage(hub, { group: 'day' })
  await Promise.all(pages.map((page) => page.locator(`.totals dl data[value="${totals.total_tokens}"]`).first().waitFor()))
}

/** What a browser lacks, as a script that takes it away before the page starts. */
const lacking = {
  'with shared workers': undefined,
  'without shared workers, behind https or on loopback': 'delete globalThis.SharedWorker',
  'whose shared worker cannot be loaded':
    'const Real = SharedWorker; globalThis.SharedWorker = class extends Real { constructor(url, options) { super(String(url) + ".gone", options) } }',
} as const

// One journey for each, because each tab that is opened takes a second of the processor.
describe.each(Object.entries(lacking))('a browser %s', (_, script) => {
  const dataDir = makeTempFolder()
  let hub: TestHub
  let context: BrowserContext
  const pages: Page[] = []
  let widget: Page

  const expectLive = () => Promise.all(pages.map((page) => page.locator(live).waitFor()))
  const expectOneStream = () => expect.poll(() => streamsOf(hub)).toBe(1)

  beforeAll(async () => {
    hub = await withData(await startHub({ dataDir }))
    context = await openBrowser(script)
  })
  afterAll(async () => {
    await context?.close()
    await hub?.stop()
    removeFolder(dataDir)
  })

  test(`with ${TABS} tabs and a widget loads them all over HTTP/1.1, over one event stream, and all follow changes`, async () => {
    for (let index = 0; index < TABS; index++) pages.push(await openTab(context, hub))
    widget = await openTab(context, hub, '/widget')
    await expectLive()
    await Promise.all(pages.map((page) => page.locator(BOARD).first().waitFor()))
    await expectOneStream()
    await expectNewCallOn(pages, hub)
    await postSnapshot(hub, 0, { currentSession: createWindow(83, 2 * HOUR) })
    await widget.locator('.limit-row data[value="83"]').first().waitFor()
  })

  test('goes on when the tab that opened the stream is closed, and when the next ones are', async () => {
    while (pages.length > 3) {
      await pages.shift()!.close()
      // Not awaited: the change comes while the stream changes hands.
      await expectNewCallOn(pages, hub)
      await expectLive()
      await expectOneStream()
    }
  })

  test('shows in every tab that the hub is gone, and that it is back', async () => {
    await hub.stop()
    await Promise.all(pages.map((page) => page.locator('.live-dot[data-status="offline"]').waitFor()))
    hub = await startHub({ dataDir, port: Number(new URL(hub.url).port) })
    await expectLive()
    await expectNewCallOn(pages, hub)
  })
})

test('without shared workers and locks, as over http from another machine, a hidden tab lets go of its stream', async () => {
  const hub = await openHub()
  const context = await openBrowser(
    'delete globalThis.SharedWorker; Object.defineProperty(Navigator.prototype, "locks", { value: undefined })',
  )
  onTestFinished(() => context.close())
  const [first, second] = [await openTab(context, hub), await openTab(context, hub)]
  await Promise.all([first, second].map((page) => page.locator(live).waitFor()))
  await expect.poll(() => streamsOf(hub)).toBe(2)
  const show = (state: string) =>
    first.evaluate(
      `Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true }); document.dispatchEvent(new Event("visibilitychange"))`,
    )
  await show('hidden')
  await expect.poll(() => streamsOf(hub)).toBe(1)
  await sendCalls(hub, 'atlas', [createCall({ output: 9_000 })])
  await show('visible')
  await first.locator(live).waitFor()
  const { totals } = await fetchUsage(hub, { group: 'day' })
  await first.locator(`.totals dl data[value="${totals.total_tokens}"]`).first().waitFor()
})
