import { StateTrackingApiClient } from '@signalbox/client'
import type { MirrorState } from '@signalbox/contract/mirror-state'
import { findHub } from '../hub/find-hub.ts'
import type { Io } from '../io.ts'

/** Short: the result is useful without the hub's answer. */
const HUB_TIMEOUT_MS = 3_000

/** @returns the mirror state of the hub of this machine; undefined when it does not answer, or has another store */
export async function fetchMirrorState(io: Io, storeId: string): Promise<MirrorState | undefined> {
  const { url, key } = findHub(io)
  const client = new StateTrackingApiClient({
    baseUrl: url,
    apiKey: key,
    timeout: HUB_TIMEOUT_MS,
    retry: false,
  })
  const state = await client.getMirrorState().catch(() => undefined)
  return state?.store_id === storeId ? state : undefined
}
