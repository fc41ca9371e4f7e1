import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** In the environment of a browser of ours and of all it starts: whose it is. */
export const MARK = 'SIGNALBOX_PROFILE'

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Every process of a browser that is open on this profile, its helpers included. */
export async function browserProcesses(profile: string): Promise<number[]> {
  const own = (command: string) => {
    const at = command.indexOf(`--user-data-dir=${profile}`)
    const after = command[at + `--user-data-dir=${profile}`.length]
    return at >= 0 && (after === undefined || after === ' ' || after === '\0' || after === '"')
  }
  if (process.platform === 'linux') return linuxProcesses((pid) => own(textOf(`/proc/${pid}/cmdline`)) || isMarked(pid, profile))
  const { stdout } =
    process.platform === 'win32'
      ? await run('powershell', [
          '-NoProfile',
          '-Command',
          'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.CommandLine)" }',
        ])
      : await run('ps', ['-axww', '-o', 'pid=,command='], { maxBuffer: 32 * 1024 * 1024 })
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+) (.*)$/.exec(line))
    .filter((match) => match !== null && own(match[2] ?? ''))
    .map((match) => Number(match?.[1]))
    .filter((pid) => pid !== process.pid)
}

function linuxProcesses(wanted: (pid: number) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && wanted(pid) && !isGone(pid))
}

/** The crash handler does not name the profile in its words, and lives in a group of its own. */
function isMarked(pid: number, profile: string): boolean {
  return `\0${textOf(`/proc/${pid}/environ`)}\0`.includes(`\0${MARK}=${profile}\0`)
}

/** Ended, and only not yet fetched by its parent: it holds neither memory nor files. */
function isGone(pid: number): boolean {
  const state = /^\d+ \(.*\) (\w)/s.exec(textOf(`/proc/${pid}/stat`))?.[1]
  return state === undefined || state === 'Z' || state === 'X'
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Ended since, or somebody else's.
    return ''
  }
}

/**
 * Ends every process of the browser on this profile, and makes sure of it.
 * @returns how many had to be killed
 */
export async function endBrowser(profile: string): Promise<number> {
  const killed = new Set<number>()
  for (let tries = 0; tries < 50; tries++) {
    const left = await browserProcesses(profile)
    if (left.length === 0) return killed.size
    for (const pid of left) {
      killed.add(pid)
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It was faster.
      }
    }
    await sleep(40)
  }
  throw new Error(`processes of the browser could not be ended: ${(await browserProcesses(profile)).join(', ')}`)
}

/** Who has a browser open on the profile, by the lock that Chrome itself keeps there; undefined when nobody has. */
export function browserOn(profile: string): { pid: number; host: string } | undefined {
  let target: string
  try {
    target = readlinkSync(path.join(profile, 'SingletonLock'))
  } catch {
    // No lock, or a system on which it is no link; there opening the browser tells.
    return undefined
  }
  const [, host, pid] = /^(.+)-(\d+)$/.exec(target) ?? []
  if (host === undefined) return undefined
  const holder = { host, pid: Number(pid) }
  if (host !== os.hostname()) return holder
  // Left by one that was killed: Chrome takes such a lock over by itself.
  return isAlive(holder.pid) && isBrowser(holder.pid, profile) ? holder : undefined
}

/** The number may be somebody else's by now. */
function isBrowser(pid: number, profile: string): boolean {
  if (process.platform !== 'linux') return true
  return !isGone(pid) && textOf(`/proc/${pid}/cmdline`).includes(`--user-data-dir=${profile}`)
}
