import type { RuleFormWords } from '../../translate-rule-forms.ts'

const window = {
  label: 'Limit',
  choices: { any: 'Jedes Limit', session: '5-Stunden-Limit', weekly_all: 'Wochenlimit', weekly_scoped: 'Wochenlimits einzelner Modelle' },
}

export const ruleFormWords: RuleFormWords = {
  session_failed: {
    label: 'Sitzung fehlgeschlagen',
    description: 'Eine Sitzung ist fehlgeschlagen.',
    parameters: {
      reasons: {
        label: 'Nur bei diesen Gründen',
        help: 'Etwa "process ended" oder "stalled for *". Ohne Angabe zählt jeder Grund.',
      },
    },
  },
  session_stalled: { label: 'Sitzung hängt', description: 'Von einer Sitzung kommen keine Lebenszeichen mehr.', parameters: {} },
  session_waiting: {
    label: 'Sitzung wartet',
    description: 'Eine Sitzung wartet auf einen Menschen.',
    parameters: {
      after_ms: { label: 'Wartet länger als' },
      for: { label: 'Wartet auf', choices: { any: 'Beliebiges', permission: 'Erlaubnis', input: 'Eingabe' } },
    },
  },
  session_idle: {
    label: 'Sitzung untätig',
    description: 'Eine Sitzung ist untätig.',
    parameters: { after_ms: { label: 'Untätig länger als' } },
  },
  task_blocked: {
    label: 'Aufgabe blockiert',
    description: 'Eine Aufgabe ist blockiert.',
    parameters: { after_ms: { label: 'Blockiert länger als' } },
  },
  task_failed: {
    label: 'Aufgabe fehlgeschlagen',
    description: 'Eine Aufgabe ist fehlgeschlagen.',
    parameters: { after_ms: { label: 'Fehlgeschlagen länger als' } },
  },
  machine_offline: {
    label: 'Maschine offline',
    description: 'Eine Maschine ist offline.',
    parameters: { after_ms: { label: 'Offline länger als' } },
  },
  no_free_slot: {
    label: 'Kein Slot frei',
    description: 'Alle Slots sind belegt.',
    parameters: {
      after_ms: { label: 'Kein Slot frei länger als' },
      of: { label: 'Slots von', choices: { all: 'Allen Maschinen zusammen', machine: 'Jeder Maschine' } },
    },
  },
  limit_over: {
    label: 'Limit zu einem Anteil verbraucht',
    description: 'Ein Limit des Plans ist zu einem Anteil oder mehr verbraucht.',
    parameters: { percent: { label: 'Ab' }, window },
  },
  limit_runs_out: {
    label: 'Limit geht zu Ende',
    description: 'Im jetzigen Tempo wird ein Limit des Plans vor seinem Reset erreicht.',
    parameters: {
      least_ms: {
        label: 'Vor dem Reset erreicht um mindestens',
        sentence: 'Mindestens … vor dem Reset erreicht',
        help: 'Ein Limit, das kurz vor seinem Reset erreicht wird, ist keinen Alarm wert.',
      },
      window,
    },
  },
  limit_reset: {
    label: 'Limit zurückgesetzt',
    description: 'Ein Limit des Plans, das zu einem Anteil verbraucht war, wurde zurückgesetzt.',
    parameters: { percent: { label: 'War verbraucht ab' }, window },
  },
  budget: {
    label: 'Budget',
    description: 'Die Kosten eines Tages, einer Woche oder eines Monats erreichen einen Anteil eines Betrags.',
    parameters: {
      amount_usd: { label: 'Betrag', help: 'Zu Listenpreisen.' },
      period: { label: 'Zeitraum', choices: { day: 'Tag', week: 'Woche', month: 'Monat' } },
      at: { label: 'Alarm bei', help: 'Ab 100 % ist der Alarm kritisch.' },
      timezone: { label: 'Zeitzone', help: 'Wo Tage beginnen; ohne Angabe die Zone des Hubs.' },
    },
  },
  cost_anomaly: {
    label: 'Ungewöhnliche Kosten',
    description: 'Eine Stunde kostete viel mehr als dieselbe Stunde der Tage davor.',
    parameters: { least_usd: { label: 'Mindestens' } },
  },
  collector_silent: {
    label: 'Collector schweigt',
    description: 'Der Collector einer Maschine, der in den letzten 7 Tagen da war, hat sich nicht gemeldet.',
    parameters: { after_ms: { label: 'Kein Kontakt länger als' } },
  },
  snapshot_stale: {
    label: 'Limits des Plans veraltet',
    description: 'Der neueste Snapshot der Limits eines Kontos ist alt.',
    parameters: { after_ms: { label: 'Älter als' } },
  },
  needs_login: {
    label: 'Anmeldung nötig',
    description: 'Ein Collector kann die Limits des Plans nicht lesen, bis sich jemand anmeldet.',
    parameters: {},
  },
  source_failing: {
    label: 'Quelle scheitert',
    description: 'Eine Quelle von Limits des Plans ist immer wieder gescheitert.',
    parameters: { after_ms: { label: 'Scheitert länger als' } },
  },
  hub_paused: {
    label: 'Überwachung pausiert',
    description: 'Der Hub hat selbst Lebenszeichen verpasst und erklärt deshalb eine Weile nichts für überfällig.',
    parameters: {},
  },
  hub_unhealthy: {
    label: 'Hub nicht gesund',
    description:
      'Der Hub kann seine Datenbank nicht schreiben, seine Platte ist fast voll, er steht still oder kann Alarme nicht zustellen.',
    parameters: {},
  },
  channel_broken: {
    label: 'Kanal gestört',
    description: 'Ein Kanal weist Nachrichten ab, oder seit einer Stunde kam nichts durch.',
    parameters: {},
  },
}
