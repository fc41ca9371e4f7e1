// Installs a version of the real Claude Code once, for tests and examples that run it, and prints its path.
import fs from 'node:fs'
import path from 'node:path'
import { setupNpmProgram } from './npm-program.mjs'
import { sharedCache } from './repository.mjs'

/** Older versions are a script for Node, in one package for all systems. */
const FIRST_PROGRAM = [2, 1, 110]

/** The versions that the tests run: the newest, and one from before `cost-state` and the waiting reasons of today. */
export const claudeCodeVersions = { newest: '2.1.332', old: '2.1.200' }

/**
 * @param {string} version for example `2.1.332`
 * @returns {Promise<string>} path of the program
 * @throws Error when the registry cannot be reached or has no build for this system
 */
export function setupClaudeCode(version, folder = path.join(sharedCache, 'claude-code')) {
  const isProgram = isAtLeast(version, FIRST_PROGRAM)
  const name = isProgram ? packageName() : '@anthropic-ai/claude-code'
  const file = process.platform === 'win32' ? 'claude.exe' : 'claude'
  const program = isProgram ? path.join('node_modules', name, file) : path.join('node_modules', '.bin', 'claude')
  return setupNpmProgram(`${name}@${version}`, path.join(folder, version), program, '400 MB')
}

function isAtLeast(version, wanted) {
  const parts = version.split('.').map(Number)
  const at = wanted.findIndex((part, index) => part !== parts[index])
  return at < 0 || parts[at] > wanted[at]
}

function packageName() {
  const libc = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime ? '-musl' : ''
  return `@anthropic-ai/claude-code-${process.platform}-${process.arch}${libc}`
}

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) {
  for (const version of process.argv[2] ? [process.argv[2]] : Object.values(claudeCodeVersions)) console.log(await setupClaudeCode(version))
}
