import type { StateTrackingApiClient } from '@signalbox/client'
import type { ToolCall, TurnAnswer } from '@signalbox/contract/assistant'
import { parseQuestion } from '@signalbox/intent/parse'
import type { ToolContext } from '../tool.ts'
import { endOf, findTargets } from './target.ts'
import { readVocabulary } from './vocabulary.ts'

/** The sessions that are named to a person who has to choose. */
const MAX_TARGETS = 20

/** What a question asks for, and what it may be about. @throws ToolError where it names a session that is not there */
export async function understand(
  client: StateTrackingApiClient,
  question: string,
  context: ToolContext,
  previous?: ToolCall,
): Promise<TurnAnswer> {
  const vocabulary = await readVocabulary(client, () => context.now)
  const { call, isAction, unknown, suggestions } = parseQuestion(question, { ...context, vocabulary, previous })
  const answer = { is_action: isAction, unknown: [...unknown], suggestions: [...suggestions] }
  if (call === undefined) return { ...answer, call: null }
  const understood = { ...answer, call: call as ToolCall }
  if (call.tool === 'alerts_pause') return { ...understood, until: endOf(String(call.arguments.until), context) }
  if (call.tool !== 'session_act' && call.tool !== 'session_show') return understood
  const targets = await findTargets(client, call, context)
  return { ...understood, session_ids: targets.slice(0, MAX_TARGETS).map(({ session_id }) => session_id) }
}
