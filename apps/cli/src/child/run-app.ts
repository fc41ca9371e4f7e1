import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { Failure } from '../failure.ts'
import { type App, environmentOf, fileOf, flagsOf } from './app.ts'
import { childEnv } from './child-env.ts'

/**
 * Runs an app in our place, with our input and output, until it ends.
 * @returns its exit code
 */
export function runApp(app: App, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flagsOf(app), fileOf(app), ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: childEnv({ ...environmentOf(app), ...env }),
    })
    // A Ctrl-C reaches the whole group, so the child may hear it twice; it takes both for one.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
    child.on('error', (error) => reject(new Failure(`the ${app} could not be started: ${error.message}.`)))
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}
