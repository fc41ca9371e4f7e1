import { boardBody, type MetricSource } from './board.ts'
import { type Alarm, logMetrics, type Panel, type Series, type Subject, watchTable } from './watch-table.ts'

type Functions = Readonly<Record<'hub' | 'pages' | 'tick', sst.aws.Function>>

/** The topic that alarms go to, the alarms, and the board. */
export function watch(options: {
  readonly functions: Functions
  readonly gateway: sst.aws.ApiGatewayV1
  readonly concurrency: number
  readonly email: string | undefined
}) {
  const { functions, gateway, concurrency, email } = options
  const prefix = `${$app.name}-${$app.stage}`
  const panels = watchTable({ concurrency })
  const topic = new aws.sns.Topic('Alarms', { name: `${prefix}-alarms` })
  if (email !== undefined) new aws.sns.TopicSubscription('AlarmsEmail', { topic: topic.arn, protocol: 'email', endpoint: email })

  const logGroupOf = ({ nodes }: sst.aws.Function) => nodes.logGroup.apply((group) => group!.name)
  for (const [metric, { of, pattern, value, unit }] of Object.entries(logMetrics)) {
    for (const name of of) {
      new aws.cloudwatch.LogMetricFilter(`${metric}-${name}`, {
        name: `${prefix}-${metric}`,
        logGroupName: logGroupOf(functions[name]),
        pattern,
        metricTransformation: { name: metric, namespace: prefix, value, unit },
      })
    }
  }

  const { hub, pages, tick } = functions
  const sources = $resolve([hub.name, pages.name, tick.name, gateway.nodes.api.name] as const).apply(
    ([hubName, pagesName, tickName, apiName]): Record<Subject, MetricSource> => ({
      hub: functionSource(hubName),
      pages: functionSource(pagesName),
      tick: functionSource(tickName),
      gateway: { namespace: 'AWS/ApiGateway', dimensions: { ApiName: apiName, Stage: $app.stage } },
      log: { namespace: prefix, dimensions: {} },
    }),
  )
  const alarms = panels.flatMap((panel) =>
    panel.alarm === undefined ? [] : [makeAlarm(panel, panel.alarm, `${prefix}-${panel.alarm.name}`, sources, topic)],
  )
  const board = new aws.cloudwatch.Dashboard('Board', {
    dashboardName: prefix,
    dashboardBody: $resolve([
      sources,
      $resolve(alarms.map(({ arn }) => arn)),
      $resolve(Object.values(functions).map(logGroupOf)),
      aws.getRegionOutput().region,
    ] as const).apply(([known, alarmArns, groups, region]) => boardBody({ panels, sources: known, region, alarmArns, logGroups: groups })),
  })
  return { topic: topic.arn, board: board.dashboardName }
}

function functionSource(name: string): MetricSource {
  return { namespace: 'AWS/Lambda', dimensions: { FunctionName: name } }
}

function makeAlarm(
  { series, expression }: Panel,
  { name, severity, summary, runbook, when, threshold, periodS, periods, datapoints, missing }: Alarm,
  alarmName: string,
  sources: $util.Output<Record<Subject, MetricSource>>,
  topic: aws.sns.Topic,
): aws.cloudwatch.MetricAlarm {
  const query = ({ id, of, metric, stat }: Series, isJudged: boolean) => ({
    id,
    returnData: isJudged,
    metric: {
      metricName: metric,
      stat,
      period: periodS,
      namespace: sources.apply((all) => all[of].namespace),
      dimensions: sources.apply((all) => ({ ...all[of].dimensions })),
    },
  })
  const judged = expression === undefined ? series.slice(0, 1) : series.filter(({ id }) => new RegExp(`\\b${id}\\b`).test(expression.math))
  return new aws.cloudwatch.MetricAlarm(`Alarm-${name}`, {
    name: alarmName,
    alarmDescription: `${summary} (${severity}). What to do: docs/RUNBOOKS.md#${runbook}`,
    comparisonOperator: when === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
    threshold,
    evaluationPeriods: periods,
    datapointsToAlarm: datapoints,
    treatMissingData: missing,
    metricQueries: [
      ...judged.map((one) => query(one, expression === undefined)),
      ...(expression === undefined ? [] : [{ id: 'judged', expression: expression.math, label: expression.label, returnData: true }]),
    ],
    alarmActions: [topic.arn],
    okActions: [topic.arn],
  })
}
