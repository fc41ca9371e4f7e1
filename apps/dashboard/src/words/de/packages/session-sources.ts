import type { SessionSourceWords } from '@signalbox/client/session-sources'

export const sessionSourceWords: SessionSourceWords = {
  names: {
    'process-file': ['Prozessdatei', 'die Datei von Claude Code über den laufenden Prozess'],
    hook: ['Hook', 'die Hooks des Plugins oder der settings.json'],
    witness: ['Zeuge', 'der MCP-Server des Plugins, der das Ende der Sitzung bemerkt'],
    run: ['signalbox run', 'das Programm, das Claude Code gestartet hat'],
    statusline: ['Statuszeile', 'was Claude Code an die Statuszeile sendet'],
    telemetry: ['Telemetrie', 'OpenTelemetry'],
    transcript: ['Transkript', 'die Datei, in der Claude Code die Sitzung festhält'],
  },
  permissionModes: {
    default: 'fragt um Erlaubnis',
    acceptEdits: 'nimmt Änderungen an',
    bypassPermissions: 'umgeht Erlaubnisse',
    dontAsk: 'fragt nicht',
    plan: 'Planmodus',
    auto: 'Automatik',
  },
}

export const moreThanTranscript =
  'Nur aus dem Transkript: ob ihr Prozess lebt und was er tut, ist nicht genau bekannt. Ein Collector auf der Maschine sieht ihre Prozesse; mit dem Plugin oder `npx signalbox hooks install` dort ist der Zustand genau.'
