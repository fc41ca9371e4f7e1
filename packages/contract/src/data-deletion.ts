import { z } from 'zod'
import { confirmBodySchema, confirmQuerySchema } from './confirm.ts'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

const flag = z.enum(['true', 'false'])

export const dryRunQuerySchema = z.strictObject({ ...confirmQuerySchema.shape, dry_run: flag.optional() })

/** The numbers of what was deleted, or would be. */
export const dataCountsShape = { calls: z.int(), snapshots: z.int(), sessions: z.int(), tasks: z.int(), collectors: z.int() }

export const deleteDataQuerySchema = z.strictObject({
  /** Its calls, snapshots, ended sessions with their tasks, and collector. */
  machine_id: identifierSchema().optional(),
  /** The calls and ended sessions, with their tasks, of all its folders: a project by its id or the folder of its repository; or one folder. */
  project: identifierSchema(4096).optional(),
  /** Its snapshots of the plan limits. */
  account: identifierSchema().optional(),
  ...dryRunQuerySchema.shape,
})

export const deleteDataResultSchema = z
  .object({
    ...dataCountsShape,
    dry_run: z.boolean(),
    /** What is of this instant or earlier is refused when it is sent again. */
    before: instant,
  })
  .meta({
    id: 'DeleteDataResult',
    examples: [{ calls: 1204, snapshots: 0, sessions: 12, tasks: 31, collectors: 0, dry_run: true, before: '2026-10-06T09:12:00.000Z' }],
  })
export type DeleteDataResult = z.infer<typeof deleteDataResultSchema>

export const dataRoutes = {
  remove: route({
    method: 'DELETE',
    path: '/api/data',
    access: 'admin',
    summary: 'Delete the data of a machine, a project or an account',
    description:
      'Exactly one of `machine_id`, `project` and `account`. `dry_run=true` returns the counts and changes nothing; otherwise `confirm` ' +
      'has to be true. Fails while live sessions belong to it. A collector that still has the deleted calls or snapshots and sends them again is refused.',
    query: deleteDataQuerySchema,
    body: confirmBodySchema.optional(),
    responses: { 200: deleteDataResultSchema },
  }),
}
