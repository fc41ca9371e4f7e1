import type { SessionTracker } from './session-tracker.ts'
import type { StatusLineObserver } from './status-line-observer.ts'
import { watchProcessFiles } from './watch-process-files.ts'

export interface WatchSessionsOptions {
  readonly tracker: SessionTracker
  readonly statusLines: StatusLineObserver
  /** The configuration folders; called repeatedly, because they may be created later. */
  readonly configDirs: () => readonly string[]
  /** Receives what a step throws; the next one runs anyway. */
  readonly failed: (error: unknown) => void
}

export interface SessionWatch {
  /** Whether the system reports changes of process files; otherwise they are polled. */
  isWatching(): boolean
}

/** Looks for process files that no event has reported. */
const SWEEP_INTERVAL_MS = 5_000
const UNWATCHED_SWEEP_INTERVAL_MS = 250
/** A killed process is noticed within this time. */
const PROCESS_CHECK_INTERVAL_MS = 500
/** While a client is about to end. */
const ENDING_CHECK_INTERVAL_MS = 50
/** Transcripts of many sessions are read less often: their numbers may be a little older. */
const TRANSCRIPT_INTERVAL_MS = 1_000
const TRANSCRIPT_INTERVAL_PER_SESSION_MS = 40
const MAX_TRANSCRIPT_INTERVAL_MS = 2_000
/** A look into an empty folder costs less than a watch, and numbers are not urgent. */
const STATUS_LINE_INTERVAL_MS = 500

/** Keeps the tracker up to date until the signal is aborted. */
export function watchSessions({ tracker, statusLines, configDirs, failed }: WatchSessionsOptions, signal: AbortSignal): SessionWatch {
  const attempt = (step: () => void) => {
    try {
      step()
    } catch (error) {
      failed(error)
    }
  }
  let isEnding = false
  let endingTimer: NodeJS.Timeout | undefined
  const check = () => {
    attempt(() => {
      isEnding = tracker.checkProcesses().isEnding
    })
    clearTimeout(endingTimer)
    if (isEnding) endingTimer = setTimeout(check, ENDING_CHECK_INTERVAL_MS)
  }
  const files = watchProcessFiles(configDirs, {
    changed: (file, content) => attempt(() => tracker.processFileChanged(file, content)),
    gone: (file) => {
      attempt(() => tracker.processFileGone(file))
      check()
    },
  })
  let sweepTimer: NodeJS.Timeout | undefined
  const sweep = () => {
    attempt(() => files.sweep())
    sweepTimer = setTimeout(sweep, files.isComplete() ? SWEEP_INTERVAL_MS : UNWATCHED_SWEEP_INTERVAL_MS)
  }
  sweep()
  attempt(() => tracker.endRestored())
  const checkAll = () => {
    attempt(() => files.sweepMissing())
    check()
  }
  const readTranscripts = () => {
    attempt(() => tracker.readTranscripts())
    const perSession = tracker.living().length * TRANSCRIPT_INTERVAL_PER_SESSION_MS
    transcriptTimer = setTimeout(readTranscripts, Math.min(MAX_TRANSCRIPT_INTERVAL_MS, Math.max(TRANSCRIPT_INTERVAL_MS, perSession)))
  }
  let transcriptTimer = setTimeout(readTranscripts, TRANSCRIPT_INTERVAL_MS)
  const timers = [
    setInterval(checkAll, PROCESS_CHECK_INTERVAL_MS),
    setInterval(() => attempt(() => statusLines.read()), STATUS_LINE_INTERVAL_MS),
  ]
  signal.addEventListener(
    'abort',
    () => {
      for (const timer of timers) clearInterval(timer)
      clearTimeout(sweepTimer)
      clearTimeout(endingTimer)
      clearTimeout(transcriptTimer)
      files.close()
    },
    { once: true },
  )
  return { isWatching: () => files.isComplete() }
}
