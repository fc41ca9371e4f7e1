import fs from 'node:fs'
import path from 'node:path'
import { snapshotBodyOf } from '@signalbox/usage/limit-snapshot'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, type TestContext, test } from 'vitest'
import { savePage } from '../../apps/collector/src/limits/console/diagnostics.ts'
import { type ReadPageOptions, readUsagePage } from '../../apps/collector/src/limits/console/read-page.ts'
import { stretchForLoad } from '../support/machine-load.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { fullWindows, parseWindows, thursday } from './console-machine.ts'
import { connectBrowser } from './harness.ts'
import { fullRows, pageOf, requireSignIn, rowOf, startUsageSite, type UsageSite } from './usage-site.ts'

/** Timeout of the collector for one snapshot. */
const TIMEOUT_MS = 13_000

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})

afterAll(async () => {
  await browser?.close()
})

async function startSite({ onTestFinished }: TestContext, page: UsageSite['page']): Promise<UsageSite> {
  const site = await startUsageSite()
  onTestFinished(() => site.stop())
  site.page = page
  return site
}

/** Reads the usage page of a site with the collector's reader, in a context of the shared browser. */
async function readSite(site: UsageSite, { timeout = TIMEOUT_MS, savePage = () => undefined, seen }: Partial<ReadPageOptions> = {}) {
  const context = await browser.newContext({ locale: 'en-US', timezoneId: 'Europe/Berlin' })
  const steps: string[] = []
  try {
    const page = await readUsagePage(context, {
      url: site.url,
      timeout,
      say: (step) => steps.push(step),
      savePage,
      seen,
      now: Date.now,
    })
    const { by, ...limits } = page
    const body = snapshotBodyOf({ source: 'console', machineId: 'box', receivedAt: limits.capturedAt, ...limits })
    return { by, body, windows: parseWindows(body), steps }
  } finally {
    await context.close()
  }
}

const respond =
  (parts: Parameters<typeof pageOf>[0]): UsageSite['page'] =>
  (_, response) =>
    void response.end(pageOf(parts))

