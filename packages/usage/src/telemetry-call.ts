import { TELEMETRY } from './call.ts'
import type { MergeableCall } from './call-merge.ts'

/*
 * Telemetry knows a call by its request and has its final figures; a transcript knows it by its message and has its project. Both
 * are kept as they came, each merged by itself, so that it does not matter which comes first. What counts is worked out from both.
 */

/** Before the request's id, in the key of a call that telemetry reports. */
export const REQUEST_KEY = 'request:'

/** The requests of Anthropic's own ids are one call each. Those of relays may repeat, and identify no call. */
const OWN_REQUEST = /^req_/

/** The key of a call that is known from telemetry. @returns undefined for a request that does not identify a call */
export function requestKey(requestId: string): string | undefined {
  return OWN_REQUEST.test(requestId) ? `${REQUEST_KEY}${requestId}` : undefined
}

export function isRequestKey(key: string): boolean {
  return key.startsWith(REQUEST_KEY)
}

/** The key of the telemetry about a call of a transcript; undefined where there can be none, as for a call inside another one. */
export function telemetryKey({ key, request_id, source }: MergeableCall): string | undefined {
  return source !== undefined || request_id === undefined || key.includes('#') ? undefined : requestKey(request_id)
}

/** Whether a call was reported by telemetry. */
export function isFromTelemetry({ source }: Pick<MergeableCall, 'source'>): boolean {
  return source === TELEMETRY
}

/**
 * The call that counts of what a transcript and telemetry know about it: that of the transcript, with the figures of telemetry where
 * the transcript never got the final ones.
 * @returns `rows` itself when telemetry adds nothing
 */
export function finishCall<C extends MergeableCall>(rows: C, telemetry: C): C {
  if (rows.unfinished === false || telemetry.unfinished !== false) return rows
  const { input, output, read, outcome } = telemetry
  // The rows have the cache writes of either kind from the start, and old versions send only their sum.
  const writes = rows.write_5m + rows.write_1h === telemetry.write_5m + telemetry.write_1h ? rows : telemetry
  const { odd: _, outcome: __, ...names } = rows
  return {
    ...names,
    ...(outcome === undefined ? {} : { outcome }),
    input,
    output,
    write_5m: writes.write_5m,
    write_1h: writes.write_1h,
    read,
    unfinished: false,
  } as unknown as C
}
