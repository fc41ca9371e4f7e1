import { settings } from '@signalbox/contract/setting'
import { describe, expect, it } from 'vitest'
import { hubSettings, readStageSettings, secrets, withSmallPool } from '../../deploy/aws/stage-settings.ts'
import { watchTable } from '../../deploy/aws/watch-table.ts'
import { awsDigest, proofFile } from '../../scripts/aws/prove.mjs'
import { SST } from '../../scripts/setup/sst.mjs'
import { repositoryRoot, textOf } from '../support/repository.ts'

// What SST's own components made of deploy/aws, as `npm run prove:aws` has written it down. SST takes 600 MB and half a minute of a
// core, so it does not run here: the state of deploy/aws must be the one that was proven.

interface Resource {
  readonly type: string
  readonly name: string
  readonly retainOnDelete?: true
  // biome-ignore lint/suspicious/noExplicitAny: whatever AWS takes
  readonly inputs: any
}
interface Graph {
  readonly app: { readonly removal: string; readonly protect: boolean }
  readonly outputs: Readonly<Record<string, string>>
  readonly resources: readonly Resource[]
}

const proof = JSON.parse(textOf(proofFile.slice(repositoryRoot.length + 1)))
const graphs: Readonly<Record<string, Graph>> = proof.graphs
const stages = ['dev', 'staging', 'production', 'production in a network']
const of = (graph: string, type: string) => graphs[graph]!.resources.filter((resource) => resource.type === type)
const inputsOf = (graph: string, name: string) => graphs[graph]!.resources.find((resource) => resource.name === name)?.inputs

it('the stages are those that SST was last asked about', () => {
  expect({ inputs: proof.inputs, sst: proof.sst }, 'run npm run prove:aws').toEqual({ inputs: awsDigest(), sst: SST })
})

it('a missing secret stops a deployment with the words of SST, and wrong settings all at once with ours', () => {
  expect(proof.graphs['without a secret']).toEqual({ error: 'Set a value for ApiKeys with `sst secret set ApiKeys <value>`' })
  expect(proof.graphs['with wrong settings']).toEqual({
    error: '.env.dev: STAGE_CERTIFICATE needs STAGE_DOMAIN; STAGE_RESERVED_CONCURRENCY is a number, and not all',
  })
})

