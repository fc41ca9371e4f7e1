import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { readSettings, settings } from '@signalbox/contract/setting'
import { type CredentialsFile, credentialsPath, readCredentialsFile } from './credentials-file.ts'
import { isSameAddress } from './http-address.ts'
import { findRunningHub, type HubFile } from './hub-file.ts'
import { ownerKeyPath, readOwnerKey } from './owner-key.ts'
import { isLoopback, isThisMachine } from './this-machine.ts'

/** Where the address of the hub comes from, in the order in which they are asked. */
export type HubSource = 'environment' | 'credentials-file' | 'running-hub' | 'default'

export interface FoundHub {
  readonly url: string
  /** A key that was made for this hub; undefined where none is known. */
  readonly key: string | undefined
  readonly source: HubSource
  /** Where the address comes from, for people: `from SIGNALBOX_URL`. */
  readonly from: string
  /** Where the key comes from, for people, such as the name of a variable or a file. */
  readonly keyFrom: string | undefined
  /** The id of this machine on the hub. */
  readonly machineId: string
  /** What is wrong but does not stop anything, each with what to do. */
  readonly warnings: readonly string[]
}

export interface FindHubOptions {
  /** A collector prefers a key that may only send over the key of the owner. */
  readonly purpose?: 'commands' | 'collector'
}

/**
 * Finds the hub that the programs of this machine call: SIGNALBOX_URL, else the credentials file that `signalbox connect`
 * has written, else the hub that runs on the same DATA_DIR, else the default address. SIGNALBOX_API_KEY goes to whichever
 * it is; any other key only to the hub that it was made for.
 * @throws SettingsError for invalid settings, PrivateFileError for a credentials file that cannot be used
 */
export function findHub(env: NodeJS.ProcessEnv, { purpose = 'commands' }: FindHubOptions = {}): FoundHub {
  const given = readSettings(env, ['SIGNALBOX_URL', 'SIGNALBOX_API_KEY', 'DATA_DIR', 'MACHINE_ID'])
  const { DATA_DIR: dataDir, SIGNALBOX_API_KEY: givenKey } = given
  const urlIsSet = Boolean(env.SIGNALBOX_URL?.trim())
  const file = credentialsPath(env)
  const warnings: string[] = []
  const credentials = readCredentials(file, { needed: !urlIsSet || givenKey === undefined, required: !urlIsSet, warnings })
  const machineId = given.MACHINE_ID ?? (credentials?.machine_id || os.hostname())
  const answer = (hub: Pick<FoundHub, 'url' | 'source' | 'from'>, found: { key: string; keyFrom: string } | undefined): FoundHub => {
    const key = givenKey === undefined ? found : { key: givenKey, keyFrom: 'SIGNALBOX_API_KEY' }
    return { ...hub, key: key?.key, keyFrom: key?.keyFrom, machineId, warnings }
  }
  const localKey = (running: HubFile) => (givenKey === undefined ? keyOfRunningHub(running, dataDir, purpose, warnings) : undefined)

  if (urlIsSet) {
    const hub = { url: given.SIGNALBOX_URL, source: 'environment', from: 'from SIGNALBOX_URL' } as const
    if (credentials !== undefined && isSameAddress(credentials.url, hub.url)) return answer(hub, { key: credentials.key, keyFrom: file })
    if (givenKey !== undefined) return answer(hub, undefined)
    const running = findRunningHub(dataDir)
    if (running === undefined || !isSameLocalHub(hub.url, running.url)) return answer(hub, undefined)
    // The name localhost may lead to another address, where another user's program listens.
    return answer({ ...hub, url: running.url }, localKey(running))
  }
  if (credentials !== undefined) {
    return answer({ url: credentials.url, source: 'credentials-file', from: `from ${file}` }, { key: credentials.key, keyFrom: file })
  }
  const running = findRunningHub(dataDir)
  if (running !== undefined) {
    const from = `the hub that runs on ${dataDir}, process ${running.pid}`
    return answer({ url: running.url, source: 'running-hub', from }, localKey(running))
  }
  const from = `the default: SIGNALBOX_URL is not set, there is no ${file}, and no hub runs on ${dataDir}`
  return answer({ url: settings.SIGNALBOX_URL.defaultValue, source: 'default', from }, undefined)
}

/** @param required whether the file decides the address; otherwise a damaged one is a warning */
function readCredentials(
  file: string,
  { needed, required, warnings }: { needed: boolean; required: boolean; warnings: string[] },
): CredentialsFile | undefined {
  try {
    const found = readCredentialsFile(file)
    if (needed && found?.warning !== undefined) warnings.push(found.warning)
    return found
  } catch (error) {
    if (required) throw error
    const { message, suggestion } = error as Error & { suggestion?: string }
    if (needed) warnings.push(`${message} ${suggestion ?? ''}`.trimEnd())
    return undefined
  }
}

/** The key of the owner, for the hub of the same DATA_DIR on this machine. */
function keyOfRunningHub(
  { url }: HubFile,
  dataDir: string,
  purpose: 'commands' | 'collector',
  warnings: string[],
): { key: string; keyFrom: string } | undefined {
  // After the machine got another address, this one may be of another machine.
  if (!isThisMachine(new URL(url).hostname)) return undefined
  const sending = purpose === 'collector' ? readSendingKey(dataDir) : undefined
  if (sending !== undefined) return sending
  try {
    const owner = readOwnerKey(dataDir)
    if (owner?.warning !== undefined) warnings.push(owner.warning)
    return owner && { key: owner.key, keyFrom: ownerKeyPath(dataDir) }
  } catch (error) {
    const { message, suggestion } = error as Error & { suggestion?: string }
    warnings.push(`${message} ${suggestion ?? ''}`.trimEnd())
    return undefined
  }
}

/** The key that `signalbox up` has made for its collector, with the scope `ingest` only. */
function readSendingKey(dataDir: string): { key: string; keyFrom: string } | undefined {
  const keyFrom = path.join(dataDir, 'credentials.json')
  try {
    const { key } = JSON.parse(readFileSync(keyFrom, 'utf8')) as { key?: unknown }
    return typeof key === 'string' && key !== '' ? { key, keyFrom } : undefined
  } catch {
    return undefined
  }
}

function isSameLocalHub(given: string, running: string): boolean {
  if (isSameAddress(given, running)) return true
  const [one, other] = [new URL(given), new URL(running)]
  const places = [one, other].map(({ protocol, port, pathname }) => `${protocol} ${port} ${pathname}`)
  return places[0] === places[1] && isLoopback(one.hostname) && isLoopback(other.hostname)
}
