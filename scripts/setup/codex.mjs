// Installs a version of the real Codex CLI once, for tests that run it, and prints its path.
import fs from 'node:fs'
import path from 'node:path'
import { setupNpmProgram } from './npm-program.mjs'
import { sharedCache } from './repository.mjs'

/** The versions that the tests run: the newest, and one that copies histories and has no row for each response. */
export const codexVersions = { newest: '0.171.0', old: '0.125.0' }

const targets = { linux: 'unknown-linux-musl', darwin: 'apple-darwin', win32: 'pc-windows-msvc' }
const architectures = { x64: 'x86_64', arm64: 'aarch64' }

/**
 * @param {string} version for example `0.171.0`
 * @returns {Promise<string>} path of the program
 * @throws Error when the registry cannot be reached or has no build for this system
 */
export function setupCodex(version, folder = path.join(sharedCache, 'codex')) {
  const vendor = path.join('node_modules/@openai/codex/vendor', `${architectures[process.arch]}-${targets[process.platform]}`)
  const name = process.platform === 'win32' ? 'codex.exe' : 'codex'
  // Later versions moved the program.
  const program = path.join(vendor, Number(version.split('.')[1]) < 140 ? 'codex' : 'bin', name)
  return setupNpmProgram(`@openai/codex@${version}-${process.platform}-${process.arch}`, path.join(folder, version), program, '400 MB')
}

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) {
  for (const version of process.argv[2] ? [process.argv[2]] : Object.values(codexVersions)) console.log(await setupCodex(version))
}
