import fs from 'node:fs'
import path from 'node:path'
import { findBrowser } from '@signalbox/browser/find-browser'
import type { Call } from '@signalbox/contract/call'
import type { UsageReport } from '@signalbox/contract/usage'
import { makeSample, type SampleOptions } from '@signalbox/usage/sample'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { type Child, startNode } from '../support/child.ts'
import { house } from '../support/house.ts'

/** A hub of this house with a store of its own; whoever starts it stops it. */
export interface StagedHub {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string
  readonly dataDir: string
  stop(): Promise<void>
}

export interface HubOptions {
  readonly dataDir: string
  /** 0, or the one it had before it was stopped. */
  readonly port?: number
  readonly env?: Record<string, string | undefined>
}

/** Whatever of these the machine has set must not change a test. */
const unset = Object.fromEntries(
  [
    'API_KEYS',
    'CLAUDE_SYNC_API_KEY',
    'TIMEZONE',
    'WEEK_START',
    'PRICE_TABLE',
    'MONGODB_URI',
    'RATE_LIMIT_PER_MINUTE',
    'DASHBOARD_LIMIT_PER_MINUTE',
    'TRUST_PROXY',
    'HOST',
    'STALL_THRESHOLD_MS',
    'MACHINE_OFFLINE_MS',
    'HEARTBEAT_LIMIT_PER_MINUTE',
  ].map((name) => [name, undefined]),
)

const page = path.join(house, 'apps/dashboard/dist/index.html')

export async function startHub({ dataDir, port = 0, env = {} }: HubOptions): Promise<StagedHub> {
  if (!fs.existsSync(page)) throw new Error('The dashboard is not built. Run "npm run setup".')
  const child: Child = startNode([path.join(house, 'apps/hub/src/main.ts')], {
    ipc: true,
    env: { ...unset, PORT: String(port), DATA_DIR: dataDir, NODE_ENV: 'development', LOG_LEVEL: 'warn', ...env },
  })
  const url = await child.message((message) => (isListening(message) ? message.listening : undefined))
  return {
    url,
    dataDir,
    stop: async () => {
      await child.stop()
    },
  }
}

function isListening(message: unknown): message is { listening: string } {
  return typeof message === 'object' && message !== null && 'listening' in message
}

/** Sends calls as a collector would; resolves when the hub has them for good. */
export async function send(hub: StagedHub, machine: string, calls: readonly Call[], key?: string): Promise<void> {
  for (let at = 0; at < calls.length; at += 5_000) {
    const response = await fetch(`${hub.url}/api/usage/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ machine_id: machine, calls: calls.slice(at, at + 5_000) }),
    })
    if (!response.ok) throw new Error(`the hub refused calls: ${response.status} ${await response.text()}`)
  }
}

/** Asks a hub for anything, as a program would; the answer's body, undefined where there is none. */
export async function tell<T = unknown>(
  hub: StagedHub,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  address: string,
  body?: object,
): Promise<T> {
  const response = await fetch(`${hub.url}${address}`, {
    method,
    ...(body === undefined && method !== 'POST'
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** Fills a hub with a believable month, or as many days as are asked for. */
export async function sendSample(hub: StagedHub, options: SampleOptions, key?: string): Promise<void> {
  const machines = new Map<string, Call[]>()
  for (const { machine, call } of makeSample(options).month) {
    const calls = machines.get(machine)
    if (calls === undefined) machines.set(machine, [call])
    else calls.push(call)
  }
  for (const [machine, calls] of machines) await send(hub, machine, calls, key)
}

/** What the hub itself says, past every screen. */
export async function ask(hub: StagedHub, query: Record<string, string>): Promise<UsageReport> {
  const response = await fetch(`${hub.url}/api/usage?${new URLSearchParams(query)}`)
  if (!response.ok) throw new Error(`the hub answered ${response.status} ${await response.text()}`)
  return (await response.json()) as UsageReport
}

let made = 0

/** A call of a model that has a price; fields may be given. */
export function call(fields: Partial<Call> = {}): Call {
  made++
  return {
    key: `msg_${Date.now()}_${made}:req_${made}`,
    at: new Date().toISOString(),
    model: 'claude-opus-5',
    session_id: '0c0ffee0-0000-4000-8000-000000000001',
    cwd: '/home/ada/engine',
    git_branch: 'main',
    is_sidechain: false,
    input: 100,
    output: 2_000,
    write_5m: 0,
    write_1h: 0,
    read: 10_000,
    ...fields,
  }
}

export function launch(): Promise<Browser> {
  const executablePath = findBrowser(process.env)?.path
  if (executablePath === undefined) throw new Error('There is no Chromium. Run "npm run setup -- --browser", or set BROWSER_PATH.')
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
}

export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  /** Everything the browser complained about: exceptions, refused styles and scripts, failed loads. */
  readonly complaints: string[]
  /** The address of every request. */
  readonly requests: string[]
}

/** Everybody sees the same: English, Berlin, a desk, light. */
const usual: BrowserContextOptions = {
  locale: 'en-US',
  timezoneId: 'Europe/Berlin',
  viewport: { width: 1440, height: 900 },
  colorScheme: 'light',
}

export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ ...usual, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(url)
  return { context, page, complaints, requests }
}

/** The exact numbers of a part of the page, as `<data value>` has them. */
export async function valuesIn(page: Page, selector: string): Promise<number[]> {
  return (await page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].flatMap((part) => [...part.querySelectorAll('data')].map((one) => Number(one.value)))`,
  )) as number[]
}
