// `npm test [-- FILTER …]`: types, lint, unit, trip and browser tests. Ends with what took long, what failed and why, and `N passed, N failed`.
// `npm test -- --changed [REF]`: types, lint and the tests that a change affects, since REF or since the last commit.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { setup } from './setup.mjs'
import { affectedTests } from './test/affected.mjs'
import { bundledPrograms } from './test/programs.mjs'
import { trySecondTime } from './test/second-try.mjs'
import { summaryOf } from './test/summary.mjs'
import { runVitest } from './test/vitest.mjs'

const args = process.argv.slice(2)
const isChanged = args[0]?.startsWith('--changed') ?? false
const isWhole = args.length === 0
/** Real clients give up when they wait for a core for long; the others only take longer. */
const BEHIND = 5
const nothing = { passed: 0, failed: 0, skipped: 0, failures: [], retried: [], files: [] }

// Tests build the server themselves if necessary; built here, beside the other preparations, no test file waits for it.
const mongo = isWhole && !process.env.MONGODB_TEST_URI ? startMongoBuild() : undefined
const { node, browser, testBrowser } = await setup({ browser: true })
const { check } = await import('./check.mjs')
await mongo
const env = { BROWSER_PATH: browser, TEST_BROWSER_PATH: testBrowser, TEST_PRELOAD: bundledPrograms() }

const phases = []
const timed = async (name, work) => {
  const start = performance.now()
  const result = await work
  phases.push([name, performance.now() - start])
  return result
}
phases.push(['setup', performance.now()])

const { checks, reports } = isWhole
  ? await testAll()
  : { checks: isChanged ? await timed('checks', check()) : [], reports: [await testSome()] }
const { text, failed } = summaryOf({ checks, reports, phases: [...phases, ['all', performance.now()]] })
console.log(text)
process.exitCode = failed === 0 ? 0 : 1

/** Coding agents and containers wait more than they compute, so their few workers run beside the others. What measures time runs alone. */
async function testAll() {
  const [checks, ...beside] = await Promise.all([
    timed('checks', check()),
    timed('tests', runVitest(node, 'tests', ['--project=!claude-code', '--project=!deploy', '--project=!timing'], { env, nice: BEHIND })),
    timed(
      'claude-code and deploy',
      runVitest(node, 'waiting', ['--project=claude-code', '--project=deploy'], { env, hold: (output) => process.stdout.write(output) }),
    ),
  ])
  const reports = [...beside, await timed('timing', runVitest(node, 'timing', ['--project=timing'], { env }))]
  return { checks, reports: await trySecondTime(reports, runAlone) }
}

function runAlone(files) {
  return timed('second try', runVitest(node, 'second-try', ['--no-file-parallelism', ...files], { env }))
}

function testSome() {
  const filters = isChanged ? affectedTests(args[0].split('=')[1] ?? args[1], node) : args
  return isChanged && filters.length === 0 ? nothing : timed('tests', runVitest(node, 'tests', filters, { env }))
}

function startMongoBuild() {
  const script = path.join(import.meta.dirname, 'setup/mongo.mjs')
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((resolve) => child.on('close', resolve).on('error', resolve))
}
