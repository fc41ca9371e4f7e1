import { z } from 'zod'
import { instant } from './time.ts'

/**
 * The most tokens of one class in one call; real calls have less than a tenth of it. The bound keeps sums of millions of
 * calls exact, in SQLite's 64 bits and in the 53 bits of a number.
 */
export const MAX_TOKENS_PER_CALL = 1_000_000_000
/** Instants outside these years come from a machine whose clock was never set. */
const years = /^(19[789]\d|20\d\d)-/

const tokens = z.int().min(0).max(MAX_TOKENS_PER_CALL)
const name = z.string().min(1).max(200)

/**
 * One call of a model: numbers and names, never content.
 * Token fields are numbers of tokens. A field that Claude Code did not write is absent.
 */
export const callSchema = z
  .strictObject({
    /** `<message.id, else uuid>:<requestId, else empty>`; a call has the same key on every machine. */
    key: z.string().min(1).max(400),
    /** The time of the earliest record with this key; ISO 8601, UTC, with milliseconds. */
    at: instant.regex(years, { error: 'must be in the years 1970 to 2099' }),
    /** The model as Claude Code wrote it; normalised for pricing only. */
    model: name,
    session_id: z.string().max(200).optional(),
    /** The working directory, which is the project of the call. */
    cwd: z.string().max(4096).optional(),
    git_branch: z.string().max(1000).optional(),
    version: z.string().max(200).optional(),
    agent_id: z.string().max(200).optional(),
    is_sidechain: z.boolean(),
    input: tokens,
    output: tokens,
    write_5m: tokens,
    write_1h: tokens,
    read: tokens,
    web_searches: tokens.optional(),
    speed: z.string().max(50).optional(),
    service_tier: z.string().max(50).optional(),
    inference_geo: z.string().max(50).optional(),
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
