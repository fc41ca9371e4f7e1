import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { Alerts } from './alert/alerts.ts'
import type { Wire } from './alert/channel/channel-kind.ts'
import { DesktopNotices } from './alert/desktop-notices.ts'
import type { Clock } from './clock.ts'
import type { HubConfig } from './config.ts'
import { EventFeed, type StreamTimeouts } from './event/feed.ts'
import { OpenStreams } from './event/open-streams.ts'
import { streamDefaults } from './event/stream.ts'
import type { StreamLimits } from './event/stream-count.ts'
import { authenticateRequests } from './http/auth.ts'
import { readBodies } from './http/body.ts'
import type { Certificate } from './http/certificate.ts'
import { schemaController } from './http/compilers.ts'
import { Connections, type ConnectionTimes, connectionLimits } from './http/connections.ts'
import { answerBadUrl, answerClientError, handleErrors } from './http/error-handler.ts'
import { hasTwoHosts } from './http/host-header.ts'
import { HotRoutes } from './http/hot-route.ts'
import { closeIdleSockets } from './http/idle-socket.ts'
import { IngestQuotas } from './http/ingest-quota.ts'
import { checkBoundKeys } from './http/key-binding.ts'
import { KeyLookup } from './http/key-lookup.ts'
import { LoginCookie } from './http/login-cookie.ts'
import { OneUseLinks } from './http/one-use-link.ts'
import { decorateOwnAddress } from './http/own-address.ts'
import { OwnerKey } from './http/owner-key.ts'
import { createLimiter } from './http/rate-limit.ts'
import { requestIdOf } from './http/request-id.ts'
import { secureHeaders } from './http/security-headers.ts'
import { SignIns } from './http/sign-ins.ts'
import { HubError } from './hub-error.ts'
import type { HubState } from './hub-state.ts'
import { LimitService } from './limits/limit-service.ts'
import type { SnapshotObserver } from './limits/snapshot-version.ts'
import { type Logger, RequestLog, requestLogger } from './log.ts'
import { StoreFailures } from './maintenance/store-failures.ts'
import { metricList } from './metrics/metric-list.ts'
import { createMetrics, type Metrics, measureBuild, measureMirror, measureStore } from './metrics/metrics.ts'
import { registerMetrics } from './metrics/register.ts'
import type { Mirror } from './mirror/mirror.ts'
import type { Monitor } from './monitor/monitor.ts'
import type { RouteContext } from './route-context.ts'
import { account } from './routes/account.ts'
import { alert } from './routes/alert.ts'
import { alertLink } from './routes/alert-link.ts'
import { alertRule } from './routes/alert-rule.ts'
import { assistant } from './routes/assistant.ts'
import { audit } from './routes/audit.ts'
import { budget } from './routes/budget.ts'
import { channel } from './routes/channel.ts'
import { claudeUsage } from './routes/claude-usage.ts'
import { currentLimits } from './routes/current-limits.ts'
import { dashboard } from './routes/dashboard.ts'
import { dataDeletion } from './routes/data-deletion.ts'
import { desktopNotice } from './routes/desktop-notice.ts'
import { docs, openApi } from './routes/docs.ts'
import { event } from './routes/event.ts'
import { health } from './routes/health.ts'
import { invite } from './routes/invite.ts'
import { key } from './routes/key.ts'
import { limitSnapshot } from './routes/limit-snapshot.ts'
import { limitTrigger } from './routes/limit-trigger.ts'
import { login } from './routes/login.ts'
import { machine } from './routes/machine.ts'
import { machineHeartbeat } from './routes/machine-heartbeat.ts'
import { machineRemoval } from './routes/machine-removal.ts'
import { mcp } from './routes/mcp.ts'
import { metrics } from './routes/metrics.ts'
import { mirror } from './routes/mirror.ts'
import { price } from './routes/price.ts'
import { projectFolder } from './routes/project-folder.ts'
import { pushSubscription } from './routes/push-subscription.ts'
import { question } from './routes/question.ts'
import { savedView } from './routes/saved-view.ts'
import { session } from './routes/session.ts'
import { sessionFailure } from './routes/session-failure.ts'
import { sessionHeartbeat } from './routes/session-heartbeat.ts'
import { sessionList } from './routes/session-list.ts'
import { sessionObservation } from './routes/session-observation.ts'
import { signIn } from './routes/sign-in.ts'
import { task } from './routes/task.ts'
import { telemetry } from './routes/telemetry.ts'
import { usage } from './routes/usage.ts'
import { usageCheck } from './routes/usage-check.ts'
import type { Store } from './store/store.ts'

