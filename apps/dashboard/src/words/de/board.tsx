import { countOf } from '@signalbox/contract/plural'
import type { board as english } from '../en/board.tsx'

export const board: typeof english = {
  // sessions/attention-list.tsx
  noSessionNeedsAttention: 'Keine Sitzung braucht dich.',
  needsAttention: 'Braucht dich',
  needsAttentionCount: (count) => <>Braucht dich {count}</>,
  toAnswerHere: (command) => <>Um Sitzungen zu antworten, melde diesen Browser an: {command}</>,
  where: (text, machineId, text2, failureReason, rest) => (
    <>
      {text}auf {machineId}
      {text2}
      {failureReason}
      {rest}
    </>
  ),
  slot: (dockerSlot) => `, Slot ${dockerSlot}`,
  noHeartbeatFor: (heartbeatAge) => <>kein Lebenszeichen seit {heartbeatAge}</>,
  moreSessions: (count) => `${count} weitere`,
  forTime: (waitingTime) => <>seit {waitingTime}</>,
  lastSeenAgo: (heartbeatAge) => <>zuletzt gesehen vor {heartbeatAge}</>,
  ago: (age) => <>vor {age}</>,

  // sessions/group-panel.tsx
  projectOnMachine: (projectId, machineId) => `${projectId} auf ${machineId}`,
  liveSessionsOnMachines: (count, machines) =>
    `${countOf(count, 'laufende Sitzung', 'laufende Sitzungen')} auf ${countOf(machines, 'Maschine', 'Maschinen')}`,
  ofGroup: (title) => `von ${title}`,
  machine: 'Maschine',
  projectMachine: 'Projekt, Maschine',

  // sessions/kanban/columns.ts
  waiting: 'Wartet',
  stalled: 'Hängt',
  failed: 'Fehlgeschlagen',
  working: 'Arbeitet',
  idle: 'Untätig',
  paused: 'Pausiert',
  notSeen: 'Nicht gesehen',
  completed: 'Abgeschlossen',

  // sessions/kanban/session-card.tsx
  heldByBudget: (heldBy) => `angehalten vom Budget ${heldBy}`,
  seenAgo: (heartbeatAge) => <>gesehen vor {heartbeatAge}</>,
  endedAgo: (age) => <>beendet vor {age}</>,

  // sessions/kanban/session-kanban.tsx
  sessionsByState: 'Sitzungen nach Zustand',
  sessionsOfByState: (title) => `Sitzungen von ${title} nach Zustand`,

  // sessions/machine-board.tsx
  showMoreMachines: 'Mehr Maschinen zeigen',
  showMoreGroups: 'Mehr Gruppen zeigen',
  shownOf: (limit, count) => `${limit} von ${count}`,

  // sessions/no-sessions.tsx
  startCollectorWhereYou: 'Starte den Collector dort, wo du Claude Code benutzt, und dann claude irgendwo auf dieser Maschine',
  theCommandThatStarts: 'den Befehl, der den Collector startet',
  orCreateSessionFrom: 'Oder erstelle eine Sitzung aus einem eigenen Programm',
  theCommandThatCreates: 'den Befehl, der eine Sitzung erstellt',
  sendHeartbeatWithIts: 'Sende ein Lebenszeichen mit der Tätigkeit',
  theCommandThatSends: 'den Befehl, der ein Lebenszeichen sendet',
  orStartDemoWith: 'Oder starte eine Vorführung mit erzeugten Sitzungen in einem eigenen Hub',
  theCommandThatStartsDemo: 'den Befehl, der die Vorführung startet',
  noMachineHasCollector:
    'Noch hat keine Maschine einen Collector. Mit einem erscheint dort jede Sitzung von Claude Code von selbst. Auch ein Programm kann Sitzungen erstellen; sie bleiben aktiv, solange es Lebenszeichen sendet. Diese Seite erneuert sich von selbst.',
  noSessionsYet: 'Noch keine Sitzungen',
  addMachine: 'Maschine hinzufügen',

  // sessions/session-filters.tsx
  active: 'Aktiv',
  failedInLastHour: 'In der letzten Stunde fehlgeschlagen',
  completedInLastHour: 'In der letzten Stunde abgeschlossen',
  filters: 'Filter',
  status: 'Status',
  allStatuses: 'Jeder Status',
  allMachines: 'Alle Maschinen',
  project: 'Projekt',
  allProjects: 'Alle Projekte',
  branch: 'Branch',
  allBranches: 'Alle Branches',
  clearFilters: 'Filter zurücksetzen',
  findSessions: 'Sitzungen suchen',
  findByNameId: 'Suchen nach Name, ID, Branch …',

  // sessions/session-groups.ts
  noBranchKnown: 'Kein Branch bekannt',
  noProject: 'Kein Projekt',

  // sessions/sessions.tsx
  sessions: 'Sitzungen',
  loadingSessions: 'Sitzungen werden geladen',
  moreThanSessionsAre: (most) =>
    `Mehr als ${most} Sitzungen laufen. Nur die neuesten werden gezeigt; die Tabelle hat mit „Alle beendeten“ mehr.`,
  costsAreListPrice: 'Kosten entsprechen dem Listenpreis. Der Preis deines Plans ist ein anderer.',
  noSessionMatchesThese: 'Keine Sitzung passt zu diesen Filtern.',
  noLiveSessionsAnd: 'Keine laufenden Sitzungen, und in der letzten Stunde ist keine beendet worden. Neue erscheinen hier von selbst.',
  showAllSessions: 'Alle Sitzungen zeigen',
  loadingSessionsSoFar: (count) => `Wird geladen … bisher ${count} Sitzungen.`,
  theNewestSessionsAre: (most) => `Die neuesten ${most} Sitzungen werden gezeigt.`,
  allSessionsAreShown: (count) => `Alle ${count} Sitzungen werden gezeigt.`,

  // sessions/table/session-table.tsx
  state: 'Zustand',
  nameTask: 'Name, Aufgabe',
  machineSlot: 'Maschine, Slot',
  model: 'Modell',
  context: 'Kontext',
  cost: 'Kosten',
  lastSeen: 'Gesehen',
  started: 'Begonnen',
  actions: 'Aktionen',

  // sessions/view-bar.tsx
  board: 'Übersicht',
  kanban: 'Kanban',
  table: 'Tabelle',
  noGrouping: 'Nicht gruppiert',
  byMachine: 'Nach Maschine',
  byProject: 'Nach Projekt',
  byBranch: 'Nach Branch',
  view: 'Ansicht',
  grouping: 'Gruppierung',
  allEnded: 'Alle beendeten',
  dismissed: (dismissedCount) => `Ausgeblendet ${dismissedCount}`,
  select: 'Auswählen',
  sessionCount: (count) => countOf(count, 'Sitzung', 'Sitzungen'),
}
