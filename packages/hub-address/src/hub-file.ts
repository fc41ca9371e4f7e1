import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { isHttpAddress } from './http-address.ts'
import { writePrivateFile } from './private-file.ts'
import { isSameProcess, readProcessStart } from './process-start.ts'
import { readRegularFile } from './regular-file.ts'

const MAX_BYTES = 100_000

/** What a running hub leaves in its DATA_DIR as `hub.json`, so that programs of the same DATA_DIR find it at any port. */
export interface HubFile {
  /** The address as reached from this machine. */
  readonly url: string
  readonly pid: number
  /** When the process was started, where the system says so; with the pid it identifies the process. */
  readonly process_start?: string | undefined
  /** The folder may be shared by machines, and a pid means something on one of them only. */
  readonly host: string
  readonly version: string
  readonly started_at: string
}

export function hubFilePath(dataDir: string): string {
  return path.join(dataDir, 'hub.json')
}

/** Writes the file for this process. @throws Error of the file system */
export function writeHubFile(dataDir: string, { url, version, now }: { url: string; version: string; now: number }): void {
  const content: HubFile = {
    url,
    pid: process.pid,
    process_start: readProcessStart(process.pid),
    host: os.hostname(),
    version,
    started_at: new Date(now).toISOString(),
  }
  writePrivateFile(hubFilePath(dataDir), `${JSON.stringify(content, null, 2)}\n`)
}

/** Removes the file if it is of this process: a hub that was started since has written its own. */
export function removeHubFile(dataDir: string): void {
  try {
    const found = readHubFile(dataDir)
    if (found?.pid === process.pid && found.host === os.hostname()) fs.rmSync(hubFilePath(dataDir), { force: true })
  } catch {
    // What stays is recognised as the file of a process that has ended.
  }
}

/** The file of any hub, running or not. @returns undefined where there is none or it is damaged */
export function readHubFile(dataDir: string): HubFile | undefined {
  try {
    const file = hubFilePath(dataDir)
    const { uid, mode } = fs.statSync(file)
    // The owner's key is sent to this address, so no other user may choose it.
    if (process.platform !== 'win32' && ((mode & 0o022) !== 0 || (uid !== process.getuid?.() && uid !== 0))) return undefined
    const content = JSON.parse(readRegularFile(file, MAX_BYTES).text) as Partial<HubFile> | null
    if (typeof content !== 'object' || content === null) return undefined
    const { url, pid, process_start, host, version, started_at } = content
    if (typeof url !== 'string' || !isHttpAddress(url)) return undefined
    if (!Number.isSafeInteger(pid) || pid! <= 0 || typeof host !== 'string') return undefined
    return {
      url,
      pid: pid!,
      process_start: typeof process_start === 'string' ? process_start : undefined,
      host,
      version: String(version ?? ''),
      started_at: String(started_at ?? ''),
    }
  } catch {
    return undefined
  }
}

/** The hub that runs on this machine with this DATA_DIR; a file that a crashed hub has left is not one. */
export function findRunningHub(dataDir: string): HubFile | undefined {
  const found = readHubFile(dataDir)
  if (found === undefined || found.host !== os.hostname()) return undefined
  return isSameProcess(found.pid, found.process_start) ? found : undefined
}
