import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const main = path.resolve(import.meta.dirname, '../../apps/hub/src/main.ts')
/** A hub with 100,000 sessions on a busy machine starts within this time. */
const LONGEST_START_MS = 120_000
const LONGEST_STOP_MS = 30_000

export interface RunningHub {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()
// A measurement that fails leaves no hub behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Starts the hub as a user would: in its own process, with a key, on a free port.
 * @throws Error when it does not start, or takes too long
 */
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
  running.add(child)
  const ended = once(child, 'exit').then(() => running.delete(child))
  const tooLong = new AbortController()
  const message = await Promise.race([
    once(child, 'message').then(([first]) => first as { readonly listening: string }),
    ended.then(() => 'it ended' as const),
    sleep(LONGEST_START_MS, `it took longer than ${LONGEST_START_MS / 1000} s`, { signal: tooLong.signal }).catch(() => 'it ended'),
  ])
  tooLong.abort()
  if (typeof message === 'string') {
    child.kill('SIGKILL')
    throw new Error(`the hub did not start: ${message}`)
  }
  return {
    url: message.listening,
    pid: child.pid!,
    stop: async () => {
      child.kill('SIGTERM')
      const waiting = new AbortController()
      const isLate = await Promise.race([
        ended.then(() => false),
        sleep(LONGEST_STOP_MS, true, { signal: waiting.signal }).catch(() => false),
      ])
      waiting.abort()
      if (!isLate) return
      child.kill('SIGKILL')
      throw new Error(`the hub did not stop within ${LONGEST_STOP_MS / 1000} s`)
    },
  }
}

export const benchKey = 'bench'

export const headers = { authorization: `Bearer ${benchKey}`, 'content-type': 'application/json' }
