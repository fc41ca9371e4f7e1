import type { ClientErrorCode } from '@signalbox/client'

/** What went wrong, by the code of the hub's answer. Its own sentence, in English, stands below. */
export const problemMessages: Readonly<Record<ClientErrorCode, string>> = {
  validation_error: 'Der Hub nimmt diese Angaben nicht an',
  unauthorized: 'Dieser Browser ist nicht angemeldet',
  forbidden: 'Der Schlüssel dieses Browsers darf das nicht',
  not_found: 'Das gibt es beim Hub nicht',
  conflict: 'Das passt nicht zu dem, was gerade ist',
  attempt_superseded: 'Ein späterer Versuch hat diesen abgelöst',
  gone: 'Das gibt es nicht mehr',
  precondition_failed: 'Das wurde inzwischen geändert',
  payload_too_large: 'Das ist zu groß',
  unsupported_media_type: 'Der Hub versteht dieses Format nicht',
  rate_limit_exceeded: 'Zu viele Anfragen: versuche es gleich noch einmal',
  database_error: 'Die Datenbank des Hubs antwortet nicht',
  internal_error: 'Im Hub ist ein Fehler aufgetreten',
  unavailable: 'Der Hub kann das gerade nicht',
  timeout: 'Der Hub hat nicht rechtzeitig geantwortet',
  connection_error: 'Keine Verbindung zum Hub',
  unreadable_response: 'Die Antwort kam nicht vom Hub',
}

/** Codes whose message says it all. */
export const clearCodes: ReadonlySet<ClientErrorCode> = new Set(['connection_error', 'timeout', 'rate_limit_exceeded'])

export const hubSays = (message: string) => `Der Hub sagt: ${message}`

const collectorOn = 'Der Collector auf $1'

/** The hub's advice where no plan limits have arrived: the first thing that a new user reads, so it has its own German. */
const limitAdvice: readonly (readonly [RegExp, string])[] = [
  [
    /^No collector has connected yet\..*$/,
    'Bisher hat sich kein Collector verbunden. Starte einen: signalbox up oder signalbox collector.',
  ],
  [
    /^The collector on (.+) is offline, last seen (.+)\. Start it again\.$/,
    `${collectorOn} ist offline, zuletzt gesehen $2. Starte ihn wieder.`,
  ],
  [/^The collector on (.+) needs a login: .*$/, `${collectorOn} braucht eine Anmeldung: führe dort „signalbox web login“ aus.`],
  [/^The collector on (.+) reads no limits: .*$/, `${collectorOn} liest keine Limits: in LIMIT_SOURCES ist jede Quelle ausgeschaltet.`],
  [/^The collector on (.+) fails to read them: (.+)$/, `${collectorOn} kann sie nicht lesen: $2`],
  [
    /^The collector on (.+) is connected, but no source has read .*$/,
    `${collectorOn} ist verbunden, aber noch hat keine Quelle die Limits gelesen: führe dort „signalbox collector status“ aus.`,
  ],
  [
    /^The collector on (.+) is connected and has read them, .*$/,
    `${collectorOn} ist verbunden und hat sie gelesen, aber der erste Snapshot ist nicht angekommen: dort sagt „signalbox collector status“, warum.`,
  ],
]

/** @returns undefined for other advice */
export function germanAdvice(suggestion: string | undefined): string | undefined {
  const found = limitAdvice.find(([english]) => suggestion !== undefined && english.test(suggestion))
  return found && suggestion?.replace(found[0], found[1])
}
