import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { cache, modules, repositoryRoot } from '../setup/repository.mjs'
import { repositoryEnv } from '../setup/run.mjs'

/**
 * Runs Vitest; its report is `.cache/vitest-NAME.json`.
 * @param {string} node the Node that runs it
 * @param {string} name of this run
 * @param {string[]} args options and filters
 * @param {{ env: NodeJS.ProcessEnv, isQuiet?: boolean }} options `isQuiet` holds the output back until the end, for a run beside another
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
export async function runVitest(node, name, args, { env, isQuiet = false }) {
  const report = path.join(cache, `vitest-${name}.json`)
  fs.mkdirSync(cache, { recursive: true })
  fs.rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const child = spawn(node, [path.join(modules, 'vitest/vitest.mjs'), 'run', ...reporters, ...args], {
    cwd: repositoryRoot,
    // The tests start hundreds of processes that compile the same files.
    env: repositoryEnv({ ...env, NODE_COMPILE_CACHE: path.join(cache, 'compiled') }),
    stdio: ['ignore', isQuiet ? 'pipe' : 'inherit', isQuiet ? 'pipe' : 'inherit'],
  })
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => output.push(bytes))
  const code = await new Promise((resolve) => child.on('close', resolve).on('error', () => resolve(1)))
  process.stdout.write(Buffer.concat(output))
  const counts = readCounts(report)
  // A suite that fails before its first test has no test to count.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

function readCounts(file) {
  if (!fs.existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }
  const json = JSON.parse(fs.readFileSync(file, 'utf8'))
  const broken = json.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'),
  ).length
  return { passed: json.numPassedTests, failed: json.numFailedTests + broken, skipped: json.numPendingTests + (json.numTodoTests ?? 0) }
}
