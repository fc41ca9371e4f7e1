import { setTimeout as sleep } from 'node:timers/promises'
import { type LimitSnapshot, snapshotBodyOf } from '@signalbox/usage/limit-snapshot'
import type { BrowserContext, Page } from 'playwright-core'
import { ConsoleError, firstLine } from './console-error.ts'
import { type ConsolePaths, makeDataDir } from './console-paths.ts'
import { openBrowser } from './open-browser.ts'
import { PageRows, seenRowsOf } from './page-rows.ts'
import { type PageLimits, readPageText } from './page-text.ts'
import { lockProfile } from './profile-lock.ts'
import { updateProfileRecord } from './profile-record.ts'
import { countReadable, findUsageText, isSignIn, readContent, watchResponses } from './read-page.ts'

export interface SignInOptions {
  readonly paths: ConsolePaths
  readonly url: string
  readonly machineId: string
  readonly env: NodeJS.ProcessEnv
  readonly say?: (step: string) => void
  /** Called once the browser is open, which is when the user can be asked to sign in. */
  readonly opened?: () => void
  readonly signal?: AbortSignal
  /** Additional flags for the browser, such as those for a machine without a screen. */
  readonly flags?: readonly string[]
}

type Limits = Pick<LimitSnapshot, 'windows' | 'plan' | 'extraUsage' | 'errors' | 'isPartial'>

/** After this long on another page of the site the user has signed in, and the usage page is opened. */
const REDIRECT_AFTER_MS = 4_000
const POLL_INTERVAL_MS = 300
const LOCK_TIMEOUT_MS = 20_000
const LAUNCH_TIMEOUT_MS = 30_000

/**
 * Opens the usage page in a visible browser on the profile, and waits until the user has signed in and it shows its limits.
 * @returns a snapshot of them
 * @throws ConsoleError; also what the signal was aborted with
 */
export async function signIn(options: SignInOptions): Promise<LimitSnapshot> {
  const { paths, url, machineId, env, say = () => {}, opened = () => {}, signal, flags = [] } = options
  requireDisplay(env, flags, paths.profile)
  makeDataDir(paths)
  const unlock = await lockProfile(paths.lock, 'login', { waitMs: LOCK_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) })
  try {
    say('opening the browser')
    const browser = await openBrowser({ profile: paths.profile, env, as: 'visible', flags, timeout: LAUNCH_TIMEOUT_MS })
    try {
      opened()
      const limits = await waitForLimits(browser.context, url, say, signal)
      const now = Date.now()
      const snapshot: LimitSnapshot = { source: 'console', machineId, capturedAt: now, receivedAt: now, ...limits }
      say(`the page shows ${countReadable(limits.windows)} windows; closing the browser`)
      // Before the record is written, because the collector takes a snapshot as soon as it changes.
      await browser.close()
      const at = new Date(now).toISOString()
      updateProfileRecord(paths, {
        signedInAt: at,
        last: { at, ms: 0, windows: limits.windows.length },
        reading: snapshotBodyOf(snapshot),
        seenRows: seenRowsOf(snapshot, undefined),
      })
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
    message: 'there is no display here, and signing in needs one (DISPLAY and WAYLAND_DISPLAY are not set).',
    suggestion:
      `Run it in a terminal of the desktop, over \`ssh -X\`, or in a remote desktop (VNC). Or sign in on another Linux machine that has one, and bring its DATA_DIR/browser here as ${profile}. ` +
      'Without one, do without this source: Claude Code itself provides most of the limits.',
  })
}

async function waitForLimits(
  context: BrowserContext,
  url: string,
  say: (step: string) => void,
  signal: AbortSignal | undefined,
): Promise<Limits> {
  const home = new URL(url)
  const watch = watchResponses(context, home, Date.now)
  let closed = false
  context.on('close', () => {
    closed = true
  })
  const page = context.pages()[0] ?? (await context.newPage())
  await openUrl(page, url)
  let elsewhere: { at: string; since: number } | undefined
  const redirectedFrom = new Set<string>()
  let last = ''
  const rows = new Map<Page, PageRows>()
  for (;;) {
    signal?.throwIfAborted()
    const pages = context.pages().filter((one) => !one.isClosed())
    if (closed || pages.length === 0) {
      // The user has seen the limits, and closed the browser.
      const [seen] = [...rows.values()].flatMap((one) => one.result(undefined, Date.now()) ?? [])
      if (seen !== undefined) return seen
      throw new ConsoleError({
        category: 'SESSION_EXPIRED',
        message: 'the browser was closed before the page showed its limits.',
        suggestion: 'Run it again, and wait until it closes by itself.',
      })
    }
    const response = watch.response()
    if (response !== undefined) return response
    for (const one of pages) {
      const limits = await readLimits(one, home, () => closed || one.isClosed())
      if (limits === undefined) continue
      const shown = rows.get(one) ?? new PageRows()
      rows.set(one, shown)
      const at = performance.now()
      const isPending = watch.pending()
      shown.add(limits, at, isPending)
      if (shown.isSettled || (!isPending && shown.isComplete(at, undefined, Date.now()))) return shown.result(undefined, Date.now())!
    }
    const at = formatAddress(page)
    if (at !== last && at !== '') say(`the browser is at ${at}`)
    last = at
    // A sign-in often ends on another page of the site.
    const isElsewhere = at !== '' && new URL(page.url()).host === home.host && new URL(page.url()).pathname !== home.pathname
    if (!isElsewhere || isSignIn(page.url(), url, undefined) || redirectedFrom.has(at)) elsewhere = undefined
    else if (elsewhere?.at !== at) elsewhere = { at, since: performance.now() }
    else if (performance.now() - elsewhere.since > REDIRECT_AFTER_MS) {
      redirectedFrom.add(at)
      say('signed in; going to the usage page')
      await openUrl(page, url)
    }
    await sleep(POLL_INTERVAL_MS, undefined, signal === undefined ? {} : { signal })
  }
}

/** Reads the rows that a page shows; undefined while it shows none. */
async function readLimits(page: Page, home: URL, closed: () => boolean): Promise<PageLimits | undefined> {
  if (!URL.canParse(page.url()) || new URL(page.url()).host !== home.host) return undefined
  try {
    const content = await readContent(page, 2_000, closed)
    const text = findUsageText(content)
    if (content === undefined || text === undefined) return undefined
    const limits = readPageText(text, { now: Date.now(), zone: content.zone, language: content.language })
    return countReadable(limits.windows) > 0 ? limits : undefined
  } catch {
    // The window was closed meanwhile; the loop checks whether it was the last.
    return undefined
  }
}

/** Host and path without ids. */
function formatAddress(page: Page): string {
  if (page.isClosed() || !/^https?:/.test(page.url())) return ''
  const { host, pathname } = new URL(page.url())
  return `${host}${pathname.replace(/[\w-]{20,}/g, '…')}`
}

async function openUrl(page: Page, url: string): Promise<void> {
  try {
    await page.goto(url, { waitUntil: 'commit', timeout: 60_000 })
  } catch (error) {
    const message = firstLine((error as Error).message)
    const [, code] = /net::(ERR_\w+)/.exec(message) ?? []
    // Closed, or redirected while it loaded: the loop checks which.
    if (code === undefined || code === 'ERR_ABORTED') return
    throw new ConsoleError({
      category: 'NETWORK_ERROR',
      message: `the usage page could not be opened: ${code}.`,
      suggestion: 'Check the network, and CLAUDE_CONSOLE_URL where it is set.',
    })
  }
}
