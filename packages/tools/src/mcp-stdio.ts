import { webcrypto } from 'node:crypto'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { createMcpServer, type McpServerOptions } from './mcp-server.ts'

// Node 18, on which the plugin has to run, has no global of this name yet, and the client makes its ids with it.
globalThis.crypto ??= webcrypto as typeof globalThis.crypto

export interface StdioServer {
  close(): Promise<void>
}

/**
 * Serves the tools over the standard input and output of this process. It ends with its input: the client has gone then.
 * Nothing else may write to the standard output.
 * @param onProblem receives what the protocol layer could not handle; never the content of a message
 */
export function serveToolsOverStdio(options: McpServerOptions, onProblem: (error: Error) => void = () => {}): StdioServer {
  return serveStdio(() => createMcpServer(options), { onerror: onProblem })
}
