import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { type Child, start } from '../support/child.ts'
import { memoryOf } from '../support/process-usage.ts'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'

/** What the hub may use while it is attacked. */
const HEAP_MB = 512
const DESCRIPTORS = 400

export interface SmallHub {
  readonly url: string
  readonly port: number
  readonly folder: string
  readonly child: Child
  /** Open files now. */
  descriptors(): number
  /** Memory in MB. */
  memory(): number
  /** Opens a connection from one of the addresses 127.0.0.x, which never ends it by itself. */
  connect(localAddress: string): Promise<AttackSocket>
  /** Sends a request with the key of all scopes. */
  ask(method: string, at: string, body?: object, more?: RequestInit): Promise<Response>
}

export interface AttackSocket {
  readonly socket: net.Socket
  /** The hub has closed its side; a socket that is not read does not notice. */
  closed: boolean
}

/**
 * Starts a hub with little memory and few descriptors; it is killed when the test ends.
 * @param inheritedFiles so many of its descriptors are taken already
 */
export async function startSmallHub(
  env: Record<string, string | undefined> = {},
  onEnd: (end: () => Promise<void>) => void = onTestFinished,
  folder: string = tempFolder(),
  inheritedFiles = 0,
): Promise<SmallHub> {
  const main = path.join(repositoryRoot, 'apps/hub/src/main.ts')
  const command = `ulimit -n ${DESCRIPTORS}; exec "$0" --max-old-space-size=${HEAP_MB} "$1"`
  const child = start('/bin/sh', ['-c', command, process.execPath, main], {
    ipc: true,
    inheritedFiles,
    env: {
      PORT: '0',
      HOST: undefined,
      NODE_ENV: undefined,
      MONGODB_URI: undefined,
      CLAUDE_SYNC_API_KEY: undefined,
      TIMEZONE: 'UTC',
      LOG_LEVEL: 'warn',
      API_KEYS: 'attack-admin',
      DATA_DIR: folder,
      ...env,
    },
  })
  onEnd(async () => void (await child.stop('SIGKILL')))
  const url = await child.message((message) => (message as { listening?: string }).listening)
  const port = Number(new URL(url).port)
  const proc = `/proc/${child.process.pid}`
  return {
    url,
    port,
    folder,
    child,
    descriptors: () => fs.readdirSync(`${proc}/fd`).length,
    memory: () => Math.round(memoryOf(child.process.pid!) / 2 ** 20),
    async connect(localAddress) {
      const socket = net.connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true })
      const attack: AttackSocket = { socket, closed: false }
      const closed = () => (attack.closed = true)
      socket
        .on('error', () => {})
        .on('end', closed)
        .on('close', closed)
      onEnd(async () => void socket.destroy())
      await once(socket, 'connect').catch(() => {})
      return attack
    },
    ask: (method, at, body, more = {}) =>
      fetch(`${url}${at}`, {
        method,
        headers: { authorization: 'Bearer attack-admin', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
        ...more,
      }),
  }
}
