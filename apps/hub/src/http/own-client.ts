import { ApiClientError, StateTrackingApiClient } from '@signalbox/client'
import { ToolError } from '@signalbox/tools/tool'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HubError } from '../hub-error.ts'
import { askAs } from './inner-request.ts'

/** Headers by which the routes that a tool asks know the caller, its address and its origin. */
const CALLER_HEADERS = [
  'authorization',
  'x-api-key',
  'cookie',
  'origin',
  'host',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
]

/** A client of this hub for its tools, as the caller of a request. */
export function ownClient(app: FastifyInstance, request: FastifyRequest): StateTrackingApiClient {
  return new StateTrackingApiClient({ baseUrl: 'http://hub', retry: false, fetch: fetchThrough(app, request) })
}

/** Sends the requests of a client into this hub, as the caller of the tool: every rule holds for a tool as for anybody. */
function fetchThrough(app: FastifyInstance, { headers, id, socket, principal }: FastifyRequest) {
  const caller = Object.fromEntries(CALLER_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])))
  return async (address: string, init: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(address)
    const { authorization: _, ...sent } = init.headers as Record<string, string>
    const {
      statusCode,
      headers: answered,
      rawPayload,
    } = await askAs(principal!, () =>
      app.inject({
        method: init.method as 'GET',
        url: `${pathname}${search}`,
        // One request id for the call and all that it asks.
        headers: { ...sent, ...caller, 'x-request-id': id },
        ...(socket.remoteAddress === undefined ? {} : { remoteAddress: socket.remoteAddress }),
        ...(init.body == null ? {} : { payload: init.body as string }),
      }),
    )
    const known = Object.entries(answered).flatMap(([name, value]) => (value === undefined ? [] : [[name, `${value}`] as [string, string]]))
    return new Response(statusCode === 204 || statusCode === 304 ? null : new Uint8Array(rawPayload), {
      status: statusCode,
      headers: known,
    })
  }
}

/** @throws HubError with what a tool, or a route that it asks, says of its caller's mistake; any other error as it is */
export async function withToolErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ToolError) throw new HubError('validation_error', error.message, { suggestion: error.suggestion })
    if (!(error instanceof ApiClientError) || error.code === 'connection_error' || error.code === 'unreadable_response') throw error
    const { code, message, suggestion, details, apiCode } = error
    throw new HubError(code, message, {
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(details === undefined ? {} : { details }),
      ...(apiCode === undefined ? {} : { apiCode }),
      cause: error,
    })
  }
}
