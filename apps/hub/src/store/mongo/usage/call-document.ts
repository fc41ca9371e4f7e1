import type { Call } from '@signalbox/contract/call'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import { textId } from '../text-id.ts'

export interface CallDocument {
  /** The key of the call. */
  _id: string
  /** The id of its quarter hour. */
  quarter: string
  revision: number
  /** The token of the ingest that wrote this revision. */
  by: string
  /** JSON of a CallRecord, which preserves names of any kind. */
  record: string
}

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
  const quarter = Math.floor(Date.parse(record.call.at) / QUARTER_HOUR_MS)
  return { _id: callId(record.call.key), quarter: quarterId(quarter), revision, by, record: JSON.stringify(record) }
}

export function recordOf({ record }: Pick<CallDocument, 'record'>): CallRecord {
  return JSON.parse(record) as CallRecord
}
