import { AsyncLocalStorage } from 'node:async_hooks'
import type { Principal } from './principal.ts'

/** Kept outside of the request: nothing that a caller sends can set it. */
const callers = new AsyncLocalStorage<Principal>()

/**
 * Sends a request into this hub for a caller that has been authenticated already. It has no socket of its own that would
 * show from which machine the caller is.
 */
export function askAs<T>(principal: Principal, ask: () => PromiseLike<T>): Promise<T> {
  // Fastify sends the request only when it is awaited, which must be inside.
  return callers.run(principal, async () => await ask())
}

/** The caller on whose behalf the hub itself asks; undefined for a request from outside. */
export function innerCaller(): Principal | undefined {
  return callers.getStore()
}
