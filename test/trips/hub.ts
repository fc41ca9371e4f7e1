import path from 'node:path'
import { type ClientOptions, StateTrackingApiClient } from '@signalbox/client'
import { type HubOptions, masterKey, openHub, type TestHub } from '../../apps/hub/test/open-hub.ts'
import type { Child } from '../support/child.ts'
import { startHubProcess } from './hub-process.ts'

export const KEY = 'sbx_all_scopes_for_this_test'

/** Starts a hub in its own process that a test may kill; pass the `port` of an earlier one to take its place. */
export async function startHub(folder: string, port = '0', more: Record<string, string> = {}): Promise<{ url: string; child: Child }> {
  const { url, child } = await startHubProcess({
    PORT: port,
    DATA_DIR: path.join(folder, 'data'),
    API_KEYS: KEY,
    LOG_LEVEL: 'silent',
    ...more,
  })
  return { url, child }
}

/** Starts a hub in this process, on a clock the test controls, and a client for it. */
export async function listeningHub(
  options: Partial<ClientOptions> = {},
  hubOptions: HubOptions = {},
): Promise<{ hub: TestHub; url: string; client: StateTrackingApiClient }> {
  const hub = await openHub(hubOptions)
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  return { hub, url, client: new StateTrackingApiClient({ baseUrl: url, apiKey: masterKey, ...options }) }
}
