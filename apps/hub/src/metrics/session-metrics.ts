import { waitingForSchema } from '@signalbox/contract/session'
import { countBy, type Metric } from './metric.ts'

export const sessionMetrics: readonly Metric[] = [
  {
    name: 'signalbox_sessions',
    help: 'Sessions, by status',
    labels: ['status'],
    read: async ({ store }) => Object.entries(await store.sessions.counts({})).map(([status, value]) => ({ value, labels: { status } })),
  },
  {
    name: 'signalbox_waiting_sessions',
    help: 'Live sessions that wait for a person, by what they wait for',
    labels: ['waiting_for'],
    async read({ facts }) {
      const sessions = [...(await facts.sessions()).values()]
      const waiting = sessions.filter(({ activity, completed_at }) => activity === 'waiting' && completed_at === null)
      return countBy('waiting_for', waitingForSchema.options, waiting, ({ waiting_for }) => waiting_for ?? 'other')
    },
  },
]
