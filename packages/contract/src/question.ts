import { z } from 'zod'
import { repeatableEnum } from './list.ts'
import { route } from './route.ts'
import { sessionIdParameterSchema, sessionIdSchema } from './session-id.ts'
import { identifierSchema, textSchema } from './text.ts'
import { instant } from './time.ts'

/** What a session of Claude Code waits for: a permission for a tool, an answer to questions of the model, the approval of a plan. */
export const questionKinds = ['permission', 'question', 'plan'] as const
export type QuestionKind = (typeof questionKinds)[number]

/** `open`: no one has answered. `answered`: an answer counts and is on its way to the session. `ended`: nothing can be answered. */
export const questionStates = ['open', 'answered', 'ended'] as const
export type QuestionState = (typeof questionStates)[number]

/**
 * How a question ended. `applied`: the session went on with the answer given here. `terminal`: the person at the terminal was
 * first. `session_ended`: the session ended meanwhile. `timed_out`: no one answered in time; the terminal still asks. `lost`: the
 * hook that waited is gone without a word.
 */
export const questionOutcomes = ['applied', 'terminal', 'session_ended', 'timed_out', 'lost'] as const
export type QuestionOutcome = (typeof questionOutcomes)[number]

/** `allow_always`: as the session suggests, see `suggestions`. */
export const decisions = ['allow', 'allow_always', 'deny'] as const
export type Decision = (typeof decisions)[number]

/** How an answer came: from a signed-in browser, with a key, or by a one-use link. */
export const answerWays = ['page', 'key', 'link'] as const
export type AnswerWay = (typeof answerWays)[number]

/** Characters of all that one question shows; the hook cuts the rest and says so. */
export const MAX_QUESTION_CHARACTERS = 40_000
export const MAX_QUESTION_DETAILS = 20
export const MAX_QUESTION_CHOICES = 10
export const MAX_CHOICE_OPTIONS = 20
/** Seconds of one long poll of a hook. */
export const MAX_QUESTION_WAIT_MS = 25_000
export const MAX_ANSWER_CHARACTERS = 2_000

const shownText = z
  .string()
  .max(MAX_QUESTION_CHARACTERS)
  .pipe(z.union([z.literal(''), textSchema(MAX_QUESTION_CHARACTERS)]))

const questionDetailSchema = z.strictObject({
  /** The name of the input, such as `command`. */
  name: identifierSchema(100),
  text: shownText,
  /** Characters that were left out at the end of the text. */
  cut: z.int().min(1).optional(),
})
export type QuestionDetail = z.infer<typeof questionDetailSchema>

/** One question of the model, with the answers that it offers. */
const choiceSchema = z.strictObject({
  question: textSchema(2_000),
  header: textSchema(200).optional(),
  /** Whether several answers may be chosen. */
  several: z.boolean(),
  options: z
    .array(z.strictObject({ label: textSchema(500), description: textSchema(2_000).optional() }))
    .min(1)
    .max(MAX_CHOICE_OPTIONS),
})
export type QuestionChoice = z.infer<typeof choiceSchema>

/** What is asked. Only those who may answer see it; it is held in memory until the end of the question, never stored or logged. */
export const questionContentSchema = z
  .strictObject({
    tool: identifierSchema(200),
    details: z.array(questionDetailSchema).max(MAX_QUESTION_DETAILS),
    /** What `allow_always` would allow from then on, in words; empty where the session suggests nothing. */
    suggestions: z.array(textSchema(500)).max(20),
    /** The questions of the model, for the kind `question`. */
    choices: z.array(choiceSchema).max(MAX_QUESTION_CHOICES),
  })
  .meta({
    id: 'QuestionContent',
    examples: [
      { tool: 'Bash', details: [{ name: 'command', text: 'npm test' }], suggestions: ['Bash(npm test:*), in this project'], choices: [] },
    ],
  })
export type QuestionContent = z.infer<typeof questionContentSchema>

const questionIdSchema = z.uuid({ error: 'must be a UUID' }).toLowerCase()

/** What each message of the hook says, so that a key which is bound to a machine or project may send it. */
const askerShape = { machine_id: identifierSchema(), session_id: sessionIdSchema, project_id: identifierSchema().optional() }

