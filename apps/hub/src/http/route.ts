import type { FastifyCompressRouteOptions } from '@fastify/compress'
import { apiErrorSchema, stateErrorSchema } from '@signalbox/contract/error'
import type { Access, Route } from '@signalbox/contract/route'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Change } from '../store/change.ts'
import { toChange } from './idempotency.ts'
import './hot-route.ts'
import { validatorCompiler } from './validate.ts'

type Read<T> = T extends z.ZodType ? z.output<T> : undefined
type BodyOf<A> = A extends z.ZodType ? z.input<A> : A extends { content: Record<string, { schema: infer S }> } ? Read<S> : never
type ResponseOf<R extends Route> = { [S in keyof R['responses']]: BodyOf<R['responses'][S]> }[keyof R['responses']]

/** The input of a handler. */
export interface RouteInput<R extends Route> {
  readonly params: Read<R['params']>
  readonly query: Read<R['query']>
  readonly body: Read<R['body']>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export interface ServeOptions {
  /** Bytes of a body; 64 KiB by default. */
  readonly bodyLimit?: number
  /** The answer is large or frequent: it is not checked against its schema; types and tests hold its shape. */
  readonly unchecked?: boolean
  /** Milliseconds until 504; 0 for a stream, which has no end. */
  readonly timeout?: number
  readonly compress?: boolean
  /** Each item of the body is checked by itself, so one with a key such as `__proto__` must not refuse the others with it. */
  readonly anyKeys?: boolean
  /** Logged at level debug only. */
  readonly quiet?: boolean
  /** Counts against no limit. */
  readonly unlimited?: boolean
  /** Runs before the body is read; an error it throws is the answer. */
  readonly beforeBody?: (request: FastifyRequest) => void
  /** Runs before the schema; an error it throws is the answer. */
  readonly before?: (request: FastifyRequest, reply: FastifyReply) => void
}

const noQuery = z.strictObject({})
/** Answers are not cached: compressing half a megabyte at the default level would take longer than producing it. */
const fastCompression = {
  encodings: ['gzip' as const, 'identity' as const],
  zlibOptions: { level: 1, chunkSize: 128 * 1024 },
} satisfies FastifyCompressRouteOptions['compress']

/** The result of a handler that has sent its answer itself. */
export const sent = Symbol('sent')
export type Sent = typeof sent
type HandlerResult<R extends Route> = ResponseOf<R> | Sent

/** The input of a hot route's handler, which has no Fastify request on the short path. */
export interface HotInput<R extends Route> {
  readonly params: Read<R['params']>
  readonly body: Read<R['body']>
  /** The change for a write at an instant, with the idempotency key of the request where it has one. */
  readonly changeAt: (now: number) => Change
}

/** A frequent route of short requests and answers, not logged, not compressed, and without a timeout of its own. */
export interface HotOptions {
  /** The path parameter by which its requests are counted. Plain requests take the short path of `HotRoutes`. */
  readonly hot: string
}

type HotHandler<R extends Route> = (input: HotInput<R>) => Promise<ResponseOf<R> & object>
type Handler<R extends Route> = (input: RouteInput<R>) => HandlerResult<R> | Promise<HandlerResult<R>>

/** Registers a hot route of the contract, for Fastify and for the short path. */
export function serve<const R extends Route>(app: FastifyInstance, route: R, handler: HotHandler<R>, options: HotOptions): void
/** Registers a route of the contract, whose schemas check the request and the answer. */
export function serve<const R extends Route>(app: FastifyInstance, route: R, handler: Handler<R>, options?: ServeOptions): void
export function serve<const R extends Route>(
  app: FastifyInstance,
  route: R,
  handler: HotHandler<R> | Handler<R>,
  options: ServeOptions | HotOptions = {},
): void {
  if ('hot' in options) registerHot(app, route, handler as HotHandler<R>, options.hot)
  else register(app, route, handler as Handler<R>, options)
}

function registerHot<const R extends Route>(app: FastifyInstance, route: R, handler: HotHandler<R>, parameter: string): void {
  app.hotRoutes.add(route, parameter, (id, body) =>
    handler({ params: { [parameter]: id } as Read<R['params']>, body: body as Read<R['body']>, changeAt: (now) => ({ now }) }),
  )
  register(
    app,
    route,
    ({ params, body, request, reply }) => handler({ params, body, changeAt: (now) => toChange(request, reply, now) }),
    // A timeout of its own would cost as much as the rest; the store has one.
    { unchecked: true, compress: false, quiet: true, timeout: 0, heartbeatOf: parameter },
  )
}

function register<const R extends Route>(
  app: FastifyInstance,
  route: R,
  handler: Handler<R>,
  options: ServeOptions & { readonly heartbeatOf?: string },
): void {
  const error = route.path.startsWith('/api/') ? apiErrorSchema : stateErrorSchema
  const noun = route.path.split('/').find((part) => part !== '' && part !== 'api') ?? 'hub'
  app.route({
    // PATCH means the same: absent properties stay.
    method: route.method === 'PUT' ? ['PUT', 'PATCH'] : route.method,
    url: route.path,
    bodyLimit: options.bodyLimit ?? 64 * 1024,
    ...(options.timeout === 0 ? {} : { handlerTimeout: options.timeout ?? 30_000 }),
    compress: options.compress === false ? false : fastCompression,
    config: {
      access: route.access,
      quiet: options.quiet ?? false,
      reports503: 503 in route.responses,
      unlimited: options.unlimited ?? false,
      anyKeys: options.anyKeys ?? false,
      ...(options.heartbeatOf === undefined ? {} : { heartbeatOf: options.heartbeatOf }),
    },
    schema: {
      tags: [noun],
      summary: route.summary,
      ...(route.description === undefined ? {} : { description: route.description }),
      ...(route.access === 'public' ? { security: [] } : {}),
      ...(route.params === undefined ? {} : { params: route.params }),
      // A route without a query refuses every parameter by name, like all others.
      querystring: route.query ?? noQuery,
      ...(route.body === undefined ? {} : { body: route.body }),
      response: { ...route.responses, '4xx': error, '5xx': error },
    },
    ...(options.beforeBody === undefined ? {} : { preParsing: async (request: FastifyRequest) => options.beforeBody?.(request) }),
    ...(options.before === undefined
      ? {}
      : { preValidation: async (request: FastifyRequest, reply: FastifyReply) => options.before?.(request, reply) }),
    validatorCompiler: validatorCompiler as never,
    serializerCompiler: options.unchecked ? () => JSON.stringify : (serializerCompiler as never),
    handler: async (request, reply) => {
      const answer = await handler({
        params: request.params as Read<R['params']>,
        query: request.query as Read<R['query']>,
        body: request.body as Read<R['body']>,
        request,
        reply,
      })
      return answer === sent ? reply : answer
    },
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The config of the route, read once: Fastify builds it anew each time. */
    routeConfig: FastifyContextConfig & { readonly url?: string }
  }
  interface FastifyContextConfig {
    /** Absent where there is no route. */
    access?: Access
    quiet?: boolean
    /** Whether 503 is a result of the route, as of the health routes, and no failure of the hub. */
    reports503?: boolean
    unlimited?: boolean
    /** Whether the path has a secret, which is no business of the log. */
    secretPath?: boolean
  }
  interface FastifySchema {
    tags?: readonly string[]
    summary?: string
    description?: string
    security?: readonly Record<string, readonly string[]>[]
    hide?: boolean
  }
}
