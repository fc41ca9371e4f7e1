import { spawn } from 'node:child_process'
import { pipeOutput, stdioOf } from '../child/run-app.ts'
import type { Io } from '../io.ts'

/** Runs the former status line command in the system's shell, with the same input, output and environment. @returns its exit code */
export function runFormer(io: Io, command: string, input: Buffer): Promise<number> {
  const [, stdout, stderr] = stdioOf(io)
  const child = io.system.withInheritedUmask(() =>
    spawn(command, { shell: true, stdio: ['pipe', stdout, stderr], windowsHide: true, env: io.env }),
  )
  pipeOutput(io, child)
  // A command that does not read its input is not an error.
  child.stdin?.on('error', () => {}).end(input)
  const removeListener = io.onStopSignal((signal) => child.kill(signal))
  return new Promise<number>((resolve) => {
    child.on('error', () => resolve(1))
    child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 143)))
  }).finally(removeListener)
}
