import type { AskedQuestion } from '@signalbox/client'
import { useQuery } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { useMayAnswer } from './may-answer.ts'
import { keys } from './query-key.ts'

/** What sessions ask, and what was settled just now, oldest first; undefined before the first answer and without the scope. */
export function useQuestions(): readonly AskedQuestion[] | undefined {
  const mayAnswer = useMayAnswer()
  const query = useQuery({
    queryKey: keys.questions,
    queryFn: ({ signal }) => hub.listQuestions({}, { signal }),
    enabled: mayAnswer,
    // What is asked must not stay in memory for longer than it is shown.
    gcTime: 0,
  })
  return mayAnswer ? query.data : undefined
}
