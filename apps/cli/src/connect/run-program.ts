import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { Io } from '../io.ts'

export interface ProgramResult {
  readonly ok: boolean
  readonly stdout: string
  /** Why it failed, in one line. */
  readonly problem: string
}

const TIMEOUT_MS = 60_000

/** Runs a program to its end, without a shell and without input. A failure is a result. */
export function runProgram({ env, cwd }: Io, file: string, args: readonly string[], extra: NodeJS.ProcessEnv = {}): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      [...args],
      { env: { ...env, ...extra }, cwd, timeout: TIMEOUT_MS, windowsHide: true },
      (error, stdout, stderr) => {
        const lines = `${stderr}\n${stdout}`.split('\n').map((line) => line.trim())
        const problem = error === null ? '' : (lines.find((line) => line !== '') ?? error.message)
        resolve({ ok: error === null, stdout, problem: problem.replace(/\.$/, '').slice(0, 300) })
      },
    )
    child.stdin?.end()
  })
}

/** The file of a program on the PATH. */
export function findProgram({ env, system }: Io, name: string): string | undefined {
  const names = system.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name]
  for (const folder of (env.PATH ?? '').split(path.delimiter)) {
    if (folder === '') continue
    for (const file of names.map((one) => path.join(folder, one))) {
      try {
        fs.accessSync(file, fs.constants.X_OK)
        if (fs.statSync(file).isFile()) return file
      } catch {
        // Not here.
      }
    }
  }
  return undefined
}
