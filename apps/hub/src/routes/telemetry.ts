import { MAX_INGEST_BYTES } from '@signalbox/contract/ingest-limit'
import { MAX_OBSERVATIONS_PER_POST } from '@signalbox/contract/session-observation'
import { TELEMETRY_MACHINE_HEADER, telemetryRoutes } from '@signalbox/contract/telemetry'
import { identifierSchema } from '@signalbox/contract/text'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { toChange } from '../http/idempotency.ts'
import { serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import { type ReadExport, readLogs, readMetrics } from '../telemetry/read-export.ts'
import { namesOf, type PlacedObservation, storeObservations } from './store-observations.ts'

const NO_MACHINE =
  'the machine is not known: set OTEL_RESOURCE_ATTRIBUTES=host.name=NAME, or connect it with "signalbox connect --telemetry"'

const machineSchema = identifierSchema()
const options = { bodyLimit: MAX_INGEST_BYTES, quiet: true, anyKeys: true, beforeBody: requireJson } as const

/** Receives the OpenTelemetry of Claude Code, and keeps what it says about sessions. */
export function telemetry(context: RouteContext): void {
  const { app, store, clock } = context

  serve(
    app,
    telemetryRoutes.logs,
    async ({ body, request, reply }) => {
      const change = toChange(request, reply, clock.now())
      const machine = machineOf(request)
      const refused = await store.runIdempotent(change, () => keep(context, readLogs(body), machine, change.now, request, reply))
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
      const refused = await store.runIdempotent(change, () => keep(context, readMetrics(body), machine, change.now, request, reply))
      return refused.length === 0 ? {} : { partialSuccess: { rejectedDataPoints: refused.length, errorMessage: refused[0]! } }
    },
    options,
  )
}

/** Exporters default to protobuf or gRPC. */
function requireJson({ headers }: FastifyRequest): void {
  const type = headers['content-type']
  if (type === undefined || /^application\/json\s*(?:;|$)/i.test(type)) return
  throw new HubError('unsupported_media_type', 'Telemetry is accepted as JSON only', {
    suggestion: 'Set OTEL_EXPORTER_OTLP_PROTOCOL=http/json where Claude Code runs.',
  })
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

/** @returns why each record was refused */
async function keep(
  context: RouteContext,
  { observations, refused }: ReadExport,
  machine: string | undefined,
  now: number,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string[]> {
  const reasons = [...refused]
  await context.quotas.take(request, reply, { rows: observations.length })
  // In parts, as collectors send them: the hub goes on with other requests in between.
  for (let from = 0; from < observations.length; from += MAX_OBSERVATIONS_PER_POST) {
    const part = observations.slice(from, from + MAX_OBSERVATIONS_PER_POST)
    const known = machine === undefined ? await machinesOf(context, part) : new Map<string, string>()
    const placed: PlacedObservation[] = []
    for (const [place, { observation, host }] of part.entries()) {
      // The name of a host may differ from the id that a collector uses: it moves no session.
      const machineId = machine ?? known.get(observation.session_id) ?? (machineSchema.safeParse(host).success ? host : undefined)
      if (machineId === undefined) reasons.push(NO_MACHINE)
      else placed.push({ observation, machineId, place })
    }
    await context.quotas.take(request, reply, { names: namesOf(placed) })
    for (const { reason } of await storeObservations(context, placed, now, request.principal?.bound)) reasons.push(reason)
  }
  return reasons
}

/** The machines of the sessions that the hub knows. */
async function machinesOf({ store }: RouteContext, part: ReadExport['observations']): Promise<Map<string, string>> {
  const ids = [...new Set(part.map(({ observation }) => observation.session_id))]
  const found = await Promise.all(ids.map((id) => store.sessions.find(id)))
  return new Map(found.flatMap((session) => (session === undefined ? [] : [[session.session_id, session.machine_id]])))
}
