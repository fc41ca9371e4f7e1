import { z } from 'zod'
import { collectorHeartbeatResponseSchema, collectorHeartbeatSchema, machineCollectorSchema } from './collector-heartbeat.ts'
import { listQueryShape, repeatableEnum } from './list.ts'
import { machineHeartbeatResponseSchema, machineHeartbeatSchema } from './machine-heartbeat.ts'
import { failSessionsResultSchema, failSessionsSchema } from './machine-sessions.ts'
import { machineStatuses, machineStatusSchema } from './machine-status.ts'
import { metadataPatchSchema, metadataSchema } from './metadata.ts'
import { route } from './route.ts'
import { attemptSchema, slotNumber } from './session.ts'
import { sessionIdParameterSchema } from './session-id.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

export const machineSchema = z
  .object({
    machine_id: z.string(),
    hostname: z.string(),
    /** The numbers of its docker slots, ascending. */
    docker_slots: z.array(z.int()),
    /** The ids of its live sessions, ascending. */
    active_sessions: z.array(z.string()),
    status: machineStatusSchema,
    /** The machine's own last heartbeat, or that of one of its sessions; the latter is accurate to the second. */
    last_heartbeat: instant,
    /** The collector that runs there; absent where none ever reported. */
    collector: machineCollectorSchema.optional(),
    metadata: metadataSchema,
    created_at: instant,
    /** The last change of any field other than the heartbeat. */
    updated_at: instant,
    /** Incremented by every change, heartbeats included; the `ETag` begins with it. */
    revision: z.int(),
  })
  .meta({
    id: 'Machine',
    examples: [
      {
        machine_id: 'laptop',
        hostname: 'laptop.local',
        docker_slots: [1, 2, 3],
        active_sessions: ['8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'],
        status: 'online',
        last_heartbeat: '2026-10-06T09:12:00.000Z',
        metadata: {},
        created_at: '2026-10-01T08:00:00.000Z',
        updated_at: '2026-10-06T08:00:00.000Z',
        revision: 12,
      },
    ],
  })
export type Machine = z.infer<typeof machineSchema>

const slots = z
  .array(slotNumber)
  .max(1000)
  .refine((numbers) => new Set(numbers).size === numbers.length, { error: 'must not contain a slot twice' })

export const createMachineSchema = z
  .strictObject({
    machine_id: identifierSchema(),
    hostname: identifierSchema(255),
    docker_slots: slots.optional(),
    status: z.enum(['online', 'maintenance']).optional(),
    metadata: metadataPatchSchema.optional(),
  })
  .meta({ id: 'CreateMachine', examples: [{ machine_id: 'laptop', hostname: 'laptop.local', docker_slots: [1, 2, 3] }] })
export type CreateMachine = z.infer<typeof createMachineSchema>

/** Absent fields stay unchanged. */
export const updateMachineSchema = z
  .strictObject({
    hostname: identifierSchema(255).optional(),
    docker_slots: slots.optional(),
    status: machineStatusSchema.optional(),
    metadata: metadataPatchSchema.optional(),
  })
  .meta({ id: 'UpdateMachine', examples: [{ docker_slots: [1, 2, 3, 4] }] })
export type UpdateMachine = z.infer<typeof updateMachineSchema>

export const availableMachineSchema = z
  .object({
    machine_id: z.string(),
    hostname: z.string(),
    status: machineStatusSchema,
    total_slots: z.int(),
    occupied_slots: z.int(),
    available_slots: z.int(),
    available_slot_numbers: z.array(z.int()),
    active_sessions: z.array(z.string()),
    last_heartbeat: instant,
  })
  .meta({
    id: 'AvailableMachine',
    examples: [
      {
        machine_id: 'laptop',
        hostname: 'laptop.local',
        status: 'online',
        total_slots: 3,
        occupied_slots: 1,
        available_slots: 2,
        available_slot_numbers: [1, 3],
        active_sessions: ['8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'],
        last_heartbeat: '2026-10-06T09:12:00.000Z',
      },
    ],
  })
export type AvailableMachine = z.infer<typeof availableMachineSchema>

