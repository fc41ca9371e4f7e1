import type { FastifyCompressRouteOptions } from '@fastify/compress'
import { apiErrorSchema, stateErrorSchema } from '@signalbox/contract/error'
import type { Access, Route } from '@signalbox/contract/route'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { validatorCompiler } from './validate.ts'

type Read<T> = T extends z.ZodType ? z.output<T> : undefined
type BodyOf<A> = A extends z.ZodType ? z.input<A> : A extends { content: Record<string, { schema: infer S }> } ? Read<S> : never
type AnswerOf<R extends Route> = { [S in keyof R['answers']]: BodyOf<R['answers'][S]> }[keyof R['answers']]

export interface Asked<R extends Route> {
  readonly params: Read<R['params']>
  readonly query: Read<R['query']>
  readonly body: Read<R['body']>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export interface ServeOptions {
  /** Bytes of a body; 64 KiB unless said otherwise. */
  readonly bodyLimit?: number
  /** The answer is large and hot: it is written as it is, and its shape is held by types and tests. */
  readonly unchecked?: boolean
  /** Milliseconds until 504; 0 for a stream, which has no end. */
  readonly timeout?: number
  readonly compress?: boolean
  /** Not worth a line in the log. */
  readonly quiet?: boolean
  /** Counts against no limit. */
  readonly unlimited?: boolean
  /** The parameter that names who beats here: each is counted for itself. */
  readonly heartbeatOf?: string
  /** Looks at a body before its schema does; what it throws is the answer. */
  readonly before?: (request: FastifyRequest) => void
}

const nothing = z.strictObject({})
/** An answer is made anew each time: squeezing half a megabyte as hard as a file would take longer than making it. */
const quickly = {
  encodings: ['gzip' as const, 'identity' as const],
  zlibOptions: { level: 1, chunkSize: 128 * 1024 },
} satisfies FastifyCompressRouteOptions['compress']

/** What a handler returns when it has sent its answer itself. */
export const sent = Symbol('sent')
export type Sent = typeof sent
type Answered<R extends Route> = AnswerOf<R> | Sent

/** Opens one door of the contract: its schemas check what comes in and what goes out, the handler is the sentence. */
export function serve<const R extends Route>(
  app: FastifyInstance,
  route: R,
  handler: (asked: Asked<R>) => Answered<R> | Promise<Answered<R>>,
  options: ServeOptions = {},
): void {
  const error = route.path.startsWith('/api/') ? apiErrorSchema : stateErrorSchema
  const noun = route.path.split('/').find((part) => part !== '' && part !== 'api') ?? 'hub'
  app.route({
    // Whoever says PATCH means the same: what is absent stays.
    method: route.method === 'PUT' ? ['PUT', 'PATCH'] : route.method,
    url: route.path,
    bodyLimit: options.bodyLimit ?? 64 * 1024,
    ...(options.timeout === 0 ? {} : { handlerTimeout: options.timeout ?? 30_000 }),
    compress: options.compress === false ? false : quickly,
    config: {
      access: route.access,
      quiet: options.quiet ?? false,
      unlimited: options.unlimited ?? false,
      bodyOptional: route.body?.safeParse(undefined).success ?? false,
      ...(options.heartbeatOf === undefined ? {} : { heartbeatOf: options.heartbeatOf }),
    },
    schema: {
      tags: [noun],
      summary: route.summary,
      ...(route.description === undefined ? {} : { description: route.description }),
      ...(route.access === 'public' ? { security: [] } : {}),
      ...(route.params === undefined ? {} : { params: route.params }),
      // A route without a query refuses every parameter by name, like all others.
      querystring: route.query ?? nothing,
      ...(route.body === undefined ? {} : { body: route.body }),
      response: { ...route.answers, '4xx': error, '5xx': error },
    },
    ...(options.before === undefined ? {} : { preValidation: async (request: FastifyRequest) => options.before?.(request) }),
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
    /** What is known of the route: asked for once, because the framework puts it together anew each time. */
    door: FastifyContextConfig & { readonly url?: string }
  }
  interface FastifyContextConfig {
    /** Absent where there is no route. */
    access?: Access
    quiet?: boolean
    unlimited?: boolean
  }
  interface FastifySchema {
    tags?: readonly string[]
    summary?: string
    description?: string
    security?: readonly Record<string, readonly string[]>[]
    hide?: boolean
  }
}
