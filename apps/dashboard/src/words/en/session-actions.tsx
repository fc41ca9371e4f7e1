import { countOf } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const sessionActions = {
  // sessions/actions/action-dialog.tsx
  sessionOnMachine: (session: string, machineId: string) => `${session} on ${machineId}`,
  andMore: (count: number) => `and ${count} more`,
  reason: 'Reason',
  markedFailed: 'marked failed',
  cancel: 'Cancel',

  // sessions/actions/action-menu.tsx
  actionsFor: (name: string) => `Actions for ${name}`,

  // sessions/actions/action-notice.tsx
  undo: 'Undo',
  closeNotice: 'Close the notice',
  sessionsCouldNotBe: (count: number) => `${countOf(count, 'session')} could not be changed:`,

  // sessions/actions/answer-dialog.tsx
  answer: (name: string) => `Answer “${name}”`,
  itAsksNothingAny: 'It asks nothing any more.',
  close: 'Close',

  // sessions/actions/bulk-bar.tsx
  selectedSessions: 'Selected sessions',
  ofSessionsSelected: (count: ReactNode, count2: number) => (
    <>
      {count} of {countOf(count2, 'session')} selected
    </>
  ),
  selectNone: 'Select none',
  selectAll: 'Select all',
  done: 'Done',

  // sessions/actions/recover-dialog.tsx
  recover: (name: string) => `Recover “${name}”`,
  askingHub: 'Asking the hub',
  itCannotBeRecovered: (text: ReactNode) => <>It cannot be recovered: {text}</>,
  itIsNeitherStalled: 'it is neither stalled nor failed any more.',
  noClientOfSignalbox: (machineId: ReactNode) => (
    <>
      No client of Signalbox works for this session, so there is none that could take it up. Claude Code continues it on {machineId}, and it
      is active here again by itself:
    </>
  ),
  theCommandThatContinues: 'the command that continues it',
  makesItActiveAgain: (attempt: number) =>
    `Makes it active again with the same id, as attempt ${attempt}. Signalbox starts no process: the client that works for it has to take it up, and an earlier one is refused from then on.`,
  machine: 'Machine',
  slot: 'Slot',
  noSlot: 'No slot',
  slotWhichItHas: (ownSlot: number) => `Slot ${ownSlot}, which it has`,
  slotNumber: (number: number) => `Slot ${number}`,
  tasksToRepeat: 'Tasks to repeat',
  allThatFailedOr: 'All that failed or were in progress',
  fromOn: (taskName: string, status: string) => `From “${taskName}” on (${status})`,
  itCanBeRecovered: (most: number) => `It can be recovered ${most} times.`,
  recoveredTimesOfSo: (recoveryAttempts: number, most: number) => `Recovered ${countOf(recoveryAttempts, 'time')} of ${most} so far.`,
  recoverLabel: 'Recover',
  ofSlotsFree: (free: number, count: number) => `, ${free} of ${countOf(count, 'slot')} free`,
  inMaintenance: 'in maintenance',

  // sessions/actions/row-controls.tsx
  answerLabel: 'Answer',
  answerNamed: (name: string) => `Answer ${name}`,
  recoverNamed: (name: string) => `Recover ${name}`,
  select: (name: string) => `Select ${name}`,

  // sessions/actions/session-action.ts
  pause: 'Pause',
  markedAsPaused: 'marked as paused',
  marksItAsPaused: 'Marks it as paused. Its process goes on: Signalbox does not stop it.',
  resume: 'Resume',
  activeAgain: 'active again',
  markAsCompleted: 'Mark as completed',
  markedAsCompleted: 'marked as completed',
  marksItAsCompleted: 'Marks it as completed. Its process goes on, if it still runs, and its heartbeats are refused from then on.',
  itsSlotIsReleased: 'Its slot is released, and its tasks in progress fail. There is no undo.',
  markAsFailed: 'Mark as failed',
  markedAsFailed: 'marked as failed',
  marksItAsFailed: 'Marks it as failed. Its process goes on, if it still runs, and its heartbeats are refused from then on.',
  itsSlotIsReleasedAnd: 'Its slot is released, and its tasks in progress fail. Recover makes it active again, up to three times.',
  makesItActiveAgainWhere:
    'Makes it active again where it was, with the same id. Signalbox starts no process: the client that works for it has to take it up.',
  itsFailedAndStuck: 'Its failed and stuck tasks are pending again.',
  archive: 'Archive',
  archived: 'archived',
  takesItOffBoard:
    'Takes it off the board for everyone. Its tasks, its timeline and its usage stay, and its page stays open to its address.',
  thereIsNoUndo: 'There is no undo.',
  dismiss: 'Dismiss',
  dismissedInThisBrowser: 'dismissed in this browser',
  showAgain: 'Show again',
  shownAgain: 'shown again',
  whatIsSeenOf: 'What is seen of Claude Code comes first: a session that is marked as ended and goes on to work is active again.',
  sessionCount: (count: number) => countOf(count, 'session'),
}
