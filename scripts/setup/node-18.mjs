// Fetches Node 18 once, for tests of what runs in editors of two years ago, and prints its path.
import fs from 'node:fs'
import path from 'node:path'
import { setupNpmProgram } from './npm-program.mjs'
import { sharedCache } from './repository.mjs'

const VERSION = '18.20.8'

/**
 * @returns {Promise<string>} path of its program
 * @throws Error when the registry cannot be reached or has none for this system
 */
export function setupNode18(folder = path.join(sharedCache, 'node-18')) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const program = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node'
  return setupNpmProgram(`${name}@${VERSION}`, path.join(folder, VERSION), `node_modules/${name}/${program}`, '90 MB')
}

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) console.log(await setupNode18())
