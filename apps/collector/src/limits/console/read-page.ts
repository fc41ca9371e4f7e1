import type { LimitSnapshot, PlanWindow } from '@signalbox/usage/limit-snapshot'
import { windowKey } from '@signalbox/usage/limit-snapshot'
import type { BrowserContext, Page, Request, Response } from 'playwright-core'
import { readUtilization } from '../utilization.ts'
import { ConsoleError, firstLine } from './console-error.ts'
import { looksLikeUsagePage, readPageText } from './page-text.ts'

export interface PageReading extends Pick<LimitSnapshot, 'windows' | 'plan' | 'extraUsage' | 'errors' | 'isPartial' | 'capturedAt'> {
  /** The page's own answer, or its rows. */
  readonly by: 'answer' | 'rows' | 'both'
}

export interface ReadPageOptions {
  /** Of the usage page. */
  readonly url: string
  /** Milliseconds for all of it. */
  readonly budget: number
  /** Hears each step, in words. */
  readonly say: (step: string) => void
  /** Keeps the text of a page that could not be read; answers where. */
  readonly keep: (page: { text: string; language: string; status: number | undefined }) => string | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** A part of the page that does not come gets this long, in milliseconds, while nothing is on its way. */
const SECTION = 5_000
/** What is there counts when it has not changed for this long, in milliseconds. */
const QUIET = 1_000
const LOOK_EVERY = 200
/** A request that goes on for longer is a stream and not an answer. */
const STREAM = 8_000
/** On a sign-in page for this long, in milliseconds, it is no redirect that passes by. */
const SIGNED_OUT = 1_500
/** A page of an error gets this long to be something else, in milliseconds. */
const REFUSED = 2_000

/** What stands on the page: texts of those parts of it that may hold the limits, best first. */
export interface Sight {
  readonly texts: readonly string[]
  readonly language: string
  readonly zone: string
  readonly loaded: boolean
  /** There are fields to sign in with. */
  readonly fields: boolean
}

// Text, because the page's own world has types that this room does not.
const LOOK = `(() => {
  const parts = [...document.querySelectorAll('main, [role=main], [role=dialog]'), document.body].filter((part) => part)
  return {
    texts: parts.map((part) => part.innerText ?? '').filter((text) => text.trim() !== ''),
    language: document.documentElement?.lang ?? '',
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    loaded: document.readyState === 'complete',
    fields: document.querySelector('input[type=password], input[type=email], input[autocomplete~=username]') !== null,
  }
})()`

/**
 * Goes to the usage page and reads it: the answer it gets from its own server as it passes by, else its rows.
 * @throws ConsoleError
 */
export async function readUsagePage(context: BrowserContext, options: ReadPageOptions): Promise<PageReading> {
  const { url, say, now } = options
  const end = performance.now() + options.budget
  const left = () => Math.max(1, end - performance.now())
  const page = context.pages()[0] ?? (await context.newPage())
  const watch = watchAnswers(context, new URL(url), now)
  let crashed = false
  page.on('crash', () => {
    crashed = true
  })
  context.on('close', () => {
    crashed = true
  })
  const status = await goTo(page, url, left())
  say(`the page answered ${status ?? 'nothing'}`)

  let sight: Sight | undefined
  let rows: ReturnType<typeof readPageText> | undefined
  let shown = ''
  let changedAt = performance.now()
  let signedOutSince: number | undefined
  /** Milliseconds in which parts of the usage page were missing and nothing was on its way. */
  let missing = 0
  const began = performance.now()
  let looked = began

  while (left() > 1) {
    if (crashed) throw ended()
    const answer = watch.answer()
    if (answer !== undefined && !answer.isPartial) {
      say(`the page's own answer has ${answer.windows.length} windows`)
      return { ...answer, by: 'answer' }
    }
    sight = (await look(page, left(), () => crashed)) ?? sight
    const at = performance.now()
    const text = usageText(sight)
    if (text !== undefined && sight !== undefined) {
      rows = { ...readPageText(text, { now: now(), zone: sight.zone, language: sight.language }) }
      if (JSON.stringify(said(rows.windows)) !== shown) {
        shown = JSON.stringify(said(rows.windows))
        changedAt = at
        say(`the page shows ${readable(rows.windows)} of ${rows.windows.length} rows`)
      }
      const waiting = watch.pending()
      if (!waiting) missing += at - looked
      const whole = !rows.isPartial && (answer === undefined || mergeable(answer, rows))
      if (whole && !waiting && at - changedAt >= QUIET) break
      if (readable(rows.windows) > 0 && missing >= SECTION) break
    }
    looked = at
    if (isSignIn(page.url(), url, sight) && readable(rows?.windows ?? []) === 0) {
      signedOutSince ??= at
      if (at - signedOutSince >= SIGNED_OUT) throw expired(page.url())
    } else signedOutSince = undefined
    if (watch.refused() && text === undefined && at - began >= REFUSED) throw expired(page.url())
    if (status !== undefined && status >= 400 && text === undefined && at - began >= REFUSED) break
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_EVERY, left())))
  }
  if (crashed) throw ended()

  const answer = watch.answer()
  const together = merged(answer, rows, now())
  if (together !== undefined) return together
  throw nothing({ page, url, status, sight, refused: watch.refused(), challenged: watch.challenged(), options })
}

