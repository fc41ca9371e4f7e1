import { setTimeout as sleep } from 'node:timers/promises'
import { type LimitSnapshot, readingOf } from '@signalbox/usage/limit-snapshot'
import type { BrowserContext, Page } from 'playwright-core'
import { ConsoleError, firstLine } from './console-error.ts'
import { lockProfile } from './lock.ts'
import { openBrowser } from './open-browser.ts'
import { readPageText } from './page-text.ts'
import { type ConsolePlaces, makeDataDir } from './places.ts'
import { isSignIn, look, readable, usageText, watchAnswers } from './read-page.ts'
import { noteInRecord } from './record.ts'

export interface SignInOptions {
  readonly places: ConsolePlaces
  readonly url: string
  readonly machineId: string
  readonly env: NodeJS.ProcessEnv
  readonly say?: (step: string) => void
  /** There is a browser to sign in in: before that, nobody should be told to. */
  readonly opened?: () => void
  readonly signal?: AbortSignal
  /** More flags for the browser, such as those with which it needs no screen. */
  readonly flags?: readonly string[]
}

type Limits = Pick<LimitSnapshot, 'windows' | 'plan' | 'extraUsage' | 'errors' | 'isPartial'>

/** On another page of the same house for this long, in milliseconds, the person has signed in and is led to the usage page. */
const ASTRAY = 4_000

/**
 * Opens the usage page in a visible browser on the profile, and waits until a person has signed in and it shows its limits.
 * @returns what it shows
 * @throws ConsoleError; also what the signal was aborted with
 */
export async function signIn(options: SignInOptions): Promise<LimitSnapshot> {
  const { places, url, machineId, env, say = () => {}, opened = () => {}, signal, flags = [] } = options
  requireDisplay(env, flags, places.profile)
  makeDataDir(places)
  const unlock = await lockProfile(places.lock, 'login', { waitMs: 20_000, ...(signal === undefined ? {} : { signal }) })
  try {
    say('opening the browser')
    const browser = await openBrowser({ profile: places.profile, env, as: 'visible', flags, timeout: 30_000 })
    try {
      opened()
      const limits = await untilLimits(browser.context, url, say, signal)
      const now = Date.now()
      const snapshot: LimitSnapshot = { source: 'console', machineId, capturedAt: now, receivedAt: now, ...limits }
      say(`the page shows ${readable(limits.windows)} windows; closing the browser`)
      // Before the record is written, which is the word for the collector to read.
      await browser.close()
      const at = new Date(now).toISOString()
      noteInRecord(places, { signedInAt: at, last: { at, ms: 0, windows: limits.windows.length }, reading: readingOf(snapshot) })
      return snapshot
    } finally {
      await browser.close()
    }
  } finally {
    unlock()
  }
}

function requireDisplay(env: NodeJS.ProcessEnv, flags: readonly string[], profile: string): void {
  if (process.platform !== 'linux' || env.DISPLAY || env.WAYLAND_DISPLAY || flags.includes('--ozone-platform=headless')) return
  throw new ConsoleError({
    category: 'UNKNOWN',
    message: 'there is no display here, and somebody has to sign in by hand (DISPLAY and WAYLAND_DISPLAY are not set).',
    suggestion:
      `Run it in a terminal of the desktop, over \`ssh -X\`, or in a remote desktop (VNC). Or sign in on another Linux machine that has one, and bring its DATA_DIR/browser here as ${profile}. ` +
      'Where none can be had, leave this source: Claude Code itself tells most of it.',
  })
}

async function untilLimits(
  context: BrowserContext,
  url: string,
  say: (step: string) => void,
  signal: AbortSignal | undefined,
): Promise<Limits> {
  const home = new URL(url)
  const watch = watchAnswers(context, home, Date.now)
  let closed = false
  context.on('close', () => {
    closed = true
  })
  const page = context.pages()[0] ?? (await context.newPage())
  await open(page, url)
  let astray: { at: string; since: number } | undefined
  const led = new Set<string>()
  let told = ''
  for (;;) {
    signal?.throwIfAborted()
    const pages = context.pages().filter((one) => !one.isClosed())
    if (closed || pages.length === 0) {
      throw new ConsoleError({
        category: 'SESSION_EXPIRED',
        message: 'the browser was closed before the page showed its limits.',
        suggestion: 'Run it again, and wait until it closes by itself.',
      })
    }
    const answer = watch.answer()
    if (answer !== undefined) return answer
    for (const one of pages) {
      const limits = await limitsOn(one, home, () => closed || one.isClosed())
      if (limits !== undefined) return limits
    }
    const where = at(page)
    if (where !== told && where !== '') say(`the browser is at ${where}`)
    told = where
    // After a sign-in one often lands somewhere else.
    const elsewhere = where !== '' && new URL(page.url()).host === home.host && new URL(page.url()).pathname !== home.pathname
    if (!elsewhere || isSignIn(page.url(), url, undefined) || led.has(where)) astray = undefined
    else if (astray?.at !== where) astray = { at: where, since: performance.now() }
    else if (performance.now() - astray.since > ASTRAY) {
      led.add(where)
      say('signed in; going to the usage page')
      await open(page, url)
    }
    await sleep(300, undefined, signal === undefined ? {} : { signal })
  }
}

async function limitsOn(page: Page, home: URL, closed: () => boolean): Promise<Limits | undefined> {
  if (!URL.canParse(page.url()) || new URL(page.url()).host !== home.host) return undefined
  try {
    const sight = await look(page, 2_000, closed)
    const text = usageText(sight)
    if (sight === undefined || text === undefined) return undefined
    const limits = readPageText(text, { now: Date.now(), zone: sight.zone, language: sight.language })
    return readable(limits.windows) > 0 ? limits : undefined
  } catch {
    // A window that was closed while we looked; whether it was the last is seen next time.
    return undefined
  }
}

/** Where it is, without what addresses carry along. */
function at(page: Page): string {
  if (page.isClosed() || !/^https?:/.test(page.url())) return ''
  const { host, pathname } = new URL(page.url())
  return `${host}${pathname.replace(/[\w-]{20,}/g, '…')}`
}

async function open(page: Page, url: string): Promise<void> {
  try {
    await page.goto(url, { waitUntil: 'commit', timeout: 60_000 })
  } catch (error) {
    const message = firstLine((error as Error).message)
    const [, code] = /net::(ERR_\w+)/.exec(message) ?? []
    // Closed, or led elsewhere while it loaded: the loop sees which.
    if (code === undefined || code === 'ERR_ABORTED') return
    throw new ConsoleError({
      category: 'NETWORK_ERROR',
      message: `the usage page could not be opened: ${code}.`,
      suggestion: 'Check the network, and CLAUDE_CONSOLE_URL where it is set.',
    })
  }
}
