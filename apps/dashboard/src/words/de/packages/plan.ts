import type { accountWords as accountInEnglish } from '@signalbox/client/account-label'
import type { extraUsageWords as extraInEnglish } from '@signalbox/client/extra-usage'
import type { forecastSentences as forecastInEnglish } from '@signalbox/client/forecast-words'
import type { warningWords as warningsInEnglish } from '@signalbox/client/limit-row'
import type { heldLimitsWords as heldInEnglish } from '@signalbox/contract/clock-skew'

export const accountWords: typeof accountInEnglish = {
  unknown: 'Unbekanntes Konto',
  withId: (id) => `Konto ${id}`,
}

export const forecastSentences: typeof forecastInEnglish = {
  mayBeReached: (earliest, percent) => `Wird vielleicht erreicht, frühestens ${earliest}, oder ${percent} beim Reset`,
  reachedAbout: (at) => `Limit erreicht etwa ${at}`,
  reachedBetween: (earliest, latest) => `Limit erreicht zwischen ${earliest} und ${latest}`,
  onTrack: (percent) => `Im Rahmen: ${percent} beim Reset`,
  onTrackBetween: (low, high) => `Im Rahmen: ${low} bis ${high} beim Reset`,
  record: (ofTen, right, cases, windows) =>
    `In ${ofTen} von 10 Fällen richtig: ${right} von ${cases} Prognosen in den letzten ${windows} Fenstern`,
}

export const extraUsageWords: typeof extraInEnglish = {
  offBecause: (reason) => `aus (${reason})`,
  offNow: 'jetzt aus',
  used: (used) => `${used} in diesem Monat verbraucht`,
  usedOf: (used, limit, share) => `${used} in diesem Monat verbraucht, Ausgabenlimit ${limit}${share}`,
  spendLimit: (limit, share) => `Ausgabenlimit ${limit} im Monat${share}`,
  limitReached: 'Ausgabenlimit erreicht',
  creditsLeft: (left) => `noch ${left} Guthaben`,
  on: 'an',
  credits: (amount) => `${amount} Credits`,
  share: (percent) => `${percent}\u00a0%`,
}

export const warningWords: typeof warningsInEnglish = { over: 'Über dem Limit', reached: 'Limit erreicht', near: 'Limit bald erreicht' }

export const heldLimitsWords: typeof heldInEnglish = {
  notYet: (machine, span) =>
    `Noch nicht: die Uhr von ${machine} geht ${span} gegenüber der des Hubs vor, und er nimmt ihre Limits erst, wenn deren Zeit gekommen ist. Stelle beide Uhren mit NTP; nichts geht verloren.`,
  span: (ms) => {
    const minutes = Math.round(ms / 60_000)
    if (minutes < 120) return `${minutes} min`
    const hours = Math.round(minutes / 60)
    return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} Tage`
  },
}

export const aPartOfThePage = 'ein Teil der Seite'

export const noPlanNote = 'Limits hat nur ein Claude-Plan wie Pro oder Max: bei Abrechnung über API-Schlüssel gibt es keine zu zeigen.'

/** The hub's labels of windows. Others, such as `Sonnet only` of a source that is new, stay as they are. */
export function windowLabel(label: string): string {
  if (label === '5-hour limit') return '5-Stunden-Limit'
  if (label === 'Weekly limit') return 'Wochenlimit'
  return label.replace(/^Weekly limit · /, 'Wochenlimit · ')
}
