import { z } from 'zod'
import { route } from './route.ts'

const path = '/mcp'
/** A message of JSON-RPC, or a batch of them; the SDK of MCP checks the rest. */
const messageSchema = z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown())).min(1).max(20)])

/** The address of the Model Context Protocol. It keeps no sessions: each request is answered by itself. */
export const mcpRoutes = {
  call: route({
    method: 'POST',
    path,
    access: 'authenticated',
    summary: 'Call tools over the Model Context Protocol',
    description:
      'Streamable HTTP, without sessions. A key with `read` sees the tools that read, one with `write` also those that write. ' +
      'A tool asks the routes of this hub with the same key, and each of these requests counts against its limit. docs/mcp.md lists the tools.',
    body: messageSchema,
    responses: {
      200: {
        description: 'The answer to a request, as JSON or as one event',
        content: { 'application/json': { schema: messageSchema }, 'text/event-stream': { schema: z.string() } },
      },
      202: z.undefined().meta({ description: 'A notification was accepted' }),
    },
  }),
  listen: route({
    method: 'GET',
    path,
    access: 'authenticated',
    summary: 'Refuse a stream of messages',
    description: 'The hub sends no messages of its own and answers 405, as the protocol has it.',
    responses: { 405: messageSchema },
  }),
  end: route({
    method: 'DELETE',
    path,
    access: 'authenticated',
    summary: 'Refuse the end of a session',
    description: 'There are no sessions to end: the hub answers 405, as the protocol has it.',
    responses: { 405: messageSchema },
  }),
}
