import { fromBinary, fromJson, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf'
import type { ExportLogs, ExportMetrics } from '@signalbox/contract/telemetry'
import {
  ExportLogsResultSchema,
  ExportLogsSchema,
  ExportMetricsResultSchema,
  ExportMetricsSchema,
  StatusSchema,
} from '../src/telemetry/otlp.generated.ts'

type Value = string | number | boolean | undefined
export type Attributes = Readonly<Record<string, Value>>

/** The attributes that every record of Claude Code 2.1.332 has. */
const always = { 'user.id': 'fd0aa74e', 'anthropic.provider': 'firstParty', 'terminal.type': 'xterm-256color' }
const resource = { 'host.arch': 'amd64', 'os.type': 'linux', 'service.name': 'claude-code', 'service.version': '2.1.332' }

function toAttributes(attributes: Attributes) {
  return Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return []
    const kind =
      typeof value === 'number'
        ? Number.isInteger(value)
          ? 'intValue'
          : 'doubleValue'
        : typeof value === 'string'
          ? 'stringValue'
          : 'boolValue'
    return [{ key, value: { [kind]: value } }]
  })
}

const nanoseconds = (at: number) => `${at}000000`

/** An export of log records as Claude Code 2.1.332 sends it. */
export function someLogs(records: readonly object[], host?: string): ExportLogs {
  const scope = { name: 'com.anthropic.claude_code.events', version: '2.1.332' }
  const attributes = toAttributes({ 'host.name': host, ...resource })
  return { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ scope, logRecords: [...records] }] }] }
}

/** @param at in milliseconds */
export function someRecord(sessionId: string, at: number, name: string, attributes: Attributes): object {
  return {
    timeUnixNano: nanoseconds(at),
    observedTimeUnixNano: nanoseconds(at),
    body: { stringValue: `claude_code.${name}` },
    attributes: toAttributes({ ...always, 'session.id': sessionId, 'event.name': name, 'event.sequence': at % 1000, ...attributes }),
    droppedAttributesCount: 0,
  }
}

/** An export of one sum. @param start of the sum, in milliseconds, and the time of the export */
export function someMetrics(name: string, start: number, at: number, value: number, attributes: Attributes, host?: string): ExportMetrics {
  const dataPoints = [
    {
      startTimeUnixNano: nanoseconds(start),
      timeUnixNano: nanoseconds(at),
      asDouble: value,
      attributes: toAttributes({ ...always, ...attributes }),
    },
  ]
  const metric = { name, unit: '', description: '', sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints } }
  const scope = { name: 'com.anthropic.claude_code', version: '2.1.332' }
  return {
    resourceMetrics: [
      { resource: { attributes: toAttributes({ 'host.name': host, ...resource }) }, scopeMetrics: [{ scope, metrics: [metric] }] },
    ],
  }
}

const schemas = {
  '/v1/logs': { request: ExportLogsSchema, result: ExportLogsResultSchema },
  '/v1/metrics': { request: ExportMetricsSchema, result: ExportMetricsResultSchema },
}

/** The binary form of an export; of the JSON form only what the hub reads is in it. */
export function toProtobuf(url: keyof typeof schemas, body: object): Buffer {
  const { request } = schemas[url]
  return Buffer.from(toBinary(request, fromJson(request, body as JsonValue, { ignoreUnknownFields: true })))
}

/** An answer in binary form: the result of an export, or with a status from 400 on its message. */
export function fromProtobuf(url: keyof typeof schemas, status: number, bytes: Buffer): unknown {
  const schema = status < 400 ? schemas[url].result : StatusSchema
  // Protobuf writes 64 bits as a text in JSON.
  return JSON.parse(JSON.stringify(toJson(schema, fromBinary<typeof schema>(schema, bytes))), (key, value) =>
    key.startsWith('rejected') ? Number(value) : value,
  )
}
