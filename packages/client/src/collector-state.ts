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

/** The sentences about collectors; the page has them in other languages too. */
export const collectorStateWords = {
  call: (count: number) => `${withCommas(count)} ${plural(count, 'call')}`,
  snapshot: (count: number) => `${withCommas(count)} ${plural(count, 'snapshot')}`,
  observation: (count: number) => `${withCommas(count)} ${plural(count, 'observation')}`,
  and: (first: string, last: string) => `${first} and ${last}`,
  waitForHub: (what: string, count: number) => `${what} ${plural(count, 'waits', 'wait')} for the hub`,
  wasStopped: 'Its collector was stopped. To start it, run there: `npx signalbox collector`',
  isLost:
    'No heartbeat arrives from its collector: the machine is off, sleeps or has no network, or the collector has ended. Run there: `npx signalbox doctor`',
  isRefused: 'The hub rejects its requests. Check its key; run there: `npx signalbox doctor`',
  isSilent: 'No heartbeat arrives from it.',
  noCollector: (machine: string) => `no collector runs on ${machine}`,
  collectorStopped: (machine: string) => `the collector on ${machine} was stopped`,
  collectorLost: (machine: string) => `the collector on ${machine} is not in contact`,
  collectorDoesNotSee: (machine: string) => `the collector on ${machine} does not see it`,
}
type CollectorStateWords = typeof collectorStateWords

/** What the hub has not received yet: `1,234 calls and 2 snapshots wait for the hub`; empty when nothing does. */
export function formatPending(
  { pending = {} }: Pick<MachineCollector, 'pending'>,
  words: CollectorStateWords = collectorStateWords,
): string {
  const counted = (['call', 'snapshot', 'observation'] as const).map((one) => [one, pending[`${one}s`] ?? 0] as const)
  const parts = counted.filter(([, count]) => count > 0).map(([one, count]) => words[one](count))
  const last = parts.pop()
  if (last === undefined) return ''
  const sum = counted.reduce((all, [, count]) => all + count, 0)
  return words.waitForHub(parts.length === 0 ? last : words.and(parts.join(', '), last), sum)
}

/** Without Intl, which takes the command line 20 ms to load. */
function withCommas(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Why a machine is offline, and what to do; undefined where neither the machine nor its collector is. */
export function formatOfflineReason(
  machine: { readonly status: MachineStatus; readonly collector?: MachineCollector | undefined },
  words: CollectorStateWords = collectorStateWords,
): string | undefined {
  const condition = machine.collector && collectorConditionOf(machine.collector)
  if (condition === 'stopped') return words.wasStopped
  if (condition === 'lost') return words.isLost
  if (condition === 'refused') return words.isRefused
  return condition === undefined && machine.status === 'offline' ? words.isSilent : undefined
}

/** Why nothing is known about the sessions of a machine at the moment; completes `Not seen since 12:04, …`. */
export function formatUnseenReason(
  machineId: string,
  collector: MachineCollector | undefined,
  words: CollectorStateWords = collectorStateWords,
): string {
  const condition = collector && collectorConditionOf(collector)
  switch (condition) {
    case undefined:
      return words.noCollector(machineId)
    case 'stopped':
      return words.collectorStopped(machineId)
    case 'lost':
      return words.collectorLost(machineId)
    default:
      return words.collectorDoesNotSee(machineId)
  }
}
