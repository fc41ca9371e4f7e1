import { type Call, callSchema } from '@signalbox/contract/call'
import { type SessionObservation, sessionObservationSchema } from '@signalbox/contract/session-observation'
import {
  type DataPoint,
  dataPointSchema,
  type ExportLogs,
  type ExportMetrics,
  type LogRecord,
  logRecordSchema,
} from '@signalbox/contract/telemetry'
import type { z } from 'zod'
import { whenUsed } from '../http/validate.ts'
import { Attributes } from './attributes.ts'
import { callOfLog } from './log-call.ts'
import { observeLog } from './log-observation.ts'
import { observePoint } from './metric-observation.ts'

/** The scopes of Claude Code's own records; an exporter may send those of other programs as well. */
const SCOPE = 'com.anthropic.claude_code'

const observationSchema = whenUsed(sessionObservationSchema)
const checkedCallSchema = whenUsed(callSchema)
const recordSchema = whenUsed(logRecordSchema)
const pointSchema = whenUsed(dataPointSchema)

/** An observation, and the host on which it was made, where the exporter says so. */
export interface ExportedObservation {
  readonly observation: SessionObservation
  readonly host: string | undefined
  /** The calls of the records that made it. */
  readonly calls: readonly Call[]
}

export interface ReadExport {
  readonly observations: readonly ExportedObservation[]
  /** Why each record was refused that cannot be read. */
  readonly refused: readonly string[]
}

type Scope = { readonly name?: string | null | undefined; readonly version?: string | null | undefined } | null | undefined

/** What an export of log records says about sessions and their calls. */
export function readLogs({ resourceLogs }: ExportLogs): ReadExport {
  const reader = new ExportReader()
  for (const { resource, scopeLogs } of resourceLogs ?? []) {
    const host = new Attributes(resource?.attributes).text('host.name')
    for (const { scope, logRecords } of scopeLogs ?? []) {
      reader.add<LogRecord>(logRecords ?? [], scope, host, recordSchema, observeLog, callOfLog)
    }
  }
  return reader
}

/** What an export of metrics says about sessions. */
export function readMetrics({ resourceMetrics }: ExportMetrics): ReadExport {
  const reader = new ExportReader()
  for (const { resource, scopeMetrics } of resourceMetrics ?? []) {
    const host = new Attributes(resource?.attributes).text('host.name')
    for (const { scope, metrics } of scopeMetrics ?? []) {
      const points = (metrics ?? []).flatMap(({ sum, gauge }) => [...(sum?.dataPoints ?? []), ...(gauge?.dataPoints ?? [])])
      reader.add<DataPoint>(points, scope, host, pointSchema, observePoint)
    }
  }
  return reader
}

class ExportReader implements ReadExport {
  readonly observations: (ExportedObservation & { readonly calls: Call[] })[] = []
  readonly refused: string[] = []
  /** Points of one moment say the same: one of each is enough. */
  readonly #seen = new Map<string, Call[]>()

  add<T>(
    records: readonly unknown[],
    scope: Scope,
    host: string | undefined,
    schema: Pick<z.ZodType<T>, 'safeParse'>,
    observe: (record: T, version: string | undefined) => SessionObservation | string | undefined,
    callOf?: (record: T, version: string | undefined) => Call | undefined,
  ): void {
    if (!scope?.name?.startsWith(SCOPE)) return
    const version = scope.version?.slice(0, 50) || undefined
    for (const record of records) {
      const parsed = schema.safeParse(record)
      if (!parsed.success) {
        this.refused.push('a record is not as OTLP describes it')
        continue
      }
      const observed = observe(parsed.data, version)
      if (observed === undefined) continue
      const checked = typeof observed === 'string' ? undefined : observationSchema.safeParse(observed)
      if (checked?.success) this.#keep(checked.data, host, this.#check(callOf?.(parsed.data, version)))
      else this.refused.push(typeof observed === 'string' ? observed : 'the session.id or another value of a record is not valid')
    }
  }

  #check(call: Call | undefined): Call[] {
    if (call === undefined) return []
    const checked = checkedCallSchema.safeParse(call)
    if (checked.success) return [checked.data]
    this.refused.push('the figures of a request are not valid')
    return []
  }

  #keep(observation: SessionObservation, host: string | undefined, calls: Call[]): void {
    const key = `${observation.session_id} ${observation.observation_id}`
    const seen = this.#seen.get(key)
    if (seen !== undefined) return void seen.push(...calls)
    this.#seen.set(key, calls)
    this.observations.push({ observation, host, calls })
  }
}
