import { spawn, spawnSync } from 'node:child_process'
import path from 'node:path'
import { house, modules } from './house.mjs'

/** The environment of everything we start: the house's own node and tools come first. */
export function houseEnv(extra = {}) {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const bin = path.join(modules, '.bin')
  const rest = (process.env[key] ?? '').split(path.delimiter).filter((part) => part !== bin)
  return { ...process.env, [key]: [bin, ...rest].join(path.delimiter), ...extra }
}

/**
 * Runs a command to its end with its output shown.
 * @param {{ quiet?: boolean | 'stdout' }} options `quiet` throws output away
 * @returns {number} exit code; 1 when it could not be started or was killed
 */
export function run(command, args, { env = {}, quiet = false, cwd = house, timeout } = {}) {
  const windows = process.platform === 'win32'
  const result = spawnSync(command, args, {
    cwd,
    env: houseEnv(env),
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', quiet === true ? 'ignore' : 'inherit'],
    shell: windows && command === 'npm',
    timeout,
  })
  return result.status ?? 1
}

/** npm as the user has it. `npm_execpath` is the npm that is running us. */
export function npm(args, options) {
  const cli = process.env.npm_execpath
  return cli?.endsWith('npm-cli.js') ? run(process.execPath, [cli, ...args], options) : run('npm', args, options)
}

/**
 * Starts a command in our place: signals reach it, and we end as it ends.
 * @returns {Promise<number>} its exit code
 */
export function become(command, args, { env = {} } = {}) {
  return new Promise((resolve) => {
    const parent = process.ppid
    const child = spawn(command, args, { cwd: process.cwd(), env: houseEnv(env), stdio: 'inherit' })
    // A terminal's Ctrl-C reaches the child by itself, `kill` only us; the child takes two at once for one.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    // npm killed outright takes nobody with it; a hub that nobody sees would hold the port for ever.
    if (process.env.npm_lifecycle_event) setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 1000).unref()
    child.on('error', (error) => {
      console.error(`signalbox: ${command} could not be started: ${error.message}`)
      resolve(1)
    })
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
