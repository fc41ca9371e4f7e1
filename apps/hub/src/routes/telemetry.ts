import { MAX_INGEST_BYTES } from '@signalbox/contract/ingest-limit'
import { TELEMETRY_MACHINE_HEADER, telemetryRoutes } from '@signalbox/contract/telemetry'
import { identifierSchema } from '@signalbox/contract/text'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { toChange } from '../http/idempotency.ts'
import { acceptProtobuf, requireJsonOrProtobuf } from '../http/protobuf.ts'
import { serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import { readLogs, readMetrics } from '../telemetry/read-export.ts'
import { storeTelemetry } from './store-telemetry.ts'

const machineSchema = identifierSchema()
const options = { bodyLimit: MAX_INGEST_BYTES, quiet: true, anyKeys: true, beforeBody: requireJsonOrProtobuf } as const

/** Receives the OpenTelemetry of Claude Code, and keeps what it says about sessions and their calls. */
export async function telemetry(context: RouteContext): Promise<void> {
  await context.app.register(async (scope) => {
    acceptProtobuf(scope, (url) => (url === telemetryRoutes.logs.path ? 'logs' : 'metrics'))
    addRoutes(scope, context)
  })
}

function addRoutes(app: FastifyInstance, context: RouteContext): void {
  const { store, clock } = context

  serve(
    app,
    telemetryRoutes.logs,
    async ({ body, request, reply }) => {
      const change = toChange(request, reply, clock.now())
      const machine = machineOf(request)
      const refused = await store.runIdempotent(change, () =>
        storeTelemetry(context, readLogs(body), { machine, now: change.now, request, reply }),
      )
      return refused.length === 0 ? {} : { partialSuccess: { rejectedLogRecords: refused.length, errorMessage: refused[0]! } }
    },
    options,
  )

  serve(
    app,
    telemetryRoutes.metrics,
    async ({ body, request, reply }) => {
      const change = toChange(request, reply, clock.now())
      const machine = machineOf(request)
      const refused = await store.runIdempotent(change, () =>
        storeTelemetry(context, readMetrics(body), { machine, now: change.now, request, reply }),
      )
      return refused.length === 0 ? {} : { partialSuccess: { rejectedDataPoints: refused.length, errorMessage: refused[0]! } }
    },
    options,
  )
}

/** The machine that the header names. */
function machineOf({ headers }: FastifyRequest): string | undefined {
  const sent = headers[TELEMETRY_MACHINE_HEADER]
  if (sent === undefined) return undefined
  const { success, data } = machineSchema.safeParse(decode(String(sent)))
  if (success) return data
  throw new HubError('validation_error', 'The header X-Signalbox-Machine is not the id of a machine', {
    suggestion: 'Send up to 200 characters without control characters, percent-encoded.',
  })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
