import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { startNode } from '../../../test/support/child.ts'
import { ClaudeClient, type ClaudeClientOptions } from '../../../test/support/claude-client.ts'
import { ObservationHub } from '../../../test/support/observation-hub.ts'
import { tempFolder } from '../../../test/support/temp.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** A machine with a hub, on which collectors and clients are started. */
export async function machine() {
  const folder = tempFolder()
  const configDir = path.join(folder, 'claude')
  const dataDir = path.join(folder, 'data')
  const hub = new ObservationHub()
  await hub.open()
  onTestFinished(() => {
    hub.close()
    expect(hub.errors).toEqual([])
  })
  return {
    configDir,
    dataDir,
    hub,
    client(options: Partial<ClaudeClientOptions> = {}) {
      const client = new ClaudeClient({ configDir, ...options })
      onTestFinished(() => client.kill())
      return client
    },
    async collector(env: Record<string, string> = {}) {
      const child = startNode([main], {
        ipc: true,
        env: {
          DATA_DIR: dataDir,
          CLAUDE_CONFIG_DIR: configDir,
          SIGNALBOX_URL: hub.url,
          CLAUDE_SYNC_API_KEY: 'key',
          MACHINE_ID: 'laptop',
          LIMIT_SOURCES: 'none',
          EXTRA_TRANSCRIPT_DIRS: '',
          REDACT_PROJECTS: '',
          LOG_LEVEL: 'info',
          ...env,
        },
      })
      onTestFinished(async () => void (await child.stop('SIGKILL')))
      await child.message((message) => ((message as { collecting?: true }).collecting ? true : undefined))
      return child
    },
  }
}
