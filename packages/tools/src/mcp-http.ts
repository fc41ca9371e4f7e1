import { createMcpHandler as createHandler } from '@modelcontextprotocol/server'
import { createMcpServer, type McpServerOptions } from './mcp-server.ts'

/**
 * Answers requests of Streamable HTTP for one caller. It keeps nothing between two requests, so a hub may be restarted, and
 * several may stand behind one address. Who calls and from where is for the route to check.
 */
export function createMcpHandler(options: McpServerOptions): (request: Request, body: unknown) => Promise<Response> {
  // Nothing changes that a client could subscribe to.
  const { fetch } = createHandler(() => createMcpServer(options), { maxSubscriptions: 0 })
  return (request, body) => fetch(request, body === undefined ? {} : { parsedBody: body })
}
