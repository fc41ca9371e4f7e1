import { findHub } from '@signalbox/hub-address/find-hub'

/**
 * The command that starts a collector here: `signalbox up` starts a hub as well, which a machine that has one, or is connected
 * to one, does not need.
 */
export function collectorCommand(env: NodeJS.ProcessEnv): string {
  if (env.CLAUDE_SYNC_URL?.trim()) return 'signalbox collector'
  try {
    return findHub(env).source === 'default' ? 'signalbox up' : 'signalbox collector'
  } catch {
    // There is a credentials file, which cannot be read.
    return 'signalbox collector'
  }
}
