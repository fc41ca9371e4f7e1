import { z } from 'zod'

const tokens = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const name = z.string().min(1).max(200)

/**
 * One model call: numbers and names, never content.
 * Token fields are counts of tokens. A field that Claude Code did not write is absent.
 */
export const callSchema = z.strictObject({
  /** `<message.id, else uuid>:<requestId, else empty>`; one call has one key on every machine. */
  key: z.string().min(1).max(400),
  /** ISO 8601 UTC with milliseconds, of the earliest record with this key. */
  at: z.iso.datetime({ precision: 3 }),
  /** As Claude Code wrote it; normalised for pricing only. */
  model: name,
  session_id: z.string().max(200).optional(),
  /** The working directory; the call's project. */
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

export type Call = z.infer<typeof callSchema>
