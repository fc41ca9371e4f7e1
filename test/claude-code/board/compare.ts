import type { Session } from '@signalbox/contract/session'
import type { Usage } from '../../support/messages-api.ts'
import type { TrueState } from './true-sessions.ts'

/** One field in which the board is wrong. */
export interface Difference {
  readonly field: string
  readonly truth: unknown
  readonly shown: unknown
}

/** Compares what the client's process says with what the board shows. */
export function compareState(truth: TrueState, shown: Session | undefined): Difference[] {
  if (shown === undefined) return [{ field: 'session', truth: 'on the board', shown: 'absent' }]
  const claude = shown.claude_code
  const pairs: [string, unknown, unknown][] = [['status', truth.status, shown.status]]
  if (truth.status === 'active') {
    if (truth.activity !== undefined) {
      pairs.push(['activity', truth.activity, shown.activity], ['waiting_for', truth.waiting_for, shown.waiting_for])
    }
    if (truth.since !== undefined && !isNear(truth.since, claude?.activity_since)) {
      pairs.push(['activity_since', new Date(truth.since).toISOString(), claude?.activity_since])
    }
    pairs.push(['pid', truth.pid, claude?.pid], ['not_seen_since', undefined, shown.not_seen_since])
    if (truth.name !== undefined) pairs.push(['name', truth.name, claude?.name])
  }
  pairs.push(['version', truth.version, claude?.version], ['kind', truth.kind, claude?.kind], ['project', truth.project, shown.project_id])
  return pairs.flatMap(([field, one, other]) => (one === other ? [] : [{ field, truth: one, shown: other }]))
}

/** A hook may report an activity before the client writes its file, and a file that keeps its state has an old time. */
const SINCE_TOLERANCE_MS = 3_000

function isNear(truth: number, shown: string | undefined): boolean {
  return shown !== undefined && Math.abs(Date.parse(shown) - truth) <= SINCE_TOLERANCE_MS
}

/** Compares what a session has used by the end with the log of the stand-in. */
export function compareUsage(truth: Usage, shown: Session | undefined): Difference[] {
  const claude = shown?.claude_code
  const pairs: [string, number, number | undefined][] = [
    ['input_tokens', truth.input_tokens, claude?.input_tokens],
    ['output_tokens', truth.output_tokens, claude?.output_tokens],
    ['cache_write_tokens', truth.cache_creation_input_tokens, claude?.cache_write_tokens],
    ['cache_read_tokens', truth.cache_read_input_tokens, claude?.cache_read_tokens],
  ]
  return pairs.flatMap(([field, one, other]) => (one === (other ?? 0) ? [] : [{ field, truth: one, shown: other }]))
}

/** What transcripts and the stand-in say; it reaches the board a little later than the state of a process. */
export interface TrueFacts {
  readonly model: string | undefined
  readonly branch: string
  readonly context_tokens: number | undefined
  /** With the last answer: a hook counts it too. */
  readonly context_after: number | undefined
  readonly subagents_running: number
}

/** Compares the facts of a session that has rested for a while. */
export function compareFacts(truth: TrueFacts, shown: Session | undefined): Difference[] {
  const claude = shown?.claude_code
  const pairs: [string, unknown, unknown][] = [['subagents_running', truth.subagents_running, claude?.subagents_running]]
  // Before the first answer there is no transcript.
  if (truth.model !== undefined) {
    pairs.push(['model', truth.model, claude?.model], ['branch', truth.branch, claude?.branch])
    const isAfter = truth.context_after !== undefined && claude?.context_tokens === truth.context_after
    pairs.push(['context_tokens', isAfter ? truth.context_after : truth.context_tokens, claude?.context_tokens])
  }
  return pairs.flatMap(([field, one, other]) => (one === other ? [] : [{ field, truth: one, shown: other }]))
}
