import { spawn } from 'node:child_process'
import fs from 'node:fs'

export interface Run {
  readonly wallMs: number
  /** High-water mark of the process's resident memory in bytes; undefined where the system does not tell. */
  readonly peakBytes: number | undefined
}

/**
 * Runs a command as a whole process, output thrown away, and waits for its end.
 * @throws Error when it cannot be started or fails
 */
export function runProcess(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    let peak: number | undefined
    // VmHWM only grows, so the last look before the end is the peak but for its last few milliseconds.
    const look = setInterval(() => {
      peak = peakOf(child.pid) ?? peak
    }, 10)
    child.on('error', reject)
    child.on('close', (code) => {
      const wallMs = performance.now() - started
      clearInterval(look)
      if (code === 0) resolve({ wallMs, peakBytes: peak })
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${said.slice(-2000)}`))
    })
  })
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}
