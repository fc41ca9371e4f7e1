// Installs code-server, which is VS Code in a browser, once, for tests that run the extension in it, and prints its path.
// No script of it runs, so its native parts (terminals, log files) are missing: an extension needs none of them.
import fs from 'node:fs'
import path from 'node:path'
import { setupNpmProgram } from './npm-program.mjs'
import { sharedCache } from './repository.mjs'

const VERSION = '4.139.1'
const home = 'node_modules/code-server'

/**
 * @returns {Promise<string>} path of its program, for Node 24
 * @throws Error when the registry cannot be reached
 */
export function setupCodeServer(folder = path.join(sharedCache, 'code-server')) {
  const parts = [`${home}/lib/vscode`, `${home}/lib/vscode/extensions`]
  return setupNpmProgram(`code-server@${VERSION}`, path.join(folder, VERSION), `${home}/out/node/entry.js`, '400 MB', parts)
}

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) console.log(await setupCodeServer())
