import { z } from 'zod'
import { machineStatusSchema } from './machine-status.ts'
import { metadataPatchSchema } from './metadata.ts'
import { instant } from './time.ts'

export const machineHeartbeatSchema = z
  .strictObject({ metadata: metadataPatchSchema.optional() })
  .meta({ id: 'MachineHeartbeat', examples: [{ metadata: { load: 0.4 } }] })
export type MachineHeartbeat = z.infer<typeof machineHeartbeatSchema>

export const machineHeartbeatResponseSchema = z
  .object({ machine_id: z.string(), status: machineStatusSchema, last_heartbeat: instant, message: z.string() })
  .meta({
    id: 'MachineHeartbeatResponse',
    examples: [{ machine_id: 'laptop', status: 'online', last_heartbeat: '2026-10-06T09:12:00.000Z', message: 'Heartbeat recorded' }],
  })
export type MachineHeartbeatResponse = z.infer<typeof machineHeartbeatResponseSchema>
