import fs from 'node:fs'
import path from 'node:path'
import { findBrowser } from '@signalbox/browser/find-browser'
import type { Call } from '@signalbox/contract/call'
import type { UsageReport } from '@signalbox/contract/usage'
import { makeSample, type SampleOptions } from '@signalbox/usage/sample'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type LaunchOptions, type Page } from 'playwright-core'
import { expect, inject } from 'vitest'
import { findHeadlessShell } from '../../scripts/setup/headless-shell.mjs'
import { type Child, startNode } from '../support/child.ts'
import { repositoryRoot } from '../support/repository.ts'

/** A hub process of this repository with its own store. The caller stops it. */
export interface TestHub {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string
  readonly dataDir: string
  stop(): Promise<void>
  /** Ends it without a chance to write anything. */
  kill(): Promise<void>
}

export interface HubOptions {
  readonly dataDir: string
  /** 0 for a free port, or the port of a stopped hub to restart it there. */
  readonly port?: number
  readonly env?: Record<string, string | undefined>
}

/** Settings of the machine that must not affect a test. */
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

/** Tests open pages faster than people do. */
const limits = { DASHBOARD_LIMIT_PER_MINUTE: '100000' }

/** @returns the folder of the built dashboard */
export function builtDashboard(): string {
  const folder = path.join(repositoryRoot, 'apps/dashboard/dist')
  if (!fs.existsSync(path.join(folder, 'index.html'))) throw new Error('The dashboard is not built. Run "npm run setup".')
  return folder
}

export async function startHub({ dataDir, port = 0, env = {} }: HubOptions): Promise<TestHub> {
  builtDashboard()
  const child: Child = startNode([path.join(repositoryRoot, 'apps/hub/src/main.ts')], {
    ipc: true,
    env: { ...unset, PORT: String(port), DATA_DIR: dataDir, NODE_ENV: 'development', LOG_LEVEL: 'warn', ...limits, ...env },
  })
  const url = await child.message((message) => (isListening(message) ? message.listening : undefined))
  return {
    url,
    dataDir,
    stop: async () => {
      await child.stop()
    },
    kill: async () => {
      await child.stop('SIGKILL')
    },
  }
}

function isListening(message: unknown): message is { listening: string } {
  return typeof message === 'object' && message !== null && 'listening' in message
}

