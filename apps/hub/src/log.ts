import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { LogController } from 'fastify'
import { type DestinationStream, type LogFn, type Logger, pino } from 'pino'

export type { Logger }

/** One JSON line each; levels in upper case, so that `ERROR` can be searched for. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { app: 'hub' },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      // Nothing of a request is logged but what is named below: no headers, no body, no key.
      serializers: { req: () => undefined, res: () => undefined },
    },
    destination ?? pino.destination(1),
  )
}

/**
 * The log of one request, made when it first has something to say: most have not, and making one takes longer than a
 * heartbeat's row.
 */
class RequestLogger {
  readonly #logger: Logger
  readonly #bindings: object
  #made: Logger | undefined

  constructor(logger: Logger, bindings: object) {
    this.#logger = logger
    this.#bindings = bindings
  }

  get #child(): Logger {
    this.#made ??= this.#logger.child(this.#bindings)
    return this.#made
  }

  get level(): string {
    return this.#logger.level
  }

  isLevelEnabled(level: string): boolean {
    return this.#logger.isLevelEnabled(level)
  }

  fatal(...words: Parameters<LogFn>): void {
    this.#child.fatal(...words)
  }

  error(...words: Parameters<LogFn>): void {
    this.#child.error(...words)
  }

  warn(...words: Parameters<LogFn>): void {
    this.#child.warn(...words)
  }

  info(...words: Parameters<LogFn>): void {
    this.#child.info(...words)
  }

  debug(...words: Parameters<LogFn>): void {
    this.#child.debug(...words)
  }

  trace(...words: Parameters<LogFn>): void {
    this.#child.trace(...words)
  }

  silent(): void {}

  child(bindings: object): Logger {
    return this.#child.child(bindings)
  }
}

export function requestLogger(logger: Logger, bindings: object): FastifyBaseLogger {
  return new RequestLogger(logger, bindings) as unknown as FastifyBaseLogger
}

/** One line for each request, when it is answered. */
export class RequestLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'request_id' })
  }

  override incomingRequest(): void {}
  override routeNotFound(): void {}
  override defaultErrorLog(): void {}

  override requestCompleted(_error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const level = reply.statusCode >= 500 ? 'error' : request.door.quiet ? 'debug' : 'info'
    if (!(reply.log as unknown as Logger).isLevelEnabled(level)) return
    reply.log[level](
      {
        method: request.method,
        // Without the query: it may name projects.
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
        ...(request.principal === undefined ? {} : { by: request.principal.name }),
        ...about(request, 'machine_id'),
        ...about(request, 'session_id'),
      },
      'answered',
    )
  }
}

/** What a request is about, wherever it says so. */
function about({ params, query, body }: FastifyRequest, name: 'machine_id' | 'session_id'): Record<string, string> {
  for (const part of [params, query, body] as (Record<string, unknown> | null | undefined)[]) {
    const value = part?.[name]
    if (typeof value === 'string') return { [name]: value }
  }
  return {}
}
