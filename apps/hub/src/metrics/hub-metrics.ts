import type { Metric } from './metric.ts'

export const hubMetrics: readonly Metric[] = [
  {
    name: 'signalbox_monitor_check_age_seconds',
    help: 'Time since the monitor has last checked heartbeats without an error',
    read: async ({ monitor, clock }) => [{ value: Math.max(0, clock.monotonic() - monitor.checkedAt) / 1000 }],
  },
  {
    name: 'signalbox_monitor_paused',
    help: 'Whether the monitor is in a grace period, because heartbeats were missed, and marks no session as stalled',
    read: async ({ facts }) => [{ value: (await facts.pause()) === undefined ? 0 : 1 }],
  },
  {
    name: 'signalbox_store_up',
    help: 'Whether the hub can read and write its database',
    read: async ({ facts }) => [{ value: (await facts.hub()).store === undefined ? 1 : 0 }],
  },
  {
    name: 'signalbox_store_bytes',
    help: 'Size of the database on its disk',
    async read({ store }) {
      const value = await store.size()
      return value === undefined ? [] : [{ value }]
    },
  },
  {
    name: 'signalbox_disk_used_ratio',
    help: 'Used part of the disk of DATA_DIR, from 0 to 1',
    async read({ facts }) {
      const { disk } = await facts.hub()
      return disk === undefined ? [] : [{ value: disk.used }]
    },
  },
  {
    name: 'signalbox_certificate_expiry_timestamp_seconds',
    help: 'When the certificate of TLS_CERT ends, or the first of its issuers in that file',
    async read({ certificate }) {
      const end = certificate?.expiresAt
      return end === undefined ? [] : [{ value: end / 1000 }]
    },
  },
]
