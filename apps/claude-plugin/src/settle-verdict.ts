import type { Decision, QuestionOutcome } from '@signalbox/contract/question'
import type { CallState } from './asked-tool.ts'

/** A command that was allowed in the terminal may run for long, while the client waits for another answer. */
const LOOK_FOR_MS = 30_000
/** The client writes who decided before the result of the call, and both soon after it went on. */
const WRITTEN_AFTER_RESULT_MS = 500
const WRITTEN_AFTER_MOVE_MS = 15_000
/** Among twenty busy processes, a client that had followed the answer wrote that 23 seconds later. */
const WRITTEN_AFTER_ANSWER_MS = 90_000

/** What is known of a prompt whose hook has ended. */
export interface Evidence {
  /** The answer of the hub; undefined where there was none. */
  readonly decision: Decision | undefined
  /** What the client wrote about its hooks. */
  readonly decidedByHook: 'allow' | 'deny' | undefined
  readonly callState: CallState
  /** Whether the client runs. */
  readonly isRunning: boolean
  readonly lookedForMs: number
  /** For how long the result of the call has been there. */
  readonly resultForMs: number | undefined
  /** For how long the client has not waited. */
  readonly movedForMs: number | undefined
  /** How long after the end of the hook the client went on, by its own word; negative where that was before. */
  readonly movedAfterMs: number | undefined
}

/** @returns whose answer counted; undefined while that may still show */
export function verdictOf(evidence: Evidence): QuestionOutcome | undefined {
  const { decision, decidedByHook, callState, isRunning, lookedForMs, resultForMs, movedForMs, movedAfterMs } = evidence
  if (decidedByHook !== undefined) return decidedByHook === (decision && (decision === 'deny' ? 'deny' : 'allow')) ? 'applied' : 'terminal'
  if (resultForMs !== undefined && resultForMs > WRITTEN_AFTER_RESULT_MS) return 'terminal'
  if (!isRunning) return resultForMs === undefined ? 'session_ended' : 'terminal'
  // A client that went on before it had the answer has not followed it.
  const mayFollow = decision !== undefined && callState === 'pending' && (movedAfterMs === undefined || movedAfterMs >= 0)
  const moveIsOld = movedForMs !== undefined && movedForMs > (mayFollow ? WRITTEN_AFTER_ANSWER_MS : WRITTEN_AFTER_MOVE_MS)
  if (!moveIsOld && lookedForMs < (mayFollow ? WRITTEN_AFTER_ANSWER_MS : LOOK_FOR_MS)) return undefined
  if (decision === undefined) return movedForMs === undefined ? 'lost' : 'terminal'
  if (callState !== 'unknown') return 'terminal'
  return movedAfterMs === undefined || movedAfterMs >= 0 ? 'applied' : 'terminal'
}
