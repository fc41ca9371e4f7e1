import type { Call } from '@signalbox/contract/call'
import { QUARTER } from '@signalbox/usage/slice'
import { textId } from '../text-id.ts'

export interface CallDocument {
  /** The key of the call. */
  _id: string
  /** The id of the quarter hour in which it lies. */
  quarter: string
  revision: number
  /** The ingest that wrote this revision. */
  by: string
  /** JSON of a CallRecord: names of any kind survive in it, and come back as they were. */
  record: string
}

/** A call, and the machine that reported it first. */
export interface CallRecord {
  readonly machine: string
  readonly call: Call
}

/** Ids of quarters sort as the quarters do. */
export function quarterId(quarter: number): string {
  return String(quarter).padStart(7, '0')
}

export function callId(key: string): string {
  return textId(key)
}

export function documentOf(record: CallRecord, revision: number, by: string): CallDocument {
  const quarter = Math.floor(Date.parse(record.call.at) / QUARTER)
  return { _id: callId(record.call.key), quarter: quarterId(quarter), revision, by, record: JSON.stringify(record) }
}

export function recordOf({ record }: Pick<CallDocument, 'record'>): CallRecord {
  return JSON.parse(record) as CallRecord
}
