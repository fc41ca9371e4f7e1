import { mergeCalls } from '@signalbox/usage/call-merge'
import type { ScannedCalls } from './call-batch.ts'
import { type ScannedCall, shapedCall } from './scanned-call.ts'

/** Merges two records of one call. Which of two sessions made it, when both have it at the same time, is decided later. */
export function mergeRecords(known: ScannedCall, call: ScannedCall, copies: Pick<ScannedCalls, 'addCopies'>): ScannedCall {
  const { session_id } = known
  if (call.at !== known.at || call.session_id === session_id || call.session_id === undefined || session_id === undefined) {
    return merge(known, call)
  }
  copies.addCopies(call.key, session_id, call.session_id)
  return merge(known, { ...call, session_id })
}

function merge(known: ScannedCall, call: ScannedCall): ScannedCall {
  const merged = mergeCalls(known, call)
  return merged === known || merged === call ? merged : shapedCall(merged)
}
