import { alertMetrics } from './alert-metrics.ts'
import { hubMetrics } from './hub-metrics.ts'
import { limitMetrics } from './limit-metrics.ts'
import { machineMetrics } from './machine-metrics.ts'
import type { Metric } from './metric.ts'
import { sessionMetrics } from './session-metrics.ts'
import { usageMetrics } from './usage-metrics.ts'

/** What is read at each scrape. */
export const metricList: readonly Metric[] = [
  ...sessionMetrics,
  ...machineMetrics,
  ...limitMetrics,
  ...usageMetrics,
  ...alertMetrics,
  ...hubMetrics,
]
