import { allRules } from '../monitoring/rules.ts'
import { table as monitoring } from '../monitoring/table.ts'

/** Whose metric it is: one of the functions, the gateway, or what is counted in the logs of the functions. */
export type Subject = 'hub' | 'pages' | 'tick' | 'gateway' | 'log'

export interface Series {
  readonly id: string
  readonly of: Subject
  readonly metric: string
  readonly stat: 'Sum' | 'Average' | 'Maximum' | 'p50' | 'p95'
  readonly label: string
}

/** A panel of the board in CloudWatch, with the alarm that watches the same metrics. */
export interface Panel {
  readonly title: string
  readonly help: string
  readonly series: readonly Series[]
  /** Metric math over the ids of the series. It is what the alarm judges; without it that is the first series. */
  readonly expression?: { readonly math: string; readonly label: string }
  readonly alarm?: Alarm
}

export interface Alarm {
  readonly name: string
  readonly severity: 'warning' | 'critical'
  readonly summary: string
  /** What to do: a heading of docs/RUNBOOKS.md, as an anchor. */
  readonly runbook: string
  readonly when: 'above' | 'below'
  readonly threshold: number
  readonly periodS: number
  /** It opens when `datapoints` of the last `periods` are beyond the threshold. */
  readonly periods: number
  readonly datapoints: number
  /** What no value at all means. */
  readonly missing: 'breaching' | 'notBreaching'
}

type Duration = Pick<Alarm, 'when' | 'periodS' | 'periods' | 'datapoints' | 'missing'>
/** A share or a time, which needs many requests to mean something. */
const forTenMinutes: Duration = { when: 'above', periodS: 300, periods: 2, datapoints: 2, missing: 'notBreaching' }
/** Two of three. */
const forTwoMinutes: Duration = { when: 'above', periodS: 60, periods: 3, datapoints: 2, missing: 'notBreaching' }

/** How urgent a rule of Prometheus is, what it says and what to do: the alarm for the same fault says the same. */
function asRule(name: string): Pick<Alarm, 'severity' | 'summary' | 'runbook'> {
  const rule = allRules(monitoring).find(({ alert }) => alert === name)
  if (rule === undefined) throw new Error(`deploy/monitoring has no rule ${name}`)
  return { severity: rule.severity, summary: rule.summary.replace('{{ $labels.instance }}', 'The hub'), runbook: rule.runbook }
}

/** Metrics that CloudWatch counts in the logs of the functions. */
export const logMetrics = {
  DatabaseErrors: {
    unit: 'Count',
    value: '1',
    of: ['hub', 'pages', 'tick'],
    pattern:
      '{ $.level = "ERROR" && ($.code = "unavailable" || $.code = "database_error" || $.err.code = "unavailable" || $.err.code = "database_error") }',
  },
  // Waiting for an answer takes long on purpose. Heartbeats are not in the log.
  RequestTime: {
    unit: 'Milliseconds',
    value: '$.duration_ms',
    of: ['hub'],
    pattern: '{ $.msg = "request answered" && $.path != "/api/questions/*" }',
  },
} as const

