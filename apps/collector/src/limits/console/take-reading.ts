import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { readingOf } from '@signalbox/usage/limit-snapshot'
import { ConsoleError, faultOf } from './console-error.ts'
import { keepPage } from './diagnostics.ts'
import { lockProfile } from './lock.ts'
import { type OpenBrowser, openBrowser } from './open-browser.ts'
import { type ConsolePlaces, hasProfile, makeDataDir } from './places.ts'
import { readUsagePage } from './read-page.ts'
import { noteInRecord } from './record.ts'

export interface TakeReadingOptions {
  readonly places: ConsolePlaces
  readonly url: string
  readonly machineId: string
  readonly env: NodeJS.ProcessEnv
  readonly say?: (step: string) => void
  readonly signal?: AbortSignal
}

/** A reading takes no longer, in milliseconds; the browser's end is not in it. */
const LONGEST = 13_000
/** Milliseconds for which another reading is waited for. */
const PATIENCE = 20_000

/**
 * One reading of the usage page, in a browser that is opened for it and closed after it.
 * @throws ConsoleError
 */
export async function takeReading({ places, url, machineId, env, say = () => {}, signal }: TakeReadingOptions): Promise<LimitSnapshot> {
  if (!hasProfile(places)) {
    throw new ConsoleError({
      category: 'SESSION_EXPIRED',
      message: 'nobody has signed in yet.',
      suggestion: 'Run: signalbox console login',
    })
  }
  makeDataDir(places)
  const unlock = await lockProfile(places.lock, 'reading', { waitMs: PATIENCE, ...(signal === undefined ? {} : { signal }) })
  const started = performance.now()
  const passed = () => Math.round(performance.now() - started)
  const told = (step: string) => say(`${passed()} ms: ${step}`)
  const at = new Date().toISOString()
  let browser: OpenBrowser | undefined
  const stop = () => void browser?.close().catch(() => {})
  signal?.addEventListener('abort', stop, { once: true })
  try {
    told('opening the browser')
    browser = await openBrowser({ profile: places.profile, env, as: 'hidden', timeout: 8_000 })
    signal?.throwIfAborted()
    told(`going to ${new URL(url).origin}`)
    const reading = await readUsagePage(browser.context, {
      url,
      budget: LONGEST - passed(),
      say: told,
      keep: (page) => keepPage(places.diagnostics, page, Date.now()),
      now: Date.now,
    })
    const { by, ...limits } = reading
    told(`read ${limits.windows.length} windows from ${by === 'rows' ? "the page's rows" : "the page's own answer"}`)
    const snapshot: LimitSnapshot = { source: 'console', machineId, receivedAt: limits.capturedAt, ...limits }
    noteInRecord(places, { last: { at, ms: passed(), windows: limits.windows.length }, reading: readingOf(snapshot) })
    return snapshot
  } catch (error) {
    const fault = faultOf(error)
    told(`${fault.category}: ${fault.message}`)
    noteInRecord(places, { last: { at, ms: passed(), error: fault } })
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
    await close(browser, told)
    unlock()
  }
}

/** Never throws: the lock is given back even if a process of the browser could not be ended, and Chrome's own lock tells of it. */
async function close(browser: OpenBrowser | undefined, told: (step: string) => void): Promise<void> {
  if (browser === undefined) return
  try {
    const killed = await browser.close()
    told(`the browser is closed${killed === 0 ? '' : `; ${killed} processes of it had to be killed`}`)
  } catch (error) {
    told((error as Error).message)
  }
}
