import { MAX_OBSERVATIONS_PER_POST } from '@signalbox/contract/session-observation'
import { identifierSchema } from '@signalbox/contract/text'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RouteContext } from '../route-context.ts'
import type { ExportedObservation, ReadExport } from '../telemetry/read-export.ts'
import { namesOf, type PlacedObservation, storeObservations } from './store-observations.ts'
import { isAhead } from './usage.ts'

const NO_MACHINE =
  'the machine is not known: set OTEL_RESOURCE_ATTRIBUTES=host.name=NAME, or connect it with "signalbox connect --telemetry"'
const AHEAD = 'a request is of a time to come; set the clock of its machine, or that of the hub'

const machineSchema = identifierSchema()

/** Who sends an export, and when. */
export interface Sender {
  /** As its header names it. */
  readonly machine: string | undefined
  readonly now: number
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

type PlacedTelemetry = PlacedObservation & Pick<ExportedObservation, 'calls'>

/** Stores the observations of an export, and the calls of those that are accepted. @returns why each record was refused */
export async function storeTelemetry(context: RouteContext, { observations, refused }: ReadExport, sender: Sender): Promise<string[]> {
  const { now, request, reply } = sender
  const reasons = [...refused]
  await context.quotas.take(request, reply, { rows: observations.length })
  // In parts, as collectors send them: the hub goes on with other requests in between.
  for (let from = 0; from < observations.length; from += MAX_OBSERVATIONS_PER_POST) {
    const part = observations.slice(from, from + MAX_OBSERVATIONS_PER_POST)
    const placed = await place(context, part, sender.machine)
    for (let missing = placed.length; missing < part.length; missing++) reasons.push(NO_MACHINE)
    await context.quotas.take(request, reply, { names: namesOf(placed) })
    const rejected = await storeObservations(context, placed, now, request.principal?.bound)
    for (const { reason } of rejected) reasons.push(reason)
    const others = new Set(rejected.map(({ index }) => index))
    reasons.push(
      ...(await storeCalls(
        context,
        placed.filter((one) => !others.has(one.place)),
        now,
      )),
    )
  }
  return reasons
}

/** Finds the machine of each observation; those without one are left out. */
async function place(context: RouteContext, part: readonly ExportedObservation[], machine: string | undefined): Promise<PlacedTelemetry[]> {
  const known = machine === undefined ? await machinesOf(context, part) : new Map<string, string>()
  return part.flatMap(({ observation, host, calls }, place) => {
    // The name of a host may differ from the id that a collector uses: it moves no session.
    const machineId = machine ?? known.get(observation.session_id) ?? (machineSchema.safeParse(host).success ? host : undefined)
    return machineId === undefined ? [] : [{ observation, machineId, place, calls }]
  })
}

/** The machines of the sessions that the hub knows. */
async function machinesOf({ store }: RouteContext, part: ReadExport['observations']): Promise<Map<string, string>> {
  const ids = [...new Set(part.map(({ observation }) => observation.session_id))]
  const found = await Promise.all(ids.map((id) => store.sessions.find(id)))
  return new Map(found.flatMap((session) => (session === undefined ? [] : [[session.session_id, session.machine_id]])))
}

/** @returns why calls were refused */
async function storeCalls({ store, metrics }: RouteContext, placed: readonly PlacedTelemetry[], now: number): Promise<string[]> {
  const refused: string[] = []
  for (const [machine, ofMachine] of Map.groupBy(placed, ({ machineId }) => machineId)) {
    const calls = ofMachine.flatMap((one) => one.calls)
    const inTime = calls.filter((call) => !isAhead(call, now))
    for (let ahead = inTime.length; ahead < calls.length; ahead++) refused.push(AHEAD)
    if (inTime.length === 0) continue
    const counts = await store.usage.ingest(machine, inTime, { now })
    for (const [result, count] of Object.entries(counts)) metrics.calls.inc({ result }, count)
  }
  return refused
}
