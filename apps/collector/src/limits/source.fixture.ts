import { setTimeout as sleep } from 'node:timers/promises'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { WakeSignal } from '../wake-signal.ts'
import type { ReadOutcome, RunningSource, SourceContext, SourceReport } from './source.ts'
import type { WatchPace } from './watch-files.ts'

/** For tests: a running source on real files and real time, with what it has put and reported. */
export interface StartedSource {
  readonly put: LimitSnapshot[]
  readonly reports: SourceReport[]
  readNow(): Promise<ReadOutcome>
  /** Waits until it has put `count` snapshots. @throws after 20 seconds, which only a broken source needs */
  untilPut(count: number): Promise<LimitSnapshot[]>
  stop(): Promise<void>
}

export type StartSource = (context: SourceContext, signal: AbortSignal, pace?: Partial<WatchPace>) => RunningSource

export interface StartOptions {
  readonly env: NodeJS.ProcessEnv
  readonly pace?: Partial<WatchPace>
  /** Snapshots that the ledger has already; those that are put are added. */
  readonly known?: readonly LimitSnapshot[]
  readonly now?: () => number
  readonly accounts?: SourceContext['accounts']
  readonly shown?: SourceContext['shown']
}

const PUT_TIMEOUT_MS = 20_000

export function startSource(start: StartSource, { env, pace, known = [], now = Date.now, accounts, shown }: StartOptions): StartedSource {
  const put: LimitSnapshot[] = []
  const reports: SourceReport[] = []
  const changed = new WakeSignal()
  const stopping = new AbortController()
  const context: SourceContext = {
    env,
    ...(accounts === undefined ? {} : { accounts }),
    ...(shown === undefined ? {} : { shown }),
    clock: { now, random: Math.random, wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }) },
    log: pino({ level: 'silent' }),
    put: (snapshot) => {
      put.push(snapshot)
      changed.notify()
    },
    newest: () => pickNewest([...known, ...put]),
    report: (report) => {
      reports.push(report)
      changed.notify()
    },
  }
  // A busy machine must not make the pauses longer.
  const running = start(context, stopping.signal, { settle: 5, poll: 1e8, pauseFactor: 0, ...pace })
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
      const timeout = AbortSignal.timeout(PUT_TIMEOUT_MS)
      while (put.length < count) {
        if (timeout.aborted) throw new Error(`${put.length} snapshots, not ${count}; the last report is ${JSON.stringify(reports.at(-1))}`)
        await changed.wait(timeout)
      }
      return put
    },
  }
}

function pickNewest(all: readonly LimitSnapshot[]): LimitSnapshot[] {
  const newest = new Map<string, LimitSnapshot>()
  for (const one of all) {
    const key = `${one.account} ${one.source}`
    if ((newest.get(key)?.capturedAt ?? 0) <= one.capturedAt) newest.set(key, one)
  }
  return [...newest.values()]
}
