import type { Answer, Answered, Question, QuestionAnswer, QuestionContent, QuestionOutcome } from '@signalbox/contract/question'
import { instantOf } from '../clock.ts'

/** What does not change about a question. */
export type QuestionFields = Pick<Question, 'question_id' | 'session_id' | 'machine_id' | 'project_id' | 'agent_type' | 'kind'>

/** Who answers: the name of a key, and the way it came. */
export type Answerer = Pick<Answered, 'via' | 'by'>

/** A question with what is asked, in memory only. */
export interface HeldQuestion {
  readonly fields: QuestionFields
  readonly askedAt: number
  readonly expiresAt: number
  /** Gone once the question has ended. */
  readonly content: QuestionContent | undefined
  /** The answer that counts. Its words are gone once the question has ended. */
  readonly answered: (Answerer & { readonly at: number; readonly answer: Answer }) | undefined
  readonly ended: { readonly outcome: QuestionOutcome; readonly at: number } | undefined
}

/** A question as events, the audit log and other people have it: without what is asked and said. */
export function describeQuestion({ fields, askedAt, expiresAt, answered, ended }: HeldQuestion): Question {
  return {
    ...fields,
    state: ended !== undefined ? 'ended' : answered !== undefined ? 'answered' : 'open',
    asked_at: instantOf(askedAt),
    expires_at: instantOf(expiresAt),
    ...(answered === undefined
      ? {}
      : { answered: { decision: answered.answer.decision, via: answered.via, by: answered.by, at: instantOf(answered.at) } }),
    ...(ended === undefined ? {} : { outcome: ended.outcome, ended_at: instantOf(ended.at) }),
  }
}

/** What the hook gets. */
export function answerForHook({ answered, ended }: HeldQuestion): QuestionAnswer {
  if (ended !== undefined) return { state: 'ended' }
  if (answered === undefined) return { state: 'open' }
  const { decision, message, chosen } = answered.answer
  return {
    state: 'answered',
    decision,
    ...(message === undefined ? {} : { message }),
    ...(chosen === undefined
      ? {}
      : { chosen: chosen.map(({ selected = [], text }) => ({ selected, ...(text === undefined ? {} : { text }) })) }),
  }
}

export function takeAnswer(question: HeldQuestion, by: Answerer, answer: Answer, now: number): HeldQuestion {
  return { ...question, answered: { ...by, answer, at: now } }
}

/** Ends a question, and drops what was asked and said. */
export function endQuestion(question: HeldQuestion, outcome: QuestionOutcome, now: number): HeldQuestion {
  const { answered } = question
  return {
    ...question,
    content: undefined,
    answered: answered && { ...answered, answer: { decision: answered.answer.decision } },
    ended: { outcome, at: now },
  }
}