/** Posts calls as a collector does; resolves when the hub has stored them. */
export async function sendCalls(hub: Pick<TestHub, 'url'>, machine: string, calls: readonly Call[], key?: string): Promise<void> {
  for (let at = 0; at < calls.length; at += 5_000) {
    const response = await fetch(`${hub.url}/api/usage/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ machine_id: machine, calls: calls.slice(at, at + 5_000) }),
    })
    if (!response.ok) throw new Error(`the hub rejected the calls: ${response.status} ${await response.text()}`)
  }
}

/** Sends a request to a hub. @returns the parsed body, undefined when it is empty */
export async function requestHub<T = unknown>(
  hub: Pick<TestHub, 'url'>,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
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

/** Fills a hub with sample calls of a month, or of `options.days`. */
export async function sendSample(hub: Pick<TestHub, 'url'>, options: SampleOptions, key?: string): Promise<void> {
  const machines = new Map<string, Call[]>()
  for (const { machine, call } of makeSample(options).month) {
    const calls = machines.get(machine)
    if (calls === undefined) machines.set(machine, [call])
    else calls.push(call)
  }
  for (const [machine, calls] of machines) await sendCalls(hub, machine, calls, key)
}

/** Fetches a usage report directly, to compare with the screen. */
export async function fetchUsage(hub: Pick<TestHub, 'url'>, query: Record<string, string>): Promise<UsageReport> {
  const response = await fetch(`${hub.url}/api/usage?${new URLSearchParams(query)}`)
  if (!response.ok) throw new Error(`the hub responded ${response.status} ${await response.text()}`)
  return (await response.json()) as UsageReport
}

let callCount = 0

/** A call of a model with a price. */
export function createCall(fields: Partial<Call> = {}): Call {
  callCount++
  return {
    key: `msg_${Date.now()}_${callCount}:req_${callCount}`,
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

export interface BrowserOptions {
  /** A browser as people use it, where its speed or its look matters; else the headless shell, where there is one. */
  readonly whole?: boolean
}

/** @returns undefined where there is no Chromium */
export function launchOptions({ whole = false }: BrowserOptions = {}): LaunchOptions | undefined {
  const executablePath = (whole ? undefined : lightBrowser(process.env)) ?? findBrowser(process.env)?.path
  return executablePath === undefined ? undefined : { executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] }
}

/** `npm test` names it; a person who names a browser means that one. */
function lightBrowser(env: NodeJS.ProcessEnv): string | undefined {
  return env.TEST_BROWSER_PATH || (env.BROWSER_PATH ? undefined : findHeadlessShell(env))
}

const NO_BROWSER = 'There is no Chromium. Run "npm run setup -- --browser", or set BROWSER_PATH.'

/** Launches a Chromium of its own; the caller closes it. */
export function launch(options?: BrowserOptions): Promise<Browser> {
  const found = launchOptions(options)
  if (found === undefined) throw new Error(NO_BROWSER)
  return chromium.launch(found)
}

/** Connects to the Chromium that the browser tests share; closing it closes only the contexts of this connection. */
export function connectBrowser(): Promise<Browser> {
  const endpoint = inject('browserEndpoint')
  if (endpoint === undefined) throw new Error(NO_BROWSER)
  return chromium.connect(endpoint)
}

export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  /** Errors and warnings of the browser: exceptions, blocked styles and scripts, failed loads. */
  readonly complaints: string[]
  /** The address of every request. */
  readonly requests: string[]
  /** Waits until the page has asked for what had changed before its stream of events was open. */
  readonly waitUntilCaughtUp: () => Promise<void>
}

const defaultContext: BrowserContextOptions = {
  locale: 'en-US',
  timezoneId: 'Europe/Berlin',
  viewport: { width: 1440, height: 900 },
  colorScheme: 'light',
  // Each new browser would fetch every file of the page once more, for a worker that few tests ask for.
  serviceWorkers: 'block',
}

export interface VisitOptions extends BrowserContextOptions {
  /** Installs a fake clock in the page, from this time on, or from now. It runs, and a test can wind it forward. */
  readonly clock?: { readonly time?: number }
}

/** Playwright's own, of `serviceWorkers: 'block'`. */
const BLOCKED_WORKER = 'Service Worker registration blocked by Playwright'

export async function visit(browser: Browser, url: string, { clock, ...options }: VisitOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ ...defaultContext, ...options })
  // For a machine with many times more work than cores.
  context.setDefaultTimeout(90_000)
  const page = await context.newPage()
  if (clock !== undefined) await page.clock.install(clock)
  const complaints: string[] = []
  const requests: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    const isComplaint = message.type() === 'error' || message.type() === 'warning'
    if (isComplaint && !message.text().includes(BLOCKED_WORKER)) complaints.push(message.text())
  })
  page.on('request', (request) => requests.push(request.url()))
  let isCaughtUp = false
  page.on('requestfinished', (request) => {
    isCaughtUp ||= request.url().endsWith('/events?format=json&limit=30')
  })
  const waitUntilCaughtUp = () => expect.poll(() => isCaughtUp).toBe(true)
  await page.goto(url)
  return { context, page, complaints, requests, waitUntilCaughtUp }
}

/**
 * Winds a page's fake clock forward in small steps until a condition holds. The pauses in between leave time for requests,
 * which run in real time.
 */
export async function windForwardUntil(page: Page, isReached: () => Promise<boolean>): Promise<void> {
  while (!(await isReached())) {
    await page.clock.fastForward(2_000)
    await page.waitForTimeout(100)
  }
}

/** The exact numbers in part of the page, from its `<data value>` elements. */
export async function readValues(page: Page, selector: string): Promise<number[]> {
  return (await page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].flatMap((part) => [...part.querySelectorAll('data')].map((one) => Number(one.value)))`,
  )) as number[]
}