export const assignSessionSchema = z
  .strictObject({
    session_id: sessionIdParameterSchema,
    attempt: attemptSchema.optional(),
    /** The slot to assign; the lowest free one when absent. */
    docker_slot: slotNumber.optional(),
  })
  .meta({ id: 'AssignSession', examples: [{ session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21' }] })
export type AssignSession = z.infer<typeof assignSessionSchema>

export const releaseSessionSchema = z
  .strictObject({ session_id: sessionIdParameterSchema, attempt: attemptSchema.optional() })
  .meta({ id: 'ReleaseSession', examples: [{ session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21' }] })
export type ReleaseSession = z.infer<typeof releaseSessionSchema>

export const machineListQuerySchema = z.strictObject({
  status: repeatableEnum(machineStatuses).optional(),
  hostname: identifierSchema(255).optional(),
  ...listQueryShape,
})
export type MachineListQuery = z.infer<typeof machineListQuerySchema>

const onMachine = { params: z.strictObject({ machine_id: z.string().min(1).max(200) }) } as const

const pageHeaders = 'The headers `X-Total-Count` and `Link` describe the pages.'

export const machineRoutes = {
  list: route({
    method: 'GET',
    path: '/machines',
    access: 'read',
    summary: 'List machines',
    description: `Returns machines, ordered by id. ${pageHeaders}`,
    query: machineListQuerySchema,
    responses: { 200: z.array(machineSchema) },
  }),
  create: route({
    method: 'POST',
    path: '/machines',
    access: 'write',
    summary: 'Register a machine',
    description: 'A machine that was registered implicitly by a session may be registered once more, with all its fields.',
    body: createMachineSchema,
    responses: { 201: machineSchema },
  }),
  available: route({
    method: 'GET',
    path: '/machines/available',
    access: 'read',
    summary: 'List machines with free slots',
    description: `Returns machines that are online and have a free slot, most free slots first. ${pageHeaders}`,
    query: z.strictObject(listQueryShape),
    responses: { 200: z.array(availableMachineSchema) },
  }),
  read: route({
    method: 'GET',
    path: '/machines/:machine_id',
    access: 'read',
    summary: 'Retrieve a machine',
    ...onMachine,
    responses: { 200: machineSchema },
  }),
  update: route({
    method: 'PUT',
    path: '/machines/:machine_id',
    access: 'write',
    summary: 'Update a machine',
    description: 'Absent fields stay unchanged. `PATCH` does the same. A slot that a session occupies cannot be removed.',
    ...onMachine,
    body: updateMachineSchema,
    responses: { 200: machineSchema },
  }),
  remove: route({
    method: 'DELETE',
    path: '/machines/:machine_id',
    access: 'write',
    summary: 'Mark a machine as offline',
    description: 'Fails while the machine has live sessions.',
    ...onMachine,
    responses: { 204: z.undefined() },
  }),
  heartbeat: route({
    method: 'POST',
    path: '/machines/:machine_id/heartbeat',
    access: 'write',
    summary: 'Send a machine heartbeat',
    description: 'Brings an offline machine back online; a machine in maintenance stays in maintenance.',
    ...onMachine,
    body: machineHeartbeatSchema.optional(),
    responses: { 200: machineHeartbeatResponseSchema },
  }),
  collector: route({
    method: 'POST',
    path: '/machines/:machine_id/collector',
    access: 'ingest',
    summary: 'Send a collector heartbeat',
    description: 'Registers the machine where it is not known, and counts as a heartbeat of each session that it names.',
    params: z.strictObject({ machine_id: identifierSchema() }),
    body: collectorHeartbeatSchema,
    responses: { 200: collectorHeartbeatResponseSchema },
  }),
  assign: route({
    method: 'POST',
    path: '/machines/:machine_id/assign-session',
    access: 'write',
    summary: 'Assign a slot to a live session',
    ...onMachine,
    body: assignSessionSchema,
    responses: { 200: machineSchema },
  }),
  release: route({
    method: 'POST',
    path: '/machines/:machine_id/release-session',
    access: 'write',
    summary: 'Release the slot of a session',
    description: 'The session stays on the machine.',
    ...onMachine,
    body: releaseSessionSchema,
    responses: { 200: machineSchema },
  }),
  failSessions: route({
    method: 'POST',
    path: '/machines/:machine_id/fail-sessions',
    access: 'write',
    summary: 'Fail the live sessions of a lost machine',
    description:
      'Marks every live session on the machine as failed, or those in some `statuses`, and releases their slots. `dry_run` lists ' +
      'them without changing anything. POST …/recover undoes it for one session.',
    ...onMachine,
    body: failSessionsSchema,
    responses: { 200: failSessionsResultSchema },
  }),
}
