import { LEAST_CONCURRENCY, readStageSettings, secrets, withSmallPool } from './stage-settings.ts'
import { watch } from './watch.ts'

/** Paths and addresses of callers stay out: a path may be a link that works once. */
const ACCESS_LOG =
  '{"time":"$context.requestTime","request_id":"$context.requestId","method":"$context.httpMethod",' +
  '"resource":"$context.resourcePath","status":"$context.status","error":"$context.error.responseType",' +
  '"ms":"$context.responseLatency","function_ms":"$context.integration.latency"}'

/** Everything that a stage consists of. @returns what `sst deploy` prints */
export function makeStage() {
  const settings = readStageSettings($app.stage, process.env)
  const { isProduction, logRetention, reserved, provisioned, domain } = settings
  const key = isProduction ? secretsKey() : undefined

  const secretOf = ({ name, isOptional }: { name: string; isOptional: boolean }) =>
    (isOptional ? new sst.Secret(name, '') : new sst.Secret(name)).value
  const environment = {
    ...settings.hub,
    MONGODB_URI: secretOf(secrets.MONGODB_URI).apply(withSmallPool),
    API_KEYS: secretOf(secrets.API_KEYS),
    SECRET_KEY: secretOf(secrets.SECRET_KEY),
    CLAUDE_SYNC_API_KEY: secretOf(secrets.CLAUDE_SYNC_API_KEY),
    SMTP_URL: secretOf(secrets.SMTP_URL),
  }
  const common = {
    bundle: '../../dist/lambda',
    runtime: 'nodejs24.x',
    architecture: 'arm64',
    memory: '512 MB',
    // The bundle is what runs in `sst dev` too.
    live: false,
    environment,
    logging: { format: 'json', retention: logRetention },
    ...(settings.vpc === undefined ? {} : { vpc: settings.vpc }),
    ...(key === undefined ? {} : { permissions: [{ actions: ['kms:Decrypt'], resources: [key.arn] }] }),
    transform: { function: key === undefined ? {} : { kmsKeyArn: key.arn } },
  } satisfies Partial<sst.aws.FunctionArgs>
  const forRequests = {
    ...common,
    handler: 'lambda.handler',
    timeout: '30 seconds',
    concurrency: { ...(reserved === undefined ? {} : { reserved }) },
  } satisfies sst.aws.FunctionArgs

  const hub = new sst.aws.Function('Hub', {
    ...forRequests,
    description: 'Answers the requests',
    concurrency: { ...forRequests.concurrency, ...(provisioned === 0 ? {} : { provisioned }) },
    versioning: provisioned > 0,
  })
  // Pages hold an execution each for as long as they are open: apart from the others, they cannot take them from heartbeats.
  const pages = new sst.aws.Function('Pages', { ...forRequests, description: 'Feeds open pages with events' })

  const gateway = new sst.aws.ApiGatewayV1('Gateway', {
    endpoint: { type: 'regional' },
    // The hub decides which origins may call it.
    cors: false,
    accessLog: { retention: logRetention },
    ...(domain === undefined
      ? {}
      : { domain: domain.certificate === undefined ? domain.name : { name: domain.name, dns: false, cert: domain.certificate } }),
    transform: {
      // Otherwise the gateway would send base64 to the caller.
      api: { binaryMediaTypes: ['*/*'], disableExecuteApiEndpoint: domain !== undefined },
      stage: (args) => {
        args.accessLogSettings = $output(args.accessLogSettings!).apply((log) => ({ ...log, format: ACCESS_LOG }))
        return undefined
      },
      domainName: { securityPolicy: 'TLS_1_2' },
    },
  })
  gateway.route('ANY /', hub.targetArn)
  gateway.route('ANY /{proxy+}', hub.targetArn)
  gateway.route('ANY /events', pages.arn)
  gateway.deploy()
  new aws.apigateway.MethodSettings('Throttle', {
    restApi: gateway.nodes.api.id,
    stageName: gateway.nodes.stage!.stageName,
    methodPath: '*/*',
    settings: { throttlingRateLimit: settings.throttle.rate, throttlingBurstLimit: settings.throttle.burst },
  })

  // A function that CronV2 makes by itself would have the secrets as plain text in the state of SST.
  const tick = new sst.aws.Function('TickHandler', {
    ...common,
    handler: 'lambda.tick',
    description: 'Checks heartbeats, sends alerts and cleans up, once a minute',
    timeout: '50 seconds',
    // The next tick does what this one could not.
    retries: 0,
    transform: { ...common.transform, eventInvokeConfig: { maximumEventAgeInSeconds: 60 } },
  })
  new sst.aws.CronV2('Tick', { schedule: 'rate(1 minute)', retries: 0, function: tick })

  const watched = settings.isWatched
    ? watch({
        functions: { hub, pages, tick },
        gateway,
        concurrency: reserved ?? LEAST_CONCURRENCY,
        email: settings.alarmEmail,
      })
    : {}
  return { url: domain === undefined ? gateway.url : `https://${domain.name}`, tick: tick.name, ...watched }
}

/** With a key of its own, only those who may use that key can read the secrets in the configuration of the functions. */
function secretsKey(): aws.kms.Key {
  const key = new aws.kms.Key(
    'SecretsKey',
    { description: `Secrets of ${$app.name} ${$app.stage}`, enableKeyRotation: true, deletionWindowInDays: 30 },
    { retainOnDelete: true },
  )
  new aws.kms.Alias('SecretsKeyAlias', { name: `alias/${$app.name}-${$app.stage}`, targetKeyId: key.id })
  return key
}
