import { StateTrackingApiClient } from '@signalbox/client'
import type { MirrorState } from '@signalbox/contract/mirror-state'
import { readSettings } from '@signalbox/contract/setting'
import { isLoopback } from '../loopback.ts'
import { readCredentials } from '../up/credentials.ts'

/** Milliseconds: the files have been looked at, and the hub may have hung up. */
const PATIENCE = 3_000

/** @returns what the hub at SIGNALBOX_URL says of its files; undefined where none is to be asked, or it has another store */
export async function askHubOf(storeId: string): Promise<MirrorState | undefined> {
  const settings = readSettings(process.env, ['SIGNALBOX_URL', 'SIGNALBOX_API_KEY', 'DATA_DIR'])
  const { SIGNALBOX_URL: url } = settings
  const own = isLoopback(new URL(url).hostname) ? readCredentials(settings.DATA_DIR)?.key : undefined
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey: settings.SIGNALBOX_API_KEY ?? own, timeout: PATIENCE, retry: false })
  const state = await client.getMirrorState().catch(() => undefined)
  return state?.store_id === storeId ? state : undefined
}
