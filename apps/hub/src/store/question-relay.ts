import type { Question } from '@signalbox/contract/question'

/** A question that a hook has asked at one hub, as the other hubs see it. What is asked and said is sealed, and gone at its end. */
export interface RelayedQuestion {
  readonly question: Question
  /** What is asked; undefined once the question has ended. */
  readonly content: string | undefined
  /** The answer that counts, once there is one, until the end. */
  readonly answer: string | undefined
}

/**
 * Where several hubs share a store: lets them show and answer each other's questions. Exactly one hub at a time may record the
 * answer to a question. Nothing that is asked or said is there in the clear, or after the end of a question.
 */
export interface QuestionRelay {
  /** Shows a question to the other hubs; one that is there keeps its answer. */
  offer(question: Question, content: string, now: number): Promise<void>
  list(): Promise<RelayedQuestion[]>
  find(id: string): Promise<RelayedQuestion | undefined>
  /** @returns whether this hub may record an answer now; a hub that died while it did so holds up others for seconds */
  reserve(id: string, hub: string, now: number): Promise<boolean>
  /** The answer could not be recorded. */
  release(id: string, hub: string): Promise<void>
  /** Hands the answer to the hub that was asked. @returns false when the reservation was lost, or the question has ended */
  answer(question: Question, answer: string, hub: string): Promise<boolean>
  /** Removes what was asked and said, and keeps how it ended. */
  end(question: Question, now: number): Promise<void>
  /** The hub that was asked is there. */
  keepAlive(ids: readonly string[], now: number): Promise<void>
  /** Removes questions that ended long ago, and those of hubs that are gone. */
  sweep(now: number): Promise<void>
}

/** After this time without its hub a question is no longer shown. */
export const RELAY_ALIVE_MS = 30_000
export const RELAY_KEEP_ENDED_MS = 10 * 60_000
export const RESERVATION_MS = 5_000
