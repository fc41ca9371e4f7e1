import type { LimitSourceStatus } from '@signalbox/contract/collector'
import type { CollectorHealth } from '@signalbox/contract/collector-health'
import { type LimitSource, limitSources } from '@signalbox/contract/limit-source'
import type { LimitMemory } from '@signalbox/ledger'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import type { Logger } from 'pino'
import { AccountResets, resetsOf } from './account-resets.ts'
import { mergeHealth } from './health.ts'
import { ShownBySession } from './shown-by-session.ts'
import { SnapshotBuffer } from './snapshot-buffer.ts'
import type { ReadOutcome, RunningSource, Source, SourceClock, SourceContext, SourceReport } from './source.ts'

export interface RunSourcesOptions {
  readonly sources: readonly Source[]
  /** The names of those that run. */
  readonly enabled: readonly LimitSource[]
  readonly env: NodeJS.ProcessEnv
  readonly machineId: string
  readonly clock: SourceClock
  readonly log: Logger
  /** Writes a snapshot to disk. @throws when it cannot; then the snapshot stays in memory and is retried */
  readonly save: (snapshot: LimitSnapshot) => void
  /** The newest snapshot on disk of each account and source. @throws when they cannot be read */
  readonly newest: () => readonly LimitSnapshot[]
  /** What is known across restarts; absent in tests: then it lasts until the end. */
  readonly memory?: LimitMemory | undefined
  /** Called when `status`, `problem` or `health` may have changed. */
  readonly changed: () => void
}

export interface RunningSources {
  status(): LimitSourceStatus[]
  /** The reason why snapshots cannot be written to disk. */
  problem(): string | undefined
  /** The merged state of the sources, for the hub. */
  health(): CollectorHealth
  /** Takes a snapshot with every source; concurrent calls share the result. Never rejects. */
  readNow(): Promise<ReadOutcome>
  /** Resolves after the signal was aborted and every source has closed what it had open. */
  readonly ended: Promise<void>
}

/** Delay before a source that ended is restarted. */
const RESTART_DELAY_MS = 60_000
/** The page rounds the time to a reset to minutes. */
const PAGE_RESET_TOLERANCE_MS = 2 * 60_000
/** The longest time that a caller of `readNow` waits. */
const READ_TIMEOUT_MS = 120_000

/** Runs the sources side by side until the signal is aborted; the failure of one does not affect the others. */
export function runSources(options: RunSourcesOptions, signal: AbortSignal): RunningSources {
  const runner = new SourceRunner(options, signal)
  return {
    status: () => runner.status(),
    problem: () => runner.problem(),
    health: () => mergeHealth(runner.status()),
    readNow: () => runner.readNow(),
    ended: runner.run(),
  }
}

class SourceRunner {
  readonly #options: RunSourcesOptions
  readonly #signal: AbortSignal
  readonly #sources: readonly Source[]
  readonly #statuses: Map<LimitSource, LimitSourceStatus>
  readonly #running = new Map<LimitSource, RunningSource>()
  readonly #buffer: SnapshotBuffer
  readonly #accounts: AccountResets
  readonly #shown: ShownBySession
  #reading: Promise<ReadOutcome> | undefined

  constructor(options: RunSourcesOptions, signal: AbortSignal) {
    const { enabled, save, clock, log, changed } = options
    this.#options = options
    this.#signal = signal
    this.#sources = options.sources.filter(({ name }) => enabled.includes(name))
    const isOn = (name: LimitSource) => this.#sources.some((source) => source.name === name)
    this.#statuses = new Map(limitSources.map((name) => [name, { name, state: isOn(name) ? 'starting' : 'off', failures: 0 }]))
    this.#accounts = new AccountResets(options.memory)
    this.#shown = new ShownBySession(options.memory)
    this.#buffer = new SnapshotBuffer({ write: save, clock, log, changed }, signal)
  }

