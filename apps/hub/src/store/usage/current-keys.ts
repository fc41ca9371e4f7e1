import type { Call } from '@signalbox/contract/call'
import { currentKey, replacedKey } from '@signalbox/usage/call-key'
import { isRequestKey } from '@signalbox/usage/telemetry-call'

/** The same calls with keys as they are today: collectors of before 2026-12 send `<message id>:<request id>`. */
export function withCurrentKeys(calls: readonly Call[]): readonly Call[] {
  return calls.some(({ key }) => currentKey(key) !== undefined) ? calls.map(withCurrentKey) : calls
}

function withCurrentKey(call: Call): Call {
  const current = currentKey(call.key)
  if (current === undefined) return call
  const requestId = call.request_id ?? current.requestId
  return { ...call, key: current.key, ...(requestId === '' ? {} : { request_id: requestId }) }
}

/**
 * Whether a key is a former one that may stand for several calls. Once one of these is stored by itself, with a key of which
 * `replacedKey` is the former one, the former call is none.
 */
export function isFormerKey(key: string): boolean {
  return key.includes(':') && !isRequestKey(key) && currentKey(key) === undefined && replacedKey(key) === undefined
}

/** The calls of a batch without those with a former key that stands for another one of the batch. */
export function withoutReplaced(calls: readonly Call[]): readonly Call[] {
  const replaced = new Set(calls.flatMap(({ key }) => replacedKey(key) ?? []))
  return replaced.size === 0 ? calls : calls.filter(({ key }) => !replaced.has(key))
}
