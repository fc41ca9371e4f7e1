import { createHash } from 'node:crypto'
import { type AvailableMachine, type Machine, machineRoutes } from '@signalbox/contract/machine'
import type { FastifyReply } from 'fastify'
import { instantOf } from '../clock.ts'
import { readIfMatch, sendRevision } from '../http/etag.ts'
import { toChange } from '../http/idempotency.ts'
import { readPage, sendPage } from '../http/list.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { failSessions } from '../maintenance/fail-sessions.ts'
import type { RouteContext } from '../route-context.ts'
import { createMachine, removeMachine, updateMachine } from '../state/machine.ts'
import { type MachineRecord, machineNotFound, toMachine } from '../state/machine-record.ts'
import { assignSession, releaseSession } from '../state/session-machine.ts'
import { freeSlots } from '../state/slot.ts'

export function machine({ app, store, clock, config, quotas }: RouteContext): void {
  const { machines, sessions } = store
  const { machineOfflineMs } = config.rules
  const requireRecord = async (id: string): Promise<MachineRecord> => {
    const record = await machines.find(id)
    if (record === undefined) throw machineNotFound(id)
    return record
  }
  const withSessions = async (records: readonly MachineRecord[]): Promise<Machine[]> => {
    const sessionIds = await machines.sessionsOf(records.map(({ machine_id }) => machine_id))
    return records.map((record) => toMachine(record, sessionIds.get(record.machine_id) ?? [], clock.now()))
  }
  const respond = async (reply: FastifyReply, record: MachineRecord): Promise<Machine> => {
    const [body] = await withSessions([record])
    const sessions = createHash('sha256').update(body!.active_sessions.join('\n')).digest('base64url').slice(0, 8)
    sendRevision(reply, record.revision, sessions)
    return body!
  }

  serve(
    app,
    machineRoutes.list,
    async ({ query: { status, ...query }, request, reply }) => {
      const page = readPage(query, 'id')
      const found = await machines.list({ ...query, ...page.range, statuses: status })
      return withSessions(sendPage(request, reply, page, found, ({ machine_id }) => ({ at: 0, id: machine_id })))
    },
    { unchecked: true },
  )

  serve(app, machineRoutes.create, async ({ body, request, reply }) => {
    await quotas.take(request, reply, { names: [{ kind: 'machine', name: body.machine_id }] })
    const change = toChange(request, reply, clock.now())
    const created = await machines.change(body.machine_id, change, (state) => createMachine(state, body, change.now, machineOfflineMs))
    reply.code(201).header('location', `${app.ownAddress.basePath(request)}/machines/${encodeURIComponent(created.machine_id)}`)
    return respond(reply, created)
  })

  serve(
    app,
    machineRoutes.available,
    async ({ query, request, reply }) => {
      const page = readPage(query, 'most free slots')
      const rows = sendPage(request, reply, page, await machines.available(page.range), ({ machine, taken }) => ({
        at: freeSlots(machine, taken).length,
        id: machine.machine_id,
      }))
      const sessionIds = await machines.sessionsOf(rows.map(({ machine }) => machine.machine_id))
      return rows.map(({ machine, taken }): AvailableMachine => {
        const numbers = freeSlots(machine, taken)
        return {
          machine_id: machine.machine_id,
          hostname: machine.hostname,
          status: machine.status,
          total_slots: machine.docker_slots.length,
          occupied_slots: machine.docker_slots.length - numbers.length,
          available_slots: numbers.length,
          available_slot_numbers: numbers,
          active_sessions: sessionIds.get(machine.machine_id) ?? [],
          last_heartbeat: instantOf(machine.last_heartbeat),
        }
      })
    },
    { unchecked: true },
  )

  serve(app, machineRoutes.read, async ({ params, reply }) => respond(reply, await requireRecord(params.machine_id)))

  serve(app, machineRoutes.update, async ({ params: { machine_id: id }, body, request, reply }) => {
    const now = clock.now()
    const revision = readIfMatch(request)
    return respond(reply, await machines.change(id, { now }, (state) => updateMachine(state, id, body, revision, now, machineOfflineMs)))
  })

  serve(app, machineRoutes.remove, async ({ params: { machine_id: id }, request, reply }): Promise<Sent> => {
    const now = clock.now()
    const revision = readIfMatch(request)
    await machines.change(id, { now }, (state) => removeMachine(state, id, revision, now))
    reply.code(204).send()
    return sent
  })

  serve(app, machineRoutes.assign, async ({ params: { machine_id: id }, body, request, reply }) => {
    const change = toChange(request, reply, clock.now())
    await sessions.change(body.session_id, { machine: { id } }, change, (state) =>
      assignSession(state, id, body, change.now, body.session_id),
    )
    return respond(reply, await requireRecord(id))
  })

  serve(app, machineRoutes.release, async ({ params: { machine_id: id }, body, request, reply }) => {
    await requireRecord(id)
    const change = toChange(request, reply, clock.now())
    await sessions.change(body.session_id, {}, change, (state) => releaseSession(state, id, body.attempt, change.now, body.session_id))
    return respond(reply, await requireRecord(id))
  })

  serve(
    app,
    machineRoutes.failSessions,
    ({ params: { machine_id: id }, body, request, reply }) => {
      const change = toChange(request, reply, clock.now())
      return store.runIdempotent(change, () => failSessions(store, id, body, change.now))
    },
    { timeout: 600_000 },
  )
}
