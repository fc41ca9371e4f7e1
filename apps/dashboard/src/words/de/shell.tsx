import type { shell as english } from '../en/shell.tsx'

export const shell: typeof english = {
  // shell/connection-status.tsx
  connecting: 'Verbindet',
  connectingToHub: 'Verbindung zum Hub wird aufgebaut',
  live: 'Live',
  changesAppearAsThey: 'Änderungen erscheinen, sobald sie geschehen',
  reconnecting: 'Verbindet neu',
  theConnectionWasLost: 'Die Verbindung ist abgerissen und wird neu aufgebaut',
  notLive: 'Nicht live',
  thisKeyMayNot: 'Dieser Schlüssel darf Ereignissen nicht folgen; die Seite erneuert sich alle paar Minuten',
  offline: 'Offline',
  theHubDoesNot: 'Der Hub antwortet nicht; die Verbindung wird neu aufgebaut',

  // editor/page.tsx
  hubRefusesTheKey: 'Der Hub lehnt den Schlüssel ab. Starten Sie den Befehl „Signalbox: Set API Key“.',

  // shell/error-screen.tsx
  thisScreenCouldNot: 'Diese Seite konnte nicht angezeigt werden.',
  reloadPageHubMay: (message) => `Lade die Seite neu: der Hub wurde vielleicht erneuert, seit sie geöffnet ist. (${message})`,

  // shell/navigation.tsx
  screens: 'Seiten',
  moreScreens: 'Mehr',

  // shell/not-found.tsx
  pageNotFound: 'Seite nicht gefunden',
  thereIsNoPage: 'Unter dieser Adresse gibt es keine Seite. Prüfe die Adresse, oder beginne bei Heute.',
  goToToday: 'Zu Heute',

  // shell/offline-note.tsx
  theNumbersWereLast: (strong, ago, code) => (
    <>
      {strong} Die Zahlen sind zuletzt {ago} erneuert worden. Die Seite verbindet sich von selbst neu. Wenn der Hub steht, starte ihn mit{' '}
      {code}.
    </>
  ),
  theHubDoesNotRespond: 'Der Hub antwortet nicht.',

  // shell/screen-title.tsx
  signalbox: (text, name) => `${text}${name} · Signalbox`,

  // shell/screens.ts
  today: 'Heute',
  sessions: 'Sitzungen',
  limits: 'Limits',
  usage: 'Verbrauch',
  alerts: 'Alarme',
  machines: 'Maschinen',
  events: 'Ereignisse',
  settings: 'Einstellungen',

  // shell/shell.tsx
  skipToContent: 'Zum Inhalt springen',
  signalboxLabel: 'Signalbox',
  searchAndCommands: 'Suche und Befehle',
  searchAndCommandsCtrl: 'Suche und Befehle (Strg K)',
  ask: 'Fragen',
  askA: 'Fragen (a)',
  keyboardShortcuts: 'Tastenkürzel',

  // shell/theme-button.tsx
  theme: (theme) => `Farben: ${theme}`,
  themeChangeTo: (theme, next) => `Farben: ${theme}. Wechseln zu: ${next}`,

  // shell/zone-note.tsx
  thisBrowserDoesNot: (strong) => (
    <>{strong} dieser Browser kennt seine Zeitzone nicht. Stelle die Zeitzone dieses Geräts ein und lade die Seite neu.</>
  ),
  timesAreInUtc: 'Zeiten sind in UTC:',
}
