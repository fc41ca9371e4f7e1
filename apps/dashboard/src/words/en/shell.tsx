import type { ReactNode } from 'react'

export const shell = {
  // shell/connection-status.tsx
  connecting: 'Connecting',
  connectingToHub: 'Connecting to the hub',
  live: 'Live',
  changesAppearAsThey: 'Changes appear as they happen',
  reconnecting: 'Reconnecting',
  theConnectionWasLost: 'The connection was lost; reconnecting',
  notLive: 'Not live',
  thisKeyMayNot: 'This key may not follow events; the page updates every few minutes',
  offline: 'Offline',
  theHubDoesNot: 'The hub does not respond; reconnecting',

  // editor/page.tsx
  hubRefusesTheKey: 'The hub refuses the key. Run the command “Signalbox: Set API Key”.',

  // shell/error-screen.tsx
  thisScreenCouldNot: 'This screen could not be displayed.',
  reloadPageHubMay: (message: string) => `Reload the page: the hub may have been updated since it was opened. (${message})`,

  // shell/navigation.tsx
  screens: 'Screens',
  moreScreens: 'More',

  // shell/not-found.tsx
  pageNotFound: 'Page not found',
  thereIsNoPage: 'There is no page at this address. Check the address, or start from Today.',
  goToToday: 'Go to Today',

  // shell/offline-note.tsx
  theNumbersWereLast: (strong: ReactNode, ago: ReactNode, code: ReactNode) => (
    <>
      {strong} The numbers were last updated {ago}. The page reconnects by itself. If the hub is stopped, start it with {code}.
    </>
  ),
  theHubDoesNotRespond: 'The hub does not respond.',

  // shell/screen-title.tsx
  signalbox: (text: string, name: string) => `${text}${name} · Signalbox`,

  // shell/screens.ts
  today: 'Today',
  sessions: 'Sessions',
  limits: 'Limits',
  usage: 'Usage',
  alerts: 'Alerts',
  machines: 'Machines',
  events: 'Events',
  settings: 'Settings',

  // shell/shell.tsx
  skipToContent: 'Skip to content',
  signalboxLabel: 'Signalbox',
  searchAndCommands: 'Search and commands',
  searchAndCommandsCtrl: 'Search and commands (Ctrl K)',
  ask: 'Ask',
  askA: 'Ask (a)',
  keyboardShortcuts: 'Keyboard shortcuts',

  // shell/theme-button.tsx
  theme: (theme: string) => `Theme: ${theme}`,
  themeChangeTo: (theme: string, next: string) => `Theme: ${theme}. Change to: ${next}`,

  // shell/zone-note.tsx
  thisBrowserDoesNot: (strong: ReactNode) => (
    <>{strong} this browser does not know its time zone. Set the time zone of this device, then reload the page.</>
  ),
  timesAreInUtc: 'Times are in UTC:',
}
