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
  /** Its key, which newer clients remove together with their process file, is still there; undefined where it had none. */
  readonly isKeyLeft?: boolean | undefined
  /** Another client began just before the file was removed: old versions clean up after clients that were killed. */
  readonly hasSuccessor?: boolean
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
    isKeyLeft,
    hasSuccessor = false,
    version,
  } = remains
  const closed = hasOpenPrint ? terminated : exited
  const lacksFinalSums = hasTranscript && writesFinalSums(version)
  if (!wasWatched) {
    // Final sums may be of an end before the session was resumed: the file of its process outweighs them.
    if (isTranscriptClosed && !isFileLeft) return { ...closed, inferred: true }
    // The next client has removed the file of one that was killed; what that never wrote still shows it.
    const wasKilled = isFileLeft || lacksFinalSums
    return { ...(wasKilled ? killed : { outcome: 'completed', reason: 'ended while not watched' }), inferred: true }
  }
  if (isTranscriptClosed) return closed
  if (isFileLeft || isKeyLeft === true) return killed
  if (!removedItsFile && lacksFinalSums) return killed
  if (removedItsFile || isKeyLeft === false) return closed
  // Old versions leave nothing that shows whether the client has removed its file, or the next one has: another source may know.
  return { ...(hasSuccessor ? killed : closed), inferred: true }
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
