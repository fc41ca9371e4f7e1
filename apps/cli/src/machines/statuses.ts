import type { MachineStatus } from '@signalbox/contract/machine'

// The contract has them too, but behind a schema library that the command line does without.
export const machineStatuses = ['online', 'offline', 'maintenance'] as const satisfies readonly MachineStatus[]