export const askQuestionSchema = z
  .strictObject({
    /** Chosen by the hook: asked again, after a restart of the hub, it is the same question. */
    question_id: questionIdSchema,
    ...askerShape,
    /** The type of the subagent that asks; absent for the main conversation. */
    agent_type: identifierSchema(100).optional(),
    kind: z.enum(questionKinds),
    /** Milliseconds since the question was put. Durations, because the clocks of machines differ. */
    asked_ago_ms: z.int().min(0).max(1e12).default(0),
    /** Milliseconds for which the hook will go on waiting. */
    expires_in_ms: z.int().min(1).max(1e12),
    content: questionContentSchema,
  })
  .meta({
    id: 'AskQuestion',
    examples: [
      {
        question_id: '0b0e7c52-6a53-4d3e-8f0a-1b9f3a7c5d11',
        machine_id: 'laptop',
        session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21',
        kind: 'permission' as const,
        asked_ago_ms: 0,
        expires_in_ms: 3_600_000,
        content: { tool: 'Bash', details: [{ name: 'command', text: 'npm test' }], suggestions: [], choices: [] },
      },
    ],
  })
export type AskQuestion = z.input<typeof askQuestionSchema>

/** What is chosen for one question of the model: places in its options, or words of one's own. */
const chosenSchema = z
  .strictObject({
    selected: z
      .array(
        z
          .int()
          .min(0)
          .max(MAX_CHOICE_OPTIONS - 1),
      )
      .max(MAX_CHOICE_OPTIONS)
      .default([]),
    text: textSchema(MAX_ANSWER_CHARACTERS).optional(),
  })
  .refine(({ selected, text }) => selected.length > 0 || text !== undefined, { error: 'choose an option or write an answer' })
export type Chosen = z.infer<typeof chosenSchema>

export const answerSchema = z
  .strictObject({
    decision: z.enum(decisions),
    /** With `deny`: what the session gets to read, such as what to do instead. */
    message: textSchema(MAX_ANSWER_CHARACTERS).optional(),
    /** With `allow`, for the kind `question`: one for each question of the model, in their order. */
    chosen: z.array(chosenSchema).max(MAX_QUESTION_CHOICES).optional(),
    /** The session of the question. A key that is bound to a machine or project has to name it. */
    session_id: sessionIdSchema.optional(),
  })
  .meta({ id: 'Answer', examples: [{ decision: 'deny' as const, message: 'Run the unit tests only.' }] })
export type Answer = z.input<typeof answerSchema>

/** Who gave the answer that counts. */
const answeredSchema = z.object({
  decision: z.enum(decisions),
  via: z.enum(answerWays),
  /** The name of the key, or of the key that made the link. */
  by: z.string(),
  at: instant,
})
export type Answered = z.infer<typeof answeredSchema>

/** A question without what is asked, as events have it. */
export const questionSchema = z
  .object({
    question_id: z.string(),
    session_id: z.string(),
    machine_id: z.string(),
    project_id: z.string().optional(),
    agent_type: z.string().optional(),
    kind: z.enum(questionKinds),
    state: z.enum(questionStates),
    asked_at: instant,
    /** When the hook stops waiting; the terminal goes on asking. */
    expires_at: instant,
    /** The answer that counts, once there is one. */
    answered: answeredSchema.optional(),
    ended_at: instant.optional(),
    outcome: z.enum(questionOutcomes).optional(),
  })
  .meta({ id: 'Question' })
export type Question = z.infer<typeof questionSchema>

export const askedQuestionSchema = questionSchema
  .extend({
    /** Absent once the question has ended, and at a hub that cannot read what another one holds. */
    content: questionContentSchema.optional(),
  })
  .meta({
    id: 'AskedQuestion',
    examples: [
      {
        question_id: '0b0e7c52-6a53-4d3e-8f0a-1b9f3a7c5d11',
        session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21',
        machine_id: 'laptop',
        kind: 'permission' as const,
        state: 'open' as const,
        asked_at: '2026-10-06T09:12:00.000Z',
        expires_at: '2026-10-06T10:12:00.000Z',
        content: { tool: 'Bash', details: [{ name: 'command', text: 'npm test' }], suggestions: [], choices: [] },
      },
    ],
  })
export type AskedQuestion = z.infer<typeof askedQuestionSchema>

