import type { Panel, Series, Subject } from './watch-table.ts'

/** Where the metrics of a subject are. */
export interface MetricSource {
  readonly namespace: string
  readonly dimensions: Readonly<Record<string, string>>
}

const WIDTH = 24
const PANEL = { width: 8, height: 6 }
const LOG_HEIGHT = 7

/** The body of a board in CloudWatch: the state of all alarms, the panels, and the newest errors in the logs. */
export function boardBody(options: {
  readonly panels: readonly Panel[]
  readonly sources: Readonly<Record<Subject, MetricSource>>
  readonly region: string
  readonly alarmArns: readonly string[]
  readonly logGroups: readonly string[]
}): string {
  const { panels, sources, region, alarmArns, logGroups } = options
  const perLine = WIDTH / PANEL.width
  const metricWidgets = panels.map(({ title, series, expression, alarm }, index) => ({
    type: 'metric',
    x: (index % perLine) * PANEL.width,
    y: 2 + Math.floor(index / perLine) * PANEL.height,
    ...PANEL,
    properties: {
      title,
      yAxis: { left: { min: 0, showUnits: false } },
      region,
      view: 'timeSeries',
      period: alarm?.periodS ?? 60,
      metrics: [
        ...series.map((one) => metricOf(one, sources[one.of])),
        ...(expression === undefined ? [] : [[{ expression: expression.math, label: expression.label, id: 'judged' }]]),
      ],
      ...(alarm === undefined ? {} : { annotations: { horizontal: [{ label: alarm.name, value: alarm.threshold }] } }),
    },
  }))
  const y = 2 + Math.ceil(panels.length / perLine) * PANEL.height
  const sourcesOfLog = logGroups.map((name) => `SOURCE '${name}'`).join(' | ')
  return JSON.stringify({
    widgets: [
      { type: 'alarm', x: 0, y: 0, width: WIDTH, height: 2, properties: { title: 'Alarms', alarms: alarmArns } },
      ...metricWidgets,
      {
        type: 'log',
        x: 0,
        y,
        width: WIDTH,
        height: LOG_HEIGHT,
        properties: {
          title: 'Errors',
          region,
          view: 'table',
          query: `${sourcesOfLog} | fields @timestamp, level, msg, path, err.message | filter level = 'ERROR' | sort @timestamp desc | limit 50`,
        },
      },
      {
        type: 'text',
        x: 0,
        y: y + LOG_HEIGHT,
        width: WIDTH,
        height: 5,
        properties: { markdown: panels.map(({ title, help }) => `**${title}**: ${help}`).join('\n\n') },
      },
    ],
  })
}

function metricOf({ id, metric, stat, label }: Series, { namespace, dimensions }: MetricSource): unknown[] {
  return [namespace, metric, ...Object.entries(dimensions).flat(), { id, stat, label }]
}
