import type { hub as english } from '../en/hub.ts'

export const hub: typeof english = {
  // hub/last-heartbeat-store.ts
  machine: (id) => `Maschine ${id}`,

  // hub/problem.ts
  noConnection: 'Keine Verbindung zum Hub.',
  checkTheHub: 'Prüfe, ob er läuft, und ob dieses Gerät ein Netz hat.',

  // hub/push-browser.ts
  thisBrowserWasNot: 'Dieser Browser hat nicht die Erlaubnis bekommen, Benachrichtigungen zu zeigen.',
  thisBrowserGaveNo: 'Dieser Browser hat keine Adresse für Nachrichten genannt.',
  thisBrowserCouldNot: (text) => `Dieser Browser konnte seinen Push-Dienst nicht erreichen${text}. `,
  someBrowsersHaveNone: 'Manche Browser haben keinen, oder er ist in ihren Einstellungen abgeschaltet.',
  aBrowser: 'Ein Browser',
  browserOn: (program, system) => `${program} auf ${system}`,
}
