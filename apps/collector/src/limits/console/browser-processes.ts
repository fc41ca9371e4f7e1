import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { processExists } from '@signalbox/hub-address/process-start'

const run = promisify(execFile)

/** The environment variable that names the profile; a browser of ours and all its child processes inherit it. */
export const PROFILE_VARIABLE = 'SIGNALBOX_PROFILE'

/** The ids of all processes of a browser on this profile, its helpers included. */
export async function browserProcesses(profile: string): Promise<number[]> {
  const usesProfile = (command: string) => {
    const at = command.indexOf(`--user-data-dir=${profile}`)
    const after = command[at + `--user-data-dir=${profile}`.length]
    return at >= 0 && (after === undefined || after === ' ' || after === '\0' || after === '"')
  }
  if (process.platform === 'linux')
    return linuxProcesses((pid) => usesProfile(readText(`/proc/${pid}/cmdline`)) || hasProfileVariable(pid, profile))
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
    .filter((match) => match !== null && usesProfile(match[2] ?? ''))
    .map((match) => Number(match?.[1]))
    .filter((pid) => pid !== process.pid)
}

function linuxProcesses(matches: (pid: number) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && matches(pid) && !hasExited(pid))
}

/** Finds the crash handler, which has no profile in its arguments and a process group of its own. */
function hasProfileVariable(pid: number, profile: string): boolean {
  return `\0${readText(`/proc/${pid}/environ`)}\0`.includes(`\0${PROFILE_VARIABLE}=${profile}\0`)
}

/** Also true for a zombie, which holds neither memory nor files. */
function hasExited(pid: number): boolean {
  const state = /^\d+ \(.*\) (\w)/s.exec(readText(`/proc/${pid}/stat`))?.[1]
  return state === undefined || state === 'Z' || state === 'X'
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // The process has exited, or belongs to another user.
    return ''
  }
}

/**
 * Kills every process of the browser on this profile, and waits until they have exited.
 * @returns how many had to be killed
 */
export async function endBrowser(profile: string): Promise<number> {
  const killed = new Set<number>()
  for (let attempt = 0; attempt < 50; attempt++) {
    const remaining = await browserProcesses(profile)
    if (remaining.length === 0) return killed.size
    for (const pid of remaining) {
      killed.add(pid)
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has exited meanwhile.
      }
    }
    await sleep(40)
  }
  throw new Error(`browser processes could not be killed: ${(await browserProcesses(profile)).join(', ')}`)
}

/** The process that has a browser open on the profile, by Chrome's own lock there; undefined when there is none. */
export function findBrowserOn(profile: string): { pid: number; host: string } | undefined {
  let target: string
  try {
    target = readlinkSync(path.join(profile, 'SingletonLock'))
  } catch {
    // There is no lock, or it is not a link on this system; then opening the browser fails if the profile is in use.
    return undefined
  }
  const [, host, pid] = /^(.+)-(\d+)$/.exec(target) ?? []
  if (host === undefined) return undefined
  const holder = { host, pid: Number(pid) }
  if (host !== os.hostname()) return holder
  // Chrome itself replaces the lock of a killed browser.
  return processExists(holder.pid) && isBrowser(holder.pid, profile) ? holder : undefined
}

/** Guards against a reused process id. */
function isBrowser(pid: number, profile: string): boolean {
  if (process.platform !== 'linux') return true
  return !hasExited(pid) && readText(`/proc/${pid}/cmdline`).includes(`--user-data-dir=${profile}`)
}
