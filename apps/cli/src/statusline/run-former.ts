import { spawn } from 'node:child_process'

/** Runs the former status line command in the system's shell, with the same input, output and environment. @returns its exit code */
export function runFormer(command: string, input: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['pipe', 'inherit', 'inherit'], windowsHide: true })
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    for (const signal of signals) process.on(signal, () => child.kill(signal))
    child.on('error', () => resolve(1))
    child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 143)))
    // One that does not read what it is told is no failure.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
