import type { ObservedEnd } from '@signalbox/contract/session-observation'

/** What is left of a client whose process has ended. */
export interface Remains {
  /** The process file is still there; a client that ends by itself removes it. */
  readonly isFileLeft: boolean
  /** There is a transcript; a session without a prompt has none. */
  readonly hasTranscript?: boolean
  /** The transcript ends with the client's final sums. */
  readonly isTranscriptClosed: boolean
  /** The collector ran when the process ended. */
  readonly wasWatched: boolean
  /** The file was removed while the process still lived; otherwise the next client has cleaned up. */
  readonly removedItsFile?: boolean
  /** It was a `-p` whose answer was not complete. */
  readonly hasOpenPrint?: boolean
  readonly version?: string | undefined
}

/** Versions from here on write their final sums whenever they end by themselves. */
const FIRST_WITH_FINAL_SUMS = [2, 1, 277] as const

/**
 * Decides how a session ended. `/exit`, Ctrl+C, SIGTERM, SIGHUP and a closed terminal all let the client clean up: it removes its
 * process file and, in newer versions, writes its final sums. A kill, a crash and a power cut leave the file.
 */
export function findEnd(remains: Remains): ObservedEnd {
  const {
    isFileLeft,
    isTranscriptClosed,
    wasWatched,
    removedItsFile = false,
    hasOpenPrint = false,
    hasTranscript = true,
    version,
  } = remains
  if (isTranscriptClosed) return hasOpenPrint ? terminated : exited
  const lacksFinalSums = hasTranscript && writesFinalSums(version)
  if (!wasWatched) {
    // The next client has removed the file of one that was killed; what that never wrote still shows it.
    const wasKilled = isFileLeft || lacksFinalSums
    return { ...(wasKilled ? killed : { outcome: 'completed', reason: 'ended while not watched' }), inferred: true }
  }
  if (isFileLeft) return killed
  if (!removedItsFile && lacksFinalSums) return killed
  const end = hasOpenPrint ? terminated : exited
  // Old versions leave nothing that shows whether the client has removed its file, or the next one has: another source may know.
  return removedItsFile ? end : { ...end, inferred: true }
}

const exited: ObservedEnd = { outcome: 'completed', reason: 'exit' }
const killed: ObservedEnd = { outcome: 'failed', reason: 'process ended' }
const terminated: ObservedEnd = { outcome: 'failed', reason: 'terminated' }

function writesFinalSums(version: string | undefined): boolean {
  const parts = (version ?? '').split('.').map(Number)
  for (const [at, wanted] of FIRST_WITH_FINAL_SUMS.entries()) {
    const part = parts[at] ?? 0
    if (part !== wanted) return part > wanted
  }
  return true
}
