// `npm test [-- FILTER …]`: types, lint, unit, trip and browser tests. Ends with `N passed, N failed`.
// `npm test -- --changed [REF]`: types, lint and the tests that a change affects, since REF or since the last commit.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { cache, modules } from './setup/repository.mjs'
import { run } from './setup/run.mjs'
import { setup } from './setup.mjs'
import { affectedTests } from './test/affected.mjs'

const args = process.argv.slice(2)
const isChanged = args[0]?.startsWith('--changed') ?? false
const isWhole = args.length === 0

// Tests build the server themselves if necessary; built here, beside the other preparations, no test file waits for it.
const mongo = isWhole && !process.env.MONGODB_TEST_URI ? startMongoBuild() : undefined
const { node, browser, testBrowser } = await setup({ browser: true })
const { check } = await import('./check.mjs')
const checks = isWhole || isChanged ? await check() : []
await mongo

const filters = isChanged ? affectedTests(args[0].split('=')[1] ?? args[1], node) : args
const counts = isChanged && filters.length === 0 ? { passed: 0, failed: 0, skipped: 0 } : runTests(filters)
const passed = checks.filter(Boolean).length + counts.passed
const failed = checks.filter((ok) => !ok).length + counts.failed
console.log(`${passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`)
process.exitCode = failed === 0 ? 0 : 1

function startMongoBuild() {
  const script = path.join(import.meta.dirname, 'setup/mongo.mjs')
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((resolve) => child.on('close', resolve).on('error', resolve))
}

function runTests(filters) {
  const report = path.join(cache, 'vitest.json')
  fs.mkdirSync(cache, { recursive: true })
  fs.rmSync(report, { force: true })
  const code = run(
    node,
    [path.join(modules, 'vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
    // The tests start hundreds of processes that compile the same files.
    { env: { BROWSER_PATH: browser, TEST_BROWSER_PATH: testBrowser, NODE_COMPILE_CACHE: path.join(cache, 'compiled') } },
  )
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
