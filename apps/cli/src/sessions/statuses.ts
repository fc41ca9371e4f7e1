import type { Activity, SessionStatus, WaitingFor } from '@signalbox/contract/session'

// The contract has these lists too, but importing them would load a schema library.
export const sessionStatuses = [
  'active',
  'paused',
  'stalled',
  'completed',
  'failed',
  'archived',
] as const satisfies readonly SessionStatus[]
export const liveStatuses = ['active', 'paused', 'stalled'] as const satisfies readonly SessionStatus[]
export const activities = ['working', 'waiting', 'idle'] as const satisfies readonly Activity[]
export const waitingReasons = ['permission', 'input', 'other'] as const satisfies readonly WaitingFor[]
