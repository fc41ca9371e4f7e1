import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const main = path.resolve(import.meta.dirname, '../../apps/hub/src/main.ts')

export interface RunningHub {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** Starts the hub as a user would: in its own process, with a key, on a free port. */
export async function startHub(dataDir: string, env: Record<string, string> = {}): Promise<RunningHub> {
  const child = fork(main, {
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: '0',
      HOST: '127.0.0.1',
      NODE_ENV: 'production',
      API_KEYS: benchKey,
      TIMEZONE: 'UTC',
      LOG_LEVEL: 'warn',
      INGEST_LIMIT_PER_MINUTE: '1000000',
      RATE_LIMIT_PER_MINUTE: '1000000',
      HEARTBEAT_LIMIT_PER_MINUTE: '1000000',
      KEY_LIMIT_PER_MINUTE: '100000000',
      ...env,
    },
  })
  const ended = once(child, 'exit')
  const [message] = (await Promise.race([once(child, 'message'), ended.then(() => [undefined])])) as [{ listening: string } | undefined]
  if (message === undefined) throw new Error('the hub did not start')
  return {
    url: message.listening,
    pid: child.pid!,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

export const benchKey = 'bench'

export const headers = { authorization: `Bearer ${benchKey}`, 'content-type': 'application/json' }
