import { z } from 'zod'
import { route } from './route.ts'
import { instant } from './time.ts'

/** `behind`: it has not caught up yet since the hub was started. `failing`: it is tried again by itself. */
export const mirrorStates = ['behind', 'following', 'failing'] as const

export const mirrorStateSchema = z
  .object({
    /** Made with the hub's store: whose files they are. */
    store_id: z.string(),
    /** Whether this hub keeps files; without them there is nothing more to say. */
    kept: z.boolean(),
    state: z.enum(mirrorStates).optional(),
    /** From when it is in this state. */
    since: instant.optional(),
    /** Changes that are not in the files yet, as far as they are known. */
    waiting: z.int().optional(),
    /** Names in whose place something stands that is no file. */
    aside: z.array(z.string()).optional(),
    /** Why it is failing; `code` is of the system, such as `ENOSPC`, or of the hub. */
    problem: z.object({ code: z.string(), message: z.string(), suggestion: z.string() }).optional(),
  })
  .meta({
    id: 'MirrorState',
    examples: [{ store_id: '6f1e…', kept: true, state: 'following', since: '2026-10-06T09:12:00.000Z', waiting: 0, aside: [] }],
  })
export type MirrorState = z.infer<typeof mirrorStateSchema>

export const mirrorRoutes = {
  state: route({
    method: 'GET',
    path: '/api/mirror',
    access: 'read',
    summary: 'How the hub fares with the files in which it keeps readings of the plan limits',
    answers: { 200: mirrorStateSchema },
  }),
}
