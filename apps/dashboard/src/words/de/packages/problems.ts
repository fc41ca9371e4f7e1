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
