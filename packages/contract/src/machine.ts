import { z } from 'zod'
import { anyOf, listQueryShape } from './list.ts'
import { metadataPatchSchema, metadataSchema } from './metadata.ts'
import { route } from './route.ts'
import { slotNumber } from './session.ts'
import { id, words } from './text.ts'
import { instant } from './time.ts'

export const machineStatuses = ['online', 'offline', 'maintenance'] as const
export const machineStatusSchema = z.enum(machineStatuses)
export type MachineStatus = z.infer<typeof machineStatusSchema>

export const machineSchema = z
  .object({
    machine_id: z.string(),
    hostname: z.string(),
    /** The docker slots it has, ascending. */
    docker_slots: z.array(z.int()),
    /** Ids of the live sessions on it, ascending. */
    active_sessions: z.array(z.string()),
    status: machineStatusSchema,
    /** Its own, or that of a session on it; of a session's to the second. */
    last_heartbeat: instant,
    metadata: metadataSchema,
    created_at: instant,
    /** Of the last change of anything but the beat. */
    updated_at: instant,
    /** Grows with every change, the beat included; begins the `ETag`. */
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
  .refine((numbers) => new Set(numbers).size === numbers.length, { error: 'must not name a slot twice' })

export const createMachineSchema = z
  .strictObject({
    machine_id: id(),
    hostname: words(255),
    docker_slots: slots.optional(),
    status: z.enum(['online', 'maintenance']).optional(),
    metadata: metadataPatchSchema.optional(),
  })
  .meta({ id: 'CreateMachine', examples: [{ machine_id: 'laptop', hostname: 'laptop.local', docker_slots: [1, 2, 3] }] })
export type CreateMachine = z.infer<typeof createMachineSchema>

/** What is absent stays. */
export const updateMachineSchema = z
  .strictObject({
    hostname: words(255).optional(),
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

export const machineHeartbeatSchema = z
  .strictObject({ metadata: metadataPatchSchema.optional() })
  .meta({ id: 'MachineHeartbeat', examples: [{ metadata: { load: 0.4 } }] })
export type MachineHeartbeat = z.infer<typeof machineHeartbeatSchema>

export const machineHeartbeatAnswerSchema = z
  .object({ machine_id: z.string(), status: machineStatusSchema, last_heartbeat: instant, message: z.string() })
  .meta({
    id: 'MachineHeartbeatAnswer',
    examples: [{ machine_id: 'laptop', status: 'online', last_heartbeat: '2026-10-06T09:12:00.000Z', message: 'Heartbeat recorded' }],
  })
export type MachineHeartbeatAnswer = z.infer<typeof machineHeartbeatAnswerSchema>

export const assignSessionSchema = z
  .strictObject({
    session_id: z.string().min(1).max(200),
    /** The lowest free one when absent. */
    docker_slot: slotNumber.optional(),
  })
  .meta({ id: 'AssignSession', examples: [{ session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21' }] })
export type AssignSession = z.infer<typeof assignSessionSchema>

export const releaseSessionSchema = z
  .strictObject({ session_id: z.string().min(1).max(200) })
  .meta({ id: 'ReleaseSession', examples: [{ session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21' }] })
export type ReleaseSession = z.infer<typeof releaseSessionSchema>

export const machineListQuerySchema = z.strictObject({
  status: anyOf(machineStatuses).optional(),
  hostname: words(255).optional(),
  ...listQueryShape,
})
export type MachineListQuery = z.infer<typeof machineListQuerySchema>

const one = { params: z.strictObject({ machine_id: z.string().min(1).max(200) }) } as const
const countsAndLinks = 'Also answers `X-Total-Count` and `Link`.'

export const machineRoutes = {
  list: route({
    method: 'GET',
    path: '/machines',
    access: 'read',
    summary: 'Machines, by id',
    description: countsAndLinks,
    query: machineListQuerySchema,
    answers: { 200: z.array(machineSchema) },
  }),
  create: route({
    method: 'POST',
    path: '/machines',
    access: 'write',
    summary: 'Register a machine; one that a session registered by being there may be registered once more, in full',
    body: createMachineSchema,
    answers: { 201: machineSchema },
  }),
  available: route({
    method: 'GET',
    path: '/machines/available',
    access: 'read',
    summary: 'Machines that are online and have a free slot, most free first',
    description: countsAndLinks,
    query: z.strictObject(listQueryShape),
    answers: { 200: z.array(availableMachineSchema) },
  }),
  read: route({
    method: 'GET',
    path: '/machines/:machine_id',
    access: 'read',
    summary: 'One machine',
    ...one,
    answers: { 200: machineSchema },
  }),
  update: route({
    method: 'PUT',
    path: '/machines/:machine_id',
    access: 'write',
    summary: 'Change a machine; what is absent stays. `PATCH` does the same. A slot that is held cannot be taken away',
    ...one,
    body: updateMachineSchema,
    answers: { 200: machineSchema },
  }),
  remove: route({
    method: 'DELETE',
    path: '/machines/:machine_id',
    access: 'write',
    summary: 'The machine is offline; not while it holds live sessions',
    ...one,
    answers: { 204: z.undefined() },
  }),
  heartbeat: route({
    method: 'POST',
    path: '/machines/:machine_id/heartbeat',
    access: 'write',
    summary: 'The machine lives; one that was offline is online again, maintenance stays',
    ...one,
    body: machineHeartbeatSchema.optional(),
    answers: { 200: machineHeartbeatAnswerSchema },
  }),
  assign: route({
    method: 'POST',
    path: '/machines/:machine_id/assign-session',
    access: 'write',
    summary: 'Give a live session a slot of this machine',
    ...one,
    body: assignSessionSchema,
    answers: { 200: machineSchema },
  }),
  release: route({
    method: 'POST',
    path: '/machines/:machine_id/release-session',
    access: 'write',
    summary: 'Take the slot of a session back; it keeps its machine',
    ...one,
    body: releaseSessionSchema,
    answers: { 200: machineSchema },
  }),
}
