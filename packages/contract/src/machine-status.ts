import { z } from 'zod'

export const machineStatuses = ['online', 'offline', 'maintenance'] as const

export const machineStatusSchema = z.enum(machineStatuses)
export type MachineStatus = z.infer<typeof machineStatusSchema>