export const readable = (windows: readonly PlanWindow[]) => windows.filter(({ state }) => state === 'known' || state === 'idle').length

/** Without the times, which move as we look. */
const said = (windows: readonly PlanWindow[]) =>
  windows.map(({ kind, scope, percentUsed, resetsText, state }) => [kind, scope, percentUsed, resetsText, state])

export function usageText(sight: Sight | undefined): string | undefined {
  return sight?.texts.find((text) => looksLikeUsagePage(text, sight.language))
}

async function goTo(page: Page, url: string, timeout: number): Promise<number | undefined> {
  try {
    const response = await page.goto(url, { waitUntil: 'commit', timeout })
    return response?.status()
  } catch (error) {
    const message = firstLine((error as Error).message)
    if (/has been closed|crashed/i.test(message)) throw ended()
    if (/timeout/i.test(message)) {
      throw new ConsoleError({
        category: 'NETWORK_ERROR',
        message: `the usage page did not answer within ${Math.round(timeout / 1000)} s.`,
        suggestion: 'Check the network; it is tried again.',
      })
    }
    const [, code] = /net::(ERR_\w+)/.exec(message) ?? []
    // The page went somewhere else while it loaded; what is there now is looked at.
    if (code === 'ERR_ABORTED' || /interrupted by another navigation/i.test(message)) return undefined
    throw new ConsoleError({
      category: code === undefined ? 'UNKNOWN' : 'NETWORK_ERROR',
      message: `the usage page could not be opened: ${code ?? message}.`,
      suggestion: 'Check the network, and CLAUDE_CONSOLE_URL where it is set.',
    })
  }
}

/** Looks at the page; undefined when it is just changing, or does not answer. */
export async function look(page: Page, left: number, crashed: () => boolean): Promise<Sight | undefined> {
  const patience = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), Math.min(left, 2_000)).unref())
  try {
    return await Promise.race([page.evaluate(LOOK) as Promise<Sight>, patience])
  } catch (error) {
    if (crashed() || /has been closed|crashed/i.test((error as Error).message)) throw ended()
    return undefined
  }
}

const ended = () =>
  new ConsoleError({
    category: 'UNKNOWN',
    message: 'the browser ended while it read the page.',
    suggestion: 'It is tried again; when it happens every time, look whether the machine is out of memory.',
  })

/** Follows what the page asks its own server. */
export function watchAnswers(context: BrowserContext, home: URL, now: () => number) {
  type Answer = ReturnType<typeof readUtilization> & { readonly capturedAt: number }
  let last: Answer | undefined
  let refused = false
  let challenged = false
  const pending = new Map<Request, number>()
  const isOurs = (request: Request) => URL.canParse(request.url()) && new URL(request.url()).origin === home.origin
  const isUsage = (address: string) => /\/api\/organizations\/[^/]+\/usage$/.test(new URL(address).pathname)
  context.on('request', (request) => {
    if (['xhr', 'fetch'].includes(request.resourceType()) && isOurs(request)) pending.set(request, performance.now())
  })
  context.on('requestfailed', (request) => pending.delete(request))
  context.on('requestfinished', (request) => pending.delete(request))
  context.on('response', (response: Response) => {
    if (response.headers()['cf-mitigated'] !== undefined) challenged = true
    if (!isOurs(response.request()) || !isUsage(response.url())) return
    const status = response.status()
    if (status === 401 || status === 403) refused = true
    if (status !== 200) return
    const at = now()
    response.json().then(
      (body: unknown) => {
        const limits = readUtilization(body, at)
        if (readable(limits.windows) > 0) last = { ...limits, capturedAt: at }
      },
      // Cut off, or no JSON: the rows will tell.
      () => {},
    )
  })
  return {
    answer: () => last,
    refused: () => refused,
    challenged: () => challenged,
    pending: () => [...pending.values()].some((since) => performance.now() - since < STREAM),
  }
}

