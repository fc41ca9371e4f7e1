import { z } from 'zod'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

/**
 * The most tokens of one class in one call; real calls have less than a tenth of it. The bound keeps sums of millions of
 * calls exact, in SQLite's 64 bits and in the 53 bits of a number.
 */
export const MAX_TOKENS_PER_CALL = 1_000_000_000
/**
 * Claude Code is younger, and with an earlier clock no certificate is valid: an earlier instant is none of a call. Together with
 * `MAX_CALL_AHEAD_MS` this bounds the time that reports span.
 */
const years = /^20[2-9]\d-/
/** How far a call may be ahead of the hub's clock, in milliseconds: further ahead no certificate is valid. */
export const MAX_CALL_AHEAD_MS = 400 * 86_400_000

const tokens = z.int().min(0).max(MAX_TOKENS_PER_CALL)

/**
 * One call of a model: numbers and names, never content.
 * Token fields are numbers of tokens. A field that Claude Code did not write is absent.
 */
export const callSchema = z
  .strictObject({
    /** `<message.id, else uuid>:<requestId, else empty>`; a call has the same key on every machine. */
    key: identifierSchema(400),
    /** The time of the earliest record with this key; ISO 8601, UTC, with milliseconds. */
    at: instant.regex(years, { error: 'must be in the years 2020 to 2099' }),
    /** The model as Claude Code wrote it; normalised for pricing only. */
    model: identifierSchema(),
    session_id: identifierSchema(200, 0).optional(),
    /** The working directory, which is the project of the call. */
    cwd: identifierSchema(4096, 0).optional(),
    git_branch: identifierSchema(1000, 0).optional(),
    version: identifierSchema(200, 0).optional(),
    agent_id: identifierSchema(200, 0).optional(),
    is_sidechain: z.boolean(),
    input: tokens,
    output: tokens,
    write_5m: tokens,
    write_1h: tokens,
    read: tokens,
    web_searches: tokens.optional(),
    speed: identifierSchema(50, 0).optional(),
    service_tier: identifierSchema(50, 0).optional(),
    inference_geo: identifierSchema(50, 0).optional(),
  })
  .meta({
    id: 'Call',
    examples: [
      {
        key: 'msg_01SpTQf3uYcYQn3hLFVnWqkE:req_011CTu6Cg1vQmLeVVYw7WdNp',
        at: '2026-10-06T09:11:58.204Z',
        model: 'claude-opus-5-5',
        session_id: '0b8f1d52-8a0e-4d53-9a54-6f6b0f3f1c11',
        cwd: '/home/dev/work',
        git_branch: 'main',
        version: '2.1.33',
        is_sidechain: false,
        input: 12,
        output: 842,
        write_5m: 0,
        write_1h: 3104,
        read: 91233,
        service_tier: 'standard',
      },
    ],
  })

export type Call = z.infer<typeof callSchema>