/** @param concurrency how many executions at once each of the functions for requests and for pages may have */
export function watchTable({ concurrency }: { concurrency: number }): Panel[] {
  return [
    {
      title: 'Requests',
      help: 'Executions of the functions that answer requests and feed open pages, and the part of them that failed.',
      series: [
        { id: 'hub', of: 'hub', metric: 'Invocations', stat: 'Sum', label: 'requests' },
        { id: 'pages', of: 'pages', metric: 'Invocations', stat: 'Sum', label: 'turns of open pages' },
        { id: 'hubErrors', of: 'hub', metric: 'Errors', stat: 'Sum', label: 'failed' },
        { id: 'pagesErrors', of: 'pages', metric: 'Errors', stat: 'Sum', label: 'failed turns' },
      ],
      expression: {
        math: '100 * (FILL(hubErrors, 0) + FILL(pagesErrors, 0)) / (FILL(hub, 0) + FILL(pages, 0))',
        label: 'failed, in percent',
      },
      alarm: {
        ...asRule('SignalboxErrorRate'),
        name: 'errors',
        ...forTenMinutes,
        threshold: 1,
      },
    },
    {
      title: 'Errors at the gateway',
      help: 'Part of the requests that the gateway answered with 5xx: its own errors, and those of the hub.',
      series: [
        { id: 'rate', of: 'gateway', metric: '5XXError', stat: 'Average', label: 'part of the requests' },
        { id: 'count', of: 'gateway', metric: '5XXError', stat: 'Sum', label: '5xx' },
      ],
      expression: { math: '100 * rate', label: '5xx, in percent' },
      alarm: {
        name: 'gateway-5xx',
        severity: 'critical',
        summary: 'More than 1% of requests are answered with 5xx',
        runbook: 'many-requests-fail',
        ...forTenMinutes,
        threshold: 1,
      },
    },
    {
      title: 'Time of a request, p95',
      help: 'As the log of the hub has it, in milliseconds: without heartbeats, open pages, and waiting for answers.',
      series: [
        { id: 'p95', of: 'log', metric: 'RequestTime', stat: 'p95', label: 'p95' },
        { id: 'p50', of: 'log', metric: 'RequestTime', stat: 'p50', label: 'p50' },
      ],
      alarm: {
        ...asRule('SignalboxSlow'),
        name: 'slow',
        ...forTenMinutes,
        threshold: 2000,
      },
    },
    {
      title: 'Throttled',
      help: 'Executions that AWS refused, because too many ran at once.',
      series: [
        { id: 'hub', of: 'hub', metric: 'Throttles', stat: 'Sum', label: 'requests' },
        { id: 'pages', of: 'pages', metric: 'Throttles', stat: 'Sum', label: 'turns of open pages' },
        { id: 'tick', of: 'tick', metric: 'Throttles', stat: 'Sum', label: 'ticks' },
      ],
      expression: { math: 'FILL(hub, 0) + FILL(pages, 0) + FILL(tick, 0)', label: 'in all' },
      alarm: {
        name: 'throttled',
        severity: 'critical',
        summary: 'AWS refuses executions: more run at once than the functions or the account may have',
        runbook: 'many-requests-fail',
        when: 'above',
        threshold: 0,
        periodS: 60,
        periods: 3,
        datapoints: 1,
        missing: 'notBreaching',
      },
    },
    {
      title: 'Requests at once',
      help: `Executions of the function that answers requests. It may have ${concurrency}.`,
      series: [{ id: 'hub', of: 'hub', metric: 'ConcurrentExecutions', stat: 'Maximum', label: 'at once' }],
      alarm: {
        name: 'concurrency',
        severity: 'warning',
        summary: 'More than 80% of the executions at once that requests may have are in use',
        runbook: 'the-hub-is-slow',
        ...forTwoMinutes,
        threshold: 0.8 * concurrency,
      },
    },
    {
      title: 'Live pages',
      help: `Open pages; each takes an execution for as long as it is visible. There may be ${concurrency}.`,
      series: [{ id: 'pages', of: 'pages', metric: 'ConcurrentExecutions', stat: 'Maximum', label: 'open' }],
      alarm: {
        name: 'pages',
        severity: 'warning',
        summary: 'More than 80% of the executions at once that open pages may have are in use',
        runbook: 'the-hub-is-slow',
        ...forTwoMinutes,
        threshold: 0.8 * concurrency,
      },
    },
    {
      title: 'Database',
      help: 'Requests and ticks that failed because it could not be read or written.',
      series: [{ id: 'errors', of: 'log', metric: 'DatabaseErrors', stat: 'Sum', label: 'failures' }],
      alarm: {
        ...asRule('SignalboxStoreFailing'),
        name: 'database',
        ...forTwoMinutes,
        threshold: 0,
      },
    },
    {
      title: 'Monitor',
      help: 'Ticks that checked heartbeats, sent alerts and cleaned up, one a minute.',
      series: [
        { id: 'ticks', of: 'tick', metric: 'Invocations', stat: 'Sum', label: 'ticks' },
        { id: 'failures', of: 'tick', metric: 'Errors', stat: 'Sum', label: 'failed' },
      ],
      expression: { math: 'FILL(ticks, 0) - FILL(failures, 0)', label: 'done' },
      alarm: {
        ...asRule('SignalboxMonitorStopped'),
        name: 'tick',
        summary: 'No tick was done for three minutes: heartbeats are not checked, and alerts are not sent',
        when: 'below',
        threshold: 1,
        periodS: 60,
        periods: 3,
        datapoints: 3,
        missing: 'breaching',
      },
    },
    {
      title: 'Time of a tick',
      help: 'In milliseconds. It is ended after 50 s.',
      series: [{ id: 'tick', of: 'tick', metric: 'Duration', stat: 'Maximum', label: 'longest' }],
    },
  ]
}
