import { execFile } from 'node:child_process'
import os from 'node:os'
import { promisify } from 'node:util'
import { ForbiddenError, StateTrackingApiClient, UnauthorizedError } from '@signalbox/client'
import { fileOf } from '../child/app.ts'
import { childEnv } from '../child/child-env.ts'
import { Failure } from '../failure.ts'
import { readCredentials, writeCredentials } from './credentials.ts'

const execute = promisify(execFile)

/**
 * The key with which the collector may send to a hub that works on our own DATA_DIR. Where none of ours is good, one
 * is made and kept.
 * @returns undefined while the hub asks for none
 * @throws Failure when none could be made
 */
export async function collectorKey(
  hub: string,
  dataDir: string,
  fromEnvironment: readonly (string | undefined)[],
): Promise<string | undefined> {
  if (await maySend(hub, undefined)) return undefined
  for (const key of [...fromEnvironment, readCredentials(dataDir)?.key]) {
    if (key !== undefined && (await maySend(hub, key))) return key
  }
  const made = await makeKey(dataDir)
  writeCredentials(dataDir, made)
  return made.key
}

async function maySend(hub: string, key: string | undefined): Promise<boolean> {
  try {
    const { scopes } = await new StateTrackingApiClient({ baseUrl: hub, apiKey: key, timeout: 5_000 }).whoAmI()
    return scopes.includes('ingest')
  } catch (error) {
    if (error instanceof UnauthorizedError || error instanceof ForbiddenError) return false
    throw error
  }
}

async function makeKey(dataDir: string): Promise<{ key: string; key_id: string }> {
  const args = ['create', `collector on ${os.hostname()}`, '--scopes', 'ingest', '--json']
  try {
    const { stdout } = await execute(process.execPath, [fileOf('keys'), ...args], { env: childEnv({ DATA_DIR: dataDir }) })
    const { key, key_id } = JSON.parse(stdout) as { key?: unknown; key_id?: unknown }
    if (typeof key === 'string' && typeof key_id === 'string') return { key, key_id }
    throw new Error('the answer has no key in it')
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string }
    throw new Failure(
      `the hub asks for a key, and none could be made for the collector: ${(stderr || message).trim()}`,
      'Make one with `signalbox keys create collector --scopes ingest` and set CLAUDE_SYNC_API_KEY to it.',
    )
  }
}
