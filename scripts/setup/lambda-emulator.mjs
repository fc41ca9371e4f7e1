// AWS's own Runtime Interface Emulator, of a package on PyPI, and its Runtime Interface Client for Node, built from its package on
// npm, for the tests that run the hub as Lambda does. Once, into the cache of this user; prints where they are.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { takeLock } from './lock.mjs'
import { setupNpmProgram } from './npm-program.mjs'
import { sharedCache } from './repository.mjs'

const SAM = '1.170.0'
/** Of the wheel of aws-sam-cli, which has the emulator for x64 and arm64. */
const SAM_SHA256 = '24ebaf5ecba38dc1758089968cb89ab61e124b84e92a344fc7a2771a47f4d0bf'
const RIC = '4.0.2'
const RIC_INTEGRITY = 'sha512-FE5Vskx7mYNnqAnWWJXUOsLp2VGgdsJsCoRLFTa8L4Yk0QVtArqR8q58yPA++QC1a73ZWJXBQ2AH31nIAv7NOQ=='
const LIMIT_MS = 15 * 60_000
const architectures = { x64: 'x86_64', arm64: 'arm64' }

/**
 * Those of the cache, or, with `fetch`, new ones: the client compiles curl, which takes a minute of a core.
 * @param {{ fetch?: boolean, folder?: string }} [options]
 * @returns {Promise<{ rie: string, ric: string, missing?: undefined } | { missing: string }>} the program of the emulator and the
 *   script of the client, or why they cannot be had
 */
export async function setupLambdaEmulator({ fetch = process.env.CI === 'true', folder = path.join(sharedCache, 'lambda') } = {}) {
  const architecture = architectures[process.arch]
  if (process.platform !== 'linux' || architecture === undefined) return { missing: 'the emulator of AWS runs on Linux on x64 or arm64' }
  const rie = path.join(folder, `rie-${SAM}`)
  const home = path.join(folder, `ric-${RIC}`)
  const module = path.join(home, 'node_modules/aws-lambda-ric')
  // Its own last step.
  const isThere = () => fs.existsSync(rie) && fs.existsSync(path.join(module, 'rapid-client.node'))
  const found = { rie, ric: path.join(module, 'index.mjs') }
  if (isThere()) return found
  if (!fetch) return { missing: 'they are not in the cache: npm run prove:lambda fetches them, and so do the tests with CI=true' }
  fs.mkdirSync(folder, { recursive: true })
  const lock = path.join(folder, 'lock')
  while (!takeLock(lock, LIMIT_MS)) {
    await delay(500)
    if (isThere()) return found
  }
  try {
    if (!fs.existsSync(rie)) await fetchEmulator(rie, `aws-lambda-rie-${architecture}`)
    await setupNpmProgram(`aws-lambda-ric@${RIC}`, home, 'node_modules/aws-lambda-ric/package.json', '20 MB')
    if (!fs.existsSync(path.join(module, 'rapid-client.node'))) await buildClient(home, module)
    return found
  } catch (error) {
    return { missing: error.message }
  } finally {
    fs.rmSync(lock, { recursive: true, force: true })
  }
}

/** Unpacks beside the final place and renames, so that a killed one leaves no half of a program there. */
async function fetchEmulator(rie, name) {
  const work = fs.mkdtempSync(`${rie}-`)
  try {
    console.error('setup: fetching the emulator of AWS Lambda for the tests (8 MB) …')
    const wanted = path.join(work, 'requirements.txt')
    fs.writeFileSync(wanted, `aws-sam-cli==${SAM} --hash=sha256:${SAM_SHA256}\n`)
    const target = path.join(work, 'python')
    const words = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes']
    await must('python3', [...words, '--only-binary=:all:', '--no-compile', '--target', target, '-r', wanted], work)
    const program = path.join(target, 'samcli/local/rapid', name)
    fs.chmodSync(program, 0o755)
    fs.renameSync(program, rie)
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

/** npm runs no scripts here: what its own two would do is done by name, for the one package whose digest is known. */
async function buildClient(home, module) {
  const { packages } = JSON.parse(fs.readFileSync(path.join(home, 'node_modules/.package-lock.json'), 'utf8'))
  if (packages['node_modules/aws-lambda-ric'].integrity !== RIC_INTEGRITY)
    throw new Error(`aws-lambda-ric ${RIC} of the registry is another one`)
  console.error('setup: building the client of AWS Lambda for the tests (a minute or two, once) …')
  const env = { PATH: [path.join(home, 'node_modules/.bin'), process.env.PATH].join(path.delimiter) }
  // A build that was killed leaves files that the next one stumbles over.
  for (const left of ['artifacts', 'curl-src', 'aws-lambda-cpp-src'])
    fs.rmSync(path.join(module, 'deps', left), { recursive: true, force: true })
  for (const script of ['preinstall.sh', 'postinstall.sh']) await must('sh', [path.join('scripts', script)], module, env)
}

/** @throws Error with the last lines of what it has said */
function must(command, args, cwd, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-2000)))
    const fail = (why) =>
      reject(new Error(`${command} ${args.slice(0, 3).join(' ')} ${why}: ${output.trim().split('\n').slice(-4).join(' ')}`))
    child.on('error', (error) => fail(error.message))
    child.on('close', (code) => (code === 0 ? resolve() : fail(`ended with ${code}`)))
  })
}

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) console.log(await setupLambdaEmulator({ fetch: true }))
