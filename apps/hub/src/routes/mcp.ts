import { mcpRoutes } from '@signalbox/contract/mcp'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ownClient } from '../http/own-client.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { requireOwnOrigin } from '../http/same-origin.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'

/** Longer than the slowest route, so that its error is the answer. */
const TOOL_TIMEOUT_MS = 60_000

/** The Model Context Protocol over HTTP, without sessions: each request has a server of its own. */
export function mcp({ app, clock, config, version }: RouteContext): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<Sent> => {
    const principal = request.principal!
    requireFlat(request.body)
    const sessionId = request.headers['x-claude-code-session-id']
    // Loaded with the first request: it takes 25 MB and a tenth of a second, and many hubs are never asked.
    const { createMcpHandler } = await import('@signalbox/tools/mcp-http')
    const handle = createMcpHandler({
      client: ownClient(app, request),
      version,
      scopes: principal.scopes,
      onBug: (err) => request.log.error({ err }, 'a tool failed'),
      context: () => ({
        now: clock.now(),
        timezone: config.timezone,
        weekStart: config.weekStart,
        sessionId: typeof sessionId === 'string' && sessionId !== '' ? sessionId : undefined,
      }),
    })
    const response = await handle(toWebRequest(request), request.body)
    reply.code(response.status)
    for (const [name, value] of response.headers) if (name !== 'content-length') reply.header(name, value)
    // Whole: a tool answers once, and a stream would outlive the end of the hub.
    const body = Buffer.from(await response.arrayBuffer())
    reply.send(body.length === 0 ? undefined : body)
    return sent
  }
  // The protocol asks for it of every request: a page whose name resolves to this machine must not reach the tools.
  const options = {
    unchecked: true,
    compress: false,
    timeout: TOOL_TIMEOUT_MS,
    before: (request: FastifyRequest) => requireOwnOrigin(request, { mayBeAbsent: true }),
  }
  serve(app, mcpRoutes.call, ({ request, reply }) => answer(request, reply), options)
  serve(app, mcpRoutes.listen, ({ request, reply }) => answer(request, reply), options)
  serve(app, mcpRoutes.end, ({ request, reply }) => answer(request, reply), options)
}

/** No tool has arguments of more than a few levels, and programs that read a text of thousands recursively run out of stack. */
const MAX_LEVELS = 64

/** @throws HubError `validation_error` */
function requireFlat(body: unknown): void {
  let level: unknown[] = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_LEVELS) {
      throw new HubError('validation_error', `The body has more than ${MAX_LEVELS} levels`, {
        suggestion: 'Send the arguments that tools/list describes.',
      })
    }
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  }
}

function toWebRequest({ method, headers, body }: FastifyRequest): Request {
  const sent = Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as [string, string]] : []))
  return new Request('http://hub/mcp', { method, headers: sent, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
}
