import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { Bell } from '../bell.ts'
import type { ReadOutcome, RunningSource, SourceContext, SourceReport } from './source.ts'
import type { WatchPace } from './watch-files.ts'

/** For tests: a source on real files and real time, and what it has put and said. */
export interface Started {
  readonly put: LimitSnapshot[]
  readonly reports: SourceReport[]
  readNow(): Promise<ReadOutcome>
  /** Until it has put so many readings. @throws after five seconds */
  untilPut(count: number): Promise<LimitSnapshot[]>
  stop(): Promise<void>
}

export type StartSource = (context: SourceContext, signal: AbortSignal, pace?: Partial<WatchPace>) => RunningSource

export interface StartOptions {
  readonly env: NodeJS.ProcessEnv
  readonly pace?: Partial<WatchPace>
  /** What the ledger knows already; what is put comes to it. */
  readonly known?: readonly LimitSnapshot[]
  readonly now?: () => number
}

export function startSource(
  start: StartSource,
  { env, pace = { settle: 5, poll: 1e8 }, known = [], now = Date.now }: StartOptions,
): Started {
  const put: LimitSnapshot[] = []
  const reports: SourceReport[] = []
  const heard = new Bell()
  const stopping = new AbortController()
  const context: SourceContext = {
    env,
    clock: { now, random: Math.random, wait },
    log: pino({ level: 'silent' }),
    put: (snapshot) => {
      put.push(snapshot)
      heard.ring()
    },
    newest: () => newestOf([...known, ...put]),
    report: (report) => {
      reports.push(report)
      heard.ring()
    },
  }
  const running = start(context, stopping.signal, pace)
  const stop = async () => {
    stopping.abort()
    await running.ended
  }
  onTestFinished(stop)
  return {
    put,
    reports,
    readNow: () => running.readNow(),
    stop,
    async untilPut(count) {
      const late = AbortSignal.timeout(5_000)
      while (put.length < count) {
        if (late.aborted) throw new Error(`${put.length} readings, not ${count}; it said ${JSON.stringify(reports.at(-1))}`)
        await heard.heard(late)
      }
      return put
    },
  }
}

function newestOf(all: readonly LimitSnapshot[]): LimitSnapshot[] {
  const newest = new Map<string, LimitSnapshot>()
  for (const one of all) {
    const key = `${one.account} ${one.source}`
    if ((newest.get(key)?.capturedAt ?? 0) <= one.capturedAt) newest.set(key, one)
  }
  return [...newest.values()]
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
    const timer = setTimeout(done, milliseconds)
    if (signal.aborted) return done()
    signal.addEventListener('abort', done, { once: true })
  })
}
