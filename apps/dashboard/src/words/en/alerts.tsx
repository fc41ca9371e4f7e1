import { countOf, plural } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const alerts = {
  // alerts/acknowledge-all-button.tsx
  theyCouldNotBe: (message: string) => `They could not be acknowledged: ${message}`,
  acknowledgeAll: 'Acknowledge all',

  // alerts/alert-actions.tsx
  acknowledged: (ago: ReactNode, text: ReactNode, text2: ReactNode) => (
    <>
      Acknowledged {ago}
      {text}
      {text2}
    </>
  ),
  byPerson: (by: string) => ` by ${by}`,
  snoozedUntil: (recentMoment: ReactNode) => <>Snoozed until {recentMoment}</>,
  acknowledge: 'Acknowledge',
  undo: 'Undo',
  snooze: 'Snooze',
  endSnooze: 'End snooze',
  close: 'Close',
  closeThisAlert: 'Close this alert?',
  isClosedAlthoughIts: (summary: string) =>
    `“${summary}” is closed although its rule may still hold. It opens again when it has been over and comes back. Channels that were notified of it are notified of the end.`,
  cancel: 'Cancel',
  closeAlert: 'Close the alert',

  // alerts/alert-details-panel.tsx
  rule: 'Rule',
  session: 'Session',
  machine: 'Machine',
  project: 'Project',
  account: 'Account',
  task: 'Task',
  started: 'Started',
  opened: 'Opened',
  closed: 'Closed',
  why: 'Why',
  clearedAndCameBack: 'Cleared and came back',
  escalated: 'Escalated',
  details: 'Details',

  // alerts/alert-filters.tsx
  open: 'Open',
  removeFilter: (text: string) => `Remove the filter ${text}`,
  filters: 'Filters',
  state: 'State',
  allStates: 'All states',
  severity: 'Severity',
  allSeverities: 'All severities',
  kind: 'Kind',
  allKinds: 'All kinds',
  ruleNamed: (rule: string) => `Rule ${rule}`,
  machineNamed: (machine: string) => `Machine ${machine}`,
  sessionNamed: (session: string) => `Session ${session}`,
  clearFilters: 'Clear filters',

  // alerts/alert-row.tsx
  opensAndClosesAgain: ' · opens and closes again and again',
  forTime: (duration: string) => `for ${duration}`,
  lasted: (duration: string) => `lasted ${duration}`,

  // alerts/alert.tsx
  alert: 'Alert',
  alerts: (name: string) => `${name} · Alerts`,
  backToAlerts: 'Alerts',
  loadingAlert: 'Loading the alert',
  alertIsGone: 'It may have been deleted, or another hub has it. All alerts of this hub are under Alerts.',

  // alerts/alerts.tsx
  alertsLabel: 'Alerts',
  channelsAndRules: 'Channels and rules',
  alertsAreSwitchedOff: (code: ReactNode) => <>Alerts are switched off on this hub, by {code}: nothing is watched and nothing is sent.</>,
  loadingAlerts: 'Loading alerts',
  alertsThatMatch: 'Alerts that match',
  showOlder: 'Show older',
  noAlertMatchesThese: 'No alert matches these filters.',
  showAllAlerts: 'Show all alerts',
  nothingHasHappenedThat: (link: ReactNode) => (
    <>Nothing has happened that a rule watches for. The rules, and the channels through which you are notified, are in {link}.</>
  ),
  settings: 'Settings',
  noAlertIsOpen: 'No alert is open',
  alertsOpen: (count: number) => `${countOf(count, 'alert')} open`,
  noChannelNotifiesAnyone: 'no channel notifies anyone',
  notGettingThrough: (broken: number) => `${broken} of them ${plural(broken, 'does', 'do')} not get through`,
  messagesWaiting: (waiting: number) => `${countOf(waiting, 'message')} waiting`,
  shownOf: (shown: string, total: string) => `${shown} of ${total}`,

  // alerts/end-choice.ts
  untilTomorrowMorning: 'Until tomorrow, 8:00',
  until: 'Until …',

  // alerts/end-dialog.tsx
  howLong: 'How long',
  dateAndTime: 'Date and time',
  chooseTimeToCome: 'Choose a time to come.',

  // alerts/flips-panel.tsx
  whatHappened: 'What happened',
  nothingYet: 'Nothing yet.',

  // alerts/message-attempts.tsx
  attempts: 'Attempts',
  nextAttempt: (moment: ReactNode) => <>Next attempt {moment}.</>,
  givenUp: (reason: string) => `Given up: ${reason}.`,
  noReasonGiven: 'no reason given',
  itSaysThatIt: 'It says that it may be a repeat.',

  // alerts/open-alerts-panel.tsx
  openAlerts: 'Open alerts',
  allAlerts: 'All alerts',
  loadingOpenAlerts: 'Loading open alerts',
  allOpenAlerts: (count: number) => `All ${count} open alerts`,
  noAlertIsOpenAny: 'No alert is open any more',
  alertsAreOpen: (count: number) => `${countOf(count, 'alert')} ${plural(count, 'is', 'are')} open`,

  // alerts/pause-button.tsx
  pauseAll: 'Pause all',
  pauseAllMessages: 'Pause all messages',
  noChannelIsNotified:
    'No channel is notified of anything until then. Alerts open and close on this page as always; at the end, what is still open is sent.',
  pause: 'Pause',
  reasonOptional: 'Reason (optional)',
  maintenance: 'maintenance',

  // alerts/pause-note.tsx
  alertsOpenAndClose: (strong: ReactNode, text: ReactNode, text2: ReactNode) => (
    <>
      {strong} Alerts open and close here meanwhile.{text}
      {text2}
    </>
  ),
  allMessagesArePaused: (recentMoment: ReactNode) => <>All messages are paused until {recentMoment}.</>,
  reason: (reason: string) => ` Reason: ${reason}.`,
  pausedBy: (by: string) => ` Paused by ${by}.`,
  resume: 'Resume',

  // alerts/receipts-panel.tsx
  messages: 'Messages',
  nothingIsSentBefore: 'Nothing is sent before the alert opens.',
  noChannelWasNotified: (text: string, link: ReactNode) => (
    <>
      No channel was notified. {text}
      {link}.
    </>
  ),
  thereIsNoneYet: 'There is none yet: ',
  whichChannelsRuleNotifies: 'Which channels a rule notifies is part of the rule: ',
  inMessageWithMore: (notices: number) => `, in a message with ${notices} more`,
  notBefore: (moment: ReactNode) => <>, not before {moment}</>,

  // alerts/severity-mark.tsx
  info: 'Info',
  warning: 'Warning',
  critical: 'Critical',

  // alerts/snooze-alert-dialog.tsx
  snoozeThisAlert: 'Snooze this alert',
  nothingIsSentAbout: (summary: string) => `Nothing is sent about “${summary}” until then. It stays open on this page.`,
  endItEarlierWhen: 'End it earlier when the alert gets worse or changes',
  channelCount: (count: number) => countOf(count, 'channel'),
  moreOpenAlerts: (count: number) => countOf(count, 'more open alert'),
  minutes15: '15 minutes',
  hour1: '1 hour',
  hours4: '4 hours',
  week1: '1 week',
}
