import { countOf } from '@signalbox/contract/plural'
import type { session as english } from '../en/session.tsx'

export const session: typeof english = {
  // sessions/cache-expiry.tsx
  inTime: (left) => <>in {left}</>,
  expiredAgo: (age) => <>abgelaufen vor {age}</>,

  // sessions/claude-panel.tsx
  interactive: 'Interaktiv',
  backgroundJob: 'Im Hintergrund',
  atLeastWhatWas: 'mindestens: was zuletzt von der Sitzung gemeldet wurde',
  atLeastSomeCalls: 'mindestens: einige Aufrufe haben in keiner Quelle endgültige Zahlen',
  claudeCode: 'Claude Code',
  counted: 'gezählt',
  source: ', Quelle: ',
  listPriceEquivalentYour: 'Entspricht dem Listenpreis. Der Preis deines Plans ist ein anderer.',

  // sessions/claude-tasks-panel.tsx
  claudeCodesTasks: 'Aufgaben von Claude Code',
  ofDone: (done, count) => (
    <>
      {done} von {count} erledigt
    </>
  ),

  // sessions/health-panel.tsx
  health: 'Zustand',
  lastSeen: 'zuletzt gesehen',
  ago: (heartbeatAge) => <>vor {heartbeatAge}</>,
  ended: 'beendet',
  inProgress: (text) => `${text} nicht beendet.`,
  oneTaskWas: 'Eine Aufgabe war',
  tasksWere: (stuckTaskCount) => `${stuckTaskCount} Aufgaben waren`,
  loading: 'Wird geladen …',
  itsStateIsNot: 'Ihr Zustand ist gerade nicht bekannt.',
  healthy: 'Gesund',
  theTaskCompletedLast: (name) => `Zuletzt abgeschlossen: ${name}.`,
  recoverMakesItActive: (left, most) => `„Wiederherstellen“ macht sie wieder aktiv, noch ${left} von ${most} Malen.`,
  noIssues: 'Keine Auffälligkeiten',

  // sessions/raw-panel.tsx
  rawRecord: 'Rohdaten',
  hide: 'Verbergen',
  show: 'Zeigen',
  theAnswerToLive: (code) => <>Die Antwort auf {code}, live.</>,

  // sessions/reported-session.tsx
  onlyUsageOfThis: 'Von dieser Sitzung ist nur der Verbrauch bekannt: kein Collector hat sie beobachtet, während sie lief.',
  details: 'Einzelheiten',
  session: 'Sitzung',
  folder: 'Ordner',
  firstCall: 'Erster Aufruf',
  lastCall: 'Letzter Aufruf',
  calls: 'Aufrufe',
  models: 'Modelle',
  showItOnUsage: 'Auf der Verbrauchsseite zeigen',

  // sessions/session-details.tsx
  project: 'Projekt',
  machine: 'Maschine',
  slot: (dockerSlot) => `, Slot ${dockerSlot}`,
  started: 'Begonnen',
  runningFor: 'Läuft seit',
  endedLabel: 'Beendet',
  duration: 'Dauer',
  stalledSince: 'Hängt seit',
  attempt: 'Versuch',
  heartbeatInterval: 'Takt der Lebenszeichen',
  theSessionId: 'die ID der Sitzung',

  // sessions/session-figures.tsx
  cost: 'Kosten',
  tokens: 'Token',
  model: 'Modell',
  context: 'Kontext',
  costAndContext: 'Kosten und Kontext',
  itsUsage: 'Ihr Verbrauch',

  // sessions/session.tsx
  sessions: (name) => `${name} · Sitzungen`,
  backToSessions: 'Sitzungen',
  sessionIsGone: 'Vielleicht wurde sie gelöscht, oder ein anderer Hub hat sie. Alle Sitzungen dieses Hubs stehen unter Sitzungen.',
  whereItRuns: (text, machineId, text2) => (
    <>
      {text}auf {machineId}
      {text2}
    </>
  ),
  loadingSession: 'Die Sitzung wird geladen',

  // sessions/source-field.ts
  activity: 'Tätigkeit',
  waitingFor: 'Wartet auf',
  processAlive: 'Prozess lebt',
  end: 'Ende',
  name: 'Name',
  branch: 'Branch',
  claudeCodeVersion: 'Version von Claude Code',
  processId: 'Prozess-ID',
  permissionMode: 'Erlaubnismodus',
  effort: 'Aufwand',
  contextUsed: 'Belegter Kontext',
  contextWindow: 'Kontextfenster',
  promptCacheExpires: 'Prompt-Cache läuft ab',
  inputTokens: 'Eingabe-Token',
  outputTokens: 'Ausgabe-Token',
  cacheReads: 'Gelesen aus dem Cache',
  cacheWrites: 'Geschrieben in den Cache',
  limitedUntil: 'Begrenzt bis',
  lastTurnFailed: 'Letzter Zug fehlgeschlagen',

  // sessions/sources-panel.tsx
  sources: 'Quellen',
  ofEachFieldNewest: 'Von jedem Feld wird der neueste Wert der genauesten Quelle gezeigt.',
  whatEachSourceReports: 'Was jede Quelle meldet',
  field: 'Feld',
  sourceLabel: 'Quelle',
  value: 'Wert',
  asOf: 'Stand',
  shown: ' (gezeigt)',

  // sessions/subagents-panel.tsx
  subagents: 'Subagenten',
  ofRunning: (subagentsRunning, count) => (
    <>
      {subagentsRunning} von {count} laufen
    </>
  ),
  subagent: 'Subagent',
  running: 'Läuft',
  took: (ended) => `, dauerte ${ended}`,
  forAge: (age) => <> seit {age}</>,

  // sessions/task-icon.tsx
  inProgressLabel: 'Läuft',
  blocked: 'Blockiert',
  failed: 'Fehlgeschlagen',
  pending: 'Steht an',
  completed: 'Abgeschlossen',

  // sessions/tasks-panel.tsx
  tasks: 'Aufgaben',
  loadingTasks: 'Aufgaben werden geladen',
  noTasksYet: 'Noch keine Aufgaben.',

  // sessions/timeline-panel.tsx
  timeline: 'Verlauf',
  loadingTimeline: 'Der Verlauf wird geladen',
  showAll: (count) => `Alle ${count} zeigen`,
  timeForReason: (time, reason) => `${time} auf ${reason}`,
  waited: (total, text) => (
    <>
      Gewartet {total}
      {text}
    </>
  ),

  // sessions/timeline-text.ts
  active: 'Aktiv',
  paused: 'Pausiert',
  stalled: 'Hängt',
  archived: 'Archiviert',
  requeued: 'neu eingereiht',
  taskStarted: 'begonnen',
  taskCompletedLabel: 'abgeschlossen',
  taskFailed: 'fehlgeschlagen',
  taskBlocked: 'blockiert',
  taskAdded: (taskName) => `Aufgabe hinzugefügt: ${taskName}`,
  task: (to, taskName) => `Aufgabe ${to}: ${taskName}`,
  claudeCodeStarted: 'Claude Code gestartet',
  resumed: 'Fortgesetzt',
  startedAfterClear: 'Nach /clear begonnen',
  continuedAfterCompaction: 'Nach der Verdichtung fortgesetzt',
  forked: 'Abgezweigt',
  working: 'Arbeitet',
  idle: 'Untätig',
  startedBecause: (reason) => `Begonnen (${reason})`,
  prompt: 'Prompt',
  turnEnded: (took) => `Zug beendet${took}`,
  turnFailed: (why, took) => `Zug fehlgeschlagen${why}${took}`,
  interrupted: 'Unterbrochen',
  tool: 'Werkzeug',
  subagentStarted: (named) => `Subagent gestartet${named}`,
  subagentEnded: (named, took) => `Subagent beendet${named}${took}`,
  taskAddedNamed: (named) => `Aufgabe hinzugefügt${named}`,
  taskCompleted: (named) => `Aufgabe abgeschlossen${named}`,
  contextCompacted: (text, took) => `Kontext verdichtet${text}${took}`,
  claudeCodeEnded: (why) => `Claude Code beendet${why}`,
  ms: (milliseconds) => `${milliseconds} ms`,
  failures: (failures) => `, ${failures} fehlgeschlagen`,
  inSubagent: (text) => `In einem Subagenten: ${text}`,

  // sessions/verification-panel.tsx
  verification: 'Abgleich',
  whySourcesDiffer: 'Warum die Quellen abweichen',
  callsWithoutFinalFigures: (open) => `≥ ${countOf(open, 'Aufruf', 'Aufrufe')} ohne endgültige Zahlen in allen Quellen`,
  allSourcesHaveSame: 'Alle Quellen haben dasselbe',
  noCallLacksIts: 'Keinem Aufruf fehlen seine Zahlen',
  transcript: 'Transkript',
  claudeCodesRecord: 'Eintrag von Claude Code',
  beyondTranscript: 'über das Transkript hinaus',
  telemetry: 'Telemetrie',
  countedLabel: 'Gezählt',
  whatEachSourceHas: 'Was jede Quelle hat',
  input: 'Eingabe',
  output: 'Ausgabe',
  nothing: 'nichts',
  whatEachSourceHasBy: 'Was jede Quelle hat, nach Modell',
  callCount: (count) => countOf(count, 'Aufruf', 'Aufrufe'),
  unknown: 'unbekannt',
  kind: 'Art',
  toolFailed: (tool) => `${tool} fehlgeschlagen`,
  waitedFor: { permission: ' auf Erlaubnis', input: ' auf Eingabe' },
  waitReasons: { permission: 'Erlaubnis', input: 'Eingabe' },
}
