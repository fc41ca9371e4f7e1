/**
 * Takes the pictures of docs/screenshots: each screen full, and the first one empty, in both themes, on a phone and on a desk.
 * `node test/browser/screenshots.ts`, or `npm run screenshots -w @signalbox/dashboard`, after `npm run setup -- --browser`;
 * with names of pictures (`limits widget`) only those.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StateTrackingApiClient } from '@signalbox/client'
import { randomFrom } from '@signalbox/usage/random'
import type { Browser, Page } from 'playwright-core'
import { startFleet } from '../../apps/cli/src/demo/fleet.ts'
import { startReadings } from '../../apps/cli/src/demo/readings.ts'
import { house } from '../support/house.ts'
import { squeezePng } from './squeeze-png.ts'
import { launch, type StagedHub, sendSample, startHub, visit } from './stage.ts'

const folder = path.join(house, 'docs/screenshots')
/** Somewhere on earth a full day's work is behind people: pictures taken at any hour show one. */
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
  { name: 'desk', width: 1440, height: 900, scale: 1 },
  { name: 'phone', width: 390, height: 844, scale: 2 },
] as const
const themes = ['light', 'dark'] as const

/** A hub that has keys shows its list of them; the pictures are taken signed in. */
const key = 'only-for-the-pictures-of-this-page'
const keys = [
  { name: 'ada-laptop', scopes: ['ingest'] },
  { name: 'slots', scopes: ['ingest', 'write'] },
  { name: 'wall display', scopes: ['read'], expires_at: new Date(Date.now() + 90 * 86_400_000).toISOString() },
]

async function makeKey(hub: StagedHub, made: (typeof keys)[number]): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const response = await fetch(`${hub.url}/api/keys`, { method: 'POST', headers, body: JSON.stringify(made) })
  if (!response.ok) throw new Error(`no key: ${response.status} ${await response.text()}`)
}

/** Until the fleet of the demo has something to tell, in milliseconds: one has failed, one is silent, one waits. */
const FLEET_AGE = 150_000

const wanted = process.argv.slice(2)
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name)

interface Picture {
  readonly name: string
  readonly address: string
  readonly hub: StagedHub
  readonly signedIn: boolean
  /** What is there when there is nothing more to wait for. */
  readonly settled: readonly string[]
  /** It has nothing around it. */
  readonly alone?: boolean
}

async function take(browser: Browser, picture: Picture, size: (typeof sizes)[number], theme: (typeof themes)[number]): Promise<number> {
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
  for (const part of picture.settled) await page.locator(part).first().waitFor()
  if (!picture.alone) await page.locator('.live-dot[data-status="live"]').waitFor()
  await grow(page, size)
  const file = path.join(folder, `${picture.name}-${theme}-${width}.png`)
  const bytes = squeezePng(await page.screenshot())
  fs.writeFileSync(file, bytes)
  await context.close()
  return bytes.length
}

/** A window as high as the page, up to three screens: what sticks to its edges is then where it belongs. */
async function grow(page: Page, { width, height }: { readonly width: number; readonly height: number }): Promise<void> {
  const whole = Number(await page.evaluate('document.documentElement.scrollHeight'))
  await page.setViewportSize({ width, height: Math.min(Math.max(height, whole), height * 2) })
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
}

async function main(): Promise<void> {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-'))
  const [full, empty, browser] = await Promise.all([
    startHub({
      dataDir: path.join(data, 'full'),
      env: { API_KEYS: key, RATE_LIMIT_PER_MINUTE: '10000', DASHBOARD_LIMIT_PER_MINUTE: '10000' },
    }),
    startHub({ dataDir: path.join(data, 'empty') }),
    launch(),
  ])
  const ending = new AbortController()
  try {
    const client = new StateTrackingApiClient({ baseUrl: full.url, apiKey: key })
    const begun = Date.now()
    await startFleet({ client, random: randomFrom(1), signal: ending.signal })
    await startReadings({ client, signal: ending.signal })
    await sendSample(full, { now: Date.now(), days: 200, timezone: zone }, key)
    for (const made of keys) await makeKey(full, made)
    if (isWanted('sessions') || isWanted('session') || isWanted('today')) await sleep(Math.max(0, begun + FLEET_AGE - Date.now()))
    const [atWork] = await client.listSessions({ machine_id: 'ada-laptop', status: ['active'], limit: 1, offset: 1 })
    const all: Picture[] = [
      { name: 'sessions', address: '/app/sessions', hub: full, signedIn: true, settled: ['.turn', '.session-row'] },
      {
        name: 'session',
        address: `/app/sessions/${atWork?.session_id}`,
        hub: full,
        signedIn: true,
        settled: ['.tasks li', '.timeline li', '.session-facts', '.health p'],
      },
      {
        name: 'today',
        address: '/app',
        hub: full,
        signedIn: true,
        settled: ['.today-sentence', '.models-row', '.day-section', '.fleet .session-row', '.limit-row'],
      },
      { name: 'limits', address: '/app/limits', hub: full, signedIn: true, settled: ['.limit-row', '.history-chart canvas'] },
      { name: 'widget', address: '/widget', hub: full, signedIn: true, settled: ['.limit-row'], alone: true },
      {
        name: 'usage',
        address: '/app/usage',
        hub: full,
        signedIn: true,
        settled: ['.bar-chart canvas', '.heat td', '.block-list', '.usage-table tbody tr'],
      },
      { name: 'settings', address: '/app/settings', hub: full, signedIn: true, settled: ['.prices', '.keys li'] },
      { name: 'waiting', address: '/app', hub: empty, signedIn: false, settled: ['#waiting-title'] },
    ]
    const pictures = all.filter(({ name }) => isWanted(name))
    fs.mkdirSync(folder, { recursive: true })
    let sum = 0
    for (const picture of pictures) for (const size of sizes) for (const theme of themes) sum += await take(browser, picture, size, theme)
    console.log(`${pictures.length * sizes.length * themes.length} pictures in docs/screenshots, ${Math.round(sum / 1000)} kB`)
  } finally {
    ending.abort()
    await browser.close()
    await Promise.all([full.stop(), empty.stop()])
    fs.rmSync(data, { recursive: true, force: true })
  }
}

await main()
