import * as client from '@signalbox/client/collector-state'
import { isGerman } from '../words/language.ts'
import type { MachineCollector } from './answer.ts'

/** The state of collectors in words, shared with the command line, which speaks English. */
export { type CollectorCondition, collectorConditionOf } from '@signalbox/client/collector-state'

const german = isGerman ? await import('../words/de/packages/collector-state.ts') : undefined
const words = german?.collectorStateWords

export const { collectorConditionNames } = german ?? client
export const formatOfflineReason = (machine: Parameters<typeof client.formatOfflineReason>[0]) => client.formatOfflineReason(machine, words)
export const formatPending = (collector: Parameters<typeof client.formatPending>[0]) => client.formatPending(collector, words)
export const formatUnseenReason = (machineId: string, collector: MachineCollector | undefined) =>
  client.formatUnseenReason(machineId, collector, words)