/** The parts of the hub, which `main.ts` creates. */
export interface AppOptions {
  readonly store: Store
  readonly monitor: Monitor
  readonly clock: Clock
  readonly config: HubConfig
  readonly logger: Logger
  readonly version: string
  /** Folder with the built dashboard; it may not be there. */
  readonly dashboard: string
  readonly streams?: StreamTimeouts
  readonly streamLimits?: StreamLimits | undefined
  readonly connectionTimes?: ConnectionTimes | undefined
  /** The hub speaks https with it. */
  readonly certificate?: Certificate | undefined
  /** Notified of every snapshot of the plan limits that this hub has stored or removed. */
  readonly snapshotObserver?: SnapshotObserver | undefined
  /** The JSON files of snapshots, where this hub writes them. */
  readonly mirror?: Pick<Mirror, 'state'> | undefined
  /** Another way out for alerts, for tests. */
  readonly wire?: Wire | undefined
}

/** All routes of the hub. */
const routes: readonly ((context: RouteContext) => void | Promise<void>)[] = [
  health,
  login,
  signIn,
  key,
  audit,
  invite,
  sessionHeartbeat,
  sessionList,
  sessionObservation,
  session,
  sessionFailure,
  task,
  machineHeartbeat,
  machineRemoval,
  dataDeletion,
  machine,
  usage,
  usageCheck,
  projectFolder,
  claudeUsage,
  price,
  account,
  limitSnapshot,
  currentLimits,
  limitTrigger,
  desktopNotice,
  question,
  telemetry,
  alert,
  alertLink,
  alertRule,
  channel,
  pushSubscription,
  budget,
  savedView,
  mirror,
  event,
  assistant,
  mcp,
  metrics,
  docs,
  dashboard,
]