describe.each(stages)('%s', (stage) => {
  const isProduction = stage.startsWith('production')
  const isWatched = stage !== 'dev'

  it('is kept and protected if it is production, and removed without a trace if not', () => {
    expect(graphs[stage]!.app).toEqual(isProduction ? { removal: 'retain', protect: true } : { removal: 'remove', protect: false })
    const retained = graphs[stage]!.resources.filter(({ retainOnDelete }) => retainOnDelete)
    expect(retained.map(({ name }) => name)).toEqual(isProduction ? ['SecretsKey'] : [])
  })

  it('has three functions on Node 24 and arm64 with 512 MB, of which requests have 30 s and the tick 50 s', () => {
    const functions = of(stage, 'lambda.Function')
    expect(functions.map(({ name, inputs }) => [name, inputs.handler, inputs.timeout])).toEqual([
      ['HubFunction', 'lambda.handler', 30],
      ['PagesFunction', 'lambda.handler', 30],
      ['TickHandlerFunction', 'lambda.tick', 50],
    ])
    for (const { inputs } of functions)
      expect(inputs).toMatchObject({ memorySize: 512, architectures: ['arm64'], runtime: 'nodejs24.x', packageType: 'Zip' })
    const reserved = { dev: undefined, staging: undefined, production: 50, 'production in a network': 20 }[stage]
    expect(functions.map(({ inputs }) => inputs.reservedConcurrentExecutions)).toEqual([reserved, reserved, undefined])
  })

  it('logs as JSON, for a week in dev, a month in staging, and three months in production', () => {
    const days = isProduction ? 90 : stage === 'staging' ? 30 : 7
    const groups = of(stage, 'cloudwatch.LogGroup')
    expect(groups.map(({ inputs }) => inputs.retentionInDays)).toEqual([days, days, days, days])
    const names = groups.map(({ inputs }) => inputs.name)
    for (const { inputs } of of(stage, 'lambda.Function')) {
      expect(inputs.loggingConfig.logFormat).toBe('JSON')
      expect(names).toContain(inputs.loggingConfig.logGroup)
    }
    // Paths may be links that work once, and addresses are of people.
    const format = of(stage, 'apigateway.Stage')[0]!.inputs.accessLogSettings.format
    expect(Object.keys(JSON.parse(format))).toEqual(['time', 'request_id', 'method', 'resource', 'status', 'error', 'ms', 'function_ms'])
    expect(format).not.toMatch(/context\.path|sourceIp|userAgent/)
  })

  it('has secrets only where they are marked as such', () => {
    const { resources, outputs } = graphs[stage]!
    for (const { name, inputs } of resources) {
      const { environment, ...rest } = inputs
      expect(JSON.stringify(rest), name).not.toMatch(/<\w+>/)
      if (environment !== undefined) expect(Object.keys(environment)).toEqual(['secret'])
    }
    expect(JSON.stringify(outputs)).not.toMatch(/<\w+>/)
    const wanted = Object.entries(secrets).map(([setting, { name, isOptional }]) => [setting, isOptional && !isWatched ? '' : `<${name}>`])
    for (const { inputs } of of(stage, 'lambda.Function')) {
      expect(inputs.environment.secret.variables).toMatchObject({
        ...Object.fromEntries(wanted),
        MONGODB_URI: '<MongodbUri>/?maxPoolSize=5&maxIdleTimeMS=60000',
      })
    }
    const keys = of(stage, 'kms.Key')
    expect(keys.map(({ inputs }) => inputs.enableKeyRotation)).toEqual(isProduction ? [true] : [])
    for (const { inputs } of of(stage, 'lambda.Function'))
      expect(inputs.kmsKeyArn).toBe(isProduction ? 'arn:aws:kms:eu-central-1:123456789012:SecretsKey' : undefined)
  })

  it('lets the functions do nothing but log, use their key, and join their network', () => {
    const own = of(stage, 'iam.Role').filter(({ name }) => name !== 'TickRole')
    expect(own.map(({ name }) => name)).toEqual(['HubRole', 'PagesRole', 'TickHandlerRole'])
    const managed = ['AWSLambdaBasicExecutionRole', ...(stage.endsWith('network') ? ['AWSLambdaVPCAccessExecutionRole'] : [])]
    for (const { inputs } of own) {
      expect(inputs.managedPolicyArns).toEqual(managed.map((name) => `arn:aws:iam::aws:policy/service-role/${name}`))
      const actions = inputs.inlinePolicies.flatMap(({ policy }: { policy: string }) =>
        JSON.parse(policy).flatMap((statement: { actions: string[]; resources: string[] }) => [statement.actions, statement.resources]),
      )
      expect(actions).toEqual(isProduction ? [['kms:Decrypt'], ['arn:aws:kms:eu-central-1:123456789012:SecretsKey']] : [])
    }
  })

  it('is reached by others through its gateway only', () => {
    expect(of(stage, 'lambda.FunctionUrl')).toEqual([])
    for (const { inputs } of of(stage, 'lambda.Permission')) {
      expect(inputs.principal).toBe('apigateway.amazonaws.com')
      expect(inputs.sourceArn).toBe('arn:aws:execute-api:eu-central-1:123456789012:GatewayApi/*')
    }
    // No answer of the gateway's own to other origins, and no bytes as base64.
    expect(inputsOf(stage, 'GatewayApi')).toMatchObject({ binaryMediaTypes: ['*/*'], endpointConfiguration: { types: 'REGIONAL' } })
    const paths = new Map([
      ['root', '/'],
      ...of(stage, 'apigateway.Resource').map(({ name, inputs }) => [`${name}-id`, `/${inputs.pathPart}`] as const),
    ])
    const routes = of(stage, 'apigateway.Integration').map(({ inputs }) => [
      inputs.httpMethod,
      paths.get(inputs.resourceId),
      /:function:|lambda:eu-central-1:\d+:(\w+)/.exec(inputs.uri.split('functions/')[1])?.[1],
    ])
    expect(routes.sort((one, other) => one[1]!.localeCompare(other[1]!))).toEqual([
      ['ANY', '/', 'HubFunction'],
      ['ANY', '/{proxy+}', 'HubFunction'],
      ['ANY', '/events', 'PagesFunction'],
    ])
    const types = new Set(graphs[stage]!.resources.filter(({ name }) => !name.includes('ZoneLookup')).map(({ type }) => type))
    for (const type of types) expect(type).toMatch(/^(apigateway|cloudwatch|iam|kms|lambda|s3|scheduler|sns|route53|acm|random)\b/)
    const { throttlingRateLimit, throttlingBurstLimit } = inputsOf(stage, 'Throttle').settings
    expect([throttlingRateLimit, throttlingBurstLimit]).toEqual(isProduction ? [200, 400] : isWatched ? [50, 100] : [20, 40])
  })

  it('has a domain, with https of today, only where one is set', () => {
    const isOurs = stage.endsWith('network')
    expect(inputsOf(stage, 'GatewayApi').disableExecuteApiEndpoint).toBe(isProduction)
    expect(of(stage, 'apigateway.DomainName').map(({ inputs }) => [inputs.domainName, inputs.securityPolicy])).toEqual(
      isProduction ? [['signalbox.example.com', 'TLS_1_2']] : [],
    )
    expect(of(stage, 'apigateway.BasePathMapping')).toHaveLength(isProduction ? 1 : 0)
    expect(of(stage, 'acm.Certificate')).toHaveLength(stage === 'production' ? 1 : 0)
    if (isOurs) expect(inputsOf(stage, 'GatewayDomainName').regionalCertificateArn).toMatch(/:certificate\/of-ours$/)
    const { PUBLIC_URL: publicUrl } = inputsOf(stage, 'HubFunction').environment.secret.variables
    expect([publicUrl, graphs[stage]!.outputs.url]).toEqual(
      isProduction
        ? ['https://signalbox.example.com', 'https://signalbox.example.com']
        : [undefined, `https://GatewayApi-id.execute-api.eu-central-1.amazonaws.com/${stage}/`],
    )
  })

  it('calls the tick once a minute, and repeats none', () => {
    expect(of(stage, 'scheduler.Schedule').map(({ inputs }) => inputs)).toEqual([
      expect.objectContaining({
        scheduleExpression: 'rate(1 minute)',
        state: 'ENABLED',
        target: expect.objectContaining({
          arn: 'arn:aws:lambda:eu-central-1:123456789012:TickHandlerFunction',
          retryPolicy: { maximumRetryAttempts: 0 },
        }),
      }),
    ])
    expect(of(stage, 'lambda.FunctionEventInvokeConfig').map(({ inputs }) => inputs)).toEqual([
      { functionName: inputsOf(stage, 'TickHandlerFunction').name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
    ])
    expect(JSON.stringify(inputsOf(stage, 'TickRole').inlinePolicies)).toContain('TickHandlerFunction')
  })
})

describe.each(stages.slice(1))('%s, which is watched,', (stage) => {
  const isProduction = stage.startsWith('production')

  it('has every alarm of the table, each wired to the topic, over metrics that are there', () => {
    const topic = 'arn:aws:sns:eu-central-1:123456789012:Alarms'
    const concurrency = { staging: 10, production: 50, 'production in a network': 20 }[stage]!
    const wanted = watchTable({ concurrency }).flatMap(({ alarm }) => alarm ?? [])
    const alarms = of(stage, 'cloudwatch.MetricAlarm')
    const prefix = `signalbox-${isProduction ? 'production' : stage}`
    expect(alarms.map(({ inputs }) => inputs.name).sort()).toEqual(wanted.map(({ name }) => `${prefix}-${name}`).sort())
    const functions = of(stage, 'lambda.Function').map(({ inputs }) => inputs.name)
    const counted = of(stage, 'cloudwatch.LogMetricFilter').map(({ inputs }) => inputs.metricTransformation)
    for (const { inputs } of alarms) {
      expect(inputs).toMatchObject({ alarmActions: [topic], okActions: [topic] })
      const judged = inputs.metricQueries.filter(({ returnData }: { returnData: boolean }) => returnData)
      expect(judged).toHaveLength(1)
      for (const { metric } of inputs.metricQueries) {
        if (metric === undefined) continue
        if (metric.namespace === 'AWS/Lambda') expect(functions).toContain(metric.dimensions.FunctionName)
        else if (metric.namespace === 'AWS/ApiGateway')
          expect(metric.dimensions).toEqual({ ApiName: inputsOf(stage, 'GatewayApi').name, Stage: isProduction ? 'production' : stage })
        else expect(counted).toContainEqual(expect.objectContaining({ name: metric.metricName, namespace: metric.namespace }))
      }
    }
    const rule = (name: string) => alarms.find(({ inputs }) => inputs.name === `${prefix}-${name}`)!.inputs
    expect(rule('errors')).toMatchObject({ threshold: 1, comparisonOperator: 'GreaterThanThreshold', treatMissingData: 'notBreaching' })
    expect(rule('errors').metricQueries.at(-1).expression).toMatch(/^100 \* .*Errors.* \/ /)
    expect(rule('slow')).toMatchObject({ threshold: 2000, metricQueries: [{ metric: { stat: 'p95', metricName: 'RequestTime' } }] })
    expect(rule('tick')).toMatchObject({
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      treatMissingData: 'breaching',
      metricQueries: [{ metric: { period: 60 } }, { metric: { period: 60 } }, { returnData: true }],
    })
    expect(rule('concurrency').threshold).toBe(0.8 * concurrency)
    const mails = of(stage, 'sns.TopicSubscription').map(({ inputs }) => inputs)
    expect(mails).toEqual(stage === 'production' ? [{ topic, protocol: 'email', endpoint: 'ops@example.com' }] : [])
  })

  it('has a board with all alarms, all panels, and the errors of all functions', () => {
    const { dashboardName, dashboardBody } = of(stage, 'cloudwatch.Dashboard')[0]!.inputs
    expect(dashboardName).toBe(graphs[stage]!.outputs.board)
    const { widgets } = JSON.parse(dashboardBody) as {
      widgets: { type: string; x: number; width: number; properties: Record<string, never> }[]
    }
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24)
    const titles = widgets.filter(({ type }) => type === 'metric').map(({ properties: { title } }) => title)
    expect(titles).toEqual(watchTable({ concurrency: 1 }).map(({ title }) => title))
    expect(widgets[0]!.properties.alarms).toHaveLength(of(stage, 'cloudwatch.MetricAlarm').length)
    const query = widgets.find(({ type }) => type === 'log')!.properties.query
    for (const { inputs } of of(stage, 'lambda.Function')) expect(query).toContain(`SOURCE '${inputs.loggingConfig.logGroup}'`)
  })
})

