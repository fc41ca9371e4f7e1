import { knock } from './knock.ts'
import { syncErrorOf } from './sync-error.ts'

/** Where a hub takes readings. */
export const READINGS_PATH = '/api/claude/console-usage'

/** The hub's own address; undefined where readings go to something that is not laid out like a hub. */
export function hubOf(url: string): string | undefined {
  return url.endsWith(READINGS_PATH) ? url.slice(0, -READINGS_PATH.length) : undefined
}

/**
 * Asks which store the hub at the end of `url` has.
 * @returns undefined where it cannot be told: then the answer to a reading is all there is
 * @throws SyncError, or the signal's reason
 */
export async function storeIdOf(
  url: string,
  asked: { readonly key: string | undefined; readonly timeout: number; readonly now: number; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const hub = hubOf(url)
  if (hub === undefined) return undefined
  try {
    const { store_id } = await knock({ ...asked, method: 'GET', url: `${hub}/api/whoami` })
    return typeof store_id === 'string' ? store_id : undefined
  } catch (error) {
    if (asked.signal.aborted || syncErrorOf(error).category !== 'UNKNOWN') throw error
    return undefined
  }
}
