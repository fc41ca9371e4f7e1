import { setTimeout as sleep } from 'node:timers/promises'
import { canonicalZone } from '@signalbox/contract/time-zone'
import { type LimitSnapshot, type PlanWindow, windowKey } from '@signalbox/usage/limit-snapshot'
import type { BrowserContext, Page, Request, Response } from 'playwright-core'
import { readUtilization } from '../utilization.ts'
import { ConsoleError, firstLine } from './console-error.ts'
import { PageRows, type SeenRows } from './page-rows.ts'
import { looksLikeUsagePage, type PageLimits, readPageText } from './page-text.ts'

export interface PageSnapshot extends Pick<LimitSnapshot, 'windows' | 'plan' | 'extraUsage' | 'errors' | 'isPartial' | 'capturedAt'> {
  /** Where the windows come from: the page's own response from its server, its rows, or both. */
  readonly by: 'response' | 'rows' | 'both'
}

export interface ReadPageOptions {
  /** The address of the usage page. */
  readonly url: string
  /** Milliseconds for the whole read. */
  readonly timeout: number
  /** Receives a description of each step. */
  readonly say: (step: string) => void
  /** Saves the text of a page that could not be read. @returns the file's path */
  readonly savePage: (page: { text: string; language: string; status: number | undefined }) => string | undefined
  /** The rows that the page had before. */
  readonly seen?: SeenRows | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const POLL_INTERVAL_MS = 200
const POLL_TIMEOUT_MS = 2_000
/** A longer request is a stream, and not waited for. */
const STREAM_AFTER_MS = 8_000
/** After this long on a sign-in page it is not just part of a redirect. */
const SIGN_IN_AFTER_MS = 1_500
/** After this long an error page does not turn into another page any more. */
const ERROR_PAGE_AFTER_MS = 2_000

/** The content of the page: the texts of the parts that may hold the limits, best first. */
export interface PageContent {
  readonly texts: readonly string[]
  readonly language: string
  readonly zone: string
  readonly loaded: boolean
  readonly hasSignInFields: boolean
}

// Source text, because the types of browser globals are not available in this project.
const READ_CONTENT = `(() => {
  const parts = [...document.querySelectorAll('main, [role=main], [role=dialog]'), document.body].filter((part) => part)
  return {
    texts: parts.map((part) => part.innerText ?? '').filter((text) => text.trim() !== ''),
    language: document.documentElement?.lang ?? '',
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    loaded: document.readyState === 'complete',
    hasSignInFields: document.querySelector('input[type=password], input[type=email], input[autocomplete~=username]') !== null,
  }
})()`

/**
 * Opens the usage page and reads its limits: from the page's own request to its server, else from its rows.
 * @throws ConsoleError
 */
export async function readUsagePage(context: BrowserContext, options: ReadPageOptions): Promise<PageSnapshot> {
  const { url, say, seen, now } = options
  const end = performance.now() + options.timeout
  const remaining = () => Math.max(1, end - performance.now())
  const page = context.pages()[0] ?? (await context.newPage())
  const watch = watchResponses(context, new URL(url), now)
  let crashed = false
  page.on('crash', () => {
    crashed = true
  })
  context.on('close', () => {
    crashed = true
  })
  const status = await goTo(page, url, remaining())
  say(`the page responded with ${status ?? 'no status'}`)

  let content: PageContent | undefined
  const rows = new PageRows()
  let signedOutSince: number | undefined
  const started = performance.now()

  while (remaining() > 1) {
    if (crashed) throw crashedError()
    const response = watch.response()
    if (response !== undefined && !response.isPartial) {
      say(`the page's own response has ${response.windows.length} windows`)
      return { ...response, by: 'response' }
    }
    content = (await readContent(page, remaining(), () => crashed)) ?? content
    const at = performance.now()
    const text = findUsageText(content)
    if (text !== undefined && content !== undefined) {
      const limits = readPageText(text, { now: now(), zone: content.zone, language: content.language })
      const pending = watch.pending()
      if (rows.add(limits, at, pending)) say(`the page shows ${countReadable(limits.windows)} of ${limits.windows.length} rows`)
      const isComplete = response === undefined ? rows.isComplete(at, seen, now()) : rows.isFinal(at) && completes(response, limits)
      if (isComplete && !pending) break
      if (rows.isSettled && countReadable(limits.windows) > 0) break
    }
    if (isSignIn(page.url(), url, content) && countReadable(rows.limits?.windows ?? []) === 0) {
      signedOutSince ??= at
      if (at - signedOutSince >= SIGN_IN_AFTER_MS) throw expiredError(page.url())
    } else signedOutSince = undefined
    const isErrorPage = text === undefined && at - started >= ERROR_PAGE_AFTER_MS
    if (watch.refused() && isErrorPage) throw expiredError(page.url())
    if (status !== undefined && status >= 400 && isErrorPage) break
    await sleep(Math.min(POLL_INTERVAL_MS, remaining()))
  }
  if (crashed) throw crashedError()

  const snapshot = merge(watch.response(), rows.result(seen, now()), now())
  if (snapshot !== undefined) return snapshot
  throw explainFailure({ page, url, status, content, refused: watch.refused(), challenged: watch.challenged(), options })
}

export const countReadable = (windows: readonly PlanWindow[]) => windows.filter(({ state }) => state === 'known' || state === 'idle').length

export function findUsageText(content: PageContent | undefined): string | undefined {
  return content?.texts.find((text) => looksLikeUsagePage(text, content.language))
}

async function goTo(page: Page, url: string, timeout: number): Promise<number | undefined> {
  try {
    const response = await page.goto(url, { waitUntil: 'commit', timeout })
    return response?.status()
  } catch (error) {
    const message = firstLine((error as Error).message)
    if (/has been closed|crashed/i.test(message)) throw crashedError()
    if (/timeout/i.test(message)) {
      throw new ConsoleError({
        category: 'NETWORK_ERROR',
        message: `the usage page did not answer within ${Math.round(timeout / 1000)} s.`,
        suggestion: 'Check the network; it will be retried.',
      })
    }
    const [, code] = /net::(ERR_\w+)/.exec(message) ?? []
    // The page was redirected while it loaded; the loop reads the page that is open now.
    if (code === 'ERR_ABORTED' || /interrupted by another navigation/i.test(message)) return undefined
    throw new ConsoleError({
      category: code === undefined ? 'UNKNOWN' : 'NETWORK_ERROR',
      message: `the usage page could not be opened: ${code ?? message}.`,
      suggestion: 'Check the network, and CLAUDE_CONSOLE_URL where it is set.',
    })
  }
}

/** The content of the page; undefined while it is navigating or does not respond. */
export async function readContent(page: Page, remaining: number, crashed: () => boolean): Promise<PageContent | undefined> {
  const timeout = sleep(Math.min(remaining, POLL_TIMEOUT_MS), undefined, { ref: false })
  try {
    const content = await Promise.race([page.evaluate(READ_CONTENT) as Promise<PageContent & { zone?: string }>, timeout])
    // A browser that does not know its zone (`Etc/Unknown`, or none) shows times in UTC.
    return content && { ...content, zone: canonicalZone(content.zone ?? '') ?? 'UTC' }
  } catch (error) {
    if (crashed() || /has been closed|crashed/i.test((error as Error).message)) throw crashedError()
    return undefined
  }
}

const crashedError = () =>
  new ConsoleError({
    category: 'UNKNOWN',
    message: 'the browser ended while it read the page.',
    suggestion: 'It will be retried; if it happens every time, check whether the machine is out of memory.',
  })

type UsageResponse = ReturnType<typeof readUtilization> & { readonly capturedAt: number }

/** Follows the page's requests to its own server. */
export function watchResponses(context: BrowserContext, home: URL, now: () => number) {
  let last: UsageResponse | undefined
  let refused = false
  let challenged = false
  const pending = new Map<Request, number>()
  const isSameOrigin = (request: Request) => URL.canParse(request.url()) && new URL(request.url()).origin === home.origin
  const isUsage = (address: string) => /\/api\/organizations\/[^/]+\/usage$/.test(new URL(address).pathname)
  context.on('request', (request) => {
    if (['xhr', 'fetch'].includes(request.resourceType()) && isSameOrigin(request)) pending.set(request, performance.now())
  })
  context.on('requestfailed', (request) => pending.delete(request))
  context.on('requestfinished', (request) => pending.delete(request))
  context.on('response', (response: Response) => {
    if (response.headers()['cf-mitigated'] !== undefined) challenged = true
    if (!isSameOrigin(response.request()) || !isUsage(response.url())) return
    const status = response.status()
    if (status === 401 || status === 403) refused = true
    if (status !== 200) return
    const at = now()
    response.json().then(
      (body: unknown) => {
        const limits = readUtilization(body, at)
        if (countReadable(limits.windows) > 0) last = { ...limits, capturedAt: at }
      },
      // Incomplete, or not JSON: the rows are read instead.
      () => {},
    )
  })
  return {
    response: () => last,
    refused: () => refused,
    challenged: () => challenged,
    pending: () => [...pending.values()].some((since) => performance.now() - since < STREAM_AFTER_MS),
  }
}

/** Whether the rows have every window that the response has as unreadable. */
function completes(response: UsageResponse, rows: PageLimits): boolean {
  const known = new Set(rows.windows.filter(({ state }) => state !== 'unreadable').map(windowKey))
  return response.windows.every((window) => window.state !== 'unreadable' || known.has(windowKey(window)))
}

/** The windows of the response, with those of the rows in place of unreadable ones. */
function merge(response: UsageResponse | undefined, rows: PageLimits | undefined, now: number): PageSnapshot | undefined {
  if (response === undefined) {
    return rows === undefined || countReadable(rows.windows) === 0 ? undefined : { ...rows, capturedAt: now, by: 'rows' }
  }
  const fromRows = new Map(rows?.windows.filter(({ state }) => state !== 'unreadable').map((window) => [windowKey(window), window]))
  const windows = response.windows.map((window) => (window.state === 'unreadable' ? (fromRows.get(windowKey(window)) ?? window) : window))
  const isMerged = windows.some((window, index) => window !== response.windows[index])
  const isPartial = response.errors !== undefined || windows.some(({ state }) => state === 'unreadable')
  const plan = rows?.plan === undefined ? {} : { plan: rows.plan }
  return { ...response, ...plan, windows, isPartial, by: isMerged ? 'both' : 'response' }
}

/** Whether a page asks to sign in: by its address, by its fields, or because it is on another site and has no limits. */
export function isSignIn(address: string, url: string, content: PageContent | undefined): boolean {
  if (!URL.canParse(address) || !/^https?:/.test(address)) return false
  const [current, home] = [new URL(address), new URL(url)]
  if (/(?:^|\/)(?:log-?in|sign-?in|sign-?up|auth|oauth2?|sso|authorize|login_methods)(?:\/|$)/i.test(current.pathname)) return true
  if (findUsageText(content) !== undefined) return false
  return current.hostname !== home.hostname || (content?.hasSignInFields ?? false)
}

function expiredError(address: string): ConsoleError {
  const { host, pathname } = new URL(address)
  return new ConsoleError({
    category: 'SESSION_EXPIRED',
    message: `the usage page asks to sign in (it redirected to ${host}${pathname.replace(/[\w-]{20,}/g, '…')}).`,
    suggestion: 'Sign in again: signalbox web login',
  })
}

interface FailedRead {
  readonly page: Page
  readonly url: string
  readonly status: number | undefined
  readonly content: PageContent | undefined
  readonly refused: boolean
  readonly challenged: boolean
  readonly options: ReadPageOptions
}

/** The error for a page without any limits. */
function explainFailure({ page, url, status, content, refused, challenged, options }: FailedRead): ConsoleError {
  if (challenged) {
    return new ConsoleError({
      category: 'NETWORK_ERROR',
      message: 'the site asked for a check that a person is present, and did not show the page.',
      suggestion: 'Open it once by hand: signalbox web login',
    })
  }
  if (status === 401 || refused || isSignIn(page.url(), url, content)) return expiredError(page.url())
  if (status !== undefined && status !== 404 && status >= 400) {
    return new ConsoleError({
      category: 'NETWORK_ERROR',
      message: `the usage page responded with ${status}.`,
      suggestion: 'It will be retried.',
    })
  }
  const text = findUsageText(content) ?? content?.texts[0] ?? ''
  if (content === undefined || (!content.loaded && findUsageText(content) === undefined) || text.trim() === '') {
    return new ConsoleError({
      category: 'NETWORK_ERROR',
      message: `the usage page did not load within ${Math.round(options.timeout / 1000)} s.`,
      suggestion: 'Check the network; it is tried again.',
    })
  }
  const file = options.savePage({ text, language: content.language, status })
  return new ConsoleError({
    category: 'PAGE_CHANGED',
    message: 'the usage page has no known row; it may have changed, or be in an unsupported language.',
    suggestion: `Update Signalbox${file === undefined ? '' : `, or report it with ${file}, which has the page's text without names and addresses`}.`,
  })
}