  status(): LimitSourceStatus[] {
    return [...this.#statuses.values()]
  }

  problem(): string | undefined {
    return this.#buffer.problem
  }

  async run(): Promise<void> {
    await Promise.all(this.#sources.map((source) => this.#keepRunning(source)))
  }

  readNow(): Promise<ReadOutcome> {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  /** Starts the source, and starts it again whenever it ends, until the signal is aborted. */
  async #keepRunning(source: Source): Promise<void> {
    const { clock, log } = this.#options
    const { name } = source
    const context = this.#contextFor(source)
    while (!this.#signal.aborted) {
      let error: unknown
      try {
        const running = source.start(context, this.#signal)
        this.#running.set(name, running)
        await running.ended
      } catch (thrown) {
        error = thrown
        log.error({ err: thrown, source: name }, 'a source of plan limits ended with an error')
      }
      this.#running.delete(name)
      if (this.#signal.aborted) return
      const message = error === undefined ? 'it ended unexpectedly' : error instanceof Error ? error.message : String(error)
      const nextAttemptAt = clock.now() + RESTART_DELAY_MS
      this.#report(name, { state: 'failing', did: 'ended', next: 'restarts', nextAttemptAt, error: { category: 'UNKNOWN', message } })
      await clock.wait(RESTART_DELAY_MS, this.#signal).catch(() => {})
    }
  }

  #contextFor({ name }: Source): SourceContext {
    const { env, clock, log, machineId, newest } = this.#options
    return {
      env,
      clock,
      log: log.child({ source: name }),
      put: (snapshot) => {
        this.#buffer.put({ ...(name === 'console' ? withAccount(snapshot, this.#accounts) : snapshot), source: name, machineId })
        this.#setStatus({ ...this.#statusOf(name), last_reading_at: toIso(clock.now()) })
      },
      accounts: this.#accounts,
      shown: this.#shown,
      newest: () => [...newest(), ...this.#buffer.buffered],
      report: (report) => this.#report(name, report),
    }
  }

  #report(name: LimitSource, { state, did, next, nextAttemptAt, error }: SourceReport): void {
    const { clock, log } = this.#options
    const before = this.#statusOf(name)
    const failed = state === 'failing' || state === 'needs_login'
    if (state !== before.state && (failed || before.failures > 0)) log[failed ? 'warn' : 'info']({ source: name, state, ...error }, did)
    this.#setStatus({
      name,
      state,
      did,
      at: toIso(clock.now()),
      next,
      ...(nextAttemptAt === undefined ? {} : { next_attempt_at: toIso(nextAttemptAt) }),
      ...(before.last_reading_at === undefined ? {} : { last_reading_at: before.last_reading_at }),
      failures: failed ? before.failures + 1 : 0,
      ...(error === undefined ? {} : { error: { ...error } }),
    })
  }

  #statusOf(name: LimitSource): LimitSourceStatus {
    return this.#statuses.get(name) as LimitSourceStatus
  }

  #setStatus(status: LimitSourceStatus): void {
    this.#statuses.set(status.name, status)
    this.#options.changed()
  }

  async #readAll(): Promise<ReadOutcome> {
    if (this.#running.size === 0) return { ok: false, message: explainNoSource(this.#options.enabled) }
    const done = new AbortController()
    const timeout = this.#options.clock.wait(READ_TIMEOUT_MS, AbortSignal.any([this.#signal, done.signal])).then(
      () => ({ ok: false, message: 'it is still reading' }),
      () => ({ ok: false, message: 'the collector is stopping' }),
    )
    try {
      const outcomes = await Promise.all(
        [...this.#running].map(async ([name, source]) => ({ name, ...(await Promise.race([readFrom(source), timeout])) })),
      )
      if (outcomes.some(({ ok }) => ok)) return { ok: true }
      return { ok: false, message: outcomes.map(({ name, message }) => `${name}: ${message ?? 'no snapshot'}`).join('; ') }
    } finally {
      done.abort()
    }
  }
}

/**
 * A snapshot of a source that does not know its account, such as the usage page, belongs to the account whose resets it has:
 * the browser may be signed in with another one than Claude Code.
 */
function withAccount(snapshot: LimitSnapshot, accounts: AccountResets): LimitSnapshot {
  if (snapshot.account !== undefined) return snapshot
  const [account, ...others] = accounts.accountsOf(resetsOf(snapshot.windows), { tolerance: PAGE_RESET_TOLERANCE_MS })
  return account === undefined || others.length > 0 ? snapshot : { ...snapshot, account }
}

/** Asks one source; an unexpected rejection counts as a failed read. */
async function readFrom(source: RunningSource): Promise<ReadOutcome> {
  try {
    return await source.readNow()
  } catch (error) {
    return { ok: false, message: (error as Error).message }
  }
}

function explainNoSource(enabled: readonly LimitSource[]): string {
  return enabled.length === 0 ? 'LIMIT_SOURCES is none on this machine, so nothing is read' : 'no source of plan limits runs; see its log'
}

function toIso(at: number): string {
  return new Date(at).toISOString()
}
