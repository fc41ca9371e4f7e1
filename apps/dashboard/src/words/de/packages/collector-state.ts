import type { collectorStateWords as english, collectorConditionNames as namesInEnglish } from '@signalbox/client/collector-state'
import { plural } from '@signalbox/contract/plural'

export const collectorConditionNames: typeof namesInEnglish = {
  connected: 'verbunden',
  behind: 'im Rückstand',
  refused: 'vom Hub abgewiesen',
  lost: 'kein Kontakt',
  stopped: 'angehalten',
}

const countOf = (count: number, one: string, many: string) => `${count.toLocaleString('de')} ${plural(count, one, many)}`

export const collectorStateWords: typeof english = {
  call: (count) => countOf(count, 'Aufruf', 'Aufrufe'),
  snapshot: (count) => countOf(count, 'Snapshot', 'Snapshots'),
  observation: (count) => countOf(count, 'Beobachtung', 'Beobachtungen'),
  and: (first, last) => `${first} und ${last}`,
  waitForHub: (what, count) => `${what} ${plural(count, 'wartet', 'warten')} auf den Hub`,
  wasStopped: 'Ihr Collector wurde angehalten. Um ihn zu starten, führe dort aus: `npx signalbox collector`',
  isLost:
    'Von ihrem Collector kommt kein Lebenszeichen: die Maschine ist aus, schläft oder hat kein Netz, oder der Collector läuft nicht. Führe dort aus: `npx signalbox doctor`',
  isRefused: 'Der Hub weist ihre Anfragen ab. Prüfe ihren Schlüssel; führe dort aus: `npx signalbox doctor`',
  isSilent: 'Von ihr kommt kein Lebenszeichen.',
  noCollector: (machine) => `auf ${machine} läuft kein Collector`,
  collectorStopped: (machine) => `der Collector auf ${machine} wurde angehalten`,
  collectorLost: (machine) => `der Collector auf ${machine} hat keinen Kontakt`,
  collectorDoesNotSee: (machine) => `der Collector auf ${machine} sieht sie nicht`,
}
