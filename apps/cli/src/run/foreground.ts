import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import type { System } from '../io.ts'

/** How long `ps` and `stty` may take, in milliseconds. */
const TIMEOUT_MS = 1_000

/**
 * Whether a keyboard signal that has just arrived was sent by the terminal, which sends it to the whole group: to the child
 * as well. It is not when another job is in the foreground, or when the terminal is in raw mode and passes keys on instead.
 */
export function isFromTerminal(system: System): boolean {
  return isForeground(system) && sendsSignals()
}

/** Whether the process belongs to the foreground job of a terminal. */
export function isForeground({ pid, platform }: Pick<System, 'pid' | 'platform'>): boolean {
  if (platform === 'win32') return true
  if (platform === 'linux') {
    const [, , group, , terminal, foreground] = processFields(pid)
    return terminal !== undefined && terminal !== '0' && group === foreground
  }
  const { stdout = '' } = spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(pid)], { encoding: 'utf8', timeout: TIMEOUT_MS })
  const [group, foreground] = stdout.trim().split(/\s+/)
  return group !== undefined && group !== '' && group === foreground
}

/** Whether the terminal turns Ctrl-C and Ctrl-Z into signals. Unknown is yes: a signal sent twice may end what one would not. */
function sendsSignals(): boolean {
  let terminal: number | undefined
  try {
    terminal = fs.openSync('/dev/tty', 'r')
    const { stdout } = spawnSync('stty', ['-a'], { stdio: [terminal, 'pipe', 'ignore'], encoding: 'utf8', timeout: TIMEOUT_MS })
    return !/(^|\s)-isig\b/.test(stdout ?? '')
  } catch {
    return true
  } finally {
    if (terminal !== undefined) fs.closeSync(terminal)
  }
}

/** Whether the process is stopped, as by Ctrl-Z. @returns undefined where that cannot be known */
export function isStopped(pid: number, platform: NodeJS.Platform): boolean | undefined {
  if (platform === 'win32') return undefined
  if (platform === 'linux') return processFields(pid)[0] === 'T'
  const { stdout } = spawnSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8', timeout: TIMEOUT_MS })
  return stdout?.trim().startsWith('T')
}

/** The fields of `/proc/<pid>/stat` behind the name of the program: state, parent, group, session, terminal, foreground group. */
function processFields(pid: number): string[] {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}
