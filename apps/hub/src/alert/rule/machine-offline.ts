import type { HubEvent } from '@signalbox/contract/event'
import { matchesFilter } from '@signalbox/usage/name-pattern'
import type { MachineRecord } from '../../state/machine-record.ts'
import type { Facts } from '../facts.ts'
import type { Parameters } from './parameters.ts'
import type { RuleKind, Subject } from './rule-kind.ts'
import { judgePause } from './session-kind.ts'
import { instantValue, oneLine } from './words.ts'

/** A machine that is offline for longer has gone for good, and no one has removed it. In milliseconds. */
const OFFLINE_FOR_MS = 7 * 86_400_000

export const machineOffline: RuleKind<Parameters<'machine_offline'>, Facts> = {
  kind: 'machine_offline',
  severity: 'critical',
  touched: machineOfEvent,
  async subjects(facts, { filter }, now) {
    const machines = [...(await facts.machines()).values()]
    return machines.filter((machine) => matchesFilter(filter, machine) && !isLongGone(machine, now)).map(machineSubject)
  },
  async judge(subject, facts, { after_ms, filter }, now) {
    const machine = (await facts.machines()).get(subject.key)
    if (machine === undefined || !matchesFilter(filter, machine) || isLongGone(machine, now)) return { verdict: 'gone' }
    if (machine.status !== 'offline') return { verdict: 'clear' }
    const paused = await judgePause(facts, now)
    if (paused !== undefined) return paused
    const at = machine.updated_at + after_ms
    if (now < at) return { verdict: 'clear', next_at: at }
    return {
      verdict: 'holds',
      since: at,
      severity: 'critical',
      summary: `The machine ${oneLine(machine.machine_id, 80)} is offline`,
      values: { offline_since: instantValue(machine.updated_at), last_heartbeat: instantValue(machine.last_heartbeat) },
    }
  },
}

function isLongGone({ status, updated_at }: MachineRecord, now: number): boolean {
  return status === 'offline' && now - updated_at > OFFLINE_FOR_MS
}

export function machineSubject({ machine_id }: Pick<MachineRecord, 'machine_id'>): Subject {
  return { key: machine_id, about: { machine_id } }
}

export function machineOfEvent({ event, data }: HubEvent): Subject[] {
  return event.startsWith('machine.') && typeof data.machine_id === 'string' ? [machineSubject({ machine_id: data.machine_id })] : []
}
