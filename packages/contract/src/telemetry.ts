import { z } from 'zod'
import { route } from './route.ts'

// OpenTelemetry's protocol (OTLP) over HTTP, as far as the hub reads it. Everything else is ignored. These are its messages in
// JSON; the hub translates binary protobuf to it.

/** The header that names the machine of a sender; its value may be percent-encoded. */
export const TELEMETRY_MACHINE_HEADER = 'x-signalbox-machine'

/** An attribute. Of its value, only texts, numbers and booleans are read. */
const attributeSchema = z.object({ key: z.string(), value: z.unknown().optional() })
const attributes = z.array(attributeSchema).nullish()
/** Nanoseconds since 1970. JSON writes 64 bits as a text. */
const nanoseconds = z.union([z.string().regex(/^\d{1,20}$/), z.int().min(0)]).nullish()

export const logRecordSchema = z.object({ timeUnixNano: nanoseconds, observedTimeUnixNano: nanoseconds, attributes })
export type LogRecord = z.infer<typeof logRecordSchema>

export const dataPointSchema = z.object({ startTimeUnixNano: nanoseconds, timeUnixNano: nanoseconds, attributes })
export type DataPoint = z.infer<typeof dataPointSchema>

const resource = z.object({ attributes }).nullish()
const scope = z.object({ name: z.string().nullish(), version: z.string().nullish() }).nullish()

/** Each log record is checked by itself. */
export const exportLogsSchema = z
  .object({
    resourceLogs: z
      .array(z.object({ resource, scopeLogs: z.array(z.object({ scope, logRecords: z.array(z.unknown()).nullish() })).nullish() }))
      .nullish(),
  })
  .meta({
    id: 'ExportLogs',
    examples: [
      {
        resourceLogs: [
          {
            resource: { attributes: [{ key: 'host.name', value: { stringValue: 'laptop' } }] },
            scopeLogs: [
              {
                scope: { name: 'com.anthropic.claude_code.events', version: '2.1.332' },
                logRecords: [
                  {
                    timeUnixNano: '1791277920000000000',
                    attributes: [
                      { key: 'event.name', value: { stringValue: 'tool_result' } },
                      { key: 'session.id', value: { stringValue: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21' } },
                      { key: 'tool_name', value: { stringValue: 'Bash' } },
                      { key: 'duration_ms', value: { stringValue: '431' } },
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  })
export type ExportLogs = z.infer<typeof exportLogsSchema>

/** Each data point is checked by itself. */
const pointsSchema = z.object({ dataPoints: z.array(z.unknown()).nullish() }).nullish()
export const exportMetricsSchema = z
  .object({
    resourceMetrics: z
      .array(
        z.object({
          resource,
          scopeMetrics: z
            .array(z.object({ scope, metrics: z.array(z.object({ sum: pointsSchema, gauge: pointsSchema })).nullish() }))
            .nullish(),
        }),
      )
      .nullish(),
  })
  .meta({
    id: 'ExportMetrics',
    examples: [
      {
        resourceMetrics: [
          {
            scopeMetrics: [
              {
                scope: { name: 'com.anthropic.claude_code', version: '2.1.332' },
                metrics: [
                  {
                    sum: {
                      dataPoints: [
                        {
                          startTimeUnixNano: '1791277920000000000',
                          timeUnixNano: '1791277980000000000',
                          attributes: [{ key: 'session.id', value: { stringValue: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21' } }],
                        },
                      ],
                    },
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  })
export type ExportMetrics = z.infer<typeof exportMetricsSchema>

const errorMessage = z.string()
const logsResultSchema = z
  .object({ partialSuccess: z.object({ rejectedLogRecords: z.int(), errorMessage }).optional() })
  .meta({ id: 'ExportLogsResult', examples: [{}] })
const metricsResultSchema = z
  .object({ partialSuccess: z.object({ rejectedDataPoints: z.int(), errorMessage }).optional() })
  .meta({ id: 'ExportMetricsResult', examples: [{}] })

const description =
  'OTLP over HTTP, in JSON or, with `Content-Type: application/x-protobuf`, in binary protobuf, which is answered in kind: the ' +
  'result of the export, or from 400 on a `Status` with its message. Other encodings are refused with 415. The header ' +
  '`X-Signalbox-Machine` names the machine, otherwise the resource attribute `host.name` does. Prompts, inputs and outputs ' +
  'of tools, and everything else that the hub does not know, are not kept.'

export const telemetryRoutes = {
  logs: route({
    method: 'POST',
    path: '/v1/logs',
    access: 'ingest',
    summary: 'Receive log records of OpenTelemetry from Claude Code',
    description,
    body: exportLogsSchema,
    responses: { 200: logsResultSchema },
  }),
  metrics: route({
    method: 'POST',
    path: '/v1/metrics',
    access: 'ingest',
    summary: 'Receive metrics of OpenTelemetry from Claude Code',
    description,
    body: exportMetricsSchema,
    responses: { 200: metricsResultSchema },
  }),
}
