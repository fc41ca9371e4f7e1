import type { CollectorHeartbeatResponse } from '@signalbox/contract/collector-heartbeat'
import { MAX_INGEST_BYTES } from '@signalbox/contract/ingest-limit'
import { machineRoutes } from '@signalbox/contract/machine'
import { type ObservationResult, type SessionObservation, sessionObservationSchema } from '@signalbox/contract/session-observation'
import { sessionRoutes } from '@signalbox/contract/session-route'
import { instantOf } from '../clock.ts'
import { toChange } from '../http/idempotency.ts'
import { serve } from '../http/route.ts'
import { validatorCompiler } from '../http/validate.ts'
import { type HubError, isStoreOutage } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import { sourceRows } from '../state/believed-session.ts'
import { confirmSession, confirmSessionBriefly, heartbeatCollector, unwatchSession } from '../state/collector-heartbeat.ts'
import { readObserved } from '../state/observed-state.ts'
import { readSession } from './session.ts'
import { namesOf, type PlacedObservation, type Rejected, storeObservations } from './store-observations.ts'

/** The most characters of a reason: it may name a property that the sender made up. */
const MAX_REASON = 300

const validate = validatorCompiler({ schema: sessionObservationSchema, method: 'POST', url: '', httpPart: 'body' }) as (
  value: unknown,
) => { value: SessionObservation } | { error: HubError }

/** Observations of sessions, and the collectors that send them. */
export function sessionObservation(context: RouteContext): void {
  const { app, store, clock, monitor, quotas } = context
  const { sessions, machines } = store
  const noteOutage = (error: unknown): never => {
    if (isStoreOutage(error)) monitor.noteStoreOutage()
    throw error
  }

  serve(
    app,
    sessionRoutes.observe,
    async ({ body: { machine_id, observations }, request, reply }): Promise<ObservationResult> => {
      const { valid, rejected: invalid } = sortOut(observations, machine_id)
      await quotas.take(request, reply, { rows: observations.length, names: namesOf(valid) })
      const change = toChange(request, reply, clock.now())
      const { now } = change
      const apply = async (): Promise<ObservationResult> => {
        const rejected = [...invalid, ...(await storeObservations(context, valid, now, request.principal?.bound))]
        rejected.sort((a, b) => a.index - b.index)
        return { accepted: observations.length - rejected.length, rejected }
      }
      return store.runIdempotent(change, apply)
    },
    { bodyLimit: MAX_INGEST_BYTES, anyKeys: true },
  )

  serve(app, sessionRoutes.sources, async ({ params }) => {
    const { observed } = await readSession(sessions, params.session_id)
    return sourceRows(readObserved(observed))
  })

  serve(
    app,
    machineRoutes.collector,
    async ({ params: { machine_id }, body, request, reply }): Promise<CollectorHeartbeatResponse> => {
      await quotas.take(request, reply, { names: [{ kind: 'machine', name: machine_id }] })
      const change = toChange(request, reply, clock.now())
      const { now } = change
      return store.runIdempotent(change, async () => {
        const named = [...new Set(body.sessions)]
        const [, confirmations] = await Promise.all([
          machines.change(machine_id, { now }, (state) => heartbeatCollector(state, machine_id, body, now)),
          Promise.all(
            named.map(async (id) => {
              const { heartbeat_interval_ms: interval } = body
              const brief = await sessions.change(id, { brief: true }, { now }, (state) =>
                confirmSessionBriefly(state, machine_id, interval, now),
              )
              return brief === 'whole'
                ? sessions.change(id, {}, { now }, (state) => confirmSession(state, machine_id, interval, now))
                : brief
            }),
          ),
        ]).catch(noteOutage)
        const observed = await sessions.observedOn(machine_id)
        if (body.state === 'stopped') {
          await Promise.all(observed.map((id) => sessions.change(id, {}, { now }, (state) => unwatchSession(state, now)))).catch(noteOutage)
        }
        const names = new Set(named)
        return {
          machine_id,
          unknown_sessions: named.filter((_, index) => confirmations[index] === 'unknown'),
          missing_sessions: observed.filter((id) => !names.has(id)),
          timestamp: instantOf(now),
        }
      })
    },
    { bodyLimit: 256 * 1024, quiet: true },
  )
}

/** Checks each observation by itself. */
function sortOut(observations: readonly unknown[], machineId: string): { valid: PlacedObservation[]; rejected: Rejected[] } {
  const valid: PlacedObservation[] = []
  const rejected: Rejected[] = []
  for (const [index, sent] of observations.entries()) {
    const checked = validate(sent)
    if ('error' in checked) {
      const id = (sent as { readonly observation_id?: unknown } | null)?.observation_id
      rejected.push({
        ...(typeof id === 'string' ? { observation_id: id.slice(0, 200) } : {}),
        index,
        reason: checked.error.message.slice(0, MAX_REASON),
      })
      continue
    }
    valid.push({ observation: checked.value, machineId, place: index })
  }
  return { valid, rejected }
}
