import { countOf } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const rules = {
  // alerts/rules/channel-picker.tsx
  allChannelsAlsoThose: 'All channels, also those added later',
  none: 'None',
  onlyThese: 'Only these',

  // alerts/rules/preview-result.tsx
  itHoldsForNothing: 'It holds for nothing now.',
  itHoldsNowTimes: (nowCount: number) => `It holds now ${countOf(nowCount, 'time')}.`,
  ofMoreThingsNothing: (unknown: number) => ` Of ${countOf(unknown, 'more thing')} nothing is known now.`,
  since: (moment: ReactNode) => <>since {moment}</>,
  sinceItWouldHave: (moment: ReactNode, text: string) => (
    <>
      Since {moment} it would have opened {text}.
    </>
  ),
  noAlert: 'no alert',
  forTime: (closedAt: string) => `, for ${closedAt}`,
  andMore: (pastCount: number) => `and ${pastCount} more`,

  // alerts/rules/rule-dialog.tsx
  newRule: 'New rule',
  change: (rule: string) => `Change “${rule}”`,
  watchFor: 'Watch for',
  name: 'Name',
  switchedOn: 'Switched on',
  lookingBack: 'Looking back …',
  previewSevenDays: 'Preview 7 days',
  cancel: 'Cancel',
  createRule: 'Create rule',
  save: 'Save',

  // alerts/rules/rule-fields.tsx
  channels: 'Channels',
  withoutOneAlertIs: 'without one, the alert is on this page only',
  severityRemindersAndEscalation: 'Severity, reminders and escalation',
  severity: 'Severity',
  asKindSays: (severityNames: string) => `As the kind says (${severityNames})`,
  remindEvery: 'Remind every',
  oneHour: '1 h',
  whileItIsOpen: 'While it is open and no one has acknowledged it.',
  escalation: (at: number) => `Escalation ${at}`,
  notAcknowledgedFor: 'Not acknowledged for',
  thirtyMinutes: '30 min',
  thenAlsoNotify: 'Then also notify',
  remove: 'Remove',
  removeEscalation: (at: number) => `Remove escalation ${at}`,
  addEscalation: 'Add escalation',
  mustHoldFor: 'Must hold for',
  noTime: '0 s',
  beforeAlertOpens: 'Before the alert opens.',
  mustBeOverFor: 'Must be over for',
  oneMinute: '1 min',
  beforeAlertCloses: 'Before the alert closes.',
  sayAlsoWhenIt: 'Say also when it is over',
  onlyProjects: 'Only projects',
  onlyMachines: 'Only machines',
  onlyModels: 'Only models',
  patternsWithCommasBetween: 'Patterns with commas between them; * stands for any text.',
  europeBerlin: 'Europe/Berlin',
  processEndedStalledFor: 'process ended, stalled for *',
  inPercent: 'in percent',
  inDollars: 'in dollars',
  choose: 'Choose …',
  optional: ' (optional)',
  it: (problem: string) => `It ${problem}.`,

  // alerts/rules/rule-form.ts
  mustBeTimeSuch: 'must be a time such as 10m, 90s or 1h 30m',
  mustBeAtLeast: (least: string) => `must be at least ${least}`,

  // alerts/rules/rule-row.tsx
  switchedOff: ' · switched off',
  setInAlertsFile: ' · set in ALERTS_FILE',
  snoozedUntil: ' · snoozed until ',
  switchOff: 'Switch off',
  switchOn: 'Switch on',
  endSnooze: 'End snooze',
  snooze: 'Snooze',
  changeLabel: 'Change',
  snoozeNamed: (name: string) => `Snooze “${name}”`,
  nothingIsSentAbout: 'Nothing is sent about alerts of this rule until then. They open and close on this page as always.',
  removeQuestion: (name: string) => `Remove “${name}”?`,
  itsOpenAlertsClose: 'Its open alerts close without a message. To keep it for later, switch it off.',

  // alerts/rules/rule-sentence.ts
  only: (filters: string) => `only ${filters}`,
  remindersEvery: (repeatMs: string) => `reminders every ${repeatMs}`,
  escalatesInSteps: (count: number) => `escalates in ${countOf(count, 'step')}`,
  noMessageAtEnd: 'no message at the end',
  allChannels: 'all channels',
  onPageOnly: 'on the page only',

  // alerts/rules/rules-panel.tsx
  alertRules: 'Alert rules',
  loadingRules: 'Loading rules',
  noRuleNothingOpens: 'No rule: nothing opens an alert.',
  restoreDefaultRules: 'Restore default rules',
  allOfThemAre: 'All of them are there.',
  rulesCameBack: (count: number) => `${countOf(count, 'rule')} came back.`,
  alertCount: (count: number) => countOf(count, 'alert'),
  midSentence: (text: string) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`,
  and: (first: string, second: string) => `${first} and ${second}`,
  filters: {
    project_id: (names: string) => `project ${names}`,
    machine_id: (names: string) => `machine ${names}`,
    model: (names: string) => `model ${names}`,
  },
}
