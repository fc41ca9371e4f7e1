import { StateTrackingApiClient } from '@signalbox/client'
import { compareVersions } from '@signalbox/contract/version-order'
import { findHub } from '@signalbox/hub-address/find-hub'
import packageJson from '../../package.json' with { type: 'json' }
import type { Io } from '../io.ts'

const TIMEOUT_MS = 1_000
const NEWS = 'What is new: Settings → About on its page.'

export interface VersionNote {
  readonly text: string
  readonly advice: string
}

/** How the version of a hub differs from that of this program, and what to do; undefined where they are the same. */
export function versionNote(hub: string, own: string = packageJson.version): VersionNote | undefined {
  const order = compareVersions(hub, own)
  if (order === 0) return undefined
  return order > 0
    ? {
        text: `the hub runs ${hub}, and this command is older (${own})`,
        advice: `Upgrade it: npm install --global signalbox@${hub}. ${NEWS}`,
      }
    : {
        text: `the hub runs ${hub}, and this command is newer (${own})`,
        advice: 'Upgrade the hub: docs/RUNBOOKS.md, "Upgrade and roll back".',
      }
}

/** After the version of this program: that of its hub, where one answers at once. Only that hub is asked. */
export async function printHubVersion({ env, stderr }: Io): Promise<void> {
  try {
    const { url, key } = findHub(env)
    const client = new StateTrackingApiClient({ baseUrl: url, apiKey: key, timeout: TIMEOUT_MS, retry: false })
    const { version } = await client.checkHealth()
    const note = versionNote(version)
    stderr.write(note === undefined ? `The hub at ${url} runs it, too.\n` : `At ${url} ${note.text}. ${note.advice}\n`)
  } catch {
    // The version of this program is what was asked for.
  }
}
