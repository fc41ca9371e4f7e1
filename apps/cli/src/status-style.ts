import type { CollectorCondition } from '@signalbox/client/collector-state'
import type { AlertSeverity, ChannelState } from '@signalbox/contract/alert-severity'
import type { MachineStatus } from '@signalbox/contract/machine-status'
import type { SessionStatus } from '@signalbox/contract/session'
import type { TaskStatus } from '@signalbox/contract/task'
import type { Style } from './terminal.ts'

type Styles<Status extends string> = { readonly [S in Status]: Style | undefined }

export const sessionStyles: Styles<SessionStatus> = {
  active: 'green',
  paused: 'yellow',
  stalled: 'red',
  completed: 'dim',
  failed: 'red',
  archived: 'dim',
}
export const taskStyles: Styles<TaskStatus> = {
  pending: undefined,
  in_progress: 'green',
  completed: 'dim',
  failed: 'red',
  blocked: 'yellow',
}
export const machineStyles: Styles<MachineStatus> = { online: 'green', offline: 'dim', maintenance: 'yellow' }
export const collectorStyles: Styles<CollectorCondition> = {
  connected: 'green',
  behind: 'yellow',
  refused: 'red',
  lost: 'dim',
  stopped: 'dim',
}
export const severityStyles: Styles<AlertSeverity> = { info: 'cyan', warning: 'yellow', critical: 'red' }
export const channelStyles: Styles<ChannelState> = { ok: 'green', failing: 'yellow', broken: 'red', off: 'dim' }
