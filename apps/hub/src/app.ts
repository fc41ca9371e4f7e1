import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Clock } from './clock.ts'
import type { HubConfig } from './config.ts'
import type { Doors, HubState } from './doors.ts'
import { EventFeed, type Patience } from './event/feed.ts'
import { streamDefaults } from './event/stream.ts'
import { guard } from './http/auth.ts'
import { readBodies } from './http/body.ts'
import { answerBadUrl, answerClientError, handleErrors } from './http/error-handler.ts'
import { FastLane } from './http/fast-lane.ts'
import { Keyring } from './http/keyring.ts'
import { LoginCookie } from './http/login-cookie.ts'
import { createMetrics, measureMirror } from './http/metrics.ts'
import { createLimiter } from './http/rate-limit.ts'
import { requestIdOf } from './http/request-id.ts'
import { secureHeaders } from './http/security-headers.ts'
import { closeSilentSockets } from './http/silent-socket.ts'
import { HubError } from './hub-error.ts'
import type { ReadingObserver } from './limits/kept-reading.ts'
import { LimitBook } from './limits/limit-book.ts'
import { type Logger, RequestLog, requestLogger } from './log.ts'
import type { Mirror } from './mirror/mirror.ts'
import type { Monitor } from './monitor/monitor.ts'
import { claudeUsage } from './routes/claude-usage.ts'
import { dashboard } from './routes/dashboard.ts'
import { docs, openApi } from './routes/docs.ts'
import { event } from './routes/event.ts'
import { health } from './routes/health.ts'
import { key } from './routes/key.ts'
import { limits } from './routes/limits.ts'
import { login } from './routes/login.ts'
import { machine } from './routes/machine.ts'
import { metrics } from './routes/metrics.ts'
import { mirror } from './routes/mirror.ts'
import { session } from './routes/session.ts'
import { task } from './routes/task.ts'
import { usage } from './routes/usage.ts'
import type { Store } from './store/store.ts'

/** Everything the hub is made of; who they are is for `main.ts` to say. */
export interface Parts {
  readonly store: Store
  /** Who is late? It is told when the hub could not listen. */
  readonly monitor: Monitor
  readonly clock: Clock
  readonly config: HubConfig
  readonly logger: Logger
  readonly version: string
  /** Folder with the built dashboard; it may not be there. */
  readonly dashboard: string
  readonly streams?: Patience
  /** Is told of every reading of the plan limits that this hub has stored, or removed. */
  readonly readingObserver?: ReadingObserver | undefined
  /** The files of readings, where this hub keeps them. */
  readonly mirror?: Pick<Mirror, 'state'> | undefined
}

/** The list of routes. A door that is not here is not open. */
const routes: readonly ((doors: Doors) => void | Promise<void>)[] = [
  health,
  login,
  key,
  session,
  task,
  machine,
  usage,
  claudeUsage,
  limits,
  mirror,
  event,
  metrics,
  docs,
  dashboard,
]

export async function createApp(parts: Parts): Promise<FastifyInstance> {
  const { store, clock, config, logger, version, monitor, streams = streamDefaults } = parts
  const fastLane = new FastLane()
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new RequestLog(),
    serverFactory: (handler) => fastLane.serve(handler),
    genReqId: requestIdOf,
    trustProxy: config.trustProxy.length === 0 ? false : [...config.trustProxy],
    // Answered by us: the framework's own 503 has another body.
    return503OnClosing: false,
    clientErrorHandler: answerClientError(clock),
    frameworkErrors: answerBadUrl(clock),
    // An id of 200 characters, each of four bytes, each byte written as %XX.
    routerOptions: { maxParamLength: 2400 },
  })
  app.setChildLoggerFactory((_logger, bindings) => requestLogger(logger, bindings))
  const state: HubState = { reason: 'starting' }
  app.decorateRequest('bodyHash', undefined)
  app.decorateRequest('door', undefined as never)
  // With callbacks: what every request passes would otherwise wait for a promise at each door.
  app.addHook('onRequest', (request, reply, done) => {
    request.door = request.routeOptions.config
    reply.header('x-request-id', request.id).header('cache-control', 'no-store')
    if (state.reason === 'stopping' && !request.door.unlimited) {
      return done(new HubError('unavailable', 'The hub is shutting down', { suggestion: 'Try again in a few seconds.' }))
    }
    done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    // A connection that stays open for another request would keep the hub from ending.
    if (state.reason === 'stopping') reply.header('connection', 'close')
    done(null, payload)
  })
  handleErrors(app, clock)
  readBodies(app)
  secureHeaders(app)
  closeSilentSockets(app)
  // Read where they are asked for: most requests have a key and no cookie.
  await app.register(cookie, { hook: false })
  await app.register(compress, { encodings: ['br', 'gzip', 'identity'], globalDecompression: false })
  await openApi(app, version)

  const figures = createMetrics(app)
  if (parts.mirror !== undefined) measureMirror(figures, parts.mirror)
  const loginCookie = new LoginCookie(await store.keys.cookieSecret())
  const limiter = await createLimiter(app, config.limits, clock)
  const keyring = new Keyring(config.environmentKeys, store.keys)
  const doorman = guard(app, { config, keyring, cookie: loginCookie, limiter, clock })
  // Whoever wants a line for every request gets it, and has to have the time.
  if (!logger.isLevelEnabled('debug')) fastLane.start({ app, doorman, limiter, metrics: figures, state })
  const feed = await EventFeed.open(store.events, streams, (told) => figures.events.inc({ event: told.event }))
  const limitBook = new LimitBook({
    store: store.limits,
    events: store.events,
    keep: config.limitsKept,
    clock,
    logger,
    observer: parts.readingObserver,
  })
  const doors: Doors = {
    app,
    store,
    limitBook,
    feed,
    clock,
    monitor,
    mirror: parts.mirror,
    config,
    metrics: figures,
    doorman,
    fastLane,
    cookie: loginCookie,
    streams,
    state,
    version,
    dashboard: parts.dashboard,
  }
  for (const open of routes) await open(doors)

  app.addHook('onReady', async () => {
    state.reason = undefined
  })
  // Streams have no end of their own: without this the hub would wait for the last browser to be closed.
  app.addHook('preClose', async () => {
    state.reason = 'stopping'
    feed.close()
  })
  app.addHook('onClose', () => limitBook.close())
  return app
}
