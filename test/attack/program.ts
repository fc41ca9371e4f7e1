import path from 'node:path'
import { onTestFinished } from 'vitest'
import { type Child, start as startProgram } from '../support/child.ts'
import { repositoryRoot } from '../support/repository.ts'

const env = { API_KEYS: 'one', NODE_ENV: undefined, MONGODB_URI: undefined, PORT: '0', HOST: undefined, LOG_LEVEL: 'info' }

/** @param within a program that runs it, such as `unshare` */
function start(app: 'hub' | 'collector', more: Record<string, string>, within: readonly string[] = []): Child {
  const [command = '', ...words] = [...within, process.execPath, path.join(repositoryRoot, `apps/${app}/src/main.ts`)]
  const child = startProgram(command, words, { ipc: true, env: { ...env, ...more } })
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  return child
}

export function hub(folder: string) {
  const child = start('hub', { DATA_DIR: folder })
  const listening = child.message((message) => (message as { listening?: string }).listening)
  return { child, listening }
}

export function collector(folder: string, within?: readonly string[]) {
  const dataDir = path.join(folder, 'data')
  const settings = {
    DATA_DIR: dataDir,
    CLAUDE_CONFIG_DIR: path.join(folder, 'claude'),
    SIGNALBOX_URL: 'http://127.0.0.1:1',
    LIMIT_SOURCES: 'claude-json',
  }
  const child = start('collector', settings, within)
  return { child, dataDir, collecting: child.message((message) => (message as { collecting?: true }).collecting) }
}
