import { countOf } from '@signalbox/contract/plural'
import type { Answer, QuestionContent, QuestionKind } from '@signalbox/contract/question'
import { HubError } from '../hub-error.ts'

/** Whether an answer fits what is asked. @throws HubError `validation_error` */
export function checkAnswer({ decision, message, chosen }: Answer, kind: QuestionKind, { suggestions, choices }: QuestionContent): void {
  if (decision !== 'deny' && message !== undefined) throw wrong('A message goes with deny only', 'Leave message out, or deny.')
  if (decision === 'allow_always' && suggestions.length === 0) {
    throw wrong('The session suggests nothing that could be allowed always', 'Answer with allow.')
  }
  const needsChoice = kind === 'question' && choices.length > 0 && decision !== 'deny'
  if (!needsChoice && chosen !== undefined) throw wrong('chosen goes with the questions of a model only', 'Leave chosen out.')
  if (!needsChoice) return
  if (chosen === undefined || chosen.length !== choices.length) {
    throw wrong(
      `The model asks ${countOf(choices.length, 'question')}, and chosen must have an answer to each`,
      'Send one for each, in their order.',
    )
  }
  for (const [index, { selected = [] }] of chosen.entries()) {
    const { options, several } = choices[index]!
    const isKnown = selected.every((place) => place < options.length) && new Set(selected).size === selected.length
    if (!isKnown) throw wrong(`chosen[${index}] names an option that is not there, or one twice`, 'Count the options from 0.')
    if (selected.length > 1 && !several) throw wrong(`chosen[${index}] has several options, and the question takes one`, 'Choose one.')
  }
}

function wrong(message: string, suggestion: string): HubError {
  return new HubError('validation_error', message, { apiCode: 'VALIDATION_OUT_OF_RANGE', suggestion })
}
