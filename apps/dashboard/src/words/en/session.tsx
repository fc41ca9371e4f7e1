import { countOf } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const session = {
  // sessions/cache-expiry.tsx
  inTime: (left: ReactNode) => <>in {left}</>,
  expiredAgo: (age: ReactNode) => <>expired {age} ago</>,

  // sessions/claude-panel.tsx
  interactive: 'Interactive',
  backgroundJob: 'Background job',
  atLeastWhatWas: 'at least: what was last said of the session',
  atLeastSomeCalls: 'at least: some calls have no final figures in any source',
  claudeCode: 'Claude Code',
  counted: 'counted',
  source: ', source: ',
  listPriceEquivalentYour: 'List-price equivalent. Your plan’s price is different.',

  // sessions/claude-tasks-panel.tsx
  claudeCodesTasks: 'Claude Code’s tasks',
  ofDone: (done: ReactNode, count: number) => (
    <>
      {done} of {count} done
    </>
  ),

  // sessions/health-panel.tsx
  health: 'Health',
  lastSeen: 'last seen',
  ago: (heartbeatAge: ReactNode) => <>{heartbeatAge} ago</>,
  ended: 'ended',
  inProgress: (text: string) => `${text} in progress.`,
  oneTaskWas: 'One task was',
  tasksWere: (stuckTaskCount: number) => `${stuckTaskCount} tasks were`,
  loading: 'Loading …',
  itsStateIsNot: 'Its state is not known at the moment.',
  healthy: 'Healthy',
  theTaskCompletedLast: (name: string) => `Completed last: ${name}.`,
  recoverMakesItActive: (left: number, most: number) =>
    `“Recover” makes it active again, ${left} of ${most} times ${left === 1 ? 'is' : 'are'} left.`,
  noIssues: 'No issues',

  // sessions/raw-panel.tsx
  rawRecord: 'Raw record',
  hide: 'Hide',
  show: 'Show',
  theAnswerToLive: (code: ReactNode) => <>The answer to {code}, live.</>,

  // sessions/reported-session.tsx
  onlyUsageOfThis: 'Only the usage of this session is known: no collector watched it while it ran.',
  details: 'Details',
  session: 'Session',
  folder: 'Folder',
  firstCall: 'First call',
  lastCall: 'Last call',
  calls: 'Calls',
  models: 'Models',
  showItOnUsage: 'Show it on the usage page',

  // sessions/session-details.tsx
  project: 'Project',
  machine: 'Machine',
  slot: (dockerSlot: number) => `, slot ${dockerSlot}`,
  started: 'Started',
  runningFor: 'Running for',
  endedLabel: 'Ended',
  duration: 'Duration',
  stalledSince: 'Stalled since',
  attempt: 'Attempt',
  heartbeatInterval: 'Heartbeat interval',
  theSessionId: 'the session id',

  // sessions/session-figures.tsx
  cost: 'Cost',
  tokens: 'Tokens',
  model: 'Model',
  context: 'Context',
  costAndContext: 'Cost and context',
  itsUsage: 'Its usage',

  // sessions/session.tsx
  sessions: (name: string) => `${name} · Sessions`,
  backToSessions: 'Sessions',
  sessionIsGone: 'It may have been deleted, or another hub has it. All sessions of this hub are under Sessions.',
  whereItRuns: (text: ReactNode, machineId: ReactNode, text2: ReactNode) => (
    <>
      {text}on {machineId}
      {text2}
    </>
  ),
  loadingSession: 'Loading the session',

  // sessions/source-field.ts
  activity: 'Activity',
  waitingFor: 'Waiting for',
  processAlive: 'Process alive',
  end: 'End',
  name: 'Name',
  branch: 'Branch',
  claudeCodeVersion: 'Claude Code version',
  processId: 'Process id',
  permissionMode: 'Permission mode',
  effort: 'Effort',
  contextUsed: 'Context used',
  contextWindow: 'Context window',
  promptCacheExpires: 'Prompt cache expires',
  inputTokens: 'Input tokens',
  outputTokens: 'Output tokens',
  cacheReads: 'Cache reads',
  cacheWrites: 'Cache writes',
  limitedUntil: 'Limited until',
  lastTurnFailed: 'Last turn failed',

  // sessions/sources-panel.tsx
  sources: 'Sources',
  ofEachFieldNewest: 'Of each field, the newest value of the most exact source is shown.',
  whatEachSourceReports: 'What each source reports',
  field: 'Field',
  sourceLabel: 'Source',
  value: 'Value',
  asOf: 'As of',
  shown: ' (shown)',

  // sessions/subagents-panel.tsx
  subagents: 'Subagents',
  ofRunning: (subagentsRunning: ReactNode, count: number) => (
    <>
      {subagentsRunning} of {count} running
    </>
  ),
  subagent: 'Subagent',
  running: 'Running',
  took: (ended: string) => `, took ${ended}`,
  forAge: (age: ReactNode) => <> for {age}</>,

  // sessions/task-icon.tsx
  inProgressLabel: 'In progress',
  blocked: 'Blocked',
  failed: 'Failed',
  pending: 'Pending',
  completed: 'Completed',

  // sessions/tasks-panel.tsx
  tasks: 'Tasks',
  loadingTasks: 'Loading tasks',
  noTasksYet: 'No tasks yet.',

  // sessions/timeline-panel.tsx
  timeline: 'Timeline',
  loadingTimeline: 'Loading the timeline',
  showAll: (count: number) => `Show all ${count}`,
  timeForReason: (time: string, reason: string) => `${time} for ${reason}`,
  waited: (total: ReactNode, text: ReactNode) => (
    <>
      Waited {total}
      {text}
    </>
  ),

  // sessions/timeline-text.ts
  active: 'Active',
  paused: 'Paused',
  stalled: 'Stalled',
  archived: 'Archived',
  requeued: 'requeued',
  taskStarted: 'started',
  taskCompletedLabel: 'completed',
  taskFailed: 'failed',
  taskBlocked: 'blocked',
  taskAdded: (taskName: string) => `Task added: ${taskName}`,
  task: (to: string, taskName: string) => `Task ${to}: ${taskName}`,
  claudeCodeStarted: 'Claude Code started',
  resumed: 'Resumed',
  startedAfterClear: 'Started after /clear',
  continuedAfterCompaction: 'Continued after compaction',
  forked: 'Forked',
  working: 'Working',
  idle: 'Idle',
  startedBecause: (reason: string) => `Started (${reason})`,
  prompt: 'Prompt',
  turnEnded: (took: string) => `Turn ended${took}`,
  turnFailed: (why: string, took: string) => `Turn failed${why}${took}`,
  interrupted: 'Interrupted',
  tool: 'Tool',
  subagentStarted: (named: string) => `Subagent started${named}`,
  subagentEnded: (named: string, took: string) => `Subagent ended${named}${took}`,
  taskAddedNamed: (named: string) => `Task added${named}`,
  taskCompleted: (named: string) => `Task completed${named}`,
  contextCompacted: (text: string, took: string) => `Context compacted${text}${took}`,
  claudeCodeEnded: (why: string) => `Claude Code ended${why}`,
  ms: (milliseconds: number) => `${milliseconds} ms`,
  failures: (failures: number) => `, ${failures} failed`,
  inSubagent: (text: string) => `In a subagent: ${text}`,

  // sessions/verification-panel.tsx
  verification: 'Verification',
  whySourcesDiffer: 'Why the sources differ',
  callsWithoutFinalFigures: (open: number) => `≥ ${countOf(open, 'call')} without final figures in any source`,
  allSourcesHaveSame: 'All sources have the same',
  noCallLacksIts: 'No call lacks its figures',
  transcript: 'Transcript',
  claudeCodesRecord: 'Claude Code’s record',
  beyondTranscript: 'beyond the transcript',
  telemetry: 'Telemetry',
  countedLabel: 'Counted',
  whatEachSourceHas: 'What each source has',
  input: 'Input',
  output: 'Output',
  nothing: 'nothing',
  whatEachSourceHasBy: 'What each source has, by model',
  callCount: (count: number) => countOf(count, 'call'),
  unknown: 'unknown',
  kind: 'Kind',
  toolFailed: (tool: string) => `${tool} failed`,
  waitedFor: { permission: ' for permission', input: ' for input' },
  waitReasons: { permission: 'permission', input: 'input' },
}
