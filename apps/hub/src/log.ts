import { printableText } from '@signalbox/contract/printable'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { LogController } from 'fastify'
import { type DestinationStream, type LogFn, type Logger, pino } from 'pino'

export type { Logger }

/** Logs JSON lines to a destination that no full disk and no slow reader may turn into an error; levels are in upper case, so that `ERROR` can be searched for. */
export function createLogger(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { app: 'hub' },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      // JSON leaves some of the characters that command a terminal.
      hooks: { streamWrite: printableText },
      // Requests are logged only with the fields named below: no headers, no body, no key.
      serializers: { req: () => undefined, res: () => undefined },
    },
    destination,
  )
}

/**
 * The logger of one request, with a child that is created at its first line: most requests log nothing, and creating a
 * child takes longer than storing a heartbeat.
 */
class RequestLogger {
  readonly #logger: Logger
  readonly #bindings: object
  #lazyChild: Logger | undefined

  constructor(logger: Logger, bindings: object) {
    this.#logger = logger
    this.#bindings = bindings
  }

  get #child(): Logger {
    this.#lazyChild ??= this.#logger.child(this.#bindings)
    return this.#lazyChild
  }

  get level(): string {
    return this.#logger.level
  }

  isLevelEnabled(level: string): boolean {
    return this.#logger.isLevelEnabled(level)
  }

  fatal(...args: Parameters<LogFn>): void {
    this.#child.fatal(...args)
  }

  error(...args: Parameters<LogFn>): void {
    this.#child.error(...args)
  }

  warn(...args: Parameters<LogFn>): void {
    this.#child.warn(...args)
  }

  info(...args: Parameters<LogFn>): void {
    this.#child.info(...args)
  }

  debug(...args: Parameters<LogFn>): void {
    this.#child.debug(...args)
  }

  trace(...args: Parameters<LogFn>): void {
    this.#child.trace(...args)
  }

  silent(): void {}

  child(bindings: object): Logger {
    return this.#child.child(bindings)
  }
}

export function requestLogger(logger: Logger, bindings: object): FastifyBaseLogger {
  return new RequestLogger(logger, bindings) as unknown as FastifyBaseLogger
}

/** Logs one line for each answered request, an error for a 5xx. A health route reports with 503, and its callers ask all the time. */
export class RequestLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'request_id' })
  }

  override incomingRequest(): void {}
  override routeNotFound(): void {}
  override defaultErrorLog(): void {}

  override requestCompleted(_error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const { quiet, reports503 } = request.routeConfig
    const failed = reply.statusCode >= 500 && !(reports503 && reply.statusCode === 503)
    const level = failed ? 'error' : quiet ? 'debug' : 'info'
    if (!(reply.log as unknown as Logger).isLevelEnabled(level)) return
    reply.log[level](
      {
        method: request.method,
        // Without the query, which may name projects.
        // The address of a one-use link is a secret.
        path: request.routeConfig?.secretPath ? request.routeConfig.url : request.url.split('?', 1)[0],
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
        ...(request.principal === undefined ? {} : { by: request.principal.name }),
        ...findId(request, 'machine_id'),
        ...findId(request, 'session_id'),
      },
      'request answered',
    )
  }
}

/** No id is longer; a body that was refused may say anything. */
const MAX_ID_CHARS = 200

/** Finds an id in the parameters, the query or the body of a request. */
function findId({ params, query, body }: FastifyRequest, name: 'machine_id' | 'session_id'): Record<string, string> {
  for (const part of [params, query, body] as (Record<string, unknown> | null | undefined)[]) {
    const value = part?.[name]
    if (typeof value === 'string') return { [name]: value.slice(0, MAX_ID_CHARS) }
  }
  return {}
}
