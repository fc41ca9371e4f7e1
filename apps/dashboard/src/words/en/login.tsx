export const login = {
  // shell/login.tsx
  signInSignalbox: 'Sign in · Signalbox',
  signalbox: 'Signalbox',
  signInWithApi: 'Sign in with an API key of this hub. The key is not stored in this browser.',
  key: 'Key',
  thisPageCameOver: 'This page came over plain http: others on the network can read the key and what the page shows.',
  signingIn: 'Signing in …',
  signIn: 'Sign in',
  onHubsOwnMachine: "On the hub's own machine you need no key. This opens the page with a link that works once:",
  theCommandThatOpens: 'the command that opens the page',
  forBrowserOnAnother: "For a browser on another machine, create a key on the hub's machine, and paste it here:",
  theCommandThatCreates: 'the command that creates a key',

  // shell/shortcut-list.tsx
  goTo: (name: string) => `Go to ${name}`,
  ctrl: 'Ctrl',
  searchAndCommandsK: 'Search and commands (⌘ K on a Mac)',
  askQuestionInWords: 'Ask a question in words',
  searchOnThisScreen: 'Search on this screen, or everywhere',
  inChartPreviousOr: 'In a chart: previous or next bar',
  enter: 'Enter',
  inChartOpenThis: 'In a chart: open this bar',
  showThisList: 'Show this list',
  esc: 'Esc',
  closeDialogOrMenu: 'Close a dialog or menu',
  keyboardShortcuts: 'Keyboard shortcuts',
  keyboardShortcutsWithoutModifier: 'Keyboard shortcuts without a modifier',
}
