// Installs a version of the real Claude Code once, for tests and examples that run it, and prints its path.
// It is not ours and not open source, so it is fetched by name into a cache outside of the checkout.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { takeLock } from './lock.mjs'
import { sharedCache } from './repository.mjs'

/** 400 MB from the registry, on a slow line. */
const INSTALL_TIMEOUT_MS = 10 * 60_000

/** The versions that the tests run: the newest, and one from before `cost-state` and the waiting reasons of today. */
export const claudeCodeVersions = { newest: '2.1.332', old: '2.1.200' }

/**
 * @param {string} version for example `2.1.332`
 * @returns {Promise<string>} path of the program
 * @throws Error when the registry cannot be reached or has no build for this system
 */
export async function setupClaudeCode(version, folder = path.join(sharedCache, 'claude-code')) {
  const name = packageName()
  const home = path.join(folder, version)
  const program = path.join(home, 'node_modules', name, process.platform === 'win32' ? 'claude.exe' : 'claude')
  if (fs.existsSync(program)) return program
  fs.mkdirSync(folder, { recursive: true })
  const lock = path.join(folder, `${version}.lock`)
  // Several test files or checkouts may need the client at once; one of them installs it.
  while (!takeLock(lock, INSTALL_TIMEOUT_MS)) {
    await delay(200)
    if (fs.existsSync(program)) return program
  }
  try {
    if (!fs.existsSync(program)) await install(`${name}@${version}`, home)
    return program
  } finally {
    fs.rmSync(lock, { recursive: true, force: true })
  }
}

function packageName() {
  const libc = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime ? '-musl' : ''
  return `@anthropic-ai/claude-code-${process.platform}-${process.arch}${libc}`
}

/** Installs beside the final place and renames, so that a killed install leaves no half of a client there. */
async function install(what, home) {
  const work = fs.mkdtempSync(`${home}-`)
  try {
    console.error(`setup: fetching ${what} (about 400 MB, once) …`)
    const args = ['install', '--prefix', work, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error', what]
    const { code, output } = await runNpm(args)
    if (code !== 0) {
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

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) {
  for (const version of process.argv[2] ? [process.argv[2]] : Object.values(claudeCodeVersions)) console.log(await setupClaudeCode(version))
}
