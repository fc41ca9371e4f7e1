import { countOf, plural } from '@signalbox/contract/plural'
import type { sessions as english } from '../en/sessions.tsx'

export const sessions: typeof english = {
  // sessions/attention-announcer.tsx
  noSessionNeedsAttention: 'Keine Sitzung braucht dich mehr',
  oneSessionNeedsAttention: 'Eine Sitzung braucht dich',
  sessionsNeedAttention: (count) => `${count} Sitzungen brauchen dich`,

  // sessions/collector-note.tsx
  collector: (statusIndicator, condition) => (
    <>
      {statusIndicator} Collector {condition}
    </>
  ),

  // sessions/context-meter.tsx
  inContext: ' im Kontext',
  ofTokens: (used, limit) => `${used} von ${limit} Token`,
  ofContext: ' des Kontexts',

  // sessions/fleet-panel.tsx
  sessions: 'Sitzungen',
  liveBoard: 'Live-Übersicht',
  and: ' und ',

  // sessions/fleet-summary.tsx
  waiting: (countLink) => <>{countLink} wartend</>,
  stalled: (countLink) => <>{countLink} hängend</>,
  paused: (countLink) => <>{countLink} pausiert</>,
  notSeen: (countLink) => <>{countLink} nicht gesehen</>,
  failedInLastHour: (countLink) => <>{countLink} in der letzten Stunde fehlgeschlagen</>,
  noSessionIsActive: 'Keine Sitzung ist aktiv',
  sessionsActiveOnMachines: (countLink, active, machines, machines2) => (
    <>
      {countLink} {plural(active, 'Sitzung', 'Sitzungen')} aktiv auf {machines} {plural(machines2, 'Maschine', 'Maschinen')}
    </>
  ),

  // sessions/machine-panel.tsx
  inMaintenance: 'in Wartung',
  onMachine: (machineId) => `auf ${machineId}`,
  ofSlotsUsed: (slots, usedCount, count) => (
    <>
      {slots}
      {usedCount} von {countOf(count, 'Slot', 'Slots')} belegt
    </>
  ),
  slotIs: (slot, text) => `Slot ${slot} ist ${text}`,
  inUse: 'belegt',
  free: 'frei',
  lastSeenAgo: (heartbeatAge) => <>Zuletzt gesehen vor {heartbeatAge}</>,

  // sessions/session-facts.tsx
  aRunWithAnswer: 'Ein Lauf mit einer Antwort und ohne Terminal',
  background: 'Hintergrund',
  branch: (branch) => `Branch ${branch}`,
  branchLabel: 'Branch ',
  permissionMode: (mode) => `Erlaubnismodus: ${mode}`,
  atLeastWhatWas: 'mindestens: was zuletzt von der Sitzung gemeldet wurde; ihre Seite zeigt, was gezählt ist',
  theVersionOfClaude: 'Die Version von Claude Code',
  fromTranscriptOnly: 'nur aus dem Transkript',
  theProcessOfThis: 'Der Prozess dieser Sitzung wird nicht beobachtet. Ihre Seite sagt, wie es geht.',
  limitReachedUntil: (recentMoment) => <>Limit erreicht, bis {recentMoment}</>,
  lastTurnFailed: (error) => `letzter Zug fehlgeschlagen: ${error}`,

  // sessions/session-row.tsx
  dockerSlot: (slot) => `Docker-Slot ${slot}`,
  slot: 'Slot ',
  noTask: 'Keine Aufgabe',
  lastSeen: 'zuletzt gesehen ',
  ended: 'beendet ',
  runningFor: 'läuft seit ',
  duration: 'Dauer ',
  heldByBudget: (heldBy) => `angehalten vom Budget ${heldBy}`,

  // sessions/session-rows.tsx
  state: 'Zustand',
  nameTask: 'Name, Aufgabe',
  lastSeenLabel: 'Gesehen',
  runningForLabel: 'Läuft seit',
  sessionsAt: (place) => `Sitzungen ${place}`,
  failedInLastHourLabel: 'In der letzten Stunde fehlgeschlagen',
  sessionsEndedInLast: (icon, count) => (
    <>
      {icon}
      {countOf(count, 'Sitzung', 'Sitzungen')} in der letzten Stunde beendet
    </>
  ),
  endedInLastHour: 'In der letzten Stunde beendet',
  showMore: 'Mehr zeigen',
  shownOf: (count, count2) => `${count} von ${count2}`,
  andMore: (hiddenCount) => `und ${hiddenCount} weitere`,
  endedLabel: 'Beendet',
  durationLabel: 'Dauer',

  // sessions/session-state.ts
  stateStalled: 'Hängt',
  stateFailed: 'Fehlgeschlagen',
  stateWorking: 'Arbeitet',
  stateActive: 'Aktiv',
  stateIdle: 'Untätig',
  stateNotSeen: 'Nicht gesehen',
  statePaused: 'Pausiert',
  stateCompleted: 'Abgeschlossen',
  stateArchived: 'Archiviert',
  stateWaitingFor: (reason) => `Wartet auf ${reason}`,
  stateWaiting: 'Wartet',

  // sessions/start-hint.tsx
  noSessionAndNo: (link) => <>Keine Sitzung, und kein Collector hat Kontakt. {link} zeigt, wie einer gestartet wird.</>,
  machines: 'Maschinen',
  startAnywhereOnAnd: (code, machineId) => (
    <>
      Starte {code} irgendwo auf {machineId}, und es erscheint hier.
    </>
  ),
  oneOfConnectedMachines: (count) => `einer von ${count} verbundenen Maschinen`,

  // sessions/state-since.tsx
  since: (recentMoment) => <>seit {recentMoment}</>,
  forTime: (waitingTime) => <>seit {waitingTime}</>,
  project: 'Projekt',
  moreMachines: (count) => countOf(count, 'weitere Maschine', 'weitere Maschinen'),
  idleMachines: (count) => countOf(count, 'untätige Maschine', 'untätige Maschinen'),
  tokens: (exact) => `${exact} Token`,
  subagentCount: (count) => countOf(count, 'Subagent', 'Subagenten'),
  ago: (age) => <>vor {age}</>,
  waitingReasons: { permission: 'Erlaubnis', input: 'Eingabe' },
}
