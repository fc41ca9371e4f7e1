import { countOf } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const board = {
  // sessions/attention-list.tsx
  noSessionNeedsAttention: 'No session needs attention.',
  needsAttention: 'Needs attention',
  needsAttentionCount: (count: ReactNode) => <>Needs attention {count}</>,
  toAnswerHere: (command: ReactNode) => <>To answer what sessions ask, sign this browser in: {command}</>,
  where: (text: ReactNode, machineId: string, text2: ReactNode, failureReason: ReactNode, rest: ReactNode) => (
    <>
      {text}on {machineId}
      {text2}
      {failureReason}
      {rest}
    </>
  ),
  slot: (dockerSlot: number) => `, slot ${dockerSlot}`,
  noHeartbeatFor: (heartbeatAge: ReactNode) => <>no heartbeat for {heartbeatAge}</>,
  moreSessions: (count: number) => `${count} more`,
  forTime: (waitingTime: ReactNode) => <>for {waitingTime}</>,
  lastSeenAgo: (heartbeatAge: ReactNode) => <>last seen {heartbeatAge} ago</>,
  ago: (age: ReactNode) => <>{age} ago</>,

  // sessions/group-panel.tsx
  projectOnMachine: (projectId: string, machineId: string) => `${projectId} on ${machineId}`,
  liveSessionsOnMachines: (count: number, machines: number) => `${countOf(count, 'live session')} on ${countOf(machines, 'machine')}`,
  ofGroup: (title: string) => `of ${title}`,
  machine: 'Machine',
  projectMachine: 'Project, machine',

  // sessions/kanban/columns.ts
  waiting: 'Waiting',
  stalled: 'Stalled',
  failed: 'Failed',
  working: 'Working',
  idle: 'Idle',
  paused: 'Paused',
  notSeen: 'Not seen',
  completed: 'Completed',

  // sessions/kanban/session-card.tsx
  heldByBudget: (heldBy: string) => `held by the budget ${heldBy}`,
  seenAgo: (heartbeatAge: ReactNode) => <>seen {heartbeatAge} ago</>,
  endedAgo: (age: ReactNode) => <>ended {age} ago</>,

  // sessions/kanban/session-kanban.tsx
  sessionsByState: 'Sessions by state',
  sessionsOfByState: (title: string) => `Sessions of ${title} by state`,

  // sessions/machine-board.tsx
  showMoreMachines: 'Show more machines',
  showMoreGroups: 'Show more groups',
  shownOf: (limit: number, count: number) => `${limit} of ${count}`,

  // sessions/no-sessions.tsx
  startCollectorWhereYou: 'Start the collector where you use Claude Code, then start claude anywhere on that machine',
  theCommandThatStarts: 'the command that starts the collector',
  orCreateSessionFrom: 'Or create a session from a program of your own',
  theCommandThatCreates: 'the command that creates a session',
  sendHeartbeatWithIts: 'Send a heartbeat, with its activity',
  theCommandThatSends: 'the command that sends a heartbeat',
  orStartDemoWith: 'Or start a demo with generated sessions, in a separate hub',
  theCommandThatStartsDemo: 'the command that starts the demo',
  noMachineHasCollector:
    'No machine has a collector yet. With one, every session of Claude Code there appears here by itself. A program can create sessions too, which stay live while it sends heartbeats. This page updates by itself.',
  noSessionsYet: 'No sessions yet',
  addMachine: 'Add a machine',

  // sessions/session-filters.tsx
  active: 'Active',
  failedInLastHour: 'Failed in the last hour',
  completedInLastHour: 'Completed in the last hour',
  filters: 'Filters',
  status: 'Status',
  allStatuses: 'All statuses',
  allMachines: 'All machines',
  project: 'Project',
  allProjects: 'All projects',
  branch: 'Branch',
  allBranches: 'All branches',
  clearFilters: 'Clear filters',
  findSessions: 'Find sessions',
  findByNameId: 'Find by name, id, branch …',

  // sessions/session-groups.ts
  noBranchKnown: 'No branch known',
  noProject: 'No project',

  // sessions/sessions.tsx
  sessions: 'Sessions',
  loadingSessions: 'Loading sessions',
  moreThanSessionsAre: (most: string) =>
    `More than ${most} sessions are live. Only the newest are shown; the table has more with “All ended”.`,
  costsAreListPrice: 'Costs are list-price equivalents. Your plan’s price is different.',
  noSessionMatchesThese: 'No session matches these filters.',
  noLiveSessionsAnd: 'No live sessions, and none ended in the last hour. New ones appear here by themselves.',
  showAllSessions: 'Show all sessions',
  loadingSessionsSoFar: (count: string) => `Loading … ${count} sessions so far.`,
  theNewestSessionsAre: (most: string) => `The newest ${most} sessions are shown.`,
  allSessionsAreShown: (count: string) => `All ${count} sessions are shown.`,

  // sessions/table/session-table.tsx
  state: 'State',
  nameTask: 'Name, task',
  machineSlot: 'Machine, slot',
  model: 'Model',
  context: 'Context',
  cost: 'Cost',
  lastSeen: 'Last seen',
  started: 'Started',
  actions: 'Actions',

  // sessions/view-bar.tsx
  board: 'Board',
  kanban: 'Kanban',
  table: 'Table',
  noGrouping: 'No grouping',
  byMachine: 'By machine',
  byProject: 'By project',
  byBranch: 'By branch',
  view: 'View',
  grouping: 'Grouping',
  allEnded: 'All ended',
  dismissed: (dismissedCount: number) => `Dismissed ${dismissedCount}`,
  select: 'Select',
  sessionCount: (count: number) => countOf(count, 'session'),
}
