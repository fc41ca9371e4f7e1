import type { blocks as english } from '../en/blocks.ts'

export const blocks: typeof english = {
  // usage/block-text.ts
  noCalls: 'keine Aufrufe',
  costUnknown: 'Kosten unbekannt',
  fiveHourBlockFrom: (start, text, cost) => `5-Stunden-Block ab ${start}, ${text}: ${cost}`,
  measured: 'gemessen',
  estimated: 'geschätzt',

  // usage/range.ts
  today: 'Heute',
  last7Days: 'Letzte 7 Tage',
  last30Days: 'Letzte 30 Tage',
  last90Days: 'Letzte 90 Tage',
  allTime: 'Gesamte Zeit',
  thisMonth: 'Dieser Monat',
  last365Days: 'Letzte 365 Tage',
}
