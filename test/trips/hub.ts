import path from 'node:path'
import { type ClientOptions, StateTrackingApiClient } from '@signalbox/client'
import { onTestFinished } from 'vitest'
import { type HubOptions, masterKey, openHub, type TestHub } from '../../apps/hub/test/open-hub.ts'
import { type Child, startNode } from '../support/child.ts'
import { house } from '../support/house.ts'

export const KEY = 'sbx_all_scopes_for_this_test'

/** A hub in a process of its own, to be killed; `port` is that of one that was there before. */
export async function startHub(folder: string, port = '0', more: Record<string, string> = {}): Promise<{ url: string; child: Child }> {
  const env = { PORT: port, HOST: '127.0.0.1', DATA_DIR: path.join(folder, 'data'), API_KEYS: KEY, NODE_ENV: '', LOG_LEVEL: 'silent' }
  const child = startNode([path.join(house, 'apps/hub/src/main.ts')], { ipc: true, env: { ...env, TIMEZONE: 'UTC', ...more } })
  onTestFinished(async () => void (await child.stop()))
  const url = await child.message((message) => (message as { listening?: string }).listening)
  return { url, child }
}

/** A hub in this process, whose clock is ours, and a client of it. */
export async function listeningHub(
  options: Partial<ClientOptions> = {},
  hubOptions: HubOptions = {},
): Promise<{ hub: TestHub; url: string; client: StateTrackingApiClient }> {
  const hub = await openHub(hubOptions)
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  return { hub, url, client: new StateTrackingApiClient({ baseUrl: url, apiKey: masterKey, ...options }) }
}
