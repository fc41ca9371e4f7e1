import { StateTrackingApiClient } from '@signalbox/client'
import { readOwnerKey } from '@signalbox/hub-address/owner-key'

const TTL_S = 600

/**
 * A link that signs the owner's browser in at a hub of this DATA_DIR.
 * @returns undefined where the owner has no key, or the hub takes none
 */
export async function signInLink(hub: string, dataDir: string): Promise<string | undefined> {
  try {
    const owner = readOwnerKey(dataDir)
    if (owner === undefined) return undefined
    const client = new StateTrackingApiClient({ baseUrl: hub, apiKey: owner.key, timeout: 5_000, retry: false })
    const { path } = await client.createSignInLink({ expires_in_s: TTL_S })
    return hub + path
  } catch {
    // `signalbox open` says why.
    return undefined
  }
}