// Most of these tests wait for the page, so they run at the same time, each with a site of its own.
describe.concurrent('the usage page', () => {
  test('is complete when its rows arrive late, one by one', async (context) => {
    const late = [
      [1500, '#session', rowOf(fullRows.session)],
      [3000, '#weekly', rowOf(fullRows.weekly[0] ?? { label: '' })],
      [3600, '#weekly', fullRows.weekly.map(rowOf).join('')],
    ]
    const script = `for (const [ms, where, html] of ${JSON.stringify(late)}) setTimeout(() => (document.querySelector(where).innerHTML = html), ms)`
    const { windows, body } = await readSite(await startSite(context, respond({ script })))
    context.expect(windows).toEqual(fullWindows)
    context.expect(body.isPartial).toBeUndefined()
  })

  test('of a plan without a 5-hour limit is complete after five seconds', async (context) => {
    const startedAt = performance.now()
    const { windows, body, by } = await readSite(await startSite(context, respond({ weekly: fullRows.weekly })))
    context.expect(performance.now() - startedAt).toBeGreaterThan(5_000)
    context.expect(windows).toEqual({ currentSession: undefined, allModels: fullWindows.allModels, opusOnly: fullWindows.opusOnly })
    context.expect([by, body.isPartial, body.extractionErrors]).toEqual(['rows', undefined, undefined])
  })

  test('misses a row for five seconds that the same plan had within a day, and no other', async (context) => {
    const site = await startSite(context, respond({ weekly: fullRows.weekly }))
    const plan = { name: 'Max', tier: '20x' }
    const hoursAgo = (hours: number) => ({ currentSession: new Date(Date.now() - hours * 3_600_000).toISOString() })
    const before = [
      { plan, at: hoursAgo(23) },
      { at: hoursAgo(1) },
      { plan, at: hoursAgo(25) },
      { plan: { name: 'Max', tier: '5x' }, at: hoursAgo(1) },
      { plan, at: { allModels: hoursAgo(1).currentSession } },
    ]
    const errors = await Promise.all(before.map(async (seen) => (await readSite(site, { seen })).body.extractionErrors))
    const missed = { currentSession: context.expect.stringMatching(/^its row is not on the page, where it was at 20/) }
    context.expect(errors).toEqual([missed, missed, undefined, undefined, undefined])
  })

  test('is partial where it is still loading when the time is up', async (context) => {
    // One after the other, because a long request counts as a stream.
    const script = `const ask = () => fetch('/api/organizations/7c9e/usage'); ask(); setInterval(ask, 4000)`
    const site = await startSite(context, respond({ weekly: fullRows.weekly, script }))
    site.answer = () => {}
    const { body } = await readSite(site, { timeout: await stretchForLoad(3_000) })
    context.expect(body.weeklyLimits?.allModels).toEqual(fullWindows.allModels)
    const why = 'the page was still loading, and did not show its row yet'
    context.expect([body.isPartial, body.extractionErrors]).toEqual([true, { currentSession: why }])
  })

  test('has values above 100 %, which extra usage pays', async (context) => {
    const over = {
      session: { ...fullRows.session, used: '163% used' },
      weekly: [{ ...fullRows.weekly[0], label: 'All models', used: '1,000% used' }],
    }
    const { body } = await readSite(await startSite(context, respond(over)))
    context.expect([body.currentSession?.percentageUsed, body.weeklyLimits?.allModels?.percentageUsed]).toEqual([163, 1_000])
    context.expect(body.isPartial).toBeUndefined()
  })

  test('has notices with percentages that are ignored', async (context) => {
    const notices = ['Get 40% off your first year.', '50% higher weekly limits until Dec 13!', '25% off']
    const { windows } = await readSite(await startSite(context, respond({ ...fullRows, notices })))
    context.expect(windows).toEqual(fullWindows)
  })

  test('has idle windows', async (context) => {
    const site = await startSite(
      context,
      respond({
        session: { label: 'Current session', reset: 'Starts when a message is sent', used: '0% used' },
        weekly: [{ label: 'All models', reset: 'Resets in 13 hr 38 min', used: '3% used' }],
      }),
    )
    const { windows, body } = await readSite(site)
    context.expect(windows).toEqual({
      currentSession: { percentageUsed: 0, idle: true },
      allModels: { resetsIn: '13 hr 38 min', percentageUsed: 3, resetsAt: context.expect.any(String) },
    })
    context.expect(body.isPartial).toBeUndefined()
  })

  test('has a row for an unknown model', async (context) => {
    const fable = { label: 'Fable 2 only', reset: 'Resets Thu 7:00 AM', used: '44% used' }
    const { windows } = await readSite(await startSite(context, respond({ ...fullRows, weekly: [...fullRows.weekly, fable] })))
    context.expect(windows).toEqual({
      ...fullWindows,
      fable2Only: { resetsIn: 'Thu 7:00 AM', percentageUsed: 44, resetsAt: thursday, label: 'Fable 2 only' },
    })
  })

  test('has a row without its number, which is reported as missing', async (context) => {
    const { used: _, ...session } = fullRows.session
    const { windows, body } = await readSite(await startSite(context, respond({ ...fullRows, session })))
    context.expect(windows).toEqual({ currentSession: undefined, allModels: fullWindows.allModels, opusOnly: fullWindows.opusOnly })
    context.expect(body.isPartial).toBe(true)
    context.expect(body.extractionErrors).toEqual({ currentSession: context.expect.stringContaining('Resets in 1 hr 12 min') })
  })

  test('is understood in another language, with a 24-hour clock', async (context) => {
    const site = await startSite(
      context,
      respond({
        language: 'de',
        headings: { plan: 'Nutzungslimits des Plans', weekly: 'Wöchentliche Limits' },
        notices: ['50 % mehr bis zum 13. Dezember'],
        session: { label: 'Aktuelle Sitzung', reset: 'Zurücksetzung in 1 Std. 12 Min.', used: '63 % verwendet' },
        weekly: [
          { label: 'Alle Modelle', reset: 'Zurücksetzung Do., 07:00', used: '22 % verwendet' },
          { label: 'Nur Opus', reset: 'Zurücksetzung Do., 07:00', used: '5 % verwendet' },
        ],
      }),
    )
    const { windows } = await readSite(site)
    context.expect(windows).toEqual({
      currentSession: { resetsIn: '1 Std. 12 Min.', percentageUsed: 63, resetsAt: context.expect.any(String) },
      allModels: { resetsIn: 'Do., 07:00', percentageUsed: 22, resetsAt: thursday },
      opusOnly: { resetsIn: 'Do., 07:00', percentageUsed: 5, resetsAt: thursday, label: 'Opus only' },
    })
  })

  test('has an API response, which takes precedence over its rows', async (context) => {
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    const script = `fetch('/api/organizations/7c9e6679-7425-40de-944b-e07fc1f90ae7/usage').then((a) => a.json())`
    const site = await startSite(context, respond({ ...fullRows, script }))
    site.answer = (response) => {
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({
          five_hour: { utilization: 61.5, resets_at: soon },
          seven_day: { utilization: 20, resets_at: soon },
          seven_day_opus: null,
          limits: [{ kind: 'weekly_scoped', percent: 9, resets_at: soon, scope: { model: { display_name: 'Fable' } } }],
        }),
      )
    }
    const { windows, by } = await readSite(site)
    const window = { resetsIn: context.expect.any(String), resetsAt: soon }
    context.expect(windows).toEqual({
      currentSession: { ...window, percentageUsed: 61.5 },
      allModels: { ...window, percentageUsed: 20 },
      fableOnly: { ...window, percentageUsed: 9, label: 'Fable only' },
    })
    context.expect(by).toBe('response')
  })

  test('has an API response without a 5-hour limit, which is complete at once', async (context) => {
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    const site = await startSite(context, respond({ weekly: fullRows.weekly, script: `fetch('/api/organizations/7c9e/usage')` }))
    const row = { kind: 'weekly_all', percent: 108, resets_at: soon, scope: null }
    const bodies = [
      { seven_day: { utilization: 108, resets_at: soon }, limits: [row] },
      { five_hour: null, seven_day: { utilization: 108, resets_at: soon } },
      { five_hour: { utilization: null, resets_at: null }, limits: [row, { ...row, kind: 'session', percent: null, resets_at: null }] },
    ]
    // The page had it before: the plan is another one now, and its server says so.
    const seen = { at: { currentSession: new Date().toISOString() } }
    for (const body of bodies) {
      site.answer = (response) => void response.end(JSON.stringify(body))
      const { body: sent, by } = await readSite(site, { seen })
      context.expect(sent.weeklyLimits).toMatchObject({ allModels: { percentageUsed: 108 } })
      context
        .expect([by, sent.currentSession, sent.isPartial, sent.extractionErrors])
        .toEqual(['response', undefined, undefined, undefined])
    }
  })

  test('is read by its rows when its API response is invalid', async (context) => {
    const site = await startSite(context, respond({ ...fullRows, script: `fetch('/api/organizations/7c9e/usage')` }))
    site.answer = (response) => void response.end('{"five_hour":')
    const { windows, by } = await readSite(site)
    context.expect(windows).toEqual(fullWindows)
    context.expect(by).toBe('rows')
  })

  test('may take eight seconds, which is no expired session', async (context) => {
    const site = await startSite(context, (_, response) => void setTimeout(() => response.end(pageOf(fullRows)), 8_000))
    context.expect((await readSite(site)).windows).toEqual(fullWindows)
  })

  test('that redirects to a sign-in page is SESSION_EXPIRED', async (context) => {
    const site = await startSite(context, requireSignIn(respond(fullRows)))
    await context.expect(readSite(site)).rejects.toMatchObject({ category: 'SESSION_EXPIRED' })
  })

  test('whose script opens a sign-in page is SESSION_EXPIRED', async (context) => {
    const page = `<main>Loading</main><script>setTimeout(() => (location = '/login'), 1500)</script>`
    const site = await startSite(context, (_, response) => void response.end(page))
    await context.expect(readSite(site)).rejects.toMatchObject({ category: 'SESSION_EXPIRED' })
  })

  test('that never loads is NETWORK_ERROR', async (context) => {
    const site = await startSite(context, () => {})
    await context.expect(readSite(site, { timeout: 2_000 })).rejects.toMatchObject({
      category: 'NETWORK_ERROR',
      message: context.expect.stringContaining('did not answer within'),
    })
  })

  test('with an error status is NETWORK_ERROR with the status', async (context) => {
    const site = await startSite(context, (_, response) => {
      response.statusCode = 503
      response.end('<main><h1>Be back soon</h1></main>')
    })
    await context.expect(readSite(site)).rejects.toMatchObject({
      category: 'NETWORK_ERROR',
      message: 'the usage page responded with 503.',
    })
  })

  test('that has changed is PAGE_CHANGED, and its text is saved without personal data', async (context) => {
    const folder = makeTempFolder()
    context.onTestFinished(() => removeFolder(folder))
    const page = `<!doctype html><html lang="en"><main><h1>Good morning, Ada Lovelace</h1><p>ada@analytical.example</p><p>Your budget is 47% full</p><p>Account 4711, $12.50</p></main></html>`
    const site = await startSite(context, (_, response) => void response.end(page))
    const read = readSite(site, { timeout: 4_000, savePage: (saved) => savePage(folder, saved, Date.now()) })
    await context.expect(read).rejects.toMatchObject({ category: 'PAGE_CHANGED', suggestion: context.expect.stringContaining(folder) })
    const [name = ''] = fs.readdirSync(folder)
    const text = fs.readFileSync(path.join(folder, name), 'utf8')
    context.expect(text).toContain('47%')
    for (const secret of ['Ada', 'Lovelace', 'analytical', '4711', '12.50']) context.expect(text).not.toContain(secret)
    if (process.platform !== 'win32') context.expect(fs.statSync(path.join(folder, name)).mode & 0o777).toBe(0o600)
  })
})
