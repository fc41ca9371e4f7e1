import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { sharedCache } from '../../../scripts/setup/repository.mjs'

// Programs of other authors, outside of the repository, in the cache of the user: each version is fetched once.

const PYTHON_PACKAGES = ['apprise==2.3.0', 'standardwebhooks==1.1.0', 'jeepney==0.9.0', 'aiosmtpd==1.4.6']
const MAILPIT = 'github.com/axllent/mailpit@v1.33.1'
const FETCH_TIMEOUT_MS = 15 * 60_000

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** @returns the Python with the packages; undefined when there is none or they cannot be fetched */
export function pythonWithPackages(): string | undefined {
  const folder = path.join(sharedCache, 'channels', `python-${digestOf(PYTHON_PACKAGES.join())}`)
  const python = path.join(folder, 'bin', 'python')
  if (existsSync(path.join(folder, 'complete'))) return python
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(path.dirname(folder), { recursive: true })
  const isMade =
    succeeds('python3', ['-m', 'venv', folder]) &&
    succeeds(python, ['-m', 'pip', 'install', '--quiet', ...PYTHON_PACKAGES]) &&
    succeeds('touch', [path.join(folder, 'complete')])
  return isMade ? python : undefined
}

/** @returns the mail server, built from the Go module proxy; undefined when there is no Go */
export function mailpitProgram(): string | undefined {
  const folder = path.join(sharedCache, 'channels', `mailpit-${digestOf(MAILPIT)}`)
  const program = path.join(folder, 'mailpit')
  if (existsSync(program)) return program
  const work = `${folder}-${process.pid}`
  mkdirSync(work, { recursive: true })
  try {
    if (!succeeds('go', ['install', MAILPIT], { GOBIN: work, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' })) return undefined
    if (!existsSync(program)) renameSync(work, folder)
    return program
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** @returns a Firefox of this machine: FIREFOX_PATH, or one in PATH */
export function firefoxProgram(): string | undefined {
  const { FIREFOX_PATH: named = '' } = process.env
  return named === '' ? (installedProgram('firefox-esr') ?? installedProgram('firefox')) : named
}

/** @returns a program in PATH */
export function installedProgram(name: string): string | undefined {
  const places = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, name))
  return places.find((place) => existsSync(place))
}

function succeeds(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  return spawnSync(command, args, { stdio: 'inherit', timeout: FETCH_TIMEOUT_MS, env: { ...process.env, ...env } }).status === 0
}

/** Starts a program that ends with this process at the latest. */
export function startProgram(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  return child
}

export async function endProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}
