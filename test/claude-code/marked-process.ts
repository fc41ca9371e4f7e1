import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * The environment variable that marks the processes of one home. Clients start commands, servers and hooks in process groups
 * of their own, and those outlive a client that is killed; each inherits its environment, so none is missed or mistaken.
 */
export const MARK_NAME = 'SIGNALBOX_TEST_MARK'

const END_TIMEOUT_MS = 10_000

/** Lists the processes that carry a mark. */
export function findMarked(mark: string): number[] {
  return process.platform === 'linux' ? findInProc(mark) : findWithPs(mark)
}

function findInProc(mark: string): number[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      // A zombie has no environment any more.
      return fs.readFileSync(`/proc/${name}/environ`, 'latin1').includes(`${MARK_NAME}=${mark}`) ? [Number(name)] : []
    } catch {
      return []
    }
  })
}

function findWithPs(mark: string): number[] {
  const lines = execFileSync('ps', ['-axEww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 1e8 }).split('\n')
  return lines.filter((line) => line.includes(`${MARK_NAME}=${mark}`)).map((line) => Number.parseInt(line, 10))
}

/** Ends every process that carries the mark, those included that start meanwhile. @throws Error when one survives */
export async function endMarked(mark: string): Promise<void> {
  const deadline = performance.now() + END_TIMEOUT_MS
  for (;;) {
    const pids = findMarked(mark)
    if (pids.length === 0) return
    if (performance.now() > deadline) throw new Error(`Processes ${pids.join(', ')} of a test do not end, and SIGKILL was sent.`)
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has just ended.
      }
    }
    await sleep(50)
  }
}
