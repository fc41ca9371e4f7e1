import { type Answer, type AskedQuestion, ConflictError, type Question } from '@signalbox/client'
import { countOf } from '@signalbox/contract/plural'
import { printable } from '@signalbox/contract/printable'
import { Failure, usageError } from '../failure.ts'
import { printCreated, printOutcome } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { shortId } from '../short-id.ts'
import { findQuestion, requirePerson } from './find-question.ts'
import type { AnswerOptions, LinkOptions } from './question-options.ts'

export const allow = (io: Io, id: string, { always, ...options }: AnswerOptions) =>
  answerWith(io, id, options, ({ kind }) => {
    if (kind === 'question')
      throw new Failure('the model asks questions, which need a choice.', 'For example: signalbox answer choose ID 1')
    return { decision: always ? 'allow_always' : 'allow' }
  })

export const deny = (io: Io, id: string, { message, ...options }: AnswerOptions) =>
  answerWith(io, id, options, () => ({ decision: 'deny', ...(message === undefined ? {} : { message }) }))

export const choose = (io: Io, id: string, choices: readonly string[], options: HubOptions) =>
  answerWith(io, id, options, (question) => ({ decision: 'allow', chosen: chosenOf(question, choices) }))

export async function link(io: Io, id: string, options: LinkOptions): Promise<void> {
  requirePerson(io)
  await withHub(io, options, async (hub) => {
    const { question_id } = await findQuestion(hub, id)
    const made = await hub.client.createQuestionLink(question_id)
    printCreated(io, options.json, made, made.url, 'Anyone who has this link sees what is asked, and can answer once.')
  })
}

async function answerWith(io: Io, id: string, options: HubOptions, toAnswer: (question: AskedQuestion) => Answer): Promise<void> {
  requirePerson(io)
  await withHub(io, options, async (hub) => {
    const question = await findQuestion(hub, id)
    const answer = { ...toAnswer(question), session_id: question.session_id }
    const taken = await hub.client.answerQuestion(question.question_id, answer).catch((error: unknown) => {
      throw error instanceof ConflictError ? new Failure(`${sentenceOf(error.message)}.`, 'The first answer counts.') : error
    })
    printOutcome(io, options.json, taken, describe(taken))
  })
}

/** An error of the command line begins in small letters. */
function sentenceOf(message: string): string {
  return printable(message.replace(/^It /, 'it '))
}

function describe({ question_id, session_id, answered }: Question): string {
  return `${shortId(question_id)}: ${(answered?.decision ?? '').replace('_', ' ')}. Session ${shortId(session_id)} goes on.`
}

function chosenOf({ content }: AskedQuestion, choices: readonly string[]): NonNullable<Answer['chosen']> {
  const asked = content?.choices ?? []
  if (asked.length === 0) throw new Failure('this question has nothing to choose from.', 'Answer it with allow or deny.')
  if (choices.length !== asked.length) {
    throw usageError(
      `it asks ${countOf(asked.length, 'question')}, and ${countOf(choices.length, 'choice')} were given.`,
      'Give one for each.',
    )
  }
  return asked.map(({ question, several, options }, index) => {
    const choice = choices[index]!
    if (!/^\d+(?:,\d+)*$/.test(choice)) return { text: choice }
    const selected = choice.split(',').map((number) => Number(number) - 1)
    const isValid = selected.every((place) => place >= 0 && place < options.length) && (several || selected.length === 1)
    if (isValid) return { selected }
    throw usageError(
      `${choice} is no choice for "${printable(question)}".`,
      `It has ${countOf(options.length, 'option')}${several ? '' : ' and takes one'}.`,
    )
  })
}
