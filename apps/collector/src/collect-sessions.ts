import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@signalbox/client'
import { describeClockSkew } from '@signalbox/contract/clock-skew'
import type { CollectorStatus, SessionCollectionStatus } from '@signalbox/contract/collector'
import type { CollectorHeartbeat, CollectorHeartbeatResponse } from '@signalbox/contract/collector-heartbeat'
import type { Ledger, QueuedObservation } from '@signalbox/ledger'
import type { Logger } from 'pino'
import type { CollectorConfig } from './config.ts'
import { ObservationWriter } from './sessions/observation-writer.ts'
import { openProcessStates } from './sessions/process-state.ts'
import { SessionTracker } from './sessions/session-tracker.ts'
import { StatusLineObserver } from './sessions/status-line-observer.ts'
import { type SessionWatch, watchSessions } from './sessions/watch-sessions.ts'
import type { StatusLineSpool } from './status-line-spool.ts'
import { Delivery } from './sync/delivery.ts'
import { DeliveryLog } from './sync/delivery-log.ts'
import { type HeartbeatDescription, sendHeartbeats } from './sync/heartbeat-loop.ts'
import type { HubTarget } from './sync/hub-target.ts'
import { type ObservationBatch, ObservationUploads } from './sync/observation-uploads.ts'
import { WakeSignal } from './wake-signal.ts'

export interface SessionCollection {
  status(): SessionCollectionStatus
  /** Transcripts have changed, and the ledger has read their calls. */
  transcriptsRead(files: readonly string[]): void
  /** Ends any delay before a retry. */
  retryNow(): void
  /** The state of the collector may have changed, which is worth a heartbeat unless it only works. */
  stateChanged(state: CollectorStatus['state']): void
  readonly ended: Promise<void>
}

export interface SessionCollectionOptions {
  readonly ledger: Ledger
  readonly hub: HubTarget
  readonly log: Logger
  readonly spool: StatusLineSpool
  readonly version: string
  /** Called when the status has changed. */
  readonly changed: () => void
  /** The hub answers after it did not: everything queued may be sent. */
  readonly hubIsBack: () => void
  readonly collectorStatus: () => CollectorStatus
}

/** A message may name a file, so there is no end of different ones. */
const MAX_LOGGED_FAILURES = 50
/** As many as a heartbeat may name. */
const MAX_NAMED_SESSIONS = 2_000
const MAX_PROBLEM_CHARS = 500
/** So long a process may take to end after its hook, or its parent, has reported the end; the collector sees it in a second. */
const ENDING_MS = 2_000

/** Connects the watching of sessions with their delivery to the hub, through the ledger's queue. */
export function collectSessions(config: CollectorConfig, options: SessionCollectionOptions, signal: AbortSignal): SessionCollection {
  const collector = new SessionCollector(config, options)
  const watch = collector.watch(signal)
  const ended = collector.run(signal)
  return {
    status: () => collector.status(watch.isWatching()),
    transcriptsRead: (files) => collector.transcriptsRead(files),
    retryNow: () => collector.retryNow(),
    stateChanged: (state) => collector.stateChanged(state),
    ended,
  }
}

class SessionCollector {
  readonly #config: CollectorConfig
  readonly #options: SessionCollectionOptions
  readonly #startedAt = new Date(systemClock.now()).toISOString()
  readonly #work = new WakeSignal()
  readonly #retryNow = new WakeSignal()
  readonly #heartbeatDue = new WakeSignal()
  readonly #retryHeartbeat = new WakeSignal()
  readonly #writer: ObservationWriter
  readonly #tracker: SessionTracker
  readonly #statusLines: StatusLineObserver
  readonly #deliveryLog: DeliveryLog
  readonly #delivery: Delivery<QueuedObservation, ObservationBatch>
  /** What has failed so far; each cause is logged once. */
  readonly #failures = new Set<string>()
  #problem: string | undefined
  #heartbeatAt: string | undefined
  #wasTrouble = false
  #isAskingAgain = false
  /** Sessions that are about to be reported again. */
  readonly #doubted = new Set<string>()

