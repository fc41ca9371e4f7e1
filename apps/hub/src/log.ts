import type { FastifyReply, FastifyRequest } from 'fastify'
import { LogController } from 'fastify'
import { type DestinationStream, type Logger, pino } from 'pino'

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

/** One line for each request, when it is answered. */
export class RequestLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'request_id' })
  }

  override incomingRequest(): void {}
  override routeNotFound(): void {}
  override defaultErrorLog(): void {}

  override requestCompleted(_error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const level = reply.statusCode >= 500 ? 'error' : request.routeOptions.config.quiet ? 'debug' : 'info'
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
