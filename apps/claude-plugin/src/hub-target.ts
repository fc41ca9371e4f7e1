import { createHash } from 'node:crypto'
import { findHub } from '@signalbox/hub-address/find-hub'

export interface HubTarget {
  readonly url: string
  readonly key: string | undefined
  readonly machineId: string
  /** Where the address comes from, for people. */
  readonly from: string
  /** The same for the same address and key, without the key. */
  readonly id: string
}

/**
 * Finds the hub: SIGNALBOX_URL and SIGNALBOX_API_KEY, then the plugin's options, then what every program of this machine finds.
 * @throws Error that says what is wrong
 */
export function findHubTarget(env: NodeJS.ProcessEnv, purpose: 'commands' | 'collector' = 'collector'): HubTarget {
  const [url, key] = [env.CLAUDE_PLUGIN_OPTION_HUB_URL?.trim(), env.CLAUDE_PLUGIN_OPTION_API_KEY?.trim()]
  const isOption = !env.SIGNALBOX_URL?.trim() && Boolean(url)
  const found = findHub(
    {
      ...env,
      ...(isOption ? { SIGNALBOX_URL: url } : {}),
      // The key of the options is for the hub of the options.
      ...(key && (isOption || (!env.SIGNALBOX_URL?.trim() && !env.SIGNALBOX_API_KEY?.trim())) ? { SIGNALBOX_API_KEY: key } : {}),
    },
    { purpose },
  )
  const id = createHash('sha256')
    .update(`${found.url} ${found.key ?? ''}`)
    .digest('hex')
    .slice(0, 16)
  return { url: found.url, key: found.key, machineId: found.machineId, from: isOption ? 'from the options of the plugin' : found.from, id }
}
