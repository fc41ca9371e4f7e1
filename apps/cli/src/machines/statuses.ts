import type { MachineStatus } from '@signalbox/contract/machine-status'

// The contract has this list too, but importing it would load a schema library.
export const machineStatuses = ['online', 'offline', 'maintenance'] as const satisfies readonly MachineStatus[]
