import { countOf } from '@signalbox/contract/plural'
import type { rules as english } from '../en/rules.tsx'

export const rules: typeof english = {
  // alerts/rules/channel-picker.tsx
  allChannelsAlsoThose: 'Alle Kanäle, auch später hinzugefügte',
  none: 'Keine',
  onlyThese: 'Nur diese',

  // alerts/rules/preview-result.tsx
  itHoldsForNothing: 'Sie trifft gerade auf nichts zu.',
  itHoldsNowTimes: (nowCount) => `Sie trifft gerade ${nowCount}-mal zu.`,
  ofMoreThingsNothing: (unknown) => ` Von ${countOf(unknown, 'weiteren Ding', 'weiteren Dingen')} ist gerade nichts bekannt.`,
  since: (moment) => <>seit {moment}</>,
  sinceItWouldHave: (moment, text) => (
    <>
      Seit {moment} hätte sie {text} geöffnet.
    </>
  ),
  noAlert: 'keinen Alarm',
  forTime: (closedAt) => `, ${closedAt} lang`,
  andMore: (pastCount) => `und ${pastCount} weitere`,

  // alerts/rules/rule-dialog.tsx
  newRule: 'Neue Regel',
  change: (rule) => `„${rule}“ ändern`,
  watchFor: 'Achten auf',
  name: 'Name',
  switchedOn: 'Eingeschaltet',
  lookingBack: 'Rückschau läuft …',
  previewSevenDays: '7 Tage Rückschau',
  cancel: 'Abbrechen',
  createRule: 'Regel erstellen',
  save: 'Speichern',

  // alerts/rules/rule-fields.tsx
  channels: 'Kanäle',
  withoutOneAlertIs: 'ohne Kanal steht der Alarm nur auf dieser Seite',
  severityRemindersAndEscalation: 'Schwere, Erinnerungen und Eskalation',
  severity: 'Schwere',
  asKindSays: (severityNames) => `Wie die Art vorgibt (${severityNames})`,
  remindEvery: 'Erinnern alle',
  oneHour: '1 h',
  whileItIsOpen: 'Solange er offen ist und niemand ihn bestätigt hat.',
  escalation: (at) => `Eskalation ${at}`,
  notAcknowledgedFor: 'Nicht bestätigt seit',
  thirtyMinutes: '30 min',
  thenAlsoNotify: 'Dann auch benachrichtigen',
  remove: 'Entfernen',
  removeEscalation: (at) => `Eskalation ${at} entfernen`,
  addEscalation: 'Eskalation hinzufügen',
  mustHoldFor: 'Muss zutreffen seit',
  noTime: '0 s',
  beforeAlertOpens: 'Bevor sich der Alarm öffnet.',
  mustBeOverFor: 'Muss vorbei sein seit',
  oneMinute: '1 min',
  beforeAlertCloses: 'Bevor sich der Alarm schließt.',
  sayAlsoWhenIt: 'Auch melden, wenn es vorbei ist',
  onlyProjects: 'Nur Projekte',
  onlyMachines: 'Nur Maschinen',
  onlyModels: 'Nur Modelle',
  patternsWithCommasBetween: 'Muster mit Kommas dazwischen; * steht für beliebigen Text.',
  europeBerlin: 'Europe/Berlin',
  processEndedStalledFor: 'process ended, stalled for *',
  inPercent: 'in Prozent',
  inDollars: 'in Dollar',
  choose: 'Wählen …',
  optional: ' (freiwillig)',
  it: (problem) => `${problem}.`,

  // alerts/rules/rule-form.ts
  mustBeTimeSuch: 'muss eine Zeit wie 10m, 90s oder 1h 30m sein',
  mustBeAtLeast: (least) => `muss mindestens ${least} sein`,

  // alerts/rules/rule-row.tsx
  switchedOff: ' · abgeschaltet',
  setInAlertsFile: ' · festgelegt in ALERTS_FILE',
  snoozedUntil: ' · zurückgestellt bis ',
  switchOff: 'Abschalten',
  switchOn: 'Einschalten',
  endSnooze: 'Nicht mehr zurückstellen',
  snooze: 'Zurückstellen',
  changeLabel: 'Ändern',
  snoozeNamed: (name) => `„${name}“ zurückstellen`,
  nothingIsSentAbout: 'Über Alarme dieser Regel wird bis dahin nichts gesendet. Sie öffnen und schließen sich auf dieser Seite wie immer.',
  removeQuestion: (name) => `„${name}“ entfernen?`,
  itsOpenAlertsClose: 'Ihre offenen Alarme schließen sich ohne Nachricht. Um sie für später zu behalten, schalte sie ab.',

  // alerts/rules/rule-sentence.ts
  only: (filters) => `nur ${filters}`,
  remindersEvery: (repeatMs) => `Erinnerung alle ${repeatMs}`,
  escalatesInSteps: (count) => `eskaliert in ${countOf(count, 'Schritt', 'Schritten')}`,
  noMessageAtEnd: 'keine Nachricht am Ende',
  allChannels: 'alle Kanäle',
  onPageOnly: 'nur auf der Seite',

  // alerts/rules/rules-panel.tsx
  alertRules: 'Alarmregeln',
  loadingRules: 'Regeln werden geladen',
  noRuleNothingOpens: 'Keine Regel: nichts öffnet einen Alarm.',
  restoreDefaultRules: 'Voreingestellte Regeln wiederherstellen',
  allOfThemAre: 'Es sind alle da.',
  rulesCameBack: (count) => `${countOf(count, 'Regel', 'Regeln')} wiederhergestellt.`,
  alertCount: (count) => countOf(count, 'Alarm', 'Alarme'),
  midSentence: (text) => text,
  and: (first, second) => `${first} und ${second}`,
  filters: { project_id: (names) => `Projekt ${names}`, machine_id: (names) => `Maschine ${names}`, model: (names) => `Modell ${names}` },
}
