import type { limits as english } from '../en/limits.tsx'

export const limits: typeof english = {
  // limits/card-problem-note.tsx
  connectionErrorRetrying: 'Verbindungsfehler – neuer Versuch läuft',
  dataUnavailable: 'Daten nicht verfügbar',
  requestId: (requestId) => <>Anfrage-ID {requestId}</>,
  serviceTemporarilyUnavailableRetrying: (text) => `Dienst vorübergehend nicht verfügbar – neuer Versuch ${text}`,
  inS: (left) => `in ${left} s`,
  now: 'jetzt',
  serviceTemporarilyUnavailableRetryingWithin: 'Dienst vorübergehend nicht verfügbar – neuer Versuch innerhalb einer Minute',

  // limits/format-age.ts
  justNow: 'gerade eben',
  ago: (milliseconds) => `vor ${milliseconds}`,

  // limits/limit-bar.tsx
  overLimit: ', über dem Limit',
  limitReached: ', Limit erreicht',
  approachingLimit: ', nähert sich dem Limit',
  ofWindowElapsed: (elapsed) => `${elapsed} des Fensters vergangen`,
  used: (used, level, text) => `${used} verbraucht${level}${text}`,

  // limits/limit-row.tsx
  usedShare: (percent) => `${percent} verbraucht`,
  resetWaitingForNew: 'Reset · wartet auf neue Daten',
  startsWhenMessageIs: 'Beginnt mit der nächsten Nachricht',
  updated: (now) => `Erneuert ${now}`,
  resets: (resetsText) => `Reset ${resetsText}`,
  resetsIn: (remaining) => `Reset in ${remaining}`,
  notEnoughDataFor: 'Zu wenig Daten für eine Prognose',
  aForecastNeedsSeveral: 'Eine Prognose braucht mehrere neue Messungen',

  // limits/limits-card.tsx
  claudePlan: 'Claude-Plan',
  claudePlanOf: (limits) => `Claude-Plan · ${limits}`,
  extraUsage: 'Zusatznutzung',
  missingFromThisUpdate: (missing) => `Fehlt in diesem Stand: ${missing}`,
  noReasonGiven: 'kein Grund genannt',
  updatedBySource: (now, limits) => (
    <>
      Erneuert {now} {limits}
    </>
  ),
  elapsed: 'Vergangen',

  // limits/limits-loading.tsx
  loading: 'Wird geladen …',

  // limits/plan-details.tsx
  nextBill: (nextBillingDate) => `nächste Rechnung ${nextBillingDate}`,

  // limits/refresh.tsx
  refresh: 'Erneuern',
  requestUpdate: 'Neuen Stand anfordern',
  isReadingLimits: (machine) => `${machine} liest die Limits`,
  updatedBy: (machine) => `Erneuert von ${machine}`,
  couldNotReadLimits: (machine, text) => `${machine} konnte die Limits nicht lesen${text}`,
  requestedUpdateFrom: (machine) => `Neuer Stand von ${machine} angefordert`,

  // limits/stale-note.tsx
  staleOld: (ageMs) => `Veraltet · ${ageMs} alt`,
  signInRequiredUsage: (machine, code) => (
    <>
      Anmeldung nötig: die Nutzungsseite auf {machine} verlangt sie. Führe {code} auf dieser Maschine aus.
    </>
  ),
  collectorOfflineWasLast: (machine, text, code) => (
    <>
      Collector offline: {machine} wurde zuletzt {text} gesehen. Starte ihn auf dieser Maschine mit {code}.
    </>
  ),
  cannotReadLimits: (machine, text, text2) => (
    <>
      {machine} kann die Limits nicht lesen{text}
      {text2}
    </>
  ),
  nextAttemptAt: (nextAttemptAt) => ` (nächster Versuch um ${nextAttemptAt})`,
  everySourceOfLimits: (machine, code) => (
    <>
      Alle Quellen von Limits sind auf {machine} abgeschaltet. Schalte dort eine ein mit {code}.
    </>
  ),
  noCollectorHasConnected: (code) => <>Kein Collector hat sich mit diesem Hub verbunden. Starte einen mit {code}.</>,
  isConnectedAndHas: (machine) => <>{machine} ist verbunden und hat nichts Neueres gesendet.</>,
}
