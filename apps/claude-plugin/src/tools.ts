// The tools of the MCP server. The witness loads this file with the first call of a tool: it takes longer to load than all else.
import { webcrypto } from 'node:crypto'
import { StateTrackingApiClient } from '@signalbox/client'
import { machineZone } from '@signalbox/contract/machine-zone'
import { createMcpHandler } from '@signalbox/tools/mcp-http'
import { findHubTarget } from './hub-target.ts'
import { VERSION } from './version.ts'

// Node 18 has no global of this name yet; the libraries make their ids with it.
globalThis.crypto ??= webcrypto as typeof globalThis.crypto

export interface ToolCaller {
  readonly env: NodeJS.ProcessEnv
  readonly sessionId: string | undefined
}

/** Answers one request of the protocol. The hub is found anew for each, because its address and key may have changed. */
export async function answerToolRequest(method: string, params: object, { env, sessionId }: ToolCaller): Promise<unknown> {
  const { url, key } = findHubTarget(env, 'commands')
  const handle = createMcpHandler({
    // The model may try again itself; a session must not wait for a hub that is away.
    client: new StateTrackingApiClient({ baseUrl: url, retry: false, ...(key === undefined ? {} : { apiKey: key }) }),
    version: VERSION,
    context: () => ({
      now: Date.now(),
      timezone: machineZone(env.TZ).name,
      weekStart: 'monday',
      sessionId,
    }),
  })
  const message = { jsonrpc: '2.0', id: 1, method, params }
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-11-25',
  }
  const response = await handle(new Request('http://hub/mcp', { method: 'POST', headers, body: JSON.stringify(message) }), message)
  const text = await response.text()
  return parseAnswer(text)
}

/** The answer is JSON, or an event stream with it. */
function parseAnswer(text: string): unknown {
  const json = text.startsWith('{') ? text : (/^data: (\{.*\})$/m.exec(text)?.[1] ?? '{}')
  const { result, error } = JSON.parse(json) as { result?: unknown; error?: { message?: string } }
  if (result === undefined) throw new Error(error?.message ?? 'The tool has not answered.')
  return result
}
