import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { UsageReport } from '@signalbox/contract/usage'
import { readHubFile } from '@signalbox/hub-address/hub-file'
import { StartError } from '../start-error.ts'

/** Long enough for the migration of a large store on a slow disk. */
const START_TIMEOUT_MS = 300_000
const POLL_MS = 50
const MAX_ERROR_TEXT = 500

/**
 * Starts a hub on a copy of a store, for this machine alone, at a free port, with no alerts and none of the settings of the
 * real one, and asks for its sums.
 * @returns the tokens of all calls
 * @throws StartError when it does not start or is not ready
 */
export async function totalsOfHub(folder: string): Promise<number> {
  const key = randomBytes(32).toString('base64url')
  const { PATH, HOME, USERPROFILE, SystemRoot, TEMP, TMPDIR } = process.env
  const hub = fork(fileURLToPath(new URL('../main.ts', import.meta.url)), [], {
    env: {
      ...{ PATH, HOME, USERPROFILE, SystemRoot, TEMP, TMPDIR },
      DATA_DIR: folder,
      HOST: '127.0.0.1',
      PORT: '0',
      API_KEYS: key,
      ALERTS: 'false',
      LIMIT_MIRROR: 'false',
      TIMEZONE: 'UTC',
      LOG_LEVEL: 'error',
    },
    execArgv: process.execArgv,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let errors = ''
  hub.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-MAX_ERROR_TEXT)
  })
  const ended = once(hub, 'exit').then(() => {
    throw new StartError(`A hub on the copy does not start: ${errors.trim()}`)
  })
  // The work below may end first.
  ended.catch(() => {})
  const stopWaiting = new AbortController()
  try {
    return await Promise.race([ended, askHub(folder, key, stopWaiting.signal)])
  } finally {
    stopWaiting.abort()
    if (hub.exitCode === null && hub.signalCode === null) {
      hub.kill('SIGTERM')
      await once(hub, 'exit')
    }
  }
}

async function askHub(folder: string, key: string, signal: AbortSignal): Promise<number> {
  const until = performance.now() + START_TIMEOUT_MS
  let url: string | undefined
  while (url === undefined) {
    if (performance.now() > until) throw new StartError('A hub on the copy has not started within five minutes.')
    await sleep(POLL_MS, undefined, { signal })
    url = readHubFile(folder)?.url
  }
  const get = async (path: string) => {
    const response = await fetch(new URL(path, `${url}/`), { headers: { authorization: `Bearer ${key}` }, signal })
    if (!response.ok)
      throw new StartError(`A hub on the copy answers ${response.status} to /${path}: ${(await response.text()).slice(0, 200)}`)
    return response.json()
  }
  await get('health/ready')
  const { totals } = (await get('api/usage?group=month')) as Pick<UsageReport, 'totals'>
  return totals.total_tokens
}
