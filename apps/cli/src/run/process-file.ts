import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Activity, WaitingFor } from '@signalbox/contract/session'
import { readRegularFile } from '@signalbox/hub-address/regular-file'

/** What Claude Code writes about its own process. */
export interface ProcessFile {
  readonly sessionId: string
  readonly version?: string
  readonly activity?: Activity
  readonly waitingFor?: WaitingFor
  /** When the activity began, in milliseconds; absent with it. */
  readonly since?: number
}

const INTERVAL_MS = 500
const activityOf: Readonly<Record<string, Activity>> = { busy: 'working', shell: 'working', waiting: 'waiting', idle: 'idle' }

/** `sessions/<pid>.json` in the folder that Claude Code uses with this environment. */
export function processFilePath(env: NodeJS.ProcessEnv, pid: number): string {
  const home = env.HOME || os.homedir()
  return path.join(env.CLAUDE_CONFIG_DIR || path.join(home, '.claude'), 'sessions', `${pid}.json`)
}

/**
 * Follows the file from now on; half a file is read again later.
 * @returns a function that ends it
 */
export function followProcessFile(
  file: string,
  startedAt: number,
  onChange: (content: ProcessFile, changedAt: number) => void,
): () => void {
  let known = ''
  const look = () => {
    try {
      const { mtimeMs, size } = fs.statSync(file)
      const stamp = `${mtimeMs} ${size}`
      // A file from before is that of an earlier process with the same number.
      if (stamp === known || mtimeMs < startedAt - CLOCK_STEP_MS) return
      const content = parseProcessFile(readRegularFile(file, MAX_BYTES).text)
      if (content === undefined) return
      known = stamp
      onChange(content, Math.round(mtimeMs))
    } catch {
      // It is not there yet, no longer, or no file.
    }
  }
  const timer = setInterval(look, INTERVAL_MS)
  return () => clearInterval(timer)
}

/** File systems round times. */
const CLOCK_STEP_MS = 2_000
const MAX_BYTES = 1_000_000
const MAX_AHEAD_MS = 24 * 3_600_000

/** Neither nonsense nor a time that no clock of today can have shown. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= Date.now() + MAX_AHEAD_MS
}

export function parseProcessFile(text: string): ProcessFile | undefined {
  try {
    const { sessionId, version, status, waitingFor, statusUpdatedAt } = JSON.parse(text) as Record<string, unknown>
    if (typeof sessionId !== 'string') return undefined
    const activity = typeof status === 'string' ? activityOf[status] : undefined
    return {
      sessionId: sessionId.toLowerCase(),
      ...(typeof version === 'string' && version !== '' && version.length <= 50 ? { version } : {}),
      ...(activity !== undefined && isTime(statusUpdatedAt) ? { activity, since: statusUpdatedAt } : {}),
      ...(activity === 'waiting' ? { waitingFor: /permission/i.test(String(waitingFor)) ? 'permission' : 'input' } : {}),
    }
  } catch {
    return undefined
  }
}
