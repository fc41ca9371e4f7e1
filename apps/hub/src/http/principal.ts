import type { Key } from '@signalbox/contract/key'
import type { Scope } from '@signalbox/contract/scope'

/** The only machine, or project, that a key may report about. */
export interface Binding {
  readonly machine_id?: string | undefined
  readonly project_id?: string | undefined
}

/** The end of a key; with `idle_days` each use moves it. */
export type KeyEnd = Pick<Key, 'expires_at' | 'idle_days'>

/** The authenticated caller of a request. */
export interface Principal {
  readonly by: 'key' | 'cookie' | 'bypass'
  /** Id of the key: its requests are counted by it, and its idempotency keys belong to it. */
  readonly id: string
  /** Shown to people and in the log. */
  readonly name: string
  readonly scopes: readonly Scope[]
  /** The sign-in of a browser. */
  readonly signInId?: string
  /** What the key may report about, where it is bound. */
  readonly bound?: Binding | undefined
  /** When the key ends. */
  readonly end?: KeyEnd | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined on public routes, and before authentication. */
    principal: Principal | undefined
  }
}
