import { z } from 'zod'
import { route } from './route.ts'
import { sessionIdParameterSchema } from './session-id.ts'

const count = z.int().min(0)

/** Tokens and cost of a session as one source has them; a difference may be below 0. */
export const checkSumsSchema = z.object({
  input: z.int(),
  output: z.int(),
  /** Tokens written to the cache, for five minutes and for an hour. */
  write: z.int(),
  read: z.int(),
  web_searches: z.int(),
  /** USD at list price; of what Claude Code has recorded, as it has worked it out. Null when nothing has a price. */
  cost_usd: z.number().nullable(),
})
export type CheckSums = z.infer<typeof checkSumsSchema>

/** Why the sources of a session differ. */
export const checkReasonSchema = z.discriminatedUnion('reason', [
  /** Rows never got their final figures; `calls` of them. */
  z.object({ reason: z.literal('unfinished'), calls: count }),
  /** Calls that no row has: for titles, summaries, side questions. */
  z.object({ reason: z.literal('background') }),
  /** Calls of a process that was killed, or of a version that records nothing; `calls` of them. */
  z.object({ reason: z.literal('killed'), calls: count }),
  /** Answers that were interrupted and are in no record; `calls` of them. */
  z.object({ reason: z.literal('interrupted'), calls: count }),
  /** The model refused, which costs nothing, and Claude Code has recorded a cost; `calls` of them. */
  z.object({ reason: z.literal('refused'), calls: count }),
  /** The record began with the sums of this session, which are taken off. */
  z.object({ reason: z.literal('restored'), session: z.string() }),
  /** The same tokens at another price. */
  z.object({ reason: z.literal('price') }),
  /** Claude Code has recorded nothing: the session runs, was killed, or is of a version before records. */
  z.object({ reason: z.literal('not_recorded') }),
  /** Rows with a number that cannot be, which is counted as 0; `calls` of them. */
  z.object({ reason: z.literal('odd'), calls: count }),
  /** Telemetry has nothing of some calls of the rows: it was off, or an answer was cut off; `calls` of them. */
  z.object({ reason: z.literal('not_in_telemetry'), calls: count }),
])
export type CheckReason = z.infer<typeof checkReasonSchema>

/** The sources of one model of a session; null where one has nothing of it. */
export const modelCheckSchema = z.object({
  model: z.string(),
  rows: checkSumsSchema,
  recorded: checkSumsSchema.nullable(),
  telemetry: checkSumsSchema.nullable(),
})
export type ModelCheck = z.infer<typeof modelCheckSchema>

/** The sources of one session, side by side. */
export const sessionCheckSchema = z
  .object({
    session: z.string(),
    /** The folder of its first call. */
    project: z.string(),
    first_call_at: z.string().nullable(),
    last_call_at: z.string().nullable(),
    /** Of the rows; both 0 where only other sources know the session. */
    calls: count,
    unfinished_calls: count,
    /**
     * Of the unfinished calls, those whose output no source is known to have: 0 when what is counted is exact. A hub takes all of them
     * for open when one may be.
     */
    open_calls: count,
    /** What the rows of its transcripts have. */
    rows: checkSumsSchema,
    /**
     * What Claude Code has recorded for this session alone; null when it has recorded nothing. A hub knows only what the record has
     * beyond the rows, so there calls that no record has count here too.
     */
    recorded: checkSumsSchema.nullable(),
    /** What telemetry has reported; null when it has reported nothing. */
    telemetry: checkSumsSchema.nullable(),
    telemetry_calls: count,
    /** What is recorded less what the rows have; null when nothing is recorded. */
    difference: checkSumsSchema.nullable(),
    /** What telemetry has less what the rows have; null when it has nothing. */
    telemetry_difference: checkSumsSchema.nullable(),
    /** What of the record is counted beside the rows, as not itemised. */
    not_itemised: checkSumsSchema,
    /** What reports count. */
    counted: checkSumsSchema,
    /** Empty when there is no difference. */
    reasons: z.array(checkReasonSchema),
    models: z.array(modelCheckSchema),
  })
  .meta({ id: 'SessionCheck' })
export type SessionCheck = z.infer<typeof sessionCheckSchema>

export const usageCheckRoutes = {
  check: route({
    method: 'GET',
    path: '/api/usage/sessions/:session_id/check',
    access: 'read',
    summary: 'Compare the sources of a session',
    description:
      'Puts side by side what the rows of a session’s transcripts have, what Claude Code has recorded and what telemetry has reported, ' +
      'by model, and says why they differ. Costs are at list price. A session without any has zeros.',
    params: z.strictObject({ session_id: sessionIdParameterSchema }),
    responses: { 200: sessionCheckSchema },
  }),
}
