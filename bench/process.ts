import { spawn } from 'node:child_process'
import { peakMemoryOf } from '../test/support/process-usage.ts'

export interface Run {
  readonly wallMs: number
  /** Peak resident memory of the process in bytes; undefined where the system does not report it. */
  readonly peakBytes: number | undefined
}

/**
 * Runs a command as a whole process, discards its output and waits for its end.
 * @throws Error when it cannot be started or fails
 */
export function runProcess(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    let peak: number | undefined
    // VmHWM only grows, so the last sample is the peak except for the last few milliseconds.
    const sampler = setInterval(() => {
      const now = peakMemoryOf(child.pid ?? 0)
      if (!Number.isNaN(now)) peak = now
    }, 10)
    child.on('error', reject)
    child.on('close', (code) => {
      const wallMs = performance.now() - started
      clearInterval(sampler)
      if (code === 0) resolve({ wallMs, peakBytes: peak })
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.slice(-2000)}`))
    })
  })
}
