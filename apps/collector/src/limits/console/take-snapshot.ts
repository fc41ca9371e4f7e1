import { countOf } from '@signalbox/contract/plural'
import { type LimitSnapshot, snapshotBodyOf } from '@signalbox/usage/limit-snapshot'
import { ConsoleError, toConsoleFault } from './console-error.ts'
import { type ConsolePaths, hasProfile, makeDataDir } from './console-paths.ts'
import { savePage } from './diagnostics.ts'
import { type OpenBrowser, openBrowser } from './open-browser.ts'
import { seenRowsOf } from './page-rows.ts'
import { lockProfile } from './profile-lock.ts'
import { readProfileRecord, updateProfileRecord } from './profile-record.ts'
import { readUsagePage } from './read-page.ts'

export interface TakeSnapshotOptions {
  readonly paths: ConsolePaths
  readonly url: string
  readonly machineId: string
  readonly env: NodeJS.ProcessEnv
  readonly say?: (step: string) => void
  readonly signal?: AbortSignal
}

/** Timeout of one snapshot, without closing the browser. */
const SNAPSHOT_TIMEOUT_MS = 13_000
/** The longest wait for another snapshot to finish. */
const LOCK_TIMEOUT_MS = 20_000

/**
 * Takes one snapshot of the usage page, in a browser that is opened for it and closed afterwards.
 * @throws ConsoleError
 */
export async function takeSnapshot({ paths, url, machineId, env, say = () => {}, signal }: TakeSnapshotOptions): Promise<LimitSnapshot> {
  if (!hasProfile(paths)) {
    throw new ConsoleError({
      category: 'SESSION_EXPIRED',
      message: 'there is no sign-in yet.',
      suggestion: 'Run: signalbox web login',
    })
  }
  makeDataDir(paths)
  const unlock = await lockProfile(paths.lock, 'snapshot', { waitMs: LOCK_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) })
  const started = performance.now()
  const elapsed = () => Math.round(performance.now() - started)
  const logStep = (step: string) => say(`${elapsed()} ms: ${step}`)
  const at = new Date().toISOString()
  let browser: OpenBrowser | undefined
  const stop = () => void browser?.close().catch(() => {})
  signal?.addEventListener('abort', stop, { once: true })
  try {
    logStep('opening the browser')
    browser = await openBrowser({ profile: paths.profile, env, as: 'hidden', timeout: 8_000 })
    signal?.throwIfAborted()
    const { seenRows } = readProfileRecord(paths)
    logStep(`going to ${new URL(url).origin}`)
    const { by, ...limits } = await readUsagePage(browser.context, {
      url,
      timeout: SNAPSHOT_TIMEOUT_MS - elapsed(),
      say: logStep,
      savePage: (page) => savePage(paths.diagnostics, page, Date.now()),
      seen: seenRows,
      now: Date.now,
    })
    logStep(`read ${limits.windows.length} windows from ${by === 'rows' ? "the page's rows" : "the page's own response"}`)
    const snapshot: LimitSnapshot = { source: 'console', machineId, receivedAt: limits.capturedAt, ...limits }
    updateProfileRecord(paths, {
      last: { at, ms: elapsed(), windows: limits.windows.length },
      reading: snapshotBodyOf(snapshot),
      seenRows: seenRowsOf(snapshot, seenRows),
    })
    return snapshot
  } catch (error) {
    const fault = toConsoleFault(error)
    logStep(`${fault.category}: ${fault.message}`)
    updateProfileRecord(paths, { last: { at, ms: elapsed(), error: fault } })
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
    await close(browser, logStep)
    unlock()
  }
}

/** Never throws, so that the lock is released even when a browser process survives; Chrome's own lock then protects the profile. */
async function close(browser: OpenBrowser | undefined, logStep: (step: string) => void): Promise<void> {
  if (browser === undefined) return
  try {
    const killed = await browser.close()
    logStep(`the browser is closed${killed === 0 ? '' : `; ${countOf(killed, 'process', 'processes')} of it had to be killed`}`)
  } catch (error) {
    logStep((error as Error).message)
  }
}
