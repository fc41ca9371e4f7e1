import type { Answer, AskedQuestion, Question } from '@signalbox/client'
import { type UseMutationResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMayAnswer } from './may-answer.ts'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export type { Answer, AskedQuestion, Question, QuestionContent } from '@signalbox/client'

/** What sessions ask, and what was settled just now, oldest first; undefined before the first answer and without the scope. */
export function useQuestions(): readonly AskedQuestion[] | undefined {
  const mayAnswer = useMayAnswer()
  const query = useQuery({
    queryKey: keys.questions,
    queryFn: ({ signal }) => wholeHub.listQuestions({}, { signal }),
    enabled: mayAnswer,
    // What is asked must not stay in memory for longer than it is shown.
    gcTime: 0,
  })
  return mayAnswer ? query.data : undefined
}

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
