import { alertSeverities, channelStates } from '@signalbox/contract/alert-severity'
import { countBy, type Metric } from './metric.ts'

export const alertMetrics: readonly Metric[] = [
  {
    name: 'signalbox_alerts',
    help: 'Open alerts, by severity and whether someone has acknowledged them',
    labels: ['severity', 'state'],
    async read({ store }) {
      const counts = await store.alerts.counts()
      return alertSeverities.flatMap((severity) =>
        (['open', 'acknowledged'] as const).map((state) => {
          const found = counts.filter((one) => one.severity === severity && one.acknowledged === (state === 'acknowledged'))
          return { value: found.reduce((sum, { alerts }) => sum + alerts, 0), labels: { severity, state } }
        }),
      )
    },
  },
  {
    name: 'signalbox_channels',
    help: 'Channels of alerts, by state',
    labels: ['state'],
    read: async ({ facts }) => countBy('state', channelStates, await facts.channels(), ({ state }) => state),
  },
  {
    name: 'signalbox_notices_waiting',
    help: 'Notices of alerts that wait to be sent, by kind of channel',
    labels: ['channel'],
    async read({ facts, store }) {
      const channels = await facts.channels()
      const waiting = await store.alerts.waitingOf(channels.map(({ channel_id }) => channel_id))
      const kinds = [...new Set(channels.map(({ kind }) => kind))]
      return kinds.map((kind) => {
        const ids = channels.filter((one) => one.kind === kind).map(({ channel_id }) => channel_id)
        const ofKind = waiting.filter(({ channel_id }) => ids.includes(channel_id))
        return { value: ofKind.reduce((sum, { notices }) => sum + notices, 0), labels: { channel: kind } }
      })
    },
  },
  {
    name: 'signalbox_oldest_notice_seconds',
    help: 'For how long a notice is overdue whose channel is well; 0 where there is none',
    async read({ facts, now }) {
      const { oldest_notice_at } = await facts.hub()
      return [{ value: oldest_notice_at === undefined ? 0 : Math.max(0, now - oldest_notice_at) / 1000 }]
    },
  },
]
