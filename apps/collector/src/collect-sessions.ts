import os from 'node:os'
import { systemClock } from '@signalbox/client'
import { describeClockSkew } from '@signalbox/client/clock-skew'
import type { CollectorStatus, SessionCollectionStatus } from '@signalbox/contract/collector'
import type { CollectorHeartbeat } from '@signalbox/contract/collector-heartbeat'
import type { Ledger } from '@signalbox/ledger'
import type { Logger } from 'pino'
import type { CollectorConfig } from './config.ts'
import { ObservationWriter } from './sessions/observation-writer.ts'
import { openProcessStates } from './sessions/process-state.ts'
import { SessionTracker } from './sessions/session-tracker.ts'
import { StatusLineObserver } from './sessions/status-line-observer.ts'
import { watchSessions } from './sessions/watch-sessions.ts'
import type { StatusLineSpool } from './status-line-spool.ts'
import { Delivery } from './sync/delivery.ts'
import { DeliveryLog } from './sync/delivery-log.ts'
import { sendHeartbeats } from './sync/heartbeat-loop.ts'
import type { HubTarget } from './sync/hub-target.ts'
import { ObservationUploads } from './sync/observation-uploads.ts'
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

/** Connects the watching of sessions with their delivery to the hub, through the ledger's queue. */
export function collectSessions(config: CollectorConfig, options: SessionCollectionOptions, signal: AbortSignal): SessionCollection {
  const { ledger, hub, log, spool, version, changed, hubIsBack, collectorStatus } = options
  const { observations } = ledger
  const clock = systemClock
  const startedAt = new Date(clock.now()).toISOString()
  const [work, retryNow, heartbeatDue, retryHeartbeat] = [new WakeSignal(), new WakeSignal(), new WakeSignal(), new WakeSignal()]
  let problem: string | undefined
  let heartbeatAt: string | undefined
  let wasTrouble = false
  let isAskingAgain = false

  const writer = new ObservationWriter({
    write: (batch) => observations.put(batch),
    written: () => work.notify(),
    problemChanged(message, error) {
      if (message === undefined) log.info('observations of sessions are saved again')
      else log.error({ err: error }, 'observations of sessions could not be saved; it will be retried')
      problem = message
      changed()
    },
  })
  /** What has failed so far; each cause is logged once. */
  const failures = new Set<string>()
  const failed = (error: unknown) => {
    const cause = String((error as Error | undefined)?.stack ?? error)
    if (failures.has(cause) || failures.size === MAX_LOGGED_FAILURES) return
    failures.add(cause)
    log.error({ err: error }, 'a session could not be observed; the collector keeps running')
  }
  const tracker = new SessionTracker({
    put: (observation) => writer.put(observation),
    processes: openProcessStates(),
    living: ledger.livingSessions,
    usage: (session) => ledger.sessionUsage(session),
    toSentName: (name) => ledger.toSentName(name),
    redacts: config.redactProjects,
    changed() {
      heartbeatDue.notify()
      changed()
    },
    now: () => clock.now(),
    failed,
  })
  const statusLines = new StatusLineObserver({
    spool,
    put: (observation, saved) => writer.put(observation, saved),
    place: (...line) => tracker.placeStatusLine(...line),
    now: () => clock.now(),
  })
  /** Writes down everything that is known now. */
  const reportAgain = (ids = tracker.living()) => {
    tracker.report(ids)
    statusLines.reportAgain(ids)
  }
  const watch = watchSessions(
    {
      tracker,
      statusLines,
      configDirs: config.configDirs,
      failed,
    },
    signal,
  )

  const observationsChanged = () => {
    changed()
    if (!isAskingAgain || observations.pending() > 0) return
    isAskingAgain = false
    heartbeatDue.notify()
  }
  const deliveryLog = new DeliveryLog({
    log,
    name: 'observations',
    changed: observationsChanged,
    keyRefused: () => process.send !== undefined,
  })
  const queue = new ObservationUploads(observations, hub, config.machineId, () => reportAgain())
  const delivery = new Delivery({ queue, clock, work, retryNow, observer: deliveryLog })

  const heartbeats = sendHeartbeats(
    {
      hub,
      machineId: config.machineId,
      describe: () => describe(),
      changed: heartbeatDue,
      retryNow: retryHeartbeat,
      clock,
      observer: {
        answered({ unknown_sessions, missing_sessions, timestamp }, isBack) {
          const now = clock.now()
          heartbeatAt = new Date(now).toISOString()
          if (isBack) {
            delivery.recheckStore()
            retryNow.notify()
            hubIsBack()
          }
          if (unknown_sessions.length + missing_sessions.length === 0) return
          // What is queued may be what the hub does not know yet; then it is asked again.
          isAskingAgain = observations.pending() > 0 || writer.buffered > 0
          if (isAskingAgain) return
          if (unknown_sessions.length > 0) reportAgain(unknown_sessions)
          if (missing_sessions.length > 0) tracker.reportEnds(missing_sessions, Date.parse(timestamp) - now)
        },
        failed: () => changed(),
      },
    },
    signal,
  )

  function describe() {
    const { state, pending, limits, clock_skew_ms } = collectorStatus()
    const skew = describeClockSkew(clock_skew_ms)
    const sources: NonNullable<CollectorHeartbeat['sources']> = [
      {
        name: 'sessions',
        state: problem === undefined ? 'ok' : 'failing',
        ...(problem === undefined ? {} : { problem: problem.slice(0, 500) }),
      },
      ...(limits?.sources ?? []).map(({ name, state, error }) => ({
        name,
        state,
        ...(error === undefined ? {} : { problem: error.message.slice(0, 500) }),
      })),
    ]
    if (skew !== undefined) sources.push({ name: 'clock', state: 'failing', problem: `${skew.problem}. ${skew.suggestion}` })
    const since = observations.pendingSince()
    const versions = tracker.versions()
    return {
      hostname: os.hostname(),
      platform: process.platform,
      version,
      ...(versions.length === 0 ? {} : { claude_code_versions: versions }),
      started_at: startedAt,
      state,
      sources,
      pending: { calls: pending, snapshots: limits?.sync.pending ?? 0, observations: observations.pending() },
      ...(since === undefined ? {} : { pending_since: new Date(since).toISOString() }),
      sessions: tracker.living().slice(0, 2_000),
    }
  }

  return {
    status() {
      const { sent, rejected: _, ...progress } = deliveryLog.status
      return {
        alive: tracker.living().length,
        versions: tracker.versions(),
        watching: watch.isWatching(),
        ...(problem === undefined ? {} : { problem }),
        pending: observations.pending() + writer.buffered,
        sent: { observations: sent, ...progress },
        ...(heartbeatAt === undefined ? {} : { heartbeat_at: heartbeatAt }),
      }
    },
    transcriptsRead(files) {
      tracker.transcriptsChanged(files)
      tracker.callsRead(files)
    },
    retryNow() {
      retryNow.notify()
      retryHeartbeat.notify()
    },
    stateChanged(state) {
      const isTrouble = state === 'offline' || state === 'refused'
      if (isTrouble !== wasTrouble) heartbeatDue.notify()
      wasTrouble = isTrouble
    },
    ended: Promise.all([delivery.run(signal), heartbeats]).then(() => writer.close()),
  }
}
