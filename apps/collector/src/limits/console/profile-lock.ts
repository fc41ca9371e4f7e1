import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSameProcess, readProcessStart } from '@signalbox/hub-address/process-start'
import { ConsoleError } from './console-error.ts'

/** The process that uses the profile, and for what. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  readonly purpose: 'login' | 'snapshot' | 'reset'
  /** When the process was started, where the system says so; with the pid it identifies the process. */
  readonly start?: string | undefined
}

/** A holder updates the lock file's time this often. */
const REFRESH_INTERVAL_MS = 3_000
/** A lock that is not refreshed for this long, while watched, is abandoned, even if another process has the holder's id by now. */
const REFRESH_TIMEOUT_MS = 10_000
const POLL_INTERVAL_MS = 100

export interface LockOptions {
  /** The longest wait for another holder, in milliseconds; a sign-in is never waited for. */
  readonly waitMs: number
  readonly signal?: AbortSignal
  /** Milliseconds; for tests. */
  readonly refreshTimeoutMs?: number
}

/**
 * Locks the profile for this process, so that only one browser is open on it at a time, across all processes.
 * @returns a function that releases the lock
 * @throws ConsoleError with the reason `busy`
 */
export async function lockProfile(
  file: string,
  purpose: LockHolder['purpose'],
  { waitMs, signal, refreshTimeoutMs = REFRESH_TIMEOUT_MS }: LockOptions,
): Promise<() => void> {
  const started = performance.now()
  let watched: { refreshedAt: number; since: number } | undefined
  for (;;) {
    if (create(file, purpose)) return keepLock(file)
    const lock = readLock(file)
    if (lock === undefined) continue
    const { holder, refreshedAt } = lock
    const now = performance.now()
    if (watched?.refreshedAt !== refreshedAt) watched = { refreshedAt, since: now }
    const dead = holder !== undefined && holder.host === os.hostname() && !isSameProcess(holder.pid, holder.start)
    if (dead || now - watched.since > refreshTimeoutMs) {
      removeAbandoned(file, refreshedAt)
      continue
    }
    const fresh = Date.now() - refreshedAt < refreshTimeoutMs
    if ((holder?.purpose === 'login' && fresh) || now - started >= waitMs) throw busy(holder)
    await sleep(POLL_INTERVAL_MS, undefined, signal === undefined ? {} : { signal })
  }
}

/** The living holder on this machine; undefined when there is none. */
export function findLockHolder(file: string): LockHolder | undefined {
  const { holder } = readLock(file) ?? {}
  return holder !== undefined && holder.host === os.hostname() && isSameProcess(holder.pid, holder.start) ? holder : undefined
}

function busy(holder: LockHolder | undefined): ConsoleError {
  const by = holder === undefined ? 'another process' : `process ${holder.pid}`
  return holder?.purpose === 'login'
    ? new ConsoleError({
        category: 'CONTEXT_CORRUPTED',
        message: `a sign-in is in progress in the browser of \`signalbox web login\` (${by}).`,
        suggestion: 'Finish it, or close that browser.',
        reason: 'busy',
      })
    : new ConsoleError({
        category: 'CONTEXT_CORRUPTED',
        message: `the browser profile is in use by another snapshot (${by}).`,
        suggestion: 'Try again in a moment.',
        reason: 'busy',
      })
}

function create(file: string, purpose: LockHolder['purpose']): boolean {
  try {
    const start = readProcessStart(process.pid)
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: os.hostname(), purpose, start } satisfies LockHolder), {
      flag: 'wx',
      mode: 0o600,
    })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function readLock(file: string): { holder: LockHolder | undefined; refreshedAt: number } | undefined {
  try {
    const refreshedAt = statSync(file).mtimeMs
    // A file in writing is empty for a moment; one that was cut off stays so, and is not refreshed.
    return { holder: parseHolder(readFileSync(file, 'utf8')), refreshedAt }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    return JSON.parse(text) as LockHolder
  } catch {
    return undefined
  }
}

/** Removes the lock of a dead process, unless it was refreshed: then another process holds it by now. */
function removeAbandoned(file: string, refreshedAt: number): void {
  const moved = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    renameSync(file, moved)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const lock = readLock(moved)
  if (lock !== undefined && lock.refreshedAt !== refreshedAt) {
    // A living process had taken the lock meanwhile: restore it.
    try {
      writeFileSync(file, JSON.stringify(lock.holder), { flag: 'wx', mode: 0o600 })
    } catch {
      // A third process holds it by now.
    }
  }
  rmSync(moved, { force: true })
}

/** Refreshes the lock file until the lock is released, at the latest at the exit of this process. */
function keepLock(file: string): () => void {
  const timer = setInterval(() => {
    const now = new Date()
    try {
      utimesSync(file, now, now)
    } catch {
      // Another process found no refresh for ten seconds and took the lock; the browser's own lock still holds.
    }
  }, REFRESH_INTERVAL_MS)
  timer.unref()
  const release = () => {
    clearInterval(timer)
    process.off('exit', release)
    try {
      if (readLock(file)?.holder?.pid === process.pid) rmSync(file, { force: true })
    } catch {
      // The lock expires, because it is no longer refreshed.
    }
  }
  process.on('exit', release)
  return release
}