type Answered = NonNullable<ReturnType<ReturnType<typeof watchAnswers>['answer']>>
type Rows = ReturnType<typeof readPageText>

/** Whether the rows know all that the answer leaves open. */
function mergeable(answer: Answered, rows: Rows): boolean {
  const known = new Set(rows.windows.filter(({ state }) => state !== 'unreadable').map(windowKey))
  return answer.windows.every((window) => window.state !== 'unreadable' || known.has(windowKey(window)))
}

/** The answer speaks first; where it could not be understood, the row does. */
function merged(answer: Answered | undefined, rows: Rows | undefined, now: number): PageReading | undefined {
  if (answer === undefined) return rows === undefined || readable(rows.windows) === 0 ? undefined : { ...rows, capturedAt: now, by: 'rows' }
  const shown = new Map(rows?.windows.filter(({ state }) => state !== 'unreadable').map((window) => [windowKey(window), window]))
  const windows = answer.windows.map((window) => (window.state === 'unreadable' ? (shown.get(windowKey(window)) ?? window) : window))
  const helped = windows.some((window, index) => window !== answer.windows[index])
  const isPartial = answer.errors !== undefined || windows.some(({ state }) => state === 'unreadable')
  const plan = rows?.plan === undefined ? {} : { plan: rows.plan }
  return { ...answer, ...plan, windows, isPartial, by: helped ? 'both' : 'answer' }
}

/** The address of a sign-in page, or a page of another house that has no limits, or one with fields to sign in with. */
export function isSignIn(address: string, url: string, sight: Sight | undefined): boolean {
  if (!URL.canParse(address) || !/^https?:/.test(address)) return false
  const [there, home] = [new URL(address), new URL(url)]
  if (/(?:^|\/)(?:log-?in|sign-?in|sign-?up|auth|oauth2?|sso|authorize|login_methods)(?:\/|$)/i.test(there.pathname)) return true
  if (usageText(sight) !== undefined) return false
  return there.hostname !== home.hostname || (sight?.fields ?? false)
}

function expired(address: string): ConsoleError {
  const { host, pathname } = new URL(address)
  return new ConsoleError({
    category: 'SESSION_EXPIRED',
    message: `the usage page asks to sign in (it led to ${host}${pathname.replace(/[\w-]{20,}/g, '…')}).`,
    suggestion: 'Sign in again: signalbox console login',
  })
}

interface Nothing {
  readonly page: Page
  readonly url: string
  readonly status: number | undefined
  readonly sight: Sight | undefined
  readonly refused: boolean
  readonly challenged: boolean
  readonly options: ReadPageOptions
}

/** Why nothing could be read. */
function nothing({ page, url, status, sight, refused, challenged, options }: Nothing): ConsoleError {
  if (challenged) {
    return new ConsoleError({
      category: 'NETWORK_ERROR',
      message: 'the site wants to be sure that a person is there, and did not show the page.',
      suggestion: 'Open it once by hand: signalbox console login',
    })
  }
  if (status === 401 || refused || isSignIn(page.url(), url, sight)) return expired(page.url())
  if (status !== undefined && status !== 404 && status >= 400) {
    return new ConsoleError({ category: 'NETWORK_ERROR', message: `the usage page answered ${status}.`, suggestion: 'It is tried again.' })
  }
  const text = usageText(sight) ?? sight?.texts[0] ?? ''
  if (sight === undefined || (!sight.loaded && usageText(sight) === undefined) || text.trim() === '') {
    return new ConsoleError({
      category: 'NETWORK_ERROR',
      message: `the usage page was not there within ${Math.round(options.budget / 1000)} s.`,
      suggestion: 'Check the network; it is tried again.',
    })
  }
  const kept = options.keep({ text, language: sight.language, status })
  return new ConsoleError({
    category: 'PAGE_CHANGED',
    message: 'the usage page has no row that we know; it may have changed, or be in a language we do not know.',
    suggestion: `Look for a newer Signalbox${kept === undefined ? '' : `, or report it with ${kept}, which has the page's text without names and addresses`}.`,
  })
}
