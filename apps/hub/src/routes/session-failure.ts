import { sessionRoutes } from '@signalbox/contract/session-route'
import { toChange } from '../http/idempotency.ts'
import { serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'
import { markFailed, markStalled, processEnded } from '../state/session-failure.ts'
import { prepareRecovery, recoverSession } from '../state/session-recovery.ts'
import { failureInfo, recoveryCheckpoint, recoveryHistory, sessionHealth } from '../state/session-report.ts'
import { readSession, respondSession } from './session.ts'

/** How a session is, why it failed, and how it is recovered. */
export function sessionFailure({ app, store, clock, config, quotas }: RouteContext): void {
  const { sessions, tasks } = store
  const { rules } = config

  serve(app, sessionRoutes.processEnded, async ({ params: { session_id: id }, body, request, reply }) => {
    const change = toChange(request, reply, clock.now())
    return respondSession(reply, await sessions.change(id, { tasks: true }, change, (state) => processEnded(state, body, change.now, id)))
  })

  serve(app, sessionRoutes.health, async ({ params, query, reply }) => {
    reply.header('cache-control', 'private, no-cache')
    return sessionHealth(await readSession(sessions, params.session_id), query.threshold, clock.now())
  })

  serve(app, sessionRoutes.markFailed, async ({ params: { session_id: id }, body, request, reply }) => {
    const change = toChange(request, reply, clock.now())
    return respondSession(reply, await sessions.change(id, { tasks: true }, change, (state) => markFailed(state, body, change.now, id)))
  })

  serve(app, sessionRoutes.markStalled, async ({ params: { session_id: id }, body, request, reply }) => {
    const change = toChange(request, reply, clock.now())
    return respondSession(reply, await sessions.change(id, {}, change, (state) => markStalled(state, body, change.now, id)))
  })

  serve(app, sessionRoutes.failureInfo, async ({ params: { session_id: id } }) => {
    const record = await readSession(sessions, id)
    const tasksInProgress = (await tasks.ofSession(id)).filter(({ status }) => status === 'in_progress').length
    return failureInfo(record, tasksInProgress, clock.now())
  })

  serve(app, sessionRoutes.prepareRecovery, async ({ params: { session_id: id }, request, reply }) => {
    const change = toChange(request, reply, clock.now())
    const record = await sessions.change(id, {}, change, (state) => prepareRecovery(state, change.now, id))
    return recoveryCheckpoint(record, change.now)
  })

  serve(app, sessionRoutes.recover, async ({ params: { session_id: id }, body = {}, request, reply }) => {
    if (body.new_machine_id !== undefined) {
      await quotas.take(request, reply, { names: [{ kind: 'machine', name: body.new_machine_id }] })
    }
    const change = toChange(request, reply, clock.now())
    const machine = body.new_machine_id === undefined ? ('own' as const) : { id: body.new_machine_id }
    const record = await sessions.change(id, { tasks: true, machine }, change, (state) =>
      recoverSession(state, body, change.now, rules, id),
    )
    return respondSession(reply, record)
  })

  serve(app, sessionRoutes.recoveryHistory, async ({ params }) => recoveryHistory(await readSession(sessions, params.session_id)))
}