it('dev has no alarms and no board', () => {
  for (const type of ['cloudwatch.MetricAlarm', 'cloudwatch.Dashboard', 'sns.Topic']) expect(of('dev', type)).toEqual([])
})

it('a stage in a network of its own has its functions there, and one that is kept warm answers with that version', () => {
  const graph = 'production in a network'
  for (const { inputs } of of(graph, 'lambda.Function'))
    expect(inputs.vpcConfig).toEqual({ subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] })
  expect(of(graph, 'lambda.ProvisionedConcurrencyConfig').map(({ inputs }) => inputs)).toEqual([
    { functionName: inputsOf(graph, 'HubFunction').name, qualifier: '1', provisionedConcurrentExecutions: 1 },
  ])
  const [root] = of(graph, 'apigateway.Integration').filter(({ inputs }) => inputs.resourceId === 'root')
  expect(root!.inputs.uri).toContain(':HubFunction:1/invocations')
  expect(inputsOf(graph, 'HubFunction').environment.secret.variables.TIMEZONE).toBe('Europe/Berlin')
})

it('alarms lead to a heading of the runbooks', () => {
  const headings = [...textOf('docs/RUNBOOKS.md').matchAll(/^## (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'))
  for (const { alarm } of watchTable({ concurrency: 10 })) if (alarm !== undefined) expect(headings).toContain(alarm.runbook)
})

it('every setting of the hub is one of a stage, a secret, or of no use there', () => {
  const ofNoUse = {
    'set by the hub on Lambda itself': ['PORT', 'HOST', 'DATA_DIR', 'NODE_ENV', 'TRUST_PROXY', 'LIMIT_MIRROR', 'BASE_PATH'],
    'of connections and files, which a function has not': [
      'MAX_CONNECTIONS',
      'MAX_CONNECTIONS_PER_ADDRESS',
      'TLS_CERT',
      'TLS_KEY',
      'PRICE_TABLE',
      'ALERTS_FILE',
    ],
    'the alarm of the tick does it': ['HEARTBEAT_URL', 'HEARTBEAT_STYLE'],
  }
  const ofHub = Object.entries(settings).filter(([, { usedBy }]) => (usedBy as readonly string[]).includes('hub'))
  const known = [...hubSettings, ...Object.keys(secrets), ...Object.values(ofNoUse).flat()]
  expect(ofHub.map(([name]) => name).sort()).toEqual(known.sort())
  for (const [name, { secret }] of ofHub as [string, { secret?: true }][])
    if (secret && name !== 'HEARTBEAT_URL') expect(Object.keys(secrets)).toContain(name)
})

it('the examples of .env files name what a stage reads, and no secret', () => {
  for (const stage of ['dev', 'staging', 'production']) {
    const names = [...textOf(`deploy/aws/.env.${stage}.example`).matchAll(/^# ([A-Z_]+)=(\S.*)$/gm)]
    const known = [...hubSettings, 'AWS_PROFILE', 'AWS_REGION'] as string[]
    expect(names.filter(([, name = '']) => !name.startsWith('STAGE_') && !known.includes(name))).toEqual([])
    const env = Object.fromEntries(names.map(([, name = '', value = '']) => [name, value]))
    expect(readStageSettings(stage, env)).toMatchObject({ domain: { certificate: expect.any(String) }, vpc: { securityGroups: ['sg-1'] } })
  }
})

it.each([
  ['mongodb+srv://u:p@host', 'mongodb+srv://u:p@host/?maxPoolSize=5&maxIdleTimeMS=60000'],
  ['mongodb+srv://u:p@host/box', 'mongodb+srv://u:p@host/box?maxPoolSize=5&maxIdleTimeMS=60000'],
  ['mongodb://a,b/box?replicaSet=r&maxpoolsize=9', 'mongodb://a,b/box?replicaSet=r&maxpoolsize=9&maxIdleTimeMS=60000'],
  ['mongodb://a/?maxPoolSize=1&maxIdleTimeMS=2', 'mongodb://a/?maxPoolSize=1&maxIdleTimeMS=2'],
])('%s gets a small pool', (uri, small) => {
  expect(withSmallPool(uri)).toBe(small)
})
