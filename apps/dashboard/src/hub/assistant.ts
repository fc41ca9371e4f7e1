import type { ToolAnswerBody, ToolCall, Turn, TurnAnswer } from '@signalbox/contract/assistant'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { browserTimeZone } from '../ui/time-format.ts'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export type { ToolCall, TurnAnswer } from '@signalbox/contract/assistant'

/** What a question asks for. Nothing is changed. */
export function understand(turn: Omit<Turn, 'timezone'>): Promise<TurnAnswer> {
  return wholeHub.understandQuestion({ ...turn, timezone: browserTimeZone() })
}

/** What the answer of a tool is about: events of it make the page ask again. */
export type ToolNoun = 'usage' | 'task' | 'event' | 'health'

/** The answer of a tool, live. */
export function useTool<Data>(
  noun: ToolNoun,
  tool: string,
  input: ToolCall['arguments'],
): UseQueryResult<Omit<ToolAnswerBody, 'data'> & { data: Data }> {
  return useQuery({
    queryKey: keys.tool(noun, tool, input),
    queryFn: async ({ signal }) => {
      const answer = await wholeHub.askTool(tool, input, { timezone: browserTimeZone(), signal })
      return { ...answer, data: answer.data as Data }
    },
  })
}
