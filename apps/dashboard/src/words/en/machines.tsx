import { countOf } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const machines = {
  // machines/add-machine-dialog.tsx
  aComputer: 'A computer',
  aPhone: 'A phone',
  addMachine: 'Add machine',
  whatToAdd: 'What to add',
  theCodeMakesKey: (code: ReactNode, code2: ReactNode) => (
    <>
      The code makes a key, so this browser has to be signed in first: run {code} on the hub’s machine. Or run {code2} there.
    </>
  ),
  pasteThisLineOn: (code: ReactNode) => (
    <>
      Paste this line on the other machine, in a checkout of Signalbox. It makes a key for that machine, installs the plugin for Claude
      Code, runs the collector as a service, and prints each step; {code} undoes all of it.
    </>
  ),
  creatingCode: 'Creating the code',
  newCode: 'New code',
  done: 'Done',
  theCodeWasCreated: 'The code was created, but the response was lost and it cannot be shown again. Create a new one.',
  theLineForOther: 'the line for the other machine',
  hideQrCode: 'Hide the QR code',
  showAsQrCode: 'Show as QR code',
  drawingCode: 'Drawing the code',
  theLineForOtherMachine: 'The line for the other machine as a QR code',
  aPhoneThatReads: 'A phone that reads it has the line, to paste it into its own terminal or ssh client.',
  key: 'key',
  hasUsedCode: (machineId: ReactNode) => <>{machineId} has used the code.</>,
  waitingForLineTo: (rest: ReactNode) => <>Waiting for the line to be run. It works once, {rest}</>,
  within: (left: ReactNode) => <>within {left}.</>,
  itHasExpiredCreate: 'It has expired. Create a new code.',
  thenItsCollectorConnects: 'Then its collector connects.',
  waitingForItsCollector: 'Waiting for its collector …',
  connectedCollectorItIs: (version: string, text: ReactNode, text2: ReactNode) => (
    <>
      Connected: collector {version}
      {text}
      {text2}. It is on this screen now.
    </>
  ),
  onPlatform: (platform: string) => ` on ${platform}`,
  claudeCode: (claudeCodeVersions: string) => `, Claude Code ${claudeCodeVersions}`,
  readThisCodeWith:
    'Read this code with the phone’s camera. It opens this page there, signed in with the key of this browser; to sign it out again, see Sign-ins in Settings.',
  aQrCodeThat: 'A QR code that opens this page on a phone, signed in',
  itWorksOnceWithin: (left: ReactNode) => <>It works once, within {left}.</>,
  itHasExpired: (button: ReactNode) => <>It has expired. {button}</>,
  signIn: 'sign-in',
  theHubListensOn: (code: ReactNode) => (
    <>
      The hub listens on this machine only, so another machine cannot reach it. Start it with {code}, open this page by the address of this
      machine, and create a new code.
    </>
  ),
  overPlainHttpOthers: (what: string) =>
    `Over plain http others on the network can read the ${what}. Use https, a VPN or an ssh tunnel where you do not trust it.`,

  // machines/machine-card.tsx
  inMaintenance: 'in maintenance',
  itIsNotOffered:
    'It is not offered for new sessions. Its sessions and its collector go on, and its heartbeats do not end the maintenance.',
  lastContact: 'Last contact',
  ago: (heartbeatAge: ReactNode) => <>{heartbeatAge} ago</>,
  collector: 'Collector',
  version: 'Version',
  claudeCodeLabel: 'Claude Code',
  pending: 'Pending',
  nothingWaitsForHub: 'nothing waits for the hub',
  since: (recentMoment: ReactNode) => <>, since {recentMoment}</>,
  sources: 'Sources',
  cost: 'Cost',
  noUsageThisMonth: 'no usage this month',
  today: (sum: ReactNode) => <>{sum} today</>,
  thisMonth: (sum: ReactNode) => <>{sum} this month</>,
  tokens: (count: ReactNode) => <>{count} tokens</>,
  noCollectorRunsHere: (text: string) =>
    `No collector runs here. With one, every Claude Code session of the machine is under Sessions by itself, with its usage and the plan limits. ${text}`,
  addMachineGivesLine: '“Add machine” gives the line to paste there; or start only the collector there:',
  toStartOneRun: 'To start one, run there:',
  theCommandFor: (machineId: string) => `the command for ${machineId}`,

  // machines/machine-dialog.tsx
  slotsOf: (id: string) => `Slots of “${id}”`,
  save: 'Save',
  hasSlots: (id: string, count: number) => `${id} has ${countOf(count, 'slot')}.`,
  aSlotIsPlace: 'A slot is a place for one session, such as a container. A slot that a session holds cannot be removed.',
  numbers: 'Numbers',
  numbersFrom1On: (most: number) => `Numbers from 1 on and ranges, such as 1-8, 12; at most ${most}.`,
  noSlots: 'No slots.',
  failSessionsOf: (id: string) => `Fail the sessions of “${id}”?`,
  failThem: 'Fail them',
  failSessions: (count: number) => `Fail ${countOf(count, 'session')}`,
  theMachineIsLost: 'the machine is lost',
  sessionsOfMarkedAs: (sessionsAffected: number, id: string) => `${countOf(sessionsAffected, 'session')} of ${id} marked as failed.`,
  forMachineThatIs: (text: string) =>
    `For a machine that is lost: marks its ${text} as failed and releases their slots. If the machine lives, their processes go on, and their heartbeats are refused.`,
  liveSessions: 'live sessions',
  recoverMakesEachOf: 'Recover makes each of them active again, here or on another machine.',
  remove: (id: string) => `Remove “${id}”?`,
  removeLabel: 'Remove',
  isRemoved: (id: string) => `${id} is removed.`,
  removesMachineAndWhat:
    'Removes the machine and what its collector said last. Its calls and its ended sessions stay, and so does its key: revoke it in Settings.',
  aCollectorThatStill: 'A collector that still runs there brings it back with its next heartbeat. There is no undo.',
  cancel: 'Cancel',

  // machines/machine-menu.tsx
  putIntoMaintenance: 'Put into maintenance',
  endMaintenance: 'End maintenance',
  changeSlots: 'Change slots …',
  failItsSessions: 'Fail its sessions …',
  removeItem: 'Remove …',
  actionsFor: (machineId: string) => `Actions for ${machineId}`,

  // machines/machines.tsx
  isInMaintenanceIts: (machineId: string) => `${machineId} is in maintenance. Its sessions go on.`,
  isInServiceAgain: (machineId: string) => `${machineId} is in service again.`,
  machines: 'Machines',
  loadingMachines: 'Loading machines',
  costsAreListPrice: 'Costs are list-price equivalents. Your plan’s price is different.',
  online: (text: number) => `${text} online`,
  countInMaintenance: (text: number) => `${text} in maintenance`,
  offline: (text: number) => `${text} offline`,

  // machines/no-machines.tsx
  startHubAndCollector: 'Start the hub and the collector on this machine',
  theStartCommand: 'the start command',
  aMachineAppearsHere: (text: ReactNode) => <>A machine appears here as soon as a collector runs on it, or a session.{text}</>,
  noMachinesYet: 'No machines yet',
  addMachineGivesLineTo: ' “Add machine” gives the line to paste on another one.',

  // machines/slot-grid.tsx
  free: 'free',
  held: 'held',
  stale: 'stale',
  countFree: (text: number) => `${text} free`,
  countHeld: (text: number) => `${text} held`,
  countStale: (text: number) => `${text} stale`,
  slotsOfMachine: (machineId: string) => `Slots of ${machineId}`,
  slotIsFree: (number: number) => `Slot ${number} is free`,
  slot: 'Slot ',
  isFree: ' is free',
  slotOfSession: (number: number, state: string, session: string, session2: string) => `Slot ${number}, ${state}: ${session}, ${session2}`,

  // machines/waiting-for-data.tsx
  stillNoDataCheck: 'Still no data? Check the setup',
  theCommandThatChecks: 'the command that checks the setup',
  sendDataFromAnother: 'Send data from another machine',
  theCommandForAnother: 'the command for another machine',
  addAMachine: 'Add a machine',
  andClaudeCodeHas: (text: string, code: ReactNode) => (
    <>
      {text}, and Claude Code has made no call there yet. Start {code} and say something: this page updates by itself.
    </>
  ),
  waitingForData: 'Waiting for data',
  theCollectorOnIs: (collecting: string) => `The collector on ${collecting} is connected`,
  collectorsAreConnected: (count: number) => `${count} collectors are connected`,
  connectedNoDataYet:
    'Connected, no data yet. The collector sends the calls of Claude Code, which it reads from the transcripts on each machine. This page updates as soon as the first one arrives.',
  slotCount: (count: number) => countOf(count, 'slot'),
  liveSessionsOf: (count: number) => countOf(count, 'live session'),
  sessionCount: (count: number) => countOf(count, 'session'),
  machineCount: (count: number) => countOf(count, 'machine'),
}
