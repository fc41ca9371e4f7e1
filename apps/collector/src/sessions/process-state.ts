import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import type { ProcessFile } from './process-file.ts'

/** `foreign`: the pid belongs to another machine or to another pid namespace, so nothing is known about the process. */
export type ProcessState = 'alive' | 'dead' | 'foreign'

/** What the operating system says about the processes of process files. */
export interface ProcessStates {
  /** Compares everything that can be compared; for a file that is new or was not looked at for long. */
  inspect(file: ProcessFile): ProcessState
  /**
   * Whether the process has not ended and its pid is not another process now. Without `isThorough` it costs a microsecond, and finds
   * neither a pid that was given away nor a process whose end its parent has not collected.
   */
  isAlive(process: Pick<ProcessFile, 'pid' | 'procStart'>, isThorough?: boolean): boolean
}

/** The start of a process by `ps` and by Claude Code may differ by this much. */
const START_TOLERANCE_MS = 60_000

export function openProcessStates(platform: NodeJS.Platform = process.platform): ProcessStates {
  if (platform === 'linux') return linuxStates()
  return {
    inspect(file) {
      if (isForeignPlatform(file, platform)) return 'foreign'
      if (!exists(file.pid)) return 'dead'
      const start = platform === 'win32' ? undefined : readStartWithPs(file.pid)
      // Claude Code writes its start right after the process began; a process that is younger has been given the same pid.
      return start !== undefined && start > file.startedAt + START_TOLERANCE_MS ? 'dead' : 'alive'
    },
    isAlive: (file) => exists(file.pid),
  }
}

function linuxStates(): ProcessStates {
  const namespace = readOrUndefined(() => readlinkSync('/proc/self/ns/pid'))
  const machine = readOrUndefined(() => readFileSync('/etc/machine-id', 'utf8').trim())
  const isSame = ({ pid, procStart }: Pick<ProcessFile, 'pid' | 'procStart'>) => {
    const start = readLinuxStart(pid)
    return start !== undefined && (procStart === undefined || !/^\d+$/.test(procStart) || procStart === start)
  }
  return {
    inspect: (file) => (isForeignOnLinux(file.pidDomain, machine, namespace) ? 'foreign' : isSame(file) ? 'alive' : 'dead'),
    isAlive: (file, isThorough = true) => (isThorough ? isSame(file) : exists(file.pid)),
  }
}

/** The domain is `linux:<machine id>:pid:[<namespace>]`. Either part may be missing or unknown here; then it decides nothing. */
function isForeignOnLinux(domain: string | undefined, machine: string | undefined, namespace: string | undefined): boolean {
  if (domain === undefined) return false
  const [, id, pidNamespace] = /^linux:([^:]*):(pid:\[\d+\])$/.exec(domain) ?? []
  if (pidNamespace === undefined) return true
  if (machine !== undefined && machine !== '' && id !== '' && id !== machine) return true
  return namespace !== undefined && pidNamespace !== namespace
}

function isForeignPlatform({ pidDomain }: ProcessFile, platform: NodeJS.Platform): boolean {
  return pidDomain !== undefined && !pidDomain.startsWith(`${platform}:`)
}

/** @returns when the process started, in clock ticks since the boot; undefined when it does not run any more */
function readLinuxStart(pid: number): string | undefined {
  const stat = readOrUndefined(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  if (stat === undefined) return undefined
  // The name of the program is in parentheses and may contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A zombie has ended; its parent has not asked yet.
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}

function readStartWithPs(pid: number): number | undefined {
  const text = readOrUndefined(() =>
    execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2_000, env: { ...process.env, LC_ALL: 'C' } }),
  )
  const start = Date.parse(text?.trim() ?? '')
  return Number.isNaN(start) ? undefined : start
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function readOrUndefined(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
