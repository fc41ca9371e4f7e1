import { plural } from '@signalbox/contract/plural'
import type { ui as english } from '../en/ui.tsx'

export const ui: typeof english = {
  // ui/amount.tsx
  unknown: 'unbekannt',
  noPriceIsKnown: 'Zu diesem Modell ist kein Preis bekannt, daher sind die Kosten unbekannt',
  atListPrice: (known, text) => `${known} zum Listenpreis${text}`,

  // ui/at-least.ts
  neverGotFinalRecord: (unfinishedCalls) => `${unfinishedCalls} ohne den letzten Eintrag von Claude Code, daher fehlt ein Teil der Ausgabe`,
  hadNumberThatIs: (oddCalls) => `${oddCalls} mit einer Zahl, die keine ist und als 0 zählt`,
  atLeast: (reasons) => `mindestens: ${reasons}`,

  // ui/chart-or-table.tsx
  showAsChart: 'Als Diagramm zeigen',
  showAsTable: 'Als Tabelle zeigen',

  // ui/copy-line.tsx
  copy: (label) => `${label} kopieren`,
  copied: 'Kopiert',
  copyLabel: 'Kopieren',

  // ui/dialog.tsx
  esc: 'Esc',
  close: 'Schließen',

  // ui/missing-part.tsx
  partIsMissing: 'Ein Teil dieser Seite konnte nicht geladen werden.',
  hubHasOtherFiles: 'Der Hub wurde erneuert, seit die Seite geöffnet ist, und hat diesen Teil nicht mehr. Lade die Seite neu.',
  reload: 'Neu laden',

  // ui/part-name.ts
  notItemised: ', nicht aufgeschlüsselt',

  // ui/picker.tsx
  loading: 'Wird geladen …',
  find: 'Suchen …',
  noMatch: 'Kein Treffer.',

  // ui/problem-note.tsx
  requestId: (requestId) => <>Anfrage-ID {requestId}</>,
  tryAgain: 'Noch einmal versuchen',

  // ui/theme.ts
  system: 'System',
  light: 'Hell',
  dark: 'Dunkel',
  justNow: 'gerade eben',
  ago: (duration) => `vor ${duration}`,
  daysAgo: (days) => (days === 1 ? 'vor einem Tag' : `vor ${days} Tagen`),
  exactTokens: (exact) => `${exact} Token`,
  calls: (exact, count) => `${exact} ${plural(count, 'Aufruf', 'Aufrufe')}`,
  findIn: (label) => `Suchen: ${label}`,
}
