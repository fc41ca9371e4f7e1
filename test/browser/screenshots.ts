/**
 * Takes the screenshots in docs/screenshots: each screen with data, the first one empty too, in both themes, phone and desktop.
 * `node test/browser/screenshots.ts`, or `npm run screenshots -w @signalbox/dashboard`, after `npm run setup -- --browser`;
 * with names (`limits widget`) only those.
 */
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StateTrackingApiClient } from '@signalbox/client'
import { randomFrom } from '@signalbox/usage/random'
import type { Browser, Page } from 'playwright-core'
import { startFleet } from '../../apps/cli/src/demo/fleet.ts'
import { DemoClient } from '../../apps/cli/src/demo/questions.ts'
import { startSnapshots } from '../../apps/cli/src/demo/snapshots.ts'
import { repositoryRoot } from '../support/repository.ts'
import { launch, sendSample, startHub, type TestHub, visit } from './harness.ts'
import { quantizePng } from './quantize-png.ts'

const folder = path.join(repositoryRoot, 'docs/screenshots')
/** Time zones around the earth: in one of them it is late afternoon, so that Today shows a full day at any hour. */
const zones = [
  'Pacific/Auckland',
  'Australia/Sydney',
  'Asia/Tokyo',
  'Asia/Shanghai',
  'Asia/Bangkok',
  'Asia/Dhaka',
  'Asia/Karachi',
  'Asia/Dubai',
  'Europe/Moscow',
  'Europe/Athens',
  'Europe/Berlin',
  'Europe/London',
  'Atlantic/Azores',
  'Atlantic/South_Georgia',
  'America/Sao_Paulo',
  'America/Halifax',
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Anchorage',
  'Pacific/Honolulu',
  'Pacific/Pago_Pago',
]
const hourIn = (timeZone: string) =>
  Number(new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(Date.now()))
const zone = zones.find((name) => hourIn(name) === 17) ?? zones.find((name) => hourIn(name) === 18) ?? 'Europe/Berlin'
const sizes = [
  { name: 'desktop', width: 1440, height: 900, scale: 1 },
  { name: 'tablet', width: 1024, height: 768, scale: 1 },
  { name: 'phone', width: 390, height: 844, scale: 2 },
] as const
const themes = ['light', 'dark'] as const

/** The screenshots are taken signed in, so that Settings lists API keys. */
const key = 'only-for-the-screenshots'
const keys = [
  { name: 'ada-laptop', scopes: ['ingest'] },
  { name: 'slots', scopes: ['ingest', 'write'] },
  { name: 'wall display', scopes: ['read'], expires_at: new Date(Date.now() + 90 * 86_400_000).toISOString() },
]

async function createKey(hub: TestHub, newKey: (typeof keys)[number]): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const response = await fetch(`${hub.url}/api/keys`, { method: 'POST', headers, body: JSON.stringify(newKey) })
  if (!response.ok) throw new Error(`The key was not created: ${response.status} ${await response.text()}`)
}

