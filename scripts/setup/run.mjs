import { spawn, spawnSync } from 'node:child_process'
import path from 'node:path'
import { modules, repositoryRoot } from './repository.mjs'

/** The environment of every process we start: the repository's own node and tools come first in PATH. */
export function repositoryEnv(extra = {}) {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const bin = path.join(modules, '.bin')
  const rest = (process.env[key] ?? '').split(path.delimiter).filter((part) => part !== bin)
  return { ...process.env, [key]: [bin, ...rest].join(path.delimiter), ...extra }
}

/**
 * Runs a command to its end and shows its output.
 * @param {{ quiet?: boolean | 'stdout' }} options `quiet` discards output
 * @returns {number} exit code; 1 when it could not be started or was killed
 */
export function run(command, args, { env = {}, quiet = false, cwd = repositoryRoot, timeout } = {}) {
  const windows = process.platform === 'win32'
  const result = spawnSync(command, args, {
    cwd,
    env: repositoryEnv(env),
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', quiet === true ? 'ignore' : 'inherit'],
    shell: windows && command === 'npm',
    timeout,
  })
  return result.status ?? 1
}

/** Runs the user's npm; `npm_execpath` is the one that started this process. */
export function npm(args, options) {
  const cli = process.env.npm_execpath
  return cli?.endsWith('npm-cli.js') ? run(process.execPath, [cli, ...args], options) : run('npm', args, options)
}

/**
 * Runs a command in place of this process: it receives our signals, and we exit with its code.
 * @returns {Promise<number>} its exit code
 */
export function become(command, args, { env = {} } = {}) {
  return new Promise((resolve) => {
    const parent = process.ppid
    const child = spawn(command, args, { cwd: process.cwd(), env: repositoryEnv(env), stdio: 'inherit' })
    // A terminal sends Ctrl-C to the child too, `kill` only to us; the child treats two signals at once as one.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    // A killed npm ends no child; an orphaned hub would hold the port for ever.
    if (process.env.npm_lifecycle_event) setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 1000).unref()
    child.on('error', (error) => {
      console.error(`signalbox: ${command} could not be started: ${error.message}`)
      resolve(1)
    })
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
