import path from 'node:path'
import { onTestFinished } from 'vitest'
import { type Child, type ChildOptions, startNode } from '../support/child.ts'
import { repositoryRoot } from '../support/repository.ts'

export interface HubProcess {
  readonly url: string
  readonly child: Child
  /** @throws TypeError when the hub does not answer */
  ask<T = Record<string, unknown>>(method: string, path: string, body?: object): Promise<{ status: number; headers: Headers; body: T }>
}

/** Starts the hub alone in its own process, with one key of all scopes; it is killed when the test ends. */
export async function startHubProcess(
  env: Record<string, string | undefined>,
  as: Pick<ChildOptions, 'uid' | 'gid'> = {},
): Promise<HubProcess> {
  const child = startNode([path.join(repositoryRoot, 'apps/hub/src/main.ts')], {
    ...as,
    ipc: true,
    env: {
      PORT: '0',
      HOST: undefined,
      NODE_ENV: undefined,
      MONGODB_URI: undefined,
      CLAUDE_SYNC_API_KEY: undefined,
      TIMEZONE: 'UTC',
      PRICE_TABLE: undefined,
      LOG_LEVEL: 'warn',
      API_KEYS: 'trip',
      RATE_LIMIT_PER_MINUTE: '1000000',
      HEARTBEAT_LIMIT_PER_MINUTE: '1000000',
      ...env,
    },
  })
  onTestFinished(async () => {
    await child.stop('SIGKILL')
  })
  const url = await child.message((message) =>
    typeof message === 'object' && message !== null && 'listening' in message ? String(message.listening) : undefined,
  )
  return {
    url,
    child,
    async ask<T>(method: string, at: string, body?: object) {
      const response = await fetch(`${url}${at}`, {
        method,
        headers: { authorization: 'Bearer trip', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: (text === '' ? undefined : JSON.parse(text)) as T }
    },
  }
}