/** A program that answers every message so. */
async function openPeer(status: number, answer: string): Promise<http.Server & { readonly url: string }> {
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(server, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/signalbox` })
}

/** Two channels, of which one is busy, and an alert that was sent to both. @returns its id */
async function addAlert(client: StateTrackingApiClient, peers: readonly { readonly url: string }[]): Promise<string> {
  for (const [at, name] of ['Build server', 'Team chat'].entries())
    await client.createChannel({
      kind: 'webhook',
      name,
      config: { url: peers[at]?.url },
      ...(at === 0 ? {} : { quiet_hours: [{ from: '22:00', to: '07:00', zone }] }),
    })
  const { session_id } = await client.createSession({ project_id: '/home/ada/shop', machine_id: 'ada-laptop' })
  await client.markSessionFailed(session_id, { reason: 'out of memory' })
  for (;;) {
    const [found] = await client.listAlerts({ session_id })
    const attempts = found === undefined ? [] : (await client.getAlert(found.alert_id)).messages.flatMap((message) => message.attempts)
    if (found !== undefined && attempts.filter(({ outcome }) => outcome !== undefined).length >= 3) return found.alert_id
    await sleep(500)
  }
}

/** Time until the demo has a failed, a stalled and a waiting session. */
const DEMO_WARM_UP_MS = 150_000

const wanted = process.argv.slice(2)
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name)

interface Screenshot {
  readonly name: string
  readonly address: string
  readonly hub: TestHub
  readonly signedIn: boolean
  /** Selectors that exist once the screen has loaded. */
  readonly ready: readonly string[]
  /** Without navigation and connection status. */
  readonly widget?: boolean
}

async function take(browser: Browser, picture: Screenshot, size: (typeof sizes)[number], theme: (typeof themes)[number]): Promise<number> {
  const { width, height, scale } = size
  const { page, context } = await visit(browser, `${picture.hub.url}${picture.address}`, {
    viewport: { width, height },
    deviceScaleFactor: scale,
    ...(size.name === 'phone' ? { isMobile: true, hasTouch: true } : {}),
    colorScheme: theme,
    reducedMotion: 'reduce',
    timezoneId: zone,
  })
  if (picture.signedIn) {
    await page.getByLabel('Key', { exact: true }).fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  for (const part of picture.ready) await page.locator(part).first().waitFor()
  if (!picture.widget) await page.locator('.live-dot[data-status="live"]').waitFor()
  await grow(page, size)
  const file = path.join(folder, `${picture.name}-${theme}-${width}.png`)
  const bytes = quantizePng(await page.screenshot())
  fs.writeFileSync(file, bytes)
  await context.close()
  // The settings list the browsers that are signed in.
  if (picture.signedIn) await fetch(`${picture.hub.url}/api/sign-ins`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } })
  return bytes.length
}

/** Grows the viewport to the height of the page, up to two screens, so that sticky elements are at its edges. */
async function grow(page: Page, { width, height }: { readonly width: number; readonly height: number }): Promise<void> {
  const pageHeight = Number(await page.evaluate('document.documentElement.scrollHeight'))
  await page.setViewportSize({ width, height: Math.min(Math.max(height, pageHeight), height * 2) })
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
}

async function main(): Promise<void> {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-'))
  const [full, empty, browser] = await Promise.all([
    startHub({
      dataDir: path.join(data, 'full'),
      env: { API_KEYS: key, RATE_LIMIT_PER_MINUTE: '10000', DASHBOARD_LIMIT_PER_MINUTE: '10000', ALERT_GROUP_MS: '0' },
    }),
    startHub({ dataDir: path.join(data, 'empty') }),
    launch({ whole: true }),
  ])
  const ending = new AbortController()
  const peers = [await openPeer(200, 'ok'), await openPeer(503, 'busy, try again')]
  try {
    const client = new DemoClient({ baseUrl: full.url, apiKey: key })
    const startedAt = Date.now()
    await startFleet({ client, random: randomFrom(1), signal: ending.signal })
    await startSnapshots({ client, signal: ending.signal })
    await sendSample(full, { now: Date.now(), days: 200, timezone: zone }, key)
    for (const newKey of keys) await createKey(full, newKey)
    if (isWanted('sessions') || isWanted('session') || isWanted('today')) await sleep(Math.max(0, startedAt + DEMO_WARM_UP_MS - Date.now()))
    const alertId = ['today', 'alerts', 'alert', 'settings'].some(isWanted) ? await addAlert(client, peers) : undefined
    const [atWork] = await client.listSessions({ machine_id: 'ada-laptop', status: ['active'], limit: 1, offset: 1 })
    const all: Screenshot[] = [
      { name: 'sessions', address: '/app/sessions', hub: full, signedIn: true, ready: ['.attention-item', '.session-row', '.filter-bar'] },
      {
        name: 'session',
        address: `/app/sessions/${atWork?.session_id}`,
        hub: full,
        signedIn: true,
        ready: ['.tasks li', '.timeline li', '.session-details', '.health p', '.claude [data-field="cost_usd"]', '.sources'],
      },
      { name: 'machines', address: '/app/machines', hub: full, signedIn: true, ready: ['.machine-card .machine-sources'] },
      {
        name: 'today',
        address: '/app',
        hub: full,
        signedIn: true,
        ready: ['.today-sentence', '.question', '.models-row', '.usage-bars', '.fleet .session-row', '.limit-row'],
      },
      { name: 'limits', address: '/app/limits', hub: full, signedIn: true, ready: ['.limit-row', '.history-chart canvas'] },
      { name: 'widget', address: '/widget', hub: full, signedIn: true, ready: ['.limit-row'], widget: true },
      {
        name: 'usage',
        address: '/app/usage',
        hub: full,
        signedIn: true,
        ready: ['.bar-chart canvas', '.heatmap td', '.block-list', '.usage-table tbody tr'],
      },
      { name: 'alerts', address: '/app/alerts', hub: full, signedIn: true, ready: ['.alert-row', '.filter-bar'] },
      { name: 'alert', address: `/app/alerts/${alertId}`, hub: full, signedIn: true, ready: ['.receipts-channel', '.attempts li'] },
      {
        name: 'settings',
        address: '/app/settings?section=alerts',
        hub: full,
        signedIn: true,
        ready: ['.channel-row', '.rule-row'],
      },
      { name: 'events', address: '/app/events', hub: full, signedIn: true, ready: ['.event-row'] },
      { name: 'wall', address: '/app?wall=1', hub: full, signedIn: true, ready: ['.wall .today-sentence', '.limit-row'] },
      { name: 'waiting', address: '/app', hub: empty, signedIn: false, ready: ['.empty-state'] },
    ]
    const pictures = all.filter(({ name }) => isWanted(name))
    fs.mkdirSync(folder, { recursive: true })
    let sum = 0
    for (const picture of pictures) for (const size of sizes) for (const theme of themes) sum += await take(browser, picture, size, theme)
    console.log(`${pictures.length * sizes.length * themes.length} screenshots in docs/screenshots, ${Math.round(sum / 1000)} kB`)
  } finally {
    ending.abort()
    for (const peer of peers) peer.close()
    await browser.close()
    await Promise.all([full.stop(), empty.stop()])
    fs.rmSync(data, { recursive: true, force: true })
  }
}

await main()