  constructor(config: CollectorConfig, options: SessionCollectionOptions) {
    this.#config = config
    this.#options = options
    const { ledger, hub, log, spool, changed } = options
    this.#writer = new ObservationWriter({
      write: (batch) => ledger.observations.put(batch),
      written: () => this.#work.notify(),
      problemChanged: (message, error) => this.#problemChanged(message, error),
    })
    this.#tracker = new SessionTracker({
      put: (observation) => this.#writer.put(observation),
      processes: openProcessStates(),
      living: ledger.livingSessions,
      usage: (session) => ledger.sessionUsage(session),
      toSentName: (name) => ledger.toSentName(name),
      redacts: config.redactProjects,
      changed: () => {
        this.#heartbeatDue.notify()
        changed()
      },
      now: () => systemClock.now(),
      failed: (error) => this.#failed(error),
    })
    this.#statusLines = new StatusLineObserver({
      spool,
      put: (observation, saved) => this.#writer.put(observation, saved),
      place: (...line) => this.#tracker.placeStatusLine(...line),
      now: () => systemClock.now(),
    })
    this.#deliveryLog = new DeliveryLog({
      log,
      name: 'observations',
      changed: () => this.#observationsChanged(),
      keyRefused: () => process.send !== undefined,
    })
    const queue = new ObservationUploads(ledger.observations, hub, config.machineId, () => this.#reportAgain())
    this.#delivery = new Delivery({ queue, clock: systemClock, work: this.#work, retryNow: this.#retryNow, observer: this.#deliveryLog })
  }

  watch(signal: AbortSignal): SessionWatch {
    const options = {
      tracker: this.#tracker,
      statusLines: this.#statusLines,
      configDirs: this.#config.configDirs,
      failed: (error: unknown) => this.#failed(error),
    }
    return watchSessions(options, signal)
  }

  /** Delivers observations and heartbeats until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { hub } = this.#options
    const heartbeats = sendHeartbeats(
      {
        hub,
        machineId: this.#config.machineId,
        describe: () => this.#describe(),
        changed: this.#heartbeatDue,
        retryNow: this.#retryHeartbeat,
        clock: systemClock,
        observer: {
          answered: (response, isBack) => this.#heartbeatAnswered(response, isBack, signal),
          failed: () => this.#options.changed(),
        },
      },
      signal,
    )
    await Promise.all([this.#delivery.run(signal), heartbeats])
    this.#writer.close()
  }

  status(watching: boolean): SessionCollectionStatus {
    const { sent, rejected: _, ...progress } = this.#deliveryLog.status
    return {
      alive: this.#tracker.living().length,
      versions: this.#tracker.versions(),
      watching,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      pending: this.#options.ledger.observations.pending() + this.#writer.buffered,
      sent: { observations: sent, ...progress },
      ...(this.#heartbeatAt === undefined ? {} : { heartbeat_at: this.#heartbeatAt }),
    }
  }

  transcriptsRead(files: readonly string[]): void {
    this.#tracker.transcriptsChanged(files)
    this.#tracker.callsRead(files)
  }

  retryNow(): void {
    this.#retryNow.notify()
    this.#retryHeartbeat.notify()
  }

  stateChanged(state: CollectorStatus['state']): void {
    const isTrouble = state === 'offline' || state === 'refused'
    if (isTrouble !== this.#wasTrouble) this.#heartbeatDue.notify()
    this.#wasTrouble = isTrouble
  }

  #problemChanged(message: string | undefined, error: unknown): void {
    const { log, changed } = this.#options
    if (message === undefined) log.info('observations of sessions are saved again')
    else log.error({ err: error }, 'observations of sessions could not be saved; it will be retried')
    this.#problem = message
    changed()
  }

  #failed(error: unknown): void {
    const cause = String((error as Error | undefined)?.stack ?? error)
    if (this.#failures.has(cause) || this.#failures.size === MAX_LOGGED_FAILURES) return
    this.#failures.add(cause)
    this.#options.log.error({ err: error }, 'a session could not be observed; the collector keeps running')
  }

  /** Writes down everything that is known now. */
  #reportAgain(ids: readonly string[] = this.#tracker.living()): void {
    this.#tracker.report(ids)
    this.#statusLines.reportAgain(ids)
  }

  #observationsChanged(): void {
    this.#options.changed()
    if (!this.#isAskingAgain || this.#options.ledger.observations.pending() > 0) return
    this.#isAskingAgain = false
    this.#heartbeatDue.notify()
  }

  /**
   * Reports what the hub does not know, or takes for ended. It may know an end that is not seen here yet, and a session that is
   * reported alive after its end counts as resumed.
   */
  async #reportIfStillAlive(unknown: readonly string[], signal: AbortSignal): Promise<void> {
    const ids = unknown.filter((id) => !this.#doubted.has(id))
    if (ids.length === 0) return
    for (const id of ids) this.#doubted.add(id)
    await sleep(ENDING_MS, undefined, { signal, ref: false }).catch(() => {})
    for (const id of ids) this.#doubted.delete(id)
    if (!signal.aborted) this.#reportAgain(ids)
  }

  #heartbeatAnswered(
    { unknown_sessions, missing_sessions, timestamp }: CollectorHeartbeatResponse,
    isBack: boolean,
    signal: AbortSignal,
  ): void {
    const now = systemClock.now()
    this.#heartbeatAt = new Date(now).toISOString()
    if (isBack) {
      this.#delivery.recheckStore()
      this.#retryNow.notify()
      this.#options.hubIsBack()
    }
    if (unknown_sessions.length + missing_sessions.length === 0) return
    // What is queued may be what the hub does not know yet; then it is asked again.
    this.#isAskingAgain = this.#options.ledger.observations.pending() > 0 || this.#writer.buffered > 0
    if (this.#isAskingAgain) return
    void this.#reportIfStillAlive(unknown_sessions, signal)
    if (missing_sessions.length > 0) this.#tracker.reportEnds(missing_sessions, Date.parse(timestamp) - now)
  }

  #describe(): HeartbeatDescription {
    const { version, collectorStatus, ledger } = this.#options
    const { observations } = ledger
    const status = collectorStatus()
    const since = observations.pendingSince()
    const versions = this.#tracker.versions()
    return {
      hostname: os.hostname(),
      platform: process.platform,
      version,
      ...(versions.length === 0 ? {} : { claude_code_versions: versions }),
      started_at: this.#startedAt,
      state: status.state,
      sources: this.#describeSources(status),
      pending: { calls: status.pending, snapshots: status.limits?.sync.pending ?? 0, observations: observations.pending() },
      ...(since === undefined ? {} : { pending_since: new Date(since).toISOString() }),
      sessions: this.#tracker.living().slice(0, MAX_NAMED_SESSIONS),
    }
  }

  #describeSources({ limits, clock_skew_ms }: CollectorStatus): NonNullable<CollectorHeartbeat['sources']> {
    const skew = describeClockSkew(clock_skew_ms)
    return [
      describeSource('sessions', this.#problem === undefined ? 'ok' : 'failing', this.#problem),
      ...(limits?.sources ?? []).map(({ name, state, error }) => describeSource(name, state, error?.message)),
      ...(skew === undefined ? [] : [describeSource('clock', 'failing', `${skew.problem}. ${skew.suggestion}`)]),
    ]
  }
}

function describeSource<State extends string>(name: string, state: State, problem: string | undefined) {
  return { name, state, ...(problem === undefined ? {} : { problem: problem.slice(0, MAX_PROBLEM_CHARS) }) }
}
