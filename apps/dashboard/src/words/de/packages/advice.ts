/** The hub's recommendations for a session in German, by their patterns. */
const sentences: readonly (readonly [english: RegExp, german: string])[] = [
  [/^Check whether its process still runs on (.+)\.$/, 'Prüfe, ob ihr Prozess auf $1 noch läuft.'],
  [
    /^Its next heartbeat restores its status; otherwise recover it, or mark it failed to free its slot\.$/,
    'Ihr nächstes Lebenszeichen stellt ihren Status wieder her; sonst stelle sie wieder her, oder markiere sie als fehlgeschlagen, damit ihr Slot frei wird.',
  ],
  [
    /^Its next heartbeat or proof of life restores its status; otherwise mark it failed to free its slot\.$/,
    'Ihr nächstes Lebenszeichen stellt ihren Status wieder her; sonst markiere sie als fehlgeschlagen, damit ihr Slot frei wird.',
  ],
  [
    /^Check whether (.+) is on, and whether its collector runs: signalbox doctor says so there\.$/,
    'Prüfe, ob $1 an ist und der Collector dort läuft: signalbox doctor sagt es.',
  ],
  [
    /^It has sent no heartbeat for very long: mark it failed to free its slot\.$/,
    'Sie hat sehr lange kein Lebenszeichen gesendet: markiere sie als fehlgeschlagen, damit ihr Slot frei wird.',
  ],
  [/^It is waiting for permission\.$/, 'Sie wartet auf eine Erlaubnis.'],
  [/^It is waiting for input\.$/, 'Sie wartet auf eine Eingabe.'],
  [/^It is waiting for a person\.$/, 'Sie wartet auf einen Menschen.'],
  [/^1 task in progress will be pending again\.$/, 'Eine Aufgabe in Arbeit steht dann wieder an.'],
  [/^(\d+) tasks in progress will be pending again\.$/, '$1 Aufgaben in Arbeit stehen dann wieder an.'],
  [
    /^It cannot be recovered: it is only observed, and continues with (.+)\.$/,
    'Sie kann nicht wiederhergestellt werden: sie wird nur beobachtet, und geht weiter mit $1.',
  ],
  [
    /^It cannot be recovered: it was recovered (\d+) times? already\.$/,
    'Sie kann nicht wiederhergestellt werden: das geschah schon $1-mal.',
  ],
  [/^Run (".+") on (.+)\.$/, 'Führe $1 auf $2 aus.'],
  [/^Create a new session\.$/, 'Erstelle eine neue Sitzung.'],
]

/** @returns undefined for one that only a newer hub knows */
export function germanAdvice(line: string): string | undefined {
  const found = sentences.find(([english]) => english.test(line))
  return found === undefined ? undefined : line.replace(...found)
}
