import type { checkReasonDetails as detailsInEnglish, checkReasonWords as english } from '@signalbox/client/check-reason'
import { plural } from '@signalbox/contract/plural'

export const checkReasonWords: typeof english = {
  unfinished: (calls) => `${calls} ohne endgültige Zahlen`,
  background: 'Aufrufe im Hintergrund',
  killed: (calls) => `${calls} davor oder von einem beendeten Prozess`,
  interrupted: (calls) => `${calls} unterbrochen`,
  refused: (calls) => `${calls} abgelehnt`,
  restoredFromUnknown: 'begann mit unbekannten Summen',
  restored: (session) => `begann mit den Summen von ${session}`,
  price: 'ein anderer Preis',
  notRecorded: 'nicht vermerkt',
  odd: (calls) => `${calls} mit einer falschen Zahl`,
  notInTelemetry: (calls) => `${calls} nicht in der Telemetrie`,
  calls: (count) => `${count.toLocaleString('de')} ${plural(count, 'Aufruf', 'Aufrufe')}`,
}

export const checkReasonDetails: typeof detailsInEnglish = {
  unfinished: 'Ihre Zeilen haben die Ausgabe ihres ersten Blocks behalten.',
  background: 'Keine Zeile hat sie: Titel, Zusammenfassungen, Nebenfragen.',
  killed: 'Sie stehen in keinem Vermerk: Claude Code hatte noch keinen oder konnte ihn nicht schreiben.',
  interrupted: 'Versionen bis 2.1.325 vermerken unterbrochene Antworten nicht.',
  refused: 'Das Modell hat vor jeder Ausgabe abgelehnt, was nichts kostet; Claude Code hat Kosten vermerkt.',
  restored: 'Was die Sitzung von einer anderen übernommen hat, ist abgezogen.',
  price: 'Dieselben Token, aber nicht zu unserem Listenpreis.',
  not_recorded: 'Claude Code hat nichts vermerkt: die Sitzung läuft, wurde hart beendet oder ist von einer Version, die nichts vermerkt.',
  odd: 'Ihre Zeilen haben eine Zahl, die nicht sein kann; ihre anderen Zahlen sind gezählt.',
  not_in_telemetry: 'Die Telemetrie war aus, oder die Antworten brachen ab.',
}
