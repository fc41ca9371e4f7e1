import { execFile } from 'node:child_process'
import os from 'node:os'
import { promisify } from 'node:util'
import { ForbiddenError, StateTrackingApiClient, UnauthorizedError } from '@signalbox/client'
import { appFile } from '../child/app.ts'
import { childEnv } from '../child/child-env.ts'
import { Failure } from '../failure.ts'
import type { Io } from '../io.ts'
import { readCredentials, writeCredentials } from './credentials.ts'

const execute = promisify(execFile)

/**
 * A key with which the collector can send to a hub that uses the same DATA_DIR. If no known key works, one is created and saved.
 * @returns undefined while the hub needs none
 * @throws Failure when none could be created
 */
export async function collectorKey(
  io: Io,
  hub: string,
  dataDir: string,
  fromEnvironment: readonly (string | undefined)[],
): Promise<string | undefined> {
  if (await canSend(hub, undefined)) return undefined
  for (const key of [...fromEnvironment, readCredentials(dataDir)?.key]) {
    if (key !== undefined && (await canSend(hub, key))) return key
  }
  const created = await createKey(io, dataDir)
  writeCredentials(dataDir, created)
  return created.key
}

async function canSend(hub: string, key: string | undefined): Promise<boolean> {
  try {
    const { scopes } = await new StateTrackingApiClient({ baseUrl: hub, apiKey: key, timeout: 5_000 }).whoAmI()
    return scopes.includes('ingest')
  } catch (error) {
    if (error instanceof UnauthorizedError || error instanceof ForbiddenError) return false
    throw error
  }
}

async function createKey(io: Io, dataDir: string): Promise<{ key: string; key_id: string }> {
  const args = ['create', `collector on ${os.hostname()}`, '--scopes', 'ingest', '--expires', 'never', '--json']
  try {
    const { stdout } = await execute(io.system.nodePath, [appFile('keys'), ...args], { env: childEnv(io, { DATA_DIR: dataDir }) })
    const { key, key_id } = JSON.parse(stdout) as { key?: unknown; key_id?: unknown }
    if (typeof key === 'string' && typeof key_id === 'string') return { key, key_id }
    throw new Error('the answer contains no key')
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string }
    throw new Failure(
      `the hub needs an API key, and none could be created for the collector: ${(stderr || message).trim()}`,
      'Create one with `signalbox keys create collector --scopes ingest`, and set CLAUDE_SYNC_API_KEY to it.',
    )
  }
}
