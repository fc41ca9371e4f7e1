import type { MachineCollector } from '@signalbox/contract/collector-heartbeat'
import type { MachineStatus } from '@signalbox/contract/machine-status'
import { plural } from '@signalbox/contract/plural'

/** How a collector does, in one word. `lost`: it is not in contact, and did not say why. */
export type CollectorCondition = 'connected' | 'behind' | 'refused' | 'lost' | 'stopped'

export function collectorConditionOf({
  state,
  connected,
  behind,
}: Pick<MachineCollector, 'state' | 'connected' | 'behind'>): CollectorCondition {
  if (state === 'stopped') return 'stopped'
  if (!connected) return 'lost'
  if (state === 'refused') return 'refused'
  return behind ? 'behind' : 'connected'
}

/** The condition in words, for people. */
export const collectorConditionNames: Readonly<Record<CollectorCondition, string>> = {
  connected: 'connected',
  behind: 'behind',
  refused: 'rejected by the hub',
  lost: 'not in contact',
  stopped: 'stopped',
}

/** What the hub has not received yet: `1,234 calls and 2 snapshots wait for the hub`; empty when nothing does. */
export function formatPending({ pending = {} }: Pick<MachineCollector, 'pending'>): string {
  const counted = (['call', 'snapshot', 'observation'] as const).map((one) => [one, pending[`${one}s`] ?? 0] as const)
  const parts = counted.filter(([, count]) => count > 0).map(([one, count]) => `${withCommas(count)} ${plural(count, one)}`)
  const last = parts.pop()
  if (last === undefined) return ''
  const sum = counted.reduce((all, [, count]) => all + count, 0)
  return `${parts.length === 0 ? last : `${parts.join(', ')} and ${last}`} ${plural(sum, 'waits', 'wait')} for the hub`
}

/** Without Intl, which takes the command line 20 ms to load. */
function withCommas(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Why a machine is offline, and what to do; undefined where neither the machine nor its collector is. */
export function formatOfflineReason(machine: {
  readonly status: MachineStatus
  readonly collector?: MachineCollector | undefined
}): string | undefined {
  const condition = machine.collector && collectorConditionOf(machine.collector)
  if (condition === 'stopped') return 'Its collector was stopped. To start it, run there: `npx signalbox collector`'
  if (condition === 'lost') {
    return 'No heartbeat arrives from its collector: the machine is off, sleeps or has no network, or the collector has ended. Run there: `npx signalbox doctor`'
  }
  if (condition === 'refused') return 'The hub rejects its requests. Check its key; run there: `npx signalbox doctor`'
  return condition === undefined && machine.status === 'offline' ? 'No heartbeat arrives from it.' : undefined
}

/** Why nothing is known about the sessions of a machine at the moment; completes `Not seen since 12:04, …`. */
export function formatUnseenReason(machineId: string, collector: MachineCollector | undefined): string {
  const condition = collector && collectorConditionOf(collector)
  switch (condition) {
    case undefined:
      return `no collector runs on ${machineId}`
    case 'stopped':
      return `the collector on ${machineId} was stopped`
    case 'lost':
      return `the collector on ${machineId} is not in contact`
    default:
      return `the collector on ${machineId} does not see it`
  }
}
