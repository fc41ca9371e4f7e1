/** The words of the hub's answers, for widgets that show them and never ask. */
export type { ClaudeUsage } from '@signalbox/contract/claude-usage'
export type { CreatedKey, Key, Scope } from '@signalbox/contract/key'
export type {
  CurrentLimitReading,
  LimitHistory,
  LimitPoint,
  LimitSeries,
  LimitTrigger,
  ShownCollector,
  ShownWindow,
} from '@signalbox/contract/limits'
export type { WhoAmI } from '@signalbox/contract/login'
export type { Session } from '@signalbox/contract/session'
export type { FailureInfo } from '@signalbox/contract/session-failure'
export type { SessionHealth } from '@signalbox/contract/session-health'
export type { TimelineRow } from '@signalbox/contract/session-timeline'
export type { SessionTasks, Task, TaskStatus } from '@signalbox/contract/task'
export type { UsageModelRow, UsageReport, UsageRow, UsageSplit, UsageSplitRow, UsageSums } from '@signalbox/contract/usage'
export type { LineState } from './careful-line.ts'
export type { ListedMachine, MachineList } from './machine-list.ts'
export type { Problem } from './problem.ts'
export type { BoardSession, SessionBoard } from './session-board.ts'