export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { store, clock, config, logger, version, monitor, streams = streamDefaults } = options
  const connections = new Connections(connectionLimits(config.connections), config.trustProxy, options.connectionTimes)
  const hotRoutes = new HotRoutes(connections)
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new RequestLog(),
    serverFactory: (handler) => hotRoutes.createServer(handler, { ...config, certificate: options.certificate }),
    genReqId: requestIdOf,
    trustProxy: config.trustProxy.length === 0 ? false : [...config.trustProxy],
    schemaController,
    // The 503 of Fastify itself has another body.
    return503OnClosing: false,
    clientErrorHandler: answerClientError(clock, connections),
    frameworkErrors: answerBadUrl(clock),
    // An id of 200 characters of four bytes each, every byte written as %XX.
    routerOptions: { maxParamLength: 2400 },
  })
  app.setChildLoggerFactory((_logger, bindings) => requestLogger(logger, bindings))
  const state: HubState = { reason: 'starting' }
  app.decorateRequest('bodyHash', undefined)
  app.decorateRequest('bodyBytes', 0)
  app.decorateRequest('routeConfig', undefined as never)
  app.decorate('hotRoutes', hotRoutes)
  // Hooks of all requests use callbacks: each promise would delay every request.
  app.addHook('onRequest', (request, reply, done) => {
    request.routeConfig = request.routeOptions.config
    reply.header('x-request-id', request.id).header('cache-control', 'no-store')
    if (hasTwoHosts(request.raw.rawHeaders ?? [])) {
      return done(new HubError('validation_error', 'The request has two headers Host', { suggestion: 'Send one.' }))
    }
    if (state.reason === 'stopping' && !request.routeConfig.unlimited) {
      return done(new HubError('unavailable', 'The hub is shutting down', { suggestion: 'Try again in a few seconds.' }))
    }
    done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    const { socket } = request.raw
    if (request.principal !== undefined) connections.known(socket)
    const isRefusal = reply.statusCode === 401 || reply.statusCode === 429
    if (isRefusal && connections.refused(socket)) reply.header('connection', 'close')
    // A connection that stays open for another request would keep the hub from ending.
    if (state.reason === 'stopping') reply.header('connection', 'close')
    done(null, payload)
  })
  decorateOwnAddress(app, config)
  const storeFailures = new StoreFailures(clock)
  handleErrors(app, clock, storeFailures)
  readBodies(app)
  secureHeaders(app)
  closeIdleSockets(app)
  // Cookies are parsed on demand: most requests have a key and no cookie.
  await app.register(cookie, { hook: false })
  await app.register(compress, { encodings: ['br', 'gzip', 'identity'], globalDecompression: false })
  await openApi(app, version)

  const metricsOfHub = createMetrics(app)
  if (options.mirror !== undefined) measureMirror(metricsOfHub, options.mirror)
  measureBuild(metricsOfHub, version)
  measureStore(metricsOfHub, store.writeTimes, storeFailures)
  const secret = await store.keys.cookieSecret()
  const loginCookie = new LoginCookie(secret)
  const signIns = new SignIns(store.signIns, loginCookie, config.signInAges)
  const limiter = await createLimiter(app, config.limits, clock)
  const keys = new KeyLookup(config.environmentKeys, store.keys)
  const owner = new OwnerKey(config.dataDir)
  const authenticator = authenticateRequests(app, { config, keys, owner, signIns, limiter, clock })
  checkBoundKeys(app, store)
  // The short path logs no requests, so at level debug all of them go through Fastify.
  if (!logger.isLevelEnabled('debug')) hotRoutes.start({ app, authenticator, limiter, metrics: metricsOfHub, state })
  const feed = await EventFeed.open({ events: store.events, storeId: () => store.id }, streams, ({ event }) =>
    metricsOfHub.events.inc({ event }),
  )
  const limitService = new LimitService({
    store: store.limits,
    events: store.events,
    keep: config.limitsKept,
    clock,
    logger,
    observer: options.snapshotObserver,
  })
  const desktop = new DesktopNotices(clock)
  const alerts = new Alerts({
    store,
    clock,
    config,
    logger,
    currentLimits: limitService.currentLimits,
    forecasts: limitService.forecasts,
    mirror: options.mirror,
    ownPort: () => portOf(app),
    desktop,
    links: new OneUseLinks(secret, 'acknowledge an alert', clock),
    wire: options.wire,
    observer: metricsOfHub.messages,
  })
  const { certificate } = options
  const openScrape = () => ({
    now: clock.now(),
    facts: alerts.facts.at(clock.now()),
    usage: alerts.facts,
    store,
    monitor,
    clock,
    config,
    certificate,
  })
  registerMetrics(metricsOfHub.registry, metricList, openScrape, logger)
  app.decorate('hubMetrics', metricsOfHub)
  app.decorate('alerts', alerts)
  const context: RouteContext = {
    app,
    store,
    limitService,
    alerts,
    quotas: new IngestQuotas(config.quotas, store, clock),
    feed,
    clock,
    monitor,
    mirror: options.mirror,
    desktop,
    config,
    metrics: metricsOfHub,
    authenticator,
    signIns,
    streams,
    streamLimits: options.streamLimits,
    openStreams: new OpenStreams({ authenticator, recheckMs: streams.recheckMs }),
    state,
    storeFailures,
    version,
    dashboard: options.dashboard,
  }
  for (const addRoutes of routes) await addRoutes(context)

  app.addHook('onReady', async () => {
    state.reason = undefined
  })
  // Streams never end by themselves: without this the hub would wait until the last browser is closed.
  app.addHook('preClose', async () => {
    state.reason = 'stopping'
    feed.close()
  })
  app.addHook('onClose', () => limitService.close())
  return app
}

function portOf(app: FastifyInstance): number | undefined {
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : undefined
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Its `run` judges and sends. */
    alerts: Alerts
    hubMetrics: Metrics
  }
}
