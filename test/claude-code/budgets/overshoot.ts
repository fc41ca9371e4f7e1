import type { Call } from '@signalbox/contract/call'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { toSlice } from '@signalbox/usage/slice'
import { addSlice, emptySums, sumUp } from '@signalbox/usage/sums'
import type { Answer } from '../../support/messages-api.ts'

const prices = defaultPriceTable()

/** What an answer of the stand-in cost at list price, in USD. */
export function costOf({ used, model, messageId, asked }: Answer): number {
  const oneHour = used.ephemeral_1h_input_tokens ?? 0
  const call: Call = {
    key: messageId,
    at: new Date(asked).toISOString(),
    model,
    input: used.input_tokens,
    output: used.output_tokens,
    write_5m: used.cache_creation_input_tokens - oneHour,
    write_1h: oneHour,
    read: used.cache_read_input_tokens,
    is_sidechain: false,
  }
  const sums = emptySums()
  addSlice(sums, prices, toSlice(call, prices.thresholds))
  return sumUp(sums).cost_usd ?? 0
}

export interface Overshoot {
  readonly spent: number
  /** Calls that began when the calls before them, also those in progress, had come to the line. */
  readonly callsOver: number
}

/** Counts strictly: a call that is still answered counts from its beginning. */
export function overshootOf(answers: readonly Answer[], line: number): Overshoot {
  let [spent, callsOver] = [0, 0]
  for (const answer of [...answers].sort((a, b) => a.asked - b.asked)) {
    if (spent + 1e-9 >= line) callsOver++
    spent += costOf(answer)
  }
  return { spent, callsOver }
}
