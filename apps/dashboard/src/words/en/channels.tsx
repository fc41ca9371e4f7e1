import { countOf } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const channels = {
  // alerts/channels/channel-dialog.tsx
  newChannel: 'New channel',
  channelCreated: 'Channel created',
  isNotifiedFromNow: (name: string) => `“${name}” is notified from now on.`,
  copySigningSecretOf: (name: string) =>
    `Copy the signing secret of “${name}” now: it is shown only once. With it the receiver verifies that a message is from this hub.`,
  theSigningSecret: 'the signing secret',
  done: 'Done',
  newChannelOfKind: (kind: string) => `New channel: ${kind}`,
  change: (channel: string) => `Change “${channel}”`,
  name: 'Name',
  messagesHaveLinksThat: 'Messages have links that answer a session or raise a budget: anyone who reads one can use it, once',
  switchedOn: 'Switched on',
  sendTest: 'Send a test',
  back: 'Back',
  cancel: 'Cancel',
  createChannel: 'Create channel',
  save: 'Save',

  // alerts/channels/channel-fields.tsx
  moreSettings: 'More settings',
  optional: ' (optional)',
  notSet: 'not set',
  staysAsItIs: (shown: string) => `${shown} stays as it is`,
  withoutIt: (without: string) => ` Without it: ${without}.`,

  // alerts/channels/channel-form.ts
  it: (message: string) => `It ${message}`,

  // alerts/channels/channel-messages-dialog.tsx
  messagesOf: (channel: string) => `Messages of “${channel}”`,
  loadingMessages: 'Loading messages',
  nothingWasSentYet: 'Nothing was sent yet.',

  // alerts/channels/channel-row.tsx
  since: ' since ',
  test: 'Test',
  messages: 'Messages',
  endSnooze: 'End snooze',
  snooze: 'Snooze',
  changeLabel: 'Change',
  remove: 'Remove',
  snoozeNamed: (name: string) => `Snooze “${name}”`,
  thisChannelIsNotified: 'This channel is notified of nothing until then. At the end, what is still open is sent.',
  nothingSentYet: 'Nothing sent yet',
  lastSent: (ago: ReactNode) => <>Last sent {ago}</>,
  noticesWaiting: (waiting: number) => `, ${countOf(waiting, 'notice')} waiting`,
  snoozedUntil: (recentMoment: ReactNode) => <>, snoozed until {recentMoment}</>,
  quiet: (quietHours: string) => `, quiet ${quietHours}`,
  setInAlertsFile: ', set in ALERTS_FILE',
  removeQuestion: (name: string) => `Remove “${name}”?`,
  itIsNotifiedOf: 'It is notified of nothing more, and what waits for it is dropped. To stop it for some time only, snooze it.',

  // alerts/channels/channels-panel.tsx
  alertChannels: 'Alert channels',
  loadingChannels: 'Loading channels',
  noChannelYetAlerts:
    'No channel yet: alerts are on this page only. Rules without channels of their own notify every channel, so the first one is enough.',

  // alerts/channels/push-button.tsx
  browsersAllowNotificationsOnly:
    'Browsers allow notifications only of a page that was opened over https, or on the hub’s own machine as localhost or 127.0.0.1.',
  onIPhoneOrIPad:
    'On an iPhone or iPad, notifications need the page on the home screen: Share, “Add to Home Screen”, then open it from there and come back here.',
  thisBrowserHasNo: 'This browser has no web push. Firefox, Chrome, Edge and Safari have it, but not in private windows.',
  notificationsOfThisPage:
    'Notifications of this page are blocked in this browser. Allow them in the settings of the site, beside its address, then reload.',
  thisBrowser: 'This browser',
  itShowsNotificationsAlso: 'It shows notifications, also while this page is closed.',
  showAlertsAsNotifications: 'Show alerts as notifications, also while this page is closed.',
  notifyThisBrowser: 'Notify this browser',
  stop: 'Stop',
  notNotifiedYet: ', not notified yet',
  lastNotified: (ago: ReactNode) => <>, last notified {ago}</>,
  stopNamed: (name: string) => `Stop: ${name}`,

  // alerts/channels/quiet-hours-fields.tsx
  quietHours: 'Quiet hours',
  nothingIsSentIn: 'Nothing is sent in them. At their end one message says what is still open.',
  addQuietHours: 'Add quiet hours',
  criticalAlertsAreSent: 'Critical alerts are sent all the same',
  timeZone: 'Time zone',
  quietHoursNumber: (number: number) => `Quiet hours ${number}`,
  from: 'From',
  toTime: 'to',
  removeQuietHours: (number: number) => `Remove quiet hours ${number}`,

  // alerts/channels/quiet-hours.ts
  allDay: 'all day',

  // alerts/channels/test-result.tsx
  sendingTest: 'Sending a test …',
  ms: (text: string, ms: number) => `${text} · ${ms} ms`,
  noticesBehind: (count: number) => `, ${countOf(count, 'notice')}`,
  choices: { yes: 'yes', no: 'no' } as Readonly<Record<string, string>>,
  weekdays: { monday: 'Mon', tuesday: 'Tue', wednesday: 'Wed', thursday: 'Thu', friday: 'Fri', saturday: 'Sat', sunday: 'Sun' },
  and: (first: string, second: string) => `${first} and ${second}`,
}
