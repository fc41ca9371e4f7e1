import type { login as english } from '../en/login.tsx'

export const login: typeof english = {
  // shell/login.tsx
  signInSignalbox: 'Anmelden · Signalbox',
  signalbox: 'Signalbox',
  signInWithApi: 'Melde dich mit einem API-Schlüssel dieses Hubs an. Der Schlüssel wird nicht in diesem Browser gespeichert.',
  key: 'Schlüssel',
  thisPageCameOver: 'Diese Seite kam über einfaches http: andere im Netz können den Schlüssel lesen und was die Seite zeigt.',
  signingIn: 'Anmeldung läuft …',
  signIn: 'Anmelden',
  onHubsOwnMachine: 'Auf der Maschine des Hubs selbst brauchst du keinen Schlüssel. Das öffnet die Seite mit einem Link, der einmal gilt:',
  theCommandThatOpens: 'den Befehl, der die Seite öffnet',
  forBrowserOnAnother:
    'Für einen Browser auf einer anderen Maschine erstelle einen Schlüssel auf der Maschine des Hubs und füge ihn hier ein:',
  theCommandThatCreates: 'den Befehl, der einen Schlüssel erstellt',

  // shell/shortcut-list.tsx
  goTo: (name) => `Zu ${name}`,
  ctrl: 'Strg',
  searchAndCommandsK: 'Suche und Befehle (⌘ K auf einem Mac)',
  askQuestionInWords: 'Eine Frage in Worten stellen',
  searchOnThisScreen: 'Auf dieser Seite suchen, oder überall',
  inChartPreviousOr: 'Im Diagramm: voriger oder nächster Balken',
  enter: 'Enter',
  inChartOpenThis: 'Im Diagramm: diesen Balken öffnen',
  showThisList: 'Diese Liste zeigen',
  esc: 'Esc',
  closeDialogOrMenu: 'Dialog oder Menü schließen',
  keyboardShortcuts: 'Tastenkürzel',
  keyboardShortcutsWithoutModifier: 'Tastenkürzel ohne Zusatztaste',
}
