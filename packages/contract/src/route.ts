import type { z } from 'zod'
import type { Scope } from './key.ts'

/** Who may ask: everybody, whoever has any key, or a key with that scope. */
export type Access = 'public' | 'known' | Scope

/** An answer: a body, or one body for each content type the client may ask for. */
export type Answer =
  | z.ZodType
  | { readonly description: string; readonly content: { readonly [type: string]: { readonly schema: z.ZodType } } }

/**
 * One door of the hub: where it is, who may come in, what is asked and what is answered.
 * The hub serves it, the OpenAPI document shows it, tests knock at it; nobody writes it a second time.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Parameters as `:name`. */
  readonly path: `/${string}`
  readonly access: Access
  readonly summary: string
  readonly description?: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** By status; errors are the same everywhere and stand in `error.ts`. */
  readonly answers: { readonly [status: number]: Answer }
}

/** Keeps the exact types of a route, so that its handler is typed by it. */
export function route<const R extends Route>(route: R): R {
  return route
}
