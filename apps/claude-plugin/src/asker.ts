import type { AskQuestion, Decision, QuestionAnswer, QuestionKind, QuestionOutcome } from '@signalbox/contract/question'
import type { HubTarget } from './hub-target.ts'
import { type Posted, postJson } from './post-json.ts'

/** One long poll; the hub takes up to 25 s. */
const WAIT_MS = 20_000
/** A hub that is that slow is as good as none. */
const ANSWER_MS = 10_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 2_000

/** Who asks, as each message to the hub says it. */
export type AskerFields = Pick<AskQuestion, 'machine_id' | 'session_id' | 'project_id'>

/** A question as the hook knows it; the durations are worked out when it is sent. */
export type OwnQuestion = AskerFields & Omit<AskQuestion, 'asked_ago_ms' | 'expires_in_ms'>

export interface AskOptions {
  readonly waitMs: number
  /** Aborted when the answer is no longer wanted. */
  readonly signal: AbortSignal
}

/**
 * Asks the hub and waits for the answer, through outages and restarts of the hub.
 * @returns undefined without an answer: in time, because the signal was aborted, or because the hub takes no questions
 */
export async function askHub(
  target: HubTarget,
  question: OwnQuestion,
  { waitMs, signal }: AskOptions,
): Promise<QuestionAnswer | undefined> {
  const startedAt = performance.now()
  const leftMs = () => waitMs - (performance.now() - startedAt)
  const { machine_id, session_id, project_id, question_id } = question
  const fields = { machine_id, session_id, ...(project_id === undefined ? {} : { project_id }) }
  let isKnown = false
  let pauseMs = FIRST_PAUSE_MS
  while (!signal.aborted && leftMs() > 0) {
    const wait_ms = Math.max(0, Math.round(Math.min(WAIT_MS, leftMs())))
    const { status, body }: Posted = isKnown
      ? await postJson(target, `/api/questions/${question_id}/wait`, { ...fields, wait_ms }, { timeoutMs: wait_ms + ANSWER_MS, signal })
      : await postJson(
          target,
          '/api/questions',
          { ...question, asked_ago_ms: Math.round(performance.now() - startedAt), expires_in_ms: Math.max(1, Math.round(leftMs())) },
          { timeoutMs: ANSWER_MS, signal },
        )
    if (status === 200) {
      pauseMs = FIRST_PAUSE_MS
      if (body.state === 'answered') return body as unknown as QuestionAnswer
      // The hub took this process for lost, as after the machine has slept: the question is asked again.
      isKnown = body.state === 'open'
      if (!isKnown && body.state !== 'ended') return undefined
      if (isKnown) continue
    } else if (isKnown && status === 404) {
      // The hub was started again.
      isKnown = false
      continue
    } else if (status >= 400 && status < 500 && status !== 429 && status !== 408) return undefined
    await sleep(Math.min(pauseMs, Math.max(0, leftMs())), signal)
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
  }
  return undefined
}

export interface QuestionEnd {
  readonly question_id: string
  readonly kind: QuestionKind
  readonly outcome: QuestionOutcome
  readonly decision?: Decision | undefined
}

/** Says to the hub that it will learn how a question ended, so that it does not take it for lost. */
export async function keepQuestion(target: HubTarget, asker: AskerFields, question_id: string, timeoutMs: number): Promise<void> {
  await postJson(target, `/api/questions/${question_id}/wait`, { ...asker, wait_ms: 0 }, { timeoutMs })
}

/** Reports to the hub how a question ended. @param timeLimitMs how long it is tried while the hub does not answer */
export async function reportEnd(target: HubTarget, asker: AskerFields, end: QuestionEnd, timeLimitMs: number): Promise<void> {
  const startedAt = performance.now()
  const { machine_id, session_id, project_id } = asker
  const { question_id, ...fields } = end
  const body = { machine_id, session_id, ...(project_id === undefined ? {} : { project_id }), ...fields }
  for (;;) {
    const { status } = await postJson(target, `/api/questions/${question_id}/end`, body, { timeoutMs: Math.min(ANSWER_MS, timeLimitMs) })
    const isOver = status !== 0 && status !== 429 && status < 500
    if (isOver || performance.now() - startedAt > timeLimitMs) return
    await sleep(LONGEST_PAUSE_MS / 2)
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const finish = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal?.addEventListener('abort', finish, { once: true })
  })
}
