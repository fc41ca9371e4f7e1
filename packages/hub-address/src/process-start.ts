import fs from 'node:fs'

/** Whether a process with this id runs. A zombie, which has ended and waits for its parent, does not. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (process.platform !== 'linux') return true
  const state = readStat(pid)?.[0]
  return state !== 'Z' && state !== 'X'
}

/**
 * Whether the process that left its id is this one or another that runs. An id alone does not say it: after a restart, as of
 * a container, another process has it, often this one.
 * @param start as `readProcessStart` gave it then; undefined where it was not noted
 */
export function isSameProcess(pid: number, start: string | undefined): boolean {
  if (!processExists(pid)) return false
  if (start === undefined) return pid !== process.pid
  const now = readProcessStart(pid)
  return now === undefined || now === start
}

/** The fields of `/proc/PID/stat` from the state on; undefined where it cannot be read. */
function readStat(pid: number): string[] | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may contain spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/**
 * A text that says when a process was started, to recognise another process that has its id now.
 * @returns undefined where the system does not say
 */
export function readProcessStart(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      // Field 22 of the line.
      const ticks = readStat(pid)?.[19]
      // Ticks count from the start of the system.
      const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
      return ticks === undefined ? undefined : `${boot} ${ticks}`
    }
    if (process.platform === 'win32') return undefined
    // Loaded here: a short command needs it on no system but this.
    const started = process.getBuiltinModule('node:child_process').execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 2_000,
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/bin:/usr/bin' },
    })
    return started.trim() === '' ? undefined : started.trim()
  } catch {
    return undefined
  }
}
