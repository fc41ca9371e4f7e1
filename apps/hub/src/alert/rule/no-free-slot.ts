import { matchesFilter } from '@signalbox/usage/name-pattern'
import type { MachineRecord } from '../../state/machine-record.ts'
import type { Facts } from '../facts.ts'
import { type Judged, listedKind } from './listed-kind.ts'
import type { Parameters } from './parameters.ts'
import type { Subject, Verdict } from './rule-kind.ts'
import { judgePause } from './session-kind.ts'
import { durationText, instantValue, oneLine } from './words.ts'

export const noFreeSlot = listedKind<Parameters<'no_free_slot'>>({
  kind: 'no_free_slot',
  severity: 'info',
  async list(facts, { of, filter, after_ms }, now) {
    const machines = [...(await facts.machines()).values()].filter(
      (machine) => machine.status === 'online' && machine.docker_slots.length > 0 && matchesFilter(filter, machine),
    )
    const groups: [Subject, MachineRecord[]][] =
      of === 'machine'
        ? machines.map((machine) => [{ key: machine.machine_id, about: { machine_id: machine.machine_id } }, [machine]])
        : machines.length === 0
          ? []
          : [[{ key: 'all', about: {} }, machines]]
    return Promise.all(
      groups.map(
        async ([subject, members]): Promise<Judged> => ({ subject, verdict: await judgeGroup(members, facts, of, after_ms, now) }),
      ),
    )
  },
})

async function judgeGroup(
  machines: readonly MachineRecord[],
  facts: Facts,
  of: 'all' | 'machine',
  afterMs: number,
  now: number,
): Promise<Verdict> {
  const taken = new Set<string>()
  for (const { machine_id, docker_slot } of (await facts.sessions()).values()) {
    if (docker_slot !== null) taken.add(`${docker_slot} ${machine_id}`)
  }
  const isFull = machines.every(({ machine_id, docker_slots }) => docker_slots.every((slot) => taken.has(`${slot} ${machine_id}`)))
  if (!isFull) return { verdict: 'clear' }
  const paused = await judgePause(facts, now)
  if (paused !== undefined) return paused
  const since = await facts.fullSince(machines.map(({ machine_id }) => machine_id))
  if (now < since + afterMs) return { verdict: 'clear', next_at: since + afterMs }
  const slots = machines.reduce((sum, { docker_slots }) => sum + docker_slots.length, 0)
  const place = of === 'machine' ? ` on ${oneLine(machines[0]!.machine_id, 80)}` : ''
  return {
    verdict: 'holds',
    since: since + afterMs,
    severity: 'info',
    summary: `No slot has been free${place}${afterMs === 0 ? '' : ` for more than ${durationText(afterMs)}`}`,
    values: { slots, full_since: instantValue(since) },
  }
}
