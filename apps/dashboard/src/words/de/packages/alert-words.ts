import type { parameterProblems as problemsInEnglish } from '@signalbox/client/alert-parameter'
import type {
  channelWords as channelsInEnglish,
  alertConditionNames as conditionsInEnglish,
  flipNames as flipsInEnglish,
  closeReasonNames as reasonsInEnglish,
  SendingWords,
  channelStateNames as statesInEnglish,
} from '@signalbox/client/alert-words'

export const channelWords: typeof channelsInEnglish = {
  web_push: { name: 'Web-Push', about: 'eine Benachrichtigung eines Browsers, auch während die Seite geschlossen ist' },
  email: { name: 'E-Mail', about: 'über den Mailserver aus SMTP_URL' },
  webhook: { name: 'Webhook', about: 'signiertes JSON für ein eigenes Programm' },
  ntfy: { name: 'ntfy', about: 'ein Thema bei ntfy.sh oder auf einem eigenen Server' },
  slack: { name: 'Slack', about: 'ein eingehender Webhook von Slack, Mattermost oder Rocket.Chat' },
  discord: { name: 'Discord', about: 'ein Webhook eines Kanals' },
  telegram: { name: 'Telegram', about: 'ein Bot, der in einen Chat schreibt' },
  pagerduty: { name: 'PagerDuty', about: 'Vorfälle, die sich öffnen und auflösen' },
  matrix: { name: 'Matrix', about: 'ein Raum' },
  teams: { name: 'Microsoft Teams', about: 'ein Workflow eines Kanals' },
  pushover: { name: 'Pushover', about: 'dein Telefon, immer wieder, bis du bestätigst' },
  desktop: { name: 'Desktop', about: 'eine Benachrichtigung auf einer Maschine mit Collector' },
  apprise: { name: 'Apprise', about: 'alles andere, über deine Apprise-API' },
}

export const alertConditionNames: typeof conditionsInEnglish = {
  pending: 'Steht an',
  open: 'Offen',
  clearing: 'Klingt ab',
  acknowledged: 'Bestätigt',
  snoozed: 'Zurückgestellt',
  closed: 'Geschlossen',
}

export const channelStateNames: typeof statesInEnglish = {
  ok: 'In Ordnung',
  failing: 'Scheitert',
  broken: 'Gestört',
  off: 'Abgeschaltet',
}

export const closeReasonNames: typeof reasonsInEnglish = {
  cleared: 'es ist vorbei',
  passed: 'es ist vorübergegangen',
  gone: 'das Betroffene oder die Regel gibt es nicht mehr',
  by_hand: 'von Hand',
}

export const flipNames: typeof flipsInEnglish = {
  opened: 'Geöffnet',
  closed: 'Geschlossen',
  reminder: 'Erinnerung',
  escalated: 'Eskaliert',
  acknowledged: 'Bestätigt',
  flapping: 'Flattert: öffnet und schließt sich immer wieder',
}

export const sendingWords: SendingWords = {
  notSent: (reason) => `nicht gesendet: ${reason}`,
  noReason: 'kein Grund genannt',
  waiting: 'wartet',
  waitingFor: (hold) => `wartet: ${hold}`,
  holds: {
    group: 'sammelt, was zusammengehört',
    quiet_hours: 'Ruhezeit',
    snooze: 'zurückgestellt',
    inhibited: 'ein anderer offener Alarm erklärt es',
    paused: 'alle Nachrichten sind pausiert',
    backoff: 'der nächste Versuch folgt auf einen gescheiterten',
    broken: 'der Kanal ist gestört',
    off: 'der Kanal ist abgeschaltet',
    rate: 'der Kanal nimmt gerade nicht mehr an',
    flapping: 'er öffnet und schließt sich immer wieder',
  },
  outcomes: { sent: 'angenommen', failed: 'gescheitert', refused: 'abgewiesen', unknown: 'ist vielleicht angekommen' },
  beingSent: 'wird gesendet',
  willBeRepeated: (outcome) => `${outcome}, wird wiederholt`,
  notAccepted: 'nicht angenommen',
}

export const parameterProblems: typeof problemsInEnglish = {
  needsValue: 'Hier fehlt ein Wert',
  mustBeTime: 'Muss eine Zeit wie 10m, 90s oder 1h 30m sein',
  mustBeOneOf: (choices) => `Muss eines sein von ${choices}`,
  mustBeNumber: 'Muss eine Zahl sein',
  mustBeAtLeast: (least) => `Muss mindestens ${least} sein`,
  mustBeAtMost: (most) => `Darf höchstens ${most} sein`,
}

export const yesAndNo = ['ja', 'nein'] as const

/** Values that a package has written as in English: `80%`, `$38.20`, `permission`. */
export function germanValue(text: string): string {
  return (
    valueWords[text] ??
    text
      .replace(/(\d)%/g, '$1\u00a0%')
      .replace(/\$(\d+)(?:\.(\d+))?/g, (_all, whole, cents) => `${whole}${cents === undefined ? '' : `,${cents}`}\u00a0$`)
  )
}

const valueWords: Readonly<Record<string, string>> = { permission: 'Erlaubnis', input: 'Eingabe', failing: 'scheitert', broken: 'gestört' }

/** The figures of alerts, by their names on the wire; others are shown as they are called there. */
export const valueLabels: Readonly<Record<string, string>> = {
  amount_usd: 'Betrag',
  at_least: 'Mindestens',
  channel_id: 'Kanal',
  channel_kind: 'Art des Kanals',
  cost_usd: 'Kosten',
  days: 'Tage',
  estimated_usd: 'Geschätzt',
  failing_since: 'Scheitert seit',
  full_since: 'Voll seit',
  idle_since: 'Untätig seit',
  last_contact: 'Letzter Kontakt',
  last_heartbeat: 'Letztes Lebenszeichen',
  last_snapshot: 'Letzter Snapshot',
  limit: 'Limit',
  offline_since: 'Offline seit',
  percent: 'Prozent',
  percent_before: 'Prozent davor',
  period: 'Zeitraum',
  period_start: 'Beginn des Zeitraums',
  reached_at: 'Erreicht',
  reason: 'Grund',
  reset_at: 'Reset',
  resets_at: 'Reset',
  slots: 'Slots',
  source: 'Quelle',
  stalled_since: 'Hängt seit',
  state: 'Zustand',
  threshold_percent: 'Schwelle',
  threshold_usd: 'Schwelle',
  until: 'Bis',
  usual_usd: 'Üblich',
  waiting_for: 'Wartet auf',
  waiting_since: 'Wartet seit',
}
