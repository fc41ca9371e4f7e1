import { z } from 'zod'
import { route } from './route.ts'
import { textSchema } from './text.ts'
import { usageQuerySchema } from './usage.ts'

/** The most characters of a question. */
export const MAX_QUESTION_LENGTH = 500

const toolName = z.string().regex(/^[a-z]{1,20}_[a-z]{1,20}$|^help$|^navigate$/, { error: 'is not the name of a tool' })
const callArguments = z.record(z.string().max(40), z.union([z.string().max(500), z.number(), z.boolean()]))

/** A tool, and what it is asked with. */
export const toolCallSchema = z.object({ tool: toolName, arguments: callArguments })
export type ToolCall = z.infer<typeof toolCallSchema>

export const turnSchema = z.strictObject({
  question: textSchema(MAX_QUESTION_LENGTH),
  timezone: usageQuerySchema.shape.timezone,
  /** The call before, for a follow-up such as "and last week?". */
  previous: z.strictObject(toolCallSchema.shape).optional(),
})
export type Turn = z.infer<typeof turnSchema>

export const turnAnswerSchema = z
  .object({
    /** Null where the question was not understood. */
    call: toolCallSchema.nullable(),
    /** Something would change. Nothing has: it is done through the routes of what it changes, after a confirmation. */
    is_action: z.boolean(),
    /** The words that mean nothing here. */
    unknown: z.array(z.string()),
    /** Three near questions; only where the question was not understood. */
    suggestions: z.array(z.string()),
    /** The ids of the sessions that may be meant, the newest first; only of a call about one session. */
    session_ids: z.array(z.string()).optional(),
    /** The end of a pause of all messages; only of `alerts_pause`. */
    until: z.string().optional(),
  })
  .meta({ id: 'TurnAnswer' })
export type TurnAnswer = z.infer<typeof turnAnswerSchema>

const toolAnswerSchema = z
  .object({
    /** A few short lines, in English. */
    text: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'ToolAnswer' })
export type ToolAnswerBody = z.infer<typeof toolAnswerSchema>

export const assistantRoutes = {
  turn: route({
    method: 'POST',
    path: '/api/assistant/turns',
    access: 'read',
    summary: 'Understand a question in words',
    description:
      'English only, by words alone: no model is asked. Nothing is changed and nothing is kept. docs/assistant.md says what can be asked.',
    body: turnSchema,
    responses: { 200: turnAnswerSchema },
  }),
  tool: route({
    method: 'POST',
    path: '/api/tools/:tool',
    access: 'read',
    summary: 'Ask one of the tools that read',
    description: 'The tools of docs/mcp.md, without its protocol, for a card that asks again. Tools that change something are not here.',
    params: z.strictObject({ tool: toolName }),
    query: z.strictObject({ timezone: usageQuerySchema.shape.timezone }),
    body: z.record(z.string().max(40), z.unknown()),
    responses: { 200: toolAnswerSchema },
  }),
}
