// `npm test [-- FILTER …]`: types, lint, unit, trip and browser tests. Ends with `N passed, N failed`.
// `npm test -- --changed [REF]`: types, lint and the tests that a change affects, since REF or since the last commit.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { setup } from './setup.mjs'
import { affectedTests } from './test/affected.mjs'
import { bundledPrograms } from './test/programs.mjs'
import { runVitest } from './test/vitest.mjs'

const args = process.argv.slice(2)
const isChanged = args[0]?.startsWith('--changed') ?? false
const isWhole = args.length === 0

// Tests build the server themselves if necessary; built here, beside the other preparations, no test file waits for it.
const mongo = isWhole && !process.env.MONGODB_TEST_URI ? startMongoBuild() : undefined
const { node, browser, testBrowser } = await setup({ browser: true })
const { check } = await import('./check.mjs')
await mongo
const env = { BROWSER_PATH: browser, TEST_BROWSER_PATH: testBrowser, TEST_PRELOAD: bundledPrograms() }

const [checks, ...counts] = isWhole ? await testAll() : [isChanged ? await check() : [], await testSome()]
const sum = (kind) => counts.reduce((total, one) => total + one[kind], 0)
const passed = checks.filter(Boolean).length + sum('passed')
const failed = checks.filter((ok) => !ok).length + sum('failed')
console.log(`${passed} passed, ${failed} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}`)
process.exitCode = failed === 0 ? 0 : 1

/** Coding agents and containers wait more than they compute, so their few workers run beside the others. What measures time runs alone. */
async function testAll() {
  const beside = await Promise.all([
    check(),
    runVitest(node, 'tests', ['--project=!claude-code', '--project=!deploy', '--project=!timing'], { env }),
    runVitest(node, 'waiting', ['--project=claude-code', '--project=deploy'], { env, isQuiet: true }),
  ])
  return [...beside, await runVitest(node, 'timing', ['--project=timing'], { env })]
}

function testSome() {
  const filters = isChanged ? affectedTests(args[0].split('=')[1] ?? args[1], node) : args
  return isChanged && filters.length === 0 ? { passed: 0, failed: 0, skipped: 0 } : runVitest(node, 'tests', filters, { env })
}

function startMongoBuild() {
  const script = path.join(import.meta.dirname, 'setup/mongo.mjs')
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((resolve) => child.on('close', resolve).on('error', resolve))
}
