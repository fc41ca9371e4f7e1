import type { z } from 'zod'
import type { Scope } from './scope.ts'

/** What a request needs: nothing, any valid key, or a key with this scope. */
export type Access = 'public' | 'authenticated' | Scope

/** A response body, or one body for each content type the client may ask for. */
export type RouteResponse =
  | z.ZodType
  | { readonly description: string; readonly content: { readonly [type: string]: { readonly schema: z.ZodType } } }

/**
 * One route of the hub: method, path, access, request and responses.
 * The hub serves it, the OpenAPI document describes it and tests call it; it is defined here only.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Parameters are written as `:name`. */
  readonly path: `/${string}`
  readonly access: Access
  readonly summary: string
  readonly description?: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Successful responses by status. Errors are the same for every route, see `error.ts`. */
  readonly responses: { readonly [status: number]: RouteResponse }
}

/** Keeps the exact types of a route, so that its handler is typed by it. */
export function route<const R extends Route>(route: R): R {
  return route
}