/** What the hook gets: the answer that counts with all of it, once. */
export const questionAnswerSchema = z
  .object({
    state: z.enum(questionStates),
    decision: z.enum(decisions).optional(),
    message: z.string().optional(),
    chosen: z.array(z.object({ selected: z.array(z.int()), text: z.string().optional() })).optional(),
  })
  .meta({ id: 'QuestionAnswer', examples: [{ state: 'answered' as const, decision: 'allow' as const }] })
export type QuestionAnswer = z.infer<typeof questionAnswerSchema>

export const questionLinkSchema = z
  .object({ url: z.string(), expires_at: instant })
  .meta({ id: 'QuestionLink', examples: [{ url: 'https://hub.example/q/…', expires_at: '2026-10-06T10:12:00.000Z' }] })
export type QuestionLink = z.infer<typeof questionLinkSchema>

export const questionQuerySchema = z.strictObject({
  session_id: sessionIdParameterSchema.optional(),
  machine_id: z.string().max(200).optional(),
  state: repeatableEnum(questionStates).optional(),
})
export type QuestionQuery = Readonly<Partial<z.output<typeof questionQuerySchema>>>

const questionParams = z.strictObject({ question_id: z.string().min(1).max(100) })

export const questionRoutes = {
  ask: route({
    method: 'POST',
    path: '/api/questions',
    access: 'ingest',
    summary: 'Ask a question of a session',
    description:
      'Sent by the hook of a machine where `signalbox hooks answers on` was run. A question that is known already stays as it is. What is ' +
      'asked is held in memory until the question ends, and shown only to keys with the scope `answer`.',
    body: askQuestionSchema,
    responses: { 200: questionAnswerSchema },
  }),
  wait: route({
    method: 'POST',
    path: '/api/questions/:question_id/wait',
    access: 'ingest',
    summary: 'Wait for the answer to a question',
    description:
      'Waits up to 25 s for the answer; `open` says that there is none yet. 404 where the hub does not know the question, as after a ' +
      'restart: ask it again. A question whose hook does not ask for 30 s is over.',
    params: questionParams,
    body: z.strictObject({ ...askerShape, wait_ms: z.int().min(0).max(MAX_QUESTION_WAIT_MS) }),
    responses: { 200: questionAnswerSchema },
  }),
  end: route({
    method: 'POST',
    path: '/api/questions/:question_id/end',
    access: 'ingest',
    summary: 'Say how a question ended',
    description: 'Whether the answer that was given here counted, or the terminal was first. A repeated request changes nothing.',
    params: questionParams,
    body: z.strictObject({
      ...askerShape,
      kind: z.enum(questionKinds),
      outcome: z.enum(questionOutcomes),
      /** The decision that the session took, where it is known. */
      decision: z.enum(decisions).optional(),
    }),
    responses: { 204: z.undefined() },
  }),
  list: route({
    method: 'GET',
    path: '/api/questions',
    access: 'answer',
    summary: 'List questions of sessions',
    description:
      'Returns the questions that wait for an answer, with what is asked, and those that ended in the last ten minutes, without it. The ' +
      'oldest first. A key that is bound to a machine or project sees only its questions.',
    query: questionQuerySchema,
    responses: { 200: z.array(askedQuestionSchema) },
  }),
  read: route({
    method: 'GET',
    path: '/api/questions/:question_id',
    access: 'answer',
    summary: 'Retrieve a question',
    params: questionParams,
    responses: { 200: askedQuestionSchema },
  }),
  answer: route({
    method: 'POST',
    path: '/api/questions/:question_id/answer',
    access: 'answer',
    summary: 'Answer a question',
    description:
      'Exactly one answer counts: the first. 409 says who was first, and when. The answer is recorded in the audit log before the session ' +
      'gets it. `question.ended` then says whether the session went on with it, or the terminal was first.',
    params: questionParams,
    body: answerSchema,
    responses: { 200: questionSchema },
  }),
  link: route({
    method: 'POST',
    path: '/api/questions/:question_id/links',
    access: 'answer',
    summary: 'Make a link that answers a question',
    description: 'Anyone who has the link sees what is asked and can answer once, without a key. It ends with the question.',
    params: questionParams,
    body: z.strictObject({ session_id: sessionIdSchema.optional() }).optional(),
    responses: { 201: questionLinkSchema },
  }),
}
