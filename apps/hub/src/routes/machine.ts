import { createHash } from 'node:crypto'
import { type AvailableMachine, type Machine, machineRoutes } from '@signalbox/contract/machine'
import type { FastifyReply } from 'fastify'
import { instantOf } from '../clock.ts'
import type { Doors } from '../doors.ts'
import { revisionWanted, sendRevision } from '../http/etag.ts'
import { sendList } from '../http/list.ts'
import { changeOf } from '../http/once.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { beatMachine, createMachine, type MachineRecord, machineOf, noMachine, removeMachine, updateMachine } from '../state/machine.ts'
import { assignSession, releaseSession } from '../state/session.ts'
import { freeSlots } from '../state/slot.ts'

export function machine({ app, store, clock, config, monitor }: Doors): void {
  const { machines, sessions } = store
  const { machineOfflineMs } = config.rules
  const found = async (id: string): Promise<MachineRecord> => {
    const record = await machines.find(id)
    if (record === undefined) throw noMachine(id)
    return record
  }
  const withSessions = async (records: readonly MachineRecord[]): Promise<Machine[]> => {
    const of = await machines.sessionsOf(records.map(({ machine_id }) => machine_id))
    return records.map((record) => machineOf(record, of.get(record.machine_id) ?? []))
  }
  const answer = async (reply: FastifyReply, record: MachineRecord): Promise<Machine> => {
    const [answered] = await withSessions([record])
    const sessions = createHash('sha256').update(answered!.active_sessions.join('\n')).digest('base64url').slice(0, 8)
    sendRevision(reply, record.revision, sessions)
    return answered!
  }

  serve(
    app,
    machineRoutes.list,
    async ({ query: { status, ...query }, request, reply }) => {
      const { rows, total } = await machines.list({ ...query, statuses: status })
      return sendList(request, reply, query, { rows: await withSessions(rows), total })
    },
    { unchecked: true },
  )

  serve(app, machineRoutes.create, async ({ body, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    const made = await machines.change(body.machine_id, change, (held) => createMachine(held, body, change.now, machineOfflineMs))
    reply.code(201).header('location', `/machines/${encodeURIComponent(made.machine_id)}`)
    return answer(reply, made)
  })

  serve(
    app,
    machineRoutes.available,
    async ({ query, request, reply }) => {
      const { rows, total } = await machines.available(query)
      const of = await machines.sessionsOf(rows.map(({ machine }) => machine.machine_id))
      const free = rows.map(({ machine, taken }): AvailableMachine => {
        const numbers = freeSlots(machine, taken)
        return {
          machine_id: machine.machine_id,
          hostname: machine.hostname,
          status: machine.status,
          total_slots: machine.docker_slots.length,
          occupied_slots: machine.docker_slots.length - numbers.length,
          available_slots: numbers.length,
          available_slot_numbers: numbers,
          active_sessions: of.get(machine.machine_id) ?? [],
          last_heartbeat: instantOf(machine.last_heartbeat),
        }
      })
      return sendList(request, reply, query, { rows: free, total })
    },
    { unchecked: true },
  )

  serve(app, machineRoutes.read, async ({ params, reply }) => answer(reply, await found(params.machine_id)))

  serve(app, machineRoutes.update, async ({ params: { machine_id: id }, body, request, reply }) => {
    const now = clock.now()
    const wanted = revisionWanted(request)
    return answer(reply, await machines.change(id, { now }, (held) => updateMachine(held, id, body, wanted, now, machineOfflineMs)))
  })

  serve(app, machineRoutes.remove, async ({ params: { machine_id: id }, request, reply }): Promise<Sent> => {
    const now = clock.now()
    const wanted = revisionWanted(request)
    await machines.change(id, { now }, (held) => removeMachine(held, id, wanted, now))
    reply.code(204).send()
    return sent
  })

  serve(
    app,
    machineRoutes.heartbeat,
    async ({ params: { machine_id: id }, body = {}, request, reply }) => {
      const change = changeOf(request, reply, clock.now())
      try {
        const record = await machines.change(id, change, (held) => beatMachine(held, id, body, change.now, machineOfflineMs))
        return {
          machine_id: record.machine_id,
          status: record.status,
          last_heartbeat: instantOf(record.last_heartbeat),
          message: 'Heartbeat recorded',
        }
      } catch (error) {
        if (error instanceof HubError && (error.code === 'database_error' || error.code === 'unavailable')) monitor.couldNotHear()
        throw error
      }
    },
    { quiet: true, heartbeatOf: 'machine_id' },
  )

  serve(app, machineRoutes.assign, async ({ params: { machine_id: id }, body, request, reply }) => {
    const change = changeOf(request, reply, clock.now())
    await sessions.change(body.session_id, { machine: { id } }, change, (held) =>
      assignSession(held, id, body.docker_slot, change.now, body.session_id),
    )
    return answer(reply, await found(id))
  })

  serve(app, machineRoutes.release, async ({ params: { machine_id: id }, body, request, reply }) => {
    await found(id)
    const change = changeOf(request, reply, clock.now())
    await sessions.change(body.session_id, {}, change, (held) => releaseSession(held, id, change.now, body.session_id))
    return answer(reply, await found(id))
  })
}
