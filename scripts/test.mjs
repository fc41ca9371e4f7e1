// `npm test [-- FILTER …]`: types, lint, unit, trip and browser tests. Ends with `N passed, N failed`.
import fs from 'node:fs'
import path from 'node:path'
import { cache, house, modules } from './setup/house.mjs'
import { setupMongo } from './setup/mongo.mjs'
import { run } from './setup/run.mjs'
import { setup } from './setup.mjs'

const { node, browser } = await setup({ browser: true })
const filters = process.argv.slice(2)
// A test that wants it builds it too, but then the others of its file wait.
if (filters.length === 0 && !process.env.MONGODB_TEST_URI) await setupMongo()
const { check } = await import('./check.mjs')
const checked = filters.length > 0 ? [] : check()

const report = path.join(cache, 'vitest.json')
fs.mkdirSync(cache, { recursive: true })
fs.rmSync(report, { force: true })
const code = run(
  node,
  [path.join(modules, 'vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
  // The tests start some hundreds of programs, most of them ours, which compile the same files.
  { env: { BROWSER_PATH: browser, NODE_COMPILE_CACHE: path.join(cache, 'compiled') } },
)

const counted = count(report)
if (!fs.existsSync(path.join(house, '../shared/transcripts')) && !process.env.SIGNALBOX_SHARED) {
  console.log('The real transcripts (../shared/transcripts) were not there; the generated ones were used alone.')
}
const passed = checked.filter(Boolean).length + counted.passed
let failed = checked.filter((ok) => !ok).length + counted.failed
// A suite that broke before its first test has no test to count, and is a failure all the same.
if (code !== 0 && failed === 0) failed = 1
console.log(`${passed} passed, ${failed} failed${counted.skipped > 0 ? `, ${counted.skipped} skipped` : ''}`)
process.exitCode = failed === 0 ? 0 : 1

function count(file) {
  if (!fs.existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }
  const json = JSON.parse(fs.readFileSync(file, 'utf8'))
  const broken = json.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'),
  ).length
  return { passed: json.numPassedTests, failed: json.numFailedTests + broken, skipped: json.numPendingTests + (json.numTodoTests ?? 0) }
}
