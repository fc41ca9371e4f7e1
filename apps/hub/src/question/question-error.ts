import type { Question, QuestionOutcome } from '@signalbox/contract/question'
import { HubError } from '../hub-error.ts'

const endWords: Record<QuestionOutcome, string> = {
  applied: 'It was answered',
  terminal: 'It was answered in the terminal',
  session_ended: 'The session has ended',
  timed_out: 'No one answered in time; the terminal still asks',
  lost: 'The machine that asked is gone',
}

export function noSuchQuestion(id: string): HubError {
  return new HubError('not_found', `There is no question ${id}`, {
    suggestion:
      'GET /api/questions lists those that wait for an answer. After a restart of the hub a question is asked again within seconds.',
  })
}

/** Says who was first. The details are the question, without what was asked. */
export function answeredAlready(question: Question): HubError {
  return new HubError('conflict', whyOver(question), {
    suggestion: 'Nothing is to be done: the first answer counts.',
    details: { ...question },
  })
}

/** Why a question can no longer be answered, as a sentence for people without a full stop. */
export function whyOver({ answered, outcome }: Question): string {
  if (answered === undefined) return endWords[outcome ?? 'lost']
  const given = `${answered.by} answered first: ${answered.decision.replace('_', ' ')}, at ${answered.at}`
  return outcome === undefined || outcome === 'applied' ? given : `${endWords[outcome]}. ${given}, and it did not count`
}

export function tooManyQuestions(): HubError {
  return new HubError('rate_limit_exceeded', 'Too many questions are open', { suggestion: 'Answer them in the terminal.' })
}
