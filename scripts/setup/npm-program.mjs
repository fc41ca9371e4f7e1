// Installs a program of the npm registry once, for tests and examples that run it.
// It is not ours, so it is fetched by name into a cache outside of the checkout.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { takeLock } from './lock.mjs'

/** 400 MB from the registry, on a slow line. */
const INSTALL_TIMEOUT_MS = 10 * 60_000
const quiet = ['--omit=dev', '--no-audit', '--no-fund', '--no-save', '--loglevel=error']

/**
 * @param {string} what the package with its version
 * @param {string} home the folder that it is installed into
 * @param {string} program the path of the program below `home`
 * @param {string} size for people, such as `400 MB`
 * @param {readonly string[]} [parts] folders below `home` that bring a list of packages of their own
 * @returns {Promise<string>} path of the program
 * @throws Error when the registry cannot be reached or has no build for this system
 */
export async function setupNpmProgram(what, home, program, size, parts = []) {
  const file = path.join(home, program)
  if (fs.existsSync(file)) return file
  fs.mkdirSync(path.dirname(home), { recursive: true })
  const lock = `${home}.lock`
  // Several test files or checkouts may need the program at once; one of them installs it.
  while (!takeLock(lock, INSTALL_TIMEOUT_MS)) {
    await delay(200)
    if (fs.existsSync(file)) return file
  }
  try {
    if (!fs.existsSync(file)) await install(what, home, size, parts)
    return file
  } finally {
    fs.rmSync(lock, { recursive: true, force: true })
  }
}

/** Installs beside the final place and renames, so that a killed install leaves no half of a program there. */
async function install(what, home, size, parts) {
  const work = fs.mkdtempSync(`${home}-`)
  try {
    console.error(`setup: fetching ${what} (about ${size}, once) …`)
    for (const [folder, ...names] of [[work, what], ...parts.map((part) => [path.join(work, part)])]) {
      const { code, output } = await runNpm(['install', '--prefix', folder, '--ignore-scripts', ...quiet, ...names])
      if (code === 0) continue
      const why = output.trim().split('\n').slice(0, 3).join(' ')
      throw new Error(`npm could not install ${what}: ${why}. Check the network, or install it into ${home} yourself.`)
    }
    fs.rmSync(home, { recursive: true, force: true })
    fs.renameSync(work, home)
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

/** Runs npm without blocking, because tests of other files run in the same process. */
function runNpm(args) {
  return new Promise((resolve) => {
    const child = spawn('npm', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      timeout: INSTALL_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
