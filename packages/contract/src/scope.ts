import { z } from 'zod'

/**
 * `read` everything, `write` state, `ingest` calls and snapshots, `answer` questions of sessions, `admin` keys, purge and cleanup. No
 * scope includes another.
 */
export const scopes = ['read', 'write', 'ingest', 'answer', 'admin'] as const
export const scopeSchema = z.enum(scopes)
export type Scope = z.infer<typeof scopeSchema>
