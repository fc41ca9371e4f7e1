import { countOf } from '@signalbox/contract/plural'
import type { sessionActions as english } from '../en/session-actions.tsx'

export const sessionActions: typeof english = {
  // sessions/actions/action-dialog.tsx
  sessionOnMachine: (session, machineId) => `${session} auf ${machineId}`,
  andMore: (count) => `und ${count} weitere`,
  reason: 'Grund',
  markedFailed: 'als fehlgeschlagen markiert',
  cancel: 'Abbrechen',

  // sessions/actions/action-menu.tsx
  actionsFor: (name) => `Aktionen für ${name}`,

  // sessions/actions/action-notice.tsx
  undo: 'Rückgängig',
  closeNotice: 'Hinweis schließen',
  sessionsCouldNotBe: (count) => `${countOf(count, 'Sitzung konnte', 'Sitzungen konnten')} nicht geändert werden:`,

  // sessions/actions/answer-dialog.tsx
  answer: (name) => `„${name}“ antworten`,
  itAsksNothingAny: 'Sie fragt nichts mehr.',
  close: 'Schließen',

  // sessions/actions/bulk-bar.tsx
  selectedSessions: 'Ausgewählte Sitzungen',
  ofSessionsSelected: (count, count2) => (
    <>
      {count} von {countOf(count2, 'Sitzung', 'Sitzungen')} ausgewählt
    </>
  ),
  selectNone: 'Keine auswählen',
  selectAll: 'Alle auswählen',
  done: 'Fertig',

  // sessions/actions/recover-dialog.tsx
  recover: (name) => `„${name}“ wiederherstellen`,
  askingHub: 'Der Hub wird gefragt',
  itCannotBeRecovered: (text) => <>Sie kann nicht wiederhergestellt werden: {text}</>,
  itIsNeitherStalled: 'sie hängt nicht mehr und ist nicht fehlgeschlagen.',
  noClientOfSignalbox: (machineId) => (
    <>
      Kein Client von Signalbox arbeitet für diese Sitzung, also gibt es keinen, der sie aufnehmen könnte. Claude Code setzt sie auf{' '}
      {machineId} fort, und sie ist hier von selbst wieder aktiv:
    </>
  ),
  theCommandThatContinues: 'den Befehl, der sie fortsetzt',
  makesItActiveAgain: (attempt) =>
    `Macht sie mit derselben ID wieder aktiv, als Versuch ${attempt}. Signalbox startet keinen Prozess: der Client, der für sie arbeitet, muss sie aufnehmen, und ein früherer wird von da an abgewiesen.`,
  machine: 'Maschine',
  slot: 'Slot',
  noSlot: 'Kein Slot',
  slotWhichItHas: (ownSlot) => `Slot ${ownSlot}, den sie hat`,
  slotNumber: (number) => `Slot ${number}`,
  tasksToRepeat: 'Zu wiederholende Aufgaben',
  allThatFailedOr: 'Alle, die scheiterten oder liefen',
  fromOn: (taskName, status) => `Ab „${taskName}“ (${status})`,
  itCanBeRecovered: (most) => `Sie kann ${most}-mal wiederhergestellt werden.`,
  recoveredTimesOfSo: (recoveryAttempts, most) => `Bisher ${recoveryAttempts} von ${most} Malen wiederhergestellt.`,
  recoverLabel: 'Wiederherstellen',
  ofSlotsFree: (free, count) => `, ${free} von ${countOf(count, 'Slot', 'Slots')} frei`,
  inMaintenance: 'in Wartung',

  // sessions/actions/row-controls.tsx
  answerLabel: 'Antworten',
  answerNamed: (name) => `${name} antworten`,
  recoverNamed: (name) => `${name} wiederherstellen`,
  select: (name) => `${name} auswählen`,

  // sessions/actions/session-action.ts
  pause: 'Pausieren',
  markedAsPaused: 'als pausiert markiert',
  marksItAsPaused: 'Markiert sie als pausiert. Ihr Prozess läuft weiter: Signalbox hält ihn nicht an.',
  resume: 'Fortsetzen',
  activeAgain: 'wieder aktiv',
  markAsCompleted: 'Als abgeschlossen markieren',
  markedAsCompleted: 'als abgeschlossen markiert',
  marksItAsCompleted:
    'Markiert sie als abgeschlossen. Ihr Prozess läuft weiter, falls er noch läuft, und seine Lebenszeichen werden von da an abgewiesen.',
  itsSlotIsReleased: 'Ihr Slot wird frei, und ihre laufenden Aufgaben schlagen fehl. Das lässt sich nicht rückgängig machen.',
  markAsFailed: 'Als fehlgeschlagen markieren',
  markedAsFailed: 'als fehlgeschlagen markiert',
  marksItAsFailed:
    'Markiert sie als fehlgeschlagen. Ihr Prozess läuft weiter, falls er noch läuft, und seine Lebenszeichen werden von da an abgewiesen.',
  itsSlotIsReleasedAnd:
    'Ihr Slot wird frei, und ihre laufenden Aufgaben schlagen fehl. Wiederherstellen macht sie wieder aktiv, bis zu dreimal.',
  makesItActiveAgainWhere:
    'Macht sie wieder aktiv, wo sie war, mit derselben ID. Signalbox startet keinen Prozess: der Client, der für sie arbeitet, muss sie aufnehmen.',
  itsFailedAndStuck: 'Ihre fehlgeschlagenen und steckengebliebenen Aufgaben stehen wieder an.',
  archive: 'Archivieren',
  archived: 'archiviert',
  takesItOffBoard:
    'Nimmt sie für alle von der Übersicht. Ihre Aufgaben, ihr Verlauf und ihr Verbrauch bleiben, und ihre Seite bleibt unter ihrer Adresse offen.',
  thereIsNoUndo: 'Das lässt sich nicht rückgängig machen.',
  dismiss: 'Ausblenden',
  dismissedInThisBrowser: 'in diesem Browser ausgeblendet',
  showAgain: 'Wieder zeigen',
  shownAgain: 'wieder gezeigt',
  whatIsSeenOf:
    'Was von Claude Code gesehen wird, geht vor: eine Sitzung, die als beendet markiert ist und weiterarbeitet, ist wieder aktiv.',
  sessionCount: (count) => countOf(count, 'Sitzung', 'Sitzungen'),
}
