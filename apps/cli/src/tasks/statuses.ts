import type { TaskStatus } from '@signalbox/contract/task'

// The contract has them too, but behind a schema library that the command line does without.
export const taskStatuses = ['pending', 'in_progress', 'completed', 'failed', 'blocked'] as const satisfies readonly TaskStatus[]
