import type { Amount } from './amount.ts'

/**
 * Why the ledger and the log of the API differ. A *fault* is ours: the transcripts have what the ledger does not say. The others
 * are what Claude Code has not written down.
 */
export const reasons = {
  unfinished: { isFault: false, about: 'rows that never got their final figures: the output is that of the first block' },
  'cut-off': { isFault: false, about: 'answers that were cut off: Claude Code knows only what came before' },
  'helper call': { isFault: false, about: 'calls for titles, summaries and the like, which stand in no row' },
  'call without a row': { isFault: false, about: 'calls of the conversation that stand in no row, such as side questions' },
  'not itemised': { isFault: false, about: 'what Claude Code recorded beyond its rows, counted from its cost-state' },
  refused: { isFault: false, about: 'refusals before any output, which cost nothing and stand in no row' },
  'figures of the rows': { isFault: false, about: 'final rows that say something else than the API' },
  'not read': { isFault: true, about: 'calls that stand in a row and not in the ledger' },
  'no call': { isFault: true, about: 'calls in the ledger that the API has not served' },
  'figures of the ledger': { isFault: true, about: 'calls in the ledger with figures that no row has' },
  'other session': { isFault: true, about: 'calls that are counted to a session which did not make them' },
  'other model': { isFault: true, about: 'calls that are counted to another model' },
  'other day': { isFault: true, about: 'calls that are counted to a day on which they were not made' },
  'not said': { isFault: true, about: 'calls of which the report does not say that they are unfinished, or says it wrongly' },
  price: { isFault: true, about: 'the same tokens at another price' },
  unexplained: { isFault: true, about: 'a difference that no call explains' },
} as const satisfies Record<string, { isFault: boolean; about: string }>

export type ReasonName = keyof typeof reasons

/** One reason, with all calls that it holds for. */
export interface Reason {
  readonly name: ReasonName
  /** The API log less the ledger: positive where the ledger has too little. */
  readonly amount: Amount
  /** How many calls it holds for; 0 where it is no call. */
  readonly calls: number
}
