import type { Answer } from '../../support/messages-api.ts'
import type { Amount } from './amount.ts'
import { listPrice } from './list-price.ts'

/** A call as the API has served it: what was used in truth. */
export interface ServedCall {
  readonly id: string
  readonly session: string
  readonly model: string
  /** When it was asked for, and when its last byte was sent or the client went away, in milliseconds of the client's clock. */
  readonly asked: number
  readonly ended: number
  readonly amount: Amount
  readonly isCutOff: boolean
  /** Requests for titles, summaries and the like offer no tools. */
  readonly offeredTools: boolean
  readonly isRefused: boolean
}

/**
 * Lists what the stand-in has served. Requests that failed have used nothing and are left out.
 * @param shiftMs how far the client's clock is ahead of the stand-in's
 */
export function servedCalls(answers: readonly Answer[], shiftMs: number): ServedCall[] {
  return answers
    .filter(({ status }) => status === 200)
    .map((answer) => ({
      id: answer.messageId,
      session: answer.sessionId,
      model: answer.model,
      asked: answer.asked + shiftMs,
      ended: (answer.answered ?? answer.cutOff ?? Date.now()) + shiftMs,
      amount: amountOf(answer, shiftMs),
      isCutOff: answer.answered === undefined,
      offeredTools: answer.offeredTools,
      isRefused: answer.isRefused,
    }))
}

function amountOf(answer: Answer, shiftMs: number): Amount {
  const { used, model, speed } = answer
  const write_1h = used.ephemeral_1h_input_tokens ?? 0
  const tokens = {
    input: used.input_tokens,
    output: used.output_tokens,
    write_5m: used.cache_creation_input_tokens - write_1h,
    write_1h,
    read: used.cache_read_input_tokens,
  }
  // A refusal before any output costs nothing.
  if (answer.isRefused && used.output_tokens === 0) return { calls: 1, ...tokens, pico: 0 }
  const pico = listPrice({ at: new Date(answer.asked + shiftMs).toISOString(), model, speed, service_tier: 'standard', ...tokens })
  if (pico === undefined) throw new Error(`The price table has no price for ${model}, which Claude Code has asked for.`)
  return { calls: 1, ...tokens, pico }
}
