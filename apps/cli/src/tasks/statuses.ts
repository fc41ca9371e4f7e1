import type { TaskStatus } from '@signalbox/contract/task'

// The contract has this list too, but importing it would load a schema library.
export const taskStatuses = ['pending', 'in_progress', 'completed', 'failed', 'blocked'] as const satisfies readonly TaskStatus[]
