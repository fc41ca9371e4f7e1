import { countOf, plural } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const sessions = {
  // sessions/attention-announcer.tsx
  noSessionNeedsAttention: 'No session needs attention any more',
  oneSessionNeedsAttention: 'One session needs attention',
  sessionsNeedAttention: (count: number) => `${count} sessions need attention`,

  // sessions/collector-note.tsx
  collector: (statusIndicator: ReactNode, condition: string) => (
    <>
      {statusIndicator} collector {condition}
    </>
  ),

  // sessions/context-meter.tsx
  inContext: ' in context',
  ofTokens: (used: string, limit: string) => `${used} of ${limit} tokens`,
  ofContext: ' of context',

  // sessions/fleet-panel.tsx
  sessions: 'Sessions',
  liveBoard: 'Live board',
  and: ' and ',

  // sessions/fleet-summary.tsx
  waiting: (countLink: ReactNode) => <>{countLink} waiting</>,
  stalled: (countLink: ReactNode) => <>{countLink} stalled</>,
  paused: (countLink: ReactNode) => <>{countLink} paused</>,
  notSeen: (countLink: ReactNode) => <>{countLink} not seen</>,
  failedInLastHour: (countLink: ReactNode) => <>{countLink} failed in the last hour</>,
  noSessionIsActive: 'No session is active',
  sessionsActiveOnMachines: (countLink: ReactNode, active: number, machines: ReactNode, machines2: number) => (
    <>
      {countLink} {plural(active, 'session')} active on {machines} {plural(machines2, 'machine')}
    </>
  ),

  // sessions/machine-panel.tsx
  inMaintenance: 'in maintenance',
  onMachine: (machineId: string) => `on ${machineId}`,
  ofSlotsUsed: (slots: ReactNode, usedCount: number, count: number) => (
    <>
      {slots}
      {usedCount} of {countOf(count, 'slot')} used
    </>
  ),
  slotIs: (slot: number, text: string) => `Slot ${slot} is ${text}`,
  inUse: 'in use',
  free: 'free',
  lastSeenAgo: (heartbeatAge: ReactNode) => <>Last seen {heartbeatAge} ago</>,

  // sessions/session-facts.tsx
  aRunWithAnswer: 'A run with an answer and no terminal',
  background: 'background',
  branch: (branch: string) => `Branch ${branch}`,
  branchLabel: 'branch ',
  permissionMode: (mode: string) => `Permission mode: ${mode}`,
  atLeastWhatWas: 'at least: what was last said of the session; its page has what is counted',
  theVersionOfClaude: 'The version of Claude Code',
  fromTranscriptOnly: 'from the transcript only',
  theProcessOfThis: 'The process of this session is not observed. Its page says how.',
  limitReachedUntil: (recentMoment: ReactNode) => <>limit reached, until {recentMoment}</>,
  lastTurnFailed: (error: string) => `last turn failed: ${error}`,

  // sessions/session-row.tsx
  dockerSlot: (slot: number) => `Docker slot ${slot}`,
  slot: 'Slot ',
  noTask: 'No task',
  lastSeen: 'last seen ',
  ended: 'ended ',
  runningFor: 'running for ',
  duration: 'duration ',
  heldByBudget: (heldBy: string) => `held by the budget ${heldBy}`,

  // sessions/session-rows.tsx
  state: 'State',
  nameTask: 'Name, task',
  lastSeenLabel: 'Last seen',
  runningForLabel: 'Running for',
  sessionsAt: (place: string) => `Sessions ${place}`,
  failedInLastHourLabel: 'Failed in the last hour',
  sessionsEndedInLast: (icon: ReactNode, count: number) => (
    <>
      {icon}
      {countOf(count, 'session')} ended in the last hour
    </>
  ),
  endedInLastHour: 'Ended in the last hour',
  showMore: 'Show more',
  shownOf: (count: number, count2: number) => `${count} of ${count2}`,
  andMore: (hiddenCount: number) => `and ${hiddenCount} more`,
  endedLabel: 'Ended',
  durationLabel: 'Duration',

  // sessions/session-state.ts
  stateStalled: 'Stalled',
  stateFailed: 'Failed',
  stateWorking: 'Working',
  stateActive: 'Active',
  stateIdle: 'Idle',
  stateNotSeen: 'Not seen',
  statePaused: 'Paused',
  stateCompleted: 'Completed',
  stateArchived: 'Archived',
  stateWaitingFor: (reason: string) => `Waiting for ${reason}`,
  stateWaiting: 'Waiting',

  // sessions/start-hint.tsx
  noSessionAndNo: (link: ReactNode) => <>No session, and no collector is in contact. {link} says how to start one.</>,
  machines: 'Machines',
  startAnywhereOnAnd: (code: ReactNode, machineId: ReactNode) => (
    <>
      Start {code} anywhere on {machineId}, and it shows up here.
    </>
  ),
  oneOfConnectedMachines: (count: number) => `one of ${count} connected machines`,

  // sessions/state-since.tsx
  since: (recentMoment: ReactNode) => <>since {recentMoment}</>,
  forTime: (waitingTime: ReactNode) => <>for {waitingTime}</>,
  project: 'Project',
  moreMachines: (count: number) => countOf(count, 'more machine'),
  idleMachines: (count: number) => countOf(count, 'idle machine'),
  tokens: (exact: string, count: number) => `${exact} ${plural(count, 'token')}`,
  subagentCount: (count: number) => countOf(count, 'subagent'),
  ago: (age: ReactNode) => <>{age} ago</>,
  waitingReasons: { permission: 'permission', input: 'input' },
}
