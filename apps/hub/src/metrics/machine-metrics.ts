import { machineStatuses } from '@signalbox/contract/machine-status'
import { isBehind, isConnected, readCollector } from '../state/machine-collector.ts'
import { countBy, type Metric } from './metric.ts'

export const machineMetrics: readonly Metric[] = [
  {
    name: 'signalbox_machines',
    help: 'Machines, by status',
    labels: ['status'],
    read: async ({ facts }) => countBy('status', machineStatuses, (await facts.machines()).values(), ({ status }) => status),
  },
  {
    name: 'signalbox_slots',
    help: 'Docker slots of machines that are online, by whether a session holds them',
    labels: ['state'],
    async read({ facts, store }) {
      const machines = [...(await facts.machines()).values()].filter(({ status }) => status === 'online')
      const all = machines.reduce((sum, { docker_slots }) => sum + docker_slots.length, 0)
      const { rows } = await store.machines.available({ limit: Math.max(1, machines.length), offset: 0 })
      const free = rows.reduce((sum, { machine, taken }) => sum + machine.docker_slots.length - taken.length, 0)
      return [
        { value: free, labels: { state: 'free' } },
        { value: all - free, labels: { state: 'held' } },
      ]
    },
  },
  {
    name: 'signalbox_collectors',
    help: 'Collectors of machines: stopped by a person, connected, connected but behind with what they have to send, or silent',
    labels: ['state'],
    async read({ facts, now }) {
      const collectors = [...(await facts.machines()).values()].flatMap(({ collector }) =>
        collector === null ? [] : [readCollector(collector)],
      )
      return countBy('state', ['connected', 'behind', 'silent', 'stopped'], collectors, (collector) => {
        if (collector.state === 'stopped') return 'stopped'
        if (!isConnected(collector, now)) return 'silent'
        return isBehind(collector, now) ? 'behind' : 'connected'
      })
    },
  },
]
