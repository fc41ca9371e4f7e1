// Fetches another version of Node once, for tests that run on it.
import path from 'node:path'
import { setupNpmProgram } from './npm-program.mjs'
import { sharedCache } from './repository.mjs'

/** The oldest Node that runs Signalbox, and one that does not. */
export const otherNodes = { oldest: '22.18.0', tooOld: '20.19.5' }

/**
 * @param {string} version for example `22.18.0`
 * @returns {Promise<string>} path of the program
 * @throws Error when the registry cannot be reached or has no build for this system
 */
export function setupNodeVersion(version) {
  const windows = process.platform === 'win32'
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`
  const program = path.join('node_modules', name, 'bin', windows ? 'node.exe' : 'node')
  return setupNpmProgram(`${name}@${version}`, path.join(sharedCache, 'node', version), program, '120 MB')
}
