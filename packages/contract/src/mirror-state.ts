import { z } from 'zod'
import { route } from './route.ts'
import { instant } from './time.ts'

/** `behind`: the files have not caught up since the hub was started. `failing`: writing is retried automatically. */
export const mirrorStates = ['behind', 'following', 'failing'] as const

export const mirrorStateSchema = z
  .object({
    /** The id of the hub database to which the files belong. */
    store_id: z.string(),
    /** Whether this hub writes the JSON files (`LIMIT_MIRROR`); without them, all fields but `store_id` are absent. */
    kept: z.boolean(),
    state: z.enum(mirrorStates).optional(),
    /** When this state began. */
    since: instant.optional(),
    /** The number of changes that are not yet in the files, as far as known. */
    waiting: z.int().optional(),
    /** Names in the folder that the hub leaves alone, because each belongs to something other than a regular file, or names a version that can be no file. */
    aside: z.array(z.string()).optional(),
    /** Why writing fails; `code` comes from the operating system, such as `ENOSPC`, or from the hub. */
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
    summary: 'Retrieve the state of the JSON files',
    description: 'The hub writes every snapshot of the plan limits to a JSON file as well; this reports whether the files are up to date.',
    responses: { 200: mirrorStateSchema },
  }),
}
