import type { Answer, AskedQuestion, Question } from '@signalbox/client'
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export type { Answer, AskedQuestion, Question, QuestionContent } from '@signalbox/client'

/** Answers a question. A conflict says who was first. */
export function useAnswerQuestion(question: Pick<Question, 'question_id' | 'session_id'>): UseMutationResult<Question, Error, Answer> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (answer: Answer) => wholeHub.answerQuestion(question.question_id, { ...answer, session_id: question.session_id }),
    gcTime: 0,
    onSuccess: (answered) =>
      client.setQueryData<AskedQuestion[]>(keys.questions, (known) =>
        known?.map((one) => (one.question_id === answered.question_id ? { ...one, ...answered } : one)),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keys.questions }),
  })
}
