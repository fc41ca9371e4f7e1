import { randomUUID } from 'node:crypto'
import { type Session, StateTrackingApiClient } from '@signalbox/client'
import type { AskQuestion, QuestionAnswer, QuestionKind, QuestionOutcome } from '@signalbox/contract/question'
import type { SampleQuestion } from './sample-questions.ts'

/** The hub takes a hook that does not ask again for 30 s for lost. */
const WAIT_MS = 20_000
/** Time for the response of a long poll to arrive, beyond the wait. */
const RESPONSE_GRACE_MS = 10_000

type Asker = Pick<AskQuestion, 'machine_id' | 'session_id' | 'project_id'>

/** A client that asks questions of sessions, too, as the hook of a machine does. */
export class DemoClient extends StateTrackingApiClient {
  /** Asks, and waits for the answer. @returns undefined without one in time @throws ApiClientError, or the signal's reason */
  async ask({ session_id, machine_id, project_id }: Session, asked: SampleQuestion, waitMs: number, signal: AbortSignal) {
    const asker: Asker = { session_id, machine_id, project_id }
    const question_id = randomUUID()
    const until = performance.now() + waitMs
    const left = () => Math.round(until - performance.now())
    const body = { question_id, ...asker, ...asked, expires_in_ms: Math.max(1, left()) }
    let answer = await this.http.send<QuestionAnswer>({ method: 'POST', path: '/api/questions', body, signal })
    while (answer.state === 'open' && left() > 0) {
      const wait_ms = Math.max(0, Math.min(WAIT_MS, left()))
      answer = await this.http.send<QuestionAnswer>({
        method: 'POST',
        path: '/api/questions/:id/wait',
        id: question_id,
        body: { ...asker, wait_ms },
        timeout: wait_ms + RESPONSE_GRACE_MS,
        signal,
      })
    }
    // Where no one has answered in time, the person at the terminal has.
    await this.#end(question_id, asker, { kind: asked.kind, outcome: answer.state === 'answered' ? 'applied' : 'terminal' }, signal)
    return answer.state === 'answered' ? answer : undefined
  }

  async #end(
    question_id: string,
    asker: Asker,
    end: { readonly kind: QuestionKind; readonly outcome: QuestionOutcome },
    signal: AbortSignal,
  ): Promise<void> {
    await this.http.send({ method: 'POST', path: '/api/questions/:id/end', id: question_id, body: { ...asker, ...end }, signal })
  }
}
