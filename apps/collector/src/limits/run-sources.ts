import type { LimitSourceStatus } from '@signalbox/contract/collector'
import { type LimitSource, limitSources } from '@signalbox/contract/limit-source'
import type { CollectorHealth } from '@signalbox/contract/limits'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import type { Logger } from 'pino'
import { healthOf } from './health.ts'
import type { ReadOutcome, RunningSource, Source, SourceClock, SourceContext, SourceReport } from './source.ts'

export interface RunSourcesOptions {
  readonly sources: readonly Source[]
  /** Which of them run. */
  readonly enabled: readonly LimitSource[]
  readonly env: NodeJS.ProcessEnv
  readonly machineId: string
  readonly clock: SourceClock
  readonly log: Logger
  /** Puts a reading on disk. @throws where it cannot; then it is kept in memory and tried again */
  readonly keep: (snapshot: LimitSnapshot) => void
  /** What is on disk: the newest reading of each account and source. @throws where it cannot be read */
  readonly newest: () => readonly LimitSnapshot[]
  /** Something of what `status` or `health` says is another. */
  readonly changed: () => void
}

export interface RunningSources {
  status(): LimitSourceStatus[]
  /** Why readings cannot be put on disk. */
  problem(): string | undefined
  /** What the collector says of itself to the hub. */
  health(): CollectorHealth
  /** Asks every source to read now; asked meanwhile, it answers for the same reading. Never rejects. */
  readNow(): Promise<ReadOutcome>
  /** Resolves when the signal was aborted and every source has closed what it had open. */
  readonly ended: Promise<void>
}

/** Milliseconds after which a source that ended is started again. */
const START_AGAIN = 60_000
/** Milliseconds between two tries to put on disk what could not be. */
const KEEP_AGAIN = 30_000
/** Readings that are held in memory while the disk takes none. */
const MOST_UNKEPT = 1_000
/** Milliseconds for which somebody who asked for a reading waits for it. */
const LONGEST_READING = 120_000

/** Runs the sources side by side until the signal is aborted; none of them can stop another, and nothing ends them all. */
export function runSources(options: RunSourcesOptions, signal: AbortSignal): RunningSources {
  const { enabled, env, machineId, clock, log, keep, newest, changed } = options
  const sources = options.sources.filter(({ name }) => enabled.includes(name))
  const statuses = new Map<LimitSource, LimitSourceStatus>(
    limitSources.map((name) => [name, { name, state: sources.some((source) => source.name === name) ? 'starting' : 'off', failures: 0 }]),
  )
  const running = new Map<LimitSource, RunningSource>()
  const unkept: LimitSnapshot[] = []
  let problem: string | undefined
  let keepingAgain = false
  let reading: Promise<ReadOutcome> | undefined

  const iso = (at: number) => new Date(at).toISOString()
  const amend = (name: LimitSource, part: Partial<LimitSourceStatus>) => {
    statuses.set(name, { ...(statuses.get(name) as LimitSourceStatus), ...part })
    changed()
  }

  const report = (name: LimitSource, { state, did, next, nextAttemptAt, error }: SourceReport) => {
    const before = statuses.get(name) as LimitSourceStatus
    const failed = state === 'failing' || state === 'needs_login'
    if (state !== before.state && (failed || before.failures > 0)) log[failed ? 'warn' : 'info']({ source: name, state, ...error }, did)
    statuses.set(name, {
      name,
      state,
      did,
      at: iso(clock.now()),
      next,
      ...(nextAttemptAt === undefined ? {} : { next_attempt_at: iso(nextAttemptAt) }),
      ...(before.last_reading_at === undefined ? {} : { last_reading_at: before.last_reading_at }),
      failures: failed ? before.failures + 1 : 0,
      ...(error === undefined ? {} : { error: { ...error } }),
    })
    changed()
  }

  const keepAll = () => {
    for (let next = unkept[0]; next !== undefined; next = unkept[0]) {
      try {
        keep(next)
      } catch (error) {
        const { message, suggestion } = error as { message: string; suggestion?: string }
        if (problem === undefined) log.error({ err: error, suggestion }, 'a reading could not be kept; it is tried again')
        problem = message
        void keepAgain()
        return
      }
      unkept.shift()
    }
    if (problem !== undefined) log.info('readings are kept again')
    problem = undefined
  }
  const keepAgain = async () => {
    if (keepingAgain) return
    keepingAgain = true
    await clock.wait(KEEP_AGAIN, signal).catch(() => {})
    keepingAgain = false
    // The last chance is now: what was never on disk ends with us.
    keepAll()
    changed()
  }

  const contextOf = ({ name }: Source): SourceContext => ({
    env,
    clock,
    log: log.child({ source: name }),
    put(snapshot) {
      unkept.push({ ...snapshot, source: name, machineId })
      if (unkept.length > MOST_UNKEPT) unkept.shift()
      keepAll()
      amend(name, { last_reading_at: iso(clock.now()) })
    },
    newest: () => [...newest(), ...unkept],
    report: (said) => report(name, said),
  })

  const run = async (source: Source) => {
    const { name } = source
    const context = contextOf(source)
    while (!signal.aborted) {
      let error: unknown
      try {
        const started = source.start(context, signal)
        running.set(name, started)
        await started.ended
      } catch (thrown) {
        error = thrown
        log.error({ err: thrown, source: name }, 'a source of plan limits ended by an error')
      }
      running.delete(name)
      if (signal.aborted) return
      const message = error === undefined ? 'it ended without being told to' : error instanceof Error ? error.message : String(error)
      const nextAttemptAt = clock.now() + START_AGAIN
      report(name, { state: 'failing', did: 'ended', next: 'is started again', nextAttemptAt, error: { category: 'UNKNOWN', message } })
      await clock.wait(START_AGAIN, signal).catch(() => {})
    }
  }

  const readAll = async (): Promise<ReadOutcome> => {
    if (running.size === 0) return { ok: false, message: noSource(enabled) }
    const over = new AbortController()
    const tooLong = clock.wait(LONGEST_READING, AbortSignal.any([signal, over.signal])).then(
      () => ({ ok: false, message: 'it is still reading' }),
      () => ({ ok: false, message: 'the collector is stopping' }),
    )
    try {
      const outcomes = await Promise.all(
        [...running].map(async ([name, source]) => ({ name, ...(await Promise.race([asked(source), tooLong])) })),
      )
      if (outcomes.some(({ ok }) => ok)) return { ok: true }
      return { ok: false, message: outcomes.map(({ name, message }) => `${name}: ${message ?? 'no reading'}`).join('; ') }
    } finally {
      over.abort()
    }
  }

  const all = Promise.all(sources.map(run))
  return {
    status: () => [...statuses.values()],
    problem: () => problem,
    health: () => healthOf([...statuses.values()]),
    readNow() {
      reading ??= readAll().finally(() => {
        reading = undefined
      })
      return reading
    },
    ended: all.then(() => {}),
  }
}

/** What a source answers; one that breaks its word and rejects has no reading. */
async function asked(source: RunningSource): Promise<ReadOutcome> {
  try {
    return await source.readNow()
  } catch (error) {
    return { ok: false, message: (error as Error).message }
  }
}

function noSource(enabled: readonly LimitSource[]): string {
  return enabled.length === 0 ? 'LIMIT_SOURCES is none on this machine, so nothing is read' : 'no source of plan limits runs; see its log'
}
