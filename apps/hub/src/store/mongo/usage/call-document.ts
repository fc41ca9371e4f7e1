import type { Call } from '@signalbox/contract/call'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import { isFromTelemetry } from '@signalbox/usage/telemetry-call'
import type { AnyBulkWriteOperation } from 'mongodb'
import { textId } from '../text-id.ts'

export interface CallDocument {
  /** The key of the call. */
  _id: string
  /** The id of its quarter hour. */
  quarter: string
  revision: number
  /** The token of the ingest that wrote this revision. */
  by: string
  /** The id of its request, by which telemetry finds it; absent when it is not known. */
  request?: string
  /** The id of its session; for calls that telemetry reports only. */
  session?: string
  /** JSON of a CallRecord, which preserves names of any kind. */
  record: string
}

/** What is read of a document to count its call. */
export type StoredCall = Pick<CallDocument, '_id' | 'quarter' | 'request' | 'record'>

/** A call with the machine that reported it first. */
export interface CallRecord {
  readonly machine: string
  readonly call: Call
}

/** The id of a quarter; ids sort as the quarters do. */
export function quarterId(quarter: number): string {
  return String(quarter).padStart(7, '0')
}

export function callId(key: string): string {
  return textId(key)
}

export function documentOf(record: CallRecord, revision: number, by: string): CallDocument {
  const { key, at, request_id, session_id } = record.call
  const quarter = Math.floor(Date.parse(at) / QUARTER_HOUR_MS)
  const request = request_id === undefined ? {} : { request: textId(request_id) }
  const session = isFromTelemetry(record.call) ? { session: textId(session_id ?? '') } : {}
  return { _id: callId(key), quarter: quarterId(quarter), revision, by, ...request, ...session, record: JSON.stringify(record) }
}

/** The update from the revision before a document to the document. */
export function replacement(next: CallDocument): AnyBulkWriteOperation<CallDocument> {
  const { _id, revision, quarter, by, request, session, record } = next
  const set = {
    revision,
    quarter,
    by,
    record,
    ...(request === undefined ? {} : { request }),
    ...(session === undefined ? {} : { session }),
  }
  const update = request === undefined ? { $set: set, $unset: { request: '' as const } } : { $set: set }
  return { updateOne: { filter: { _id, revision: revision - 1 }, update } }
}

export function recordOf({ record }: Pick<CallDocument, 'record'>): CallRecord {
  return JSON.parse(record) as CallRecord
}
