import type { CollectorSourceWords } from '@signalbox/client/collector-source'

export const collectorSourceWords: CollectorSourceWords = {
  sources: {
    sessions: { name: 'Sitzungen' },
    transcripts: { name: 'Transkripte' },
    'claude-json': { name: 'Datei von Claude Code', from: 'von Claude Code' },
    statusline: { name: 'Statuszeile', from: 'von einer Statuszeile' },
    console: { name: 'Nutzungsseite', from: 'von der Nutzungsseite' },
    clock: { name: 'Uhr' },
  },
  states: {
    ok: 'in Ordnung',
    off: 'abgeschaltet',
    starting: 'startet',
    waiting: 'noch nichts zu lesen',
    failing: 'scheitert',
    needs_login: 'anmelden: signalbox web login',
  },
  waits: {
    statusline: 'nicht eingerichtet, oder noch nichts zu lesen (signalbox statusline install)',
    console: 'nicht eingerichtet, oder in Benutzung (signalbox web login)',
  },
  from: (source) => `von ${source}`,
  originOn: (origin, machine) => `${origin} auf ${machine}`,
}
