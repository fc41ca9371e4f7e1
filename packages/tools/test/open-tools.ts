import { StateTrackingApiClient } from '@signalbox/client'
import type { Scope } from '@signalbox/contract/scope'
import { type Fleet, fleetOf } from '../../../apps/hub/test/fleet.ts'
import { masterKey, openHub, type TestHub } from '../../../apps/hub/test/open-hub.ts'
import { callTool, type ToolResult } from '../src/call-tool.ts'
import { tools } from '../src/tool-list.ts'

export interface TestTools {
  readonly hub: TestHub
  readonly fleet: Fleet
  readonly client: StateTrackingApiClient
  /** Calls a tool of the list as a caller of this hub, whose session may be known. */
  call(name: string, args?: object, caller?: { sessionId?: string; scopes?: readonly Scope[] }): Promise<ToolResult>
  /** The data of a call that has to succeed. */
  data<T = Record<string, unknown>>(name: string, args?: object): Promise<T>
}

/** The real hub, listening, with a client for the tools. The clock is that of the hub's tests: 2026-10-06T09:12Z, a Tuesday. */
export async function openTools(): Promise<TestTools> {
  const hub = await openHub({ env: { LOG_LEVEL: 'silent' } })
  const baseUrl = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const client = new StateTrackingApiClient({ baseUrl, apiKey: masterKey, retry: false })
  const call: TestTools['call'] = (name, args = {}, caller = {}) => {
    const tool = tools.find((one) => one.name === name)
    if (tool === undefined) throw new Error(`no tool ${name}`)
    return callTool(tool, client, args, { now: hub.clock.now(), timezone: 'UTC', weekStart: 'monday', ...caller })
  }
  return {
    hub,
    fleet: fleetOf(hub),
    client,
    call,
    async data<T>(name: string, args?: object) {
      const { text, data, isError } = await call(name, args)
      if (isError) throw new Error(text)
      return data as T
    },
  }
}
