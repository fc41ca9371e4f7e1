import type { Scope } from '@signalbox/contract/key'

/** Who is asking, once that is known. */
export interface Principal {
  readonly by: 'key' | 'cookie' | 'bypass'
  /** Of the key: counts its requests, and owns what it wrote once. */
  readonly id: string
  /** For people and the log. */
  readonly name: string
  readonly scopes: readonly Scope[]
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined on public routes, and before it is known. */
    principal: Principal | undefined
  }
}
