import type { StateTrackingApiClient } from '@signalbox/client'
import type { AvailableMachine, Machine } from '@signalbox/contract/machine'
import { countOf } from '@signalbox/contract/plural'
import { z } from 'zod'
import { findMachineId, machineArgument } from '../find-session.ts'
import { compact, formatDuration } from '../format.ts'
import { defineTool, type ToolContext } from '../tool.ts'

const PAGE = 100
const states = ['online', 'offline', 'maintenance', 'free'] as const

export const machinesList = defineTool({
  name: 'machines_list',
  title: 'Machines and free slots',
  description:
    'The machines that report to this hub: online, offline or in maintenance, when they were last seen, how many sessions live there, which ' +
    'docker slots are free, and whether their collector is connected or behind. Use state "free" for "where can I run something".',
  input: z.strictObject({
    state: z.enum(states).optional().describe('"free": online and with a free docker slot.'),
    machine: machineArgument,
  }),
  scope: 'read',
  async run(client, { state, machine }, context) {
    const { signal } = context
    const only = machine === undefined ? undefined : await findMachineId(client, machine, signal)
    const { machines, total } = await readMachines(client, only, context)
    const free = new Map((await client.findAvailableMachines({ limit: PAGE }, { signal })).map((one) => [one.machine_id, one]))
    const shown = machines.filter(
      ({ machine_id, status }) => state === undefined || (state === 'free' ? free.has(machine_id) : status === state),
    )
    const unseen = Math.max(0, total - machines.length)
    return {
      text: [
        shown.length === 0 ? 'No machine matches.' : `${countOf(shown.length, 'machine')}:`,
        ...shown.map((one) => describeMachine(one, free.get(one.machine_id), context.now)),
        ...(unseen > 0 ? [`${countOf(unseen, 'more machine')} left out; name one with the argument machine.`] : []),
      ].join('\n'),
      data: compact({ machines: shown.map((one) => toMachineData(one, free.get(one.machine_id))), left_out: unseen || undefined }),
    }
  },
})

async function readMachines(client: StateTrackingApiClient, only: string | undefined, { signal }: ToolContext) {
  if (only !== undefined) return { machines: [await client.getMachine(only, { signal })], total: 1 }
  let total = 0
  const machines = await client.listMachines(
    { limit: PAGE },
    {
      signal,
      onTotal: (count) => {
        total = count
      },
    },
  )
  return { machines, total }
}

function toMachineData(
  { machine_id, hostname, status, docker_slots, active_sessions, last_heartbeat, collector }: Machine,
  free: AvailableMachine | undefined,
) {
  return compact({
    machine_id,
    hostname,
    status,
    last_heartbeat,
    live_sessions: active_sessions.length,
    slots: docker_slots.length,
    free_slots: free?.available_slot_numbers ?? [],
    collector:
      collector === undefined
        ? undefined
        : compact({
            version: collector.version,
            connected: collector.connected,
            behind: collector.behind,
            last_contact: collector.last_contact,
            claude_code_versions: collector.claude_code_versions,
            sources: collector.sources,
          }),
  })
}

function describeMachine(
  { machine_id, status, docker_slots, active_sessions, last_heartbeat, collector }: Machine,
  free: AvailableMachine | undefined,
  now: number,
): string {
  const slots =
    docker_slots.length === 0
      ? 'no docker slots'
      : `${free?.available_slots ?? 0} of ${countOf(docker_slots.length, 'slot')} free${free === undefined ? '' : ` (${free.available_slot_numbers.join(', ')})`}`
  const seen = `last seen ${formatDuration(now - Date.parse(last_heartbeat))} ago`
  const problem =
    collector === undefined
      ? ''
      : !collector.connected
        ? ', its collector is not connected'
        : collector.behind
          ? ', its collector is behind'
          : ''
  return `${machine_id}: ${status}, ${seen}, ${countOf(active_sessions.length, 'live session')}, ${slots}${problem}`
}
