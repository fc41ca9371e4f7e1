import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConsoleError } from './console-error.ts'
import { isAlive } from './processes.ts'

/** Who uses the profile, and for what. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  readonly purpose: 'login' | 'reading' | 'reset'
}

/** A holder says this often that it lives, in milliseconds. */
const BEAT = 3_000
/** One that has not said so while we watched for this long is gone, whoever has its process number now. */
const SILENT = 10_000

export interface LockOptions {
  /** Milliseconds to wait for another of ours; a sign-in is never waited for. */
  readonly waitMs: number
  readonly signal?: AbortSignal
}

/**
 * Takes the profile for this process, so that no two browsers are ever open on it, whichever processes want one.
 * @returns what gives it back
 * @throws ConsoleError with the reason `busy`
 */
export async function lockProfile(file: string, purpose: LockHolder['purpose'], { waitMs, signal }: LockOptions): Promise<() => void> {
  const started = performance.now()
  let watched: { beat: number; since: number } | undefined
  for (;;) {
    if (create(file, purpose)) return hold(file)
    const seen = look(file)
    if (seen === undefined) continue
    const { holder, beat } = seen
    const now = performance.now()
    if (watched?.beat !== beat) watched = { beat, since: now }
    const dead = holder !== undefined && holder.host === os.hostname() && !isAlive(holder.pid)
    if (dead || now - watched.since > SILENT) {
      takeAway(file, beat)
      continue
    }
    const fresh = Date.now() - beat < SILENT
    if ((holder?.purpose === 'login' && fresh) || now - started >= waitMs) throw busy(holder)
    await sleep(100, undefined, signal === undefined ? {} : { signal })
  }
}

/** Who holds it now; undefined when nobody does. */
export function lockHolder(file: string): LockHolder | undefined {
  const { holder } = look(file) ?? {}
  return holder !== undefined && holder.host === os.hostname() && isAlive(holder.pid) ? holder : undefined
}

function busy(holder: LockHolder | undefined): ConsoleError {
  const by = holder === undefined ? 'another process' : `process ${holder.pid}`
  return holder?.purpose === 'login'
    ? new ConsoleError({
        category: 'CONTEXT_CORRUPTED',
        message: `a sign-in is under way in the browser of \`signalbox console login\` (${by}).`,
        suggestion: 'Finish it, or close that browser.',
        reason: 'busy',
      })
    : new ConsoleError({
        category: 'CONTEXT_CORRUPTED',
        message: `the browser profile is in use by a reading (${by}).`,
        suggestion: 'Try again in a moment.',
        reason: 'busy',
      })
}

function create(file: string, purpose: LockHolder['purpose']): boolean {
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: os.hostname(), purpose } satisfies LockHolder), {
      flag: 'wx',
      mode: 0o600,
    })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function look(file: string): { holder: LockHolder | undefined; beat: number } | undefined {
  try {
    const beat = statSync(file).mtimeMs
    // One that is just being written is empty for a moment; one that was cut off stays so, and grows silent.
    return { holder: parsed(readFileSync(file, 'utf8')), beat }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parsed(text: string): LockHolder | undefined {
  try {
    return JSON.parse(text) as LockHolder
  } catch {
    return undefined
  }
}

/** Moves away what a dead process left; only the one that was looked at, because another may have taken it over since. */
function takeAway(file: string, beat: number): void {
  const aside = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const moved = look(aside)
  if (moved !== undefined && moved.beat !== beat) {
    // It was a living one's: back with it.
    try {
      writeFileSync(file, JSON.stringify(moved.holder), { flag: 'wx', mode: 0o600 })
    } catch {
      // Somebody has it by now.
    }
  }
  rmSync(aside, { force: true })
}

function hold(file: string): () => void {
  const timer = setInterval(() => {
    const now = new Date()
    try {
      utimesSync(file, now, now)
    } catch {
      // Whoever took it away has found us silent for ten seconds; the browser's own lock still stands.
    }
  }, BEAT)
  timer.unref()
  const leave = () => {
    clearInterval(timer)
    process.off('exit', leave)
    try {
      if (look(file)?.holder?.pid === process.pid) rmSync(file, { force: true })
    } catch {
      // It will be found silent.
    }
  }
  process.on('exit', leave)
  return leave
}
