import os from 'node:os'
import path from 'node:path'
import { isHttpAddress } from './http-address.ts'
import { PrivateFileError, readPrivateFile, writePrivateFile } from './private-file.ts'

/** What `signalbox connect` leaves on a machine: its hub, and its key there. */
export interface Credentials {
  readonly url: string
  readonly key: string
  readonly key_id: string
  /** The id of this machine on the hub. It stays when the host name changes. */
  readonly machine_id: string
  readonly connected_at: string
}

export interface CredentialsFile extends Credentials {
  readonly warning: string | undefined
}

const repair = (file: string) => `Run \`signalbox connect URL CODE\` again, or remove ${file}.`

/** The user's folder for settings of programs: `XDG_CONFIG_HOME` or `~/.config`, `%APPDATA%` on Windows. */
export function configFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') {
    return path.join(env.APPDATA || path.join(env.USERPROFILE || os.homedir(), 'AppData', 'Roaming'), 'signalbox')
  }
  const { XDG_CONFIG_HOME: xdg } = env
  // The specification says that a relative path is to be ignored.
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(env.HOME || os.homedir(), '.config')
  return path.join(base, 'signalbox')
}

export function credentialsPath(env: NodeJS.ProcessEnv): string {
  return path.join(configFolder(env), 'credentials.json')
}

/**
 * Reads the credentials file.
 * @returns undefined where there is none
 * @throws PrivateFileError when it is damaged or others can write it
 */
export function readCredentialsFile(file: string): CredentialsFile | undefined {
  const found = readPrivateFile(file)
  if (found === undefined) return undefined
  const content = parseObject(found.text)
  if (content === undefined) throw new PrivateFileError(`${file} is not valid JSON.`, repair(file))
  const { url, key, key_id, machine_id, connected_at } = content
  if (typeof url !== 'string' || !isHttpAddress(url)) {
    throw new PrivateFileError(`${file} has no valid address of a hub.`, repair(file))
  }
  if (typeof key !== 'string' || key === '') throw new PrivateFileError(`${file} has no key.`, repair(file))
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
  return {
    url: url.replace(/\/+$/, ''),
    key,
    key_id: textOf(key_id),
    machine_id: textOf(machine_id),
    connected_at: textOf(connected_at),
    warning: found.warning,
  }
}

/** The parser's own message would quote the text, which has a key. */
function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

export function formatCredentials({ url, key, key_id, machine_id, connected_at }: Credentials): string {
  return `${JSON.stringify({ url, key, key_id, machine_id, connected_at }, null, 2)}\n`
}

export function writeCredentialsFile(file: string, credentials: Credentials): void {
  writePrivateFile(file, formatCredentials(credentials))
}
