import { z } from 'zod'
import { confirmBodySchema } from './confirm.ts'
import { dataCountsShape, dryRunQuerySchema } from './data-deletion.ts'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'

const onMachine = { params: z.strictObject({ machine_id: z.string().min(1).max(200) }) } as const

export const renameMachineSchema = z
  .strictObject({ machine_id: identifierSchema(), dry_run: z.boolean().optional() })
  .meta({ id: 'RenameMachine', examples: [{ machine_id: 'laptop' }] })
export type RenameMachine = z.infer<typeof renameMachineSchema>

export const mergeMachineSchema = z
  .strictObject({ into: identifierSchema(), confirm: confirmBodySchema.shape.confirm, dry_run: z.boolean().optional() })
  .meta({ id: 'MergeMachine', examples: [{ into: 'laptop', confirm: true }] })
export type MergeMachine = z.infer<typeof mergeMachineSchema>

export const movedMachineSchema = z
  .object({
    /** The machine that has the data from now on. */
    machine_id: z.string(),
    /** The id that is gone. */
    from: z.string(),
    calls: dataCountsShape.calls,
    snapshots: dataCountsShape.snapshots,
    sessions: dataCountsShape.sessions,
    dry_run: z.boolean(),
  })
  .meta({
    id: 'MovedMachine',
    examples: [{ machine_id: 'laptop', from: '4f1c9a7be21d', calls: 812, snapshots: 40, sessions: 3, dry_run: false }],
  })
export type MovedMachine = z.infer<typeof movedMachineSchema>

export const purgedMachineSchema = z
  .object({ machine_id: z.string(), sessions: z.int(), collectors: z.int(), dry_run: z.boolean() })
  .meta({ id: 'PurgedMachine', examples: [{ machine_id: '4f1c9a7be21d', sessions: 1, collectors: 0, dry_run: false }] })
export type PurgedMachine = z.infer<typeof purgedMachineSchema>

const conditions = 'Fails while it has live sessions, or a collector that is in contact and would report under the old id again.'

/** Routes that take a machine out of the list. */
export const machineRemovalRoutes = {
  rename: route({
    method: 'POST',
    path: '/machines/:machine_id/rename',
    access: 'admin',
    summary: 'Rename a machine',
    description: `Its sessions, calls, snapshots and collector get the new id, which must not be in use. ${conditions}`,
    ...onMachine,
    body: renameMachineSchema,
    responses: { 200: movedMachineSchema },
  }),
  merge: route({
    method: 'POST',
    path: '/machines/:machine_id/merge',
    access: 'admin',
    summary: 'Merge a machine into another',
    description: `Its sessions, calls and snapshots become those of the other one. \`confirm\` has to be true, unless \`dry_run\` is. ${conditions}`,
    ...onMachine,
    body: mergeMachineSchema,
    responses: { 200: movedMachineSchema },
  }),
  purge: route({
    method: 'DELETE',
    path: '/machines/:machine_id/purge',
    access: 'admin',
    summary: 'Remove a machine for good',
    description:
      'Removes the machine and its collector from every list. Its ended sessions and calls stay; `DELETE /api/data` deletes them. ' +
      `\`dry_run=true\` changes nothing; otherwise \`confirm\` has to be true, in the query or in the body. ${conditions}`,
    ...onMachine,
    query: dryRunQuerySchema,
    body: confirmBodySchema.optional(),
    responses: { 200: purgedMachineSchema },
  }),
}
