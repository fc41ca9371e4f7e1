import type { Metric } from './metric.ts'

export const limitMetrics: readonly Metric[] = [
  {
    name: 'signalbox_limit_percent',
    help: 'Used part of each window of the plan, in percent; a window that has ended since it was read has no value',
    labels: ['account', 'window'],
    read: async ({ facts }) =>
      (await facts.limits()).flatMap(({ account, windows }) =>
        windows
          .filter(({ state }) => state !== 'reset')
          .map(({ label, percent }) => ({ value: percent, labels: { account, window: label } })),
      ),
  },
  {
    name: 'signalbox_limit_reset_timestamp_seconds',
    help: 'When each window of the plan resets, where that is known',
    labels: ['account', 'window'],
    read: async ({ facts }) =>
      (await facts.limits()).flatMap(({ account, windows }) =>
        windows.flatMap(({ label, resetsAt, state }) =>
          resetsAt === undefined || state === 'reset' ? [] : [{ value: resetsAt / 1000, labels: { account, window: label } }],
        ),
      ),
  },
  {
    name: 'signalbox_snapshot_age_seconds',
    help: 'Age of the newest snapshot of the plan limits',
    labels: ['account'],
    read: async ({ facts, now }) =>
      (await facts.limits()).map(({ account, updatedAt }) => ({ value: Math.max(0, now - updatedAt) / 1000, labels: { account } })),
  },
]
