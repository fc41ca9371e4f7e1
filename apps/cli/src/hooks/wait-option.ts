import { MAX_ANSWER_WAIT_S, MIN_ANSWER_WAIT_S } from '@signalbox/hub-address/answers-file'
import { InvalidArgumentError } from 'commander'

const units = { s: 1, m: 60, h: 3600 } as const

/** A duration of the command line, such as 30m, in seconds. */
export function waitOption(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? []
  const seconds = Number(number) * (units[unit as keyof typeof units] ?? Number.NaN)
  if (seconds >= MIN_ANSWER_WAIT_S && seconds <= MAX_ANSWER_WAIT_S) return seconds
  throw new InvalidArgumentError(`It must be a time such as 30m or 4h, from ${MIN_ANSWER_WAIT_S}s to ${MAX_ANSWER_WAIT_S / 3600}h.`)
}
