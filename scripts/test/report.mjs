// A Vitest reporter that writes what the end of `npm test` says of a run: counts, failures, how long each file took.
import fs from 'node:fs'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { repositoryRoot } from '../setup/repository.mjs'

/**
 * @typedef {{ name: string, file?: string, error: string[] }} Failure `name` is `file > test`, `error` the first lines of what went wrong;
 *   without a file, it cannot be said which one failed
 * @typedef {{ name: string, error: string[] }} Retried what passed at the second try, with the error of the first
 * @typedef {{ passed: number, failed: number, skipped: number, failures: Failure[], retried: Retried[],
 *   files: { name: string, ms: number }[], costs?: { name: string, ms: number }[] }} Report `files` with their wall time, `costs` with
 *   their processor time, without that of the shared browser
 */

const MAX_ERROR_LINES = 12
const MAX_LINE_LENGTH = 240

/** Vitest takes a reporter that is named by its path from the default export, and gives it no options. */
// biome-ignore lint/style/noDefaultExport: see above
export default class ReportFile {
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env.TEST_REPORT
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, JSON.stringify(reportOf(modules, unhandledErrors)))
  }
}

/** @returns {Report} */
function reportOf(modules, unhandledErrors) {
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  const passed = tests.filter((test) => test.result().state === 'passed')
  const failures = [
    ...modules.flatMap(moduleFailures),
    ...tests.filter((test) => test.result().state === 'failed').map((test) => failureOf(test, test.result().errors)),
    ...unhandledErrors.map(unhandled),
  ]
  return {
    passed: passed.length,
    failed: failures.length,
    skipped: tests.filter((test) => test.result().state === 'skipped').length,
    failures,
    retried: passed
      .filter((test) => test.diagnostic()?.flaky)
      .map((test) => ({ name: nameOf(test), error: errorLines(test.result().errors) })),
    files: modules.map((module) => ({ name: fileOf(module), ms: timeOf(module) })),
  }
}

/** What failed outside of a test: the file itself, a hook of a suite, or tests that were never reached. */
function moduleFailures(module) {
  const broken = [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0)
  const errors = broken.map((suite) => failureOf(suite, suite.errors()))
  const isUnfinished = ['pending', 'queued'].includes(module.state()) || [...module.children.allTests('pending')].length > 0
  return isUnfinished ? [...errors, failureOf(module, [{ message: 'did not run to its end' }])] : errors
}

/** @returns {Failure} */
function failureOf(task, errors) {
  return { name: nameOf(task), file: fileOf(task.type === 'module' ? task : task.module), error: errorLines(errors) }
}

/** @returns {string[]} the first lines of the first error */
function errorLines(errors) {
  const [error] = errors ?? []
  const text = `${error?.name ? `${error.name}: ` : ''}${error?.message ?? 'unknown error'}\n${differences(error)}`
  const lines = stripVTControlCharacters(text).trimEnd().split('\n')
  return [...lines.slice(0, MAX_ERROR_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH)), ...placeOf(error)]
}

/** The lines of a diff that differ. */
function differences(error) {
  const lines = stripVTControlCharacters(error?.diff ?? '').split('\n')
  return lines.filter((line) => /^[+-] (?!Expected$|Received$)/.test(line)).join('\n')
}

/** @returns {string[]} the line of ours from which the error came */
function placeOf(error) {
  const frame = error?.stacks?.find(({ file }) => file.startsWith(repositoryRoot) && !file.includes('node_modules'))
  return frame === undefined ? [] : [`at ${path.relative(repositoryRoot, frame.file)}:${frame.line}`]
}

/** @returns {Failure} */
function unhandled(error) {
  const file = error.VITEST_TEST_PATH ? path.relative(repositoryRoot, error.VITEST_TEST_PATH) : undefined
  const name = `${file === undefined ? '' : `${file} > `}${error.VITEST_TEST_NAME ?? 'unhandled error'}`
  return { name, ...(file === undefined ? {} : { file }), error: errorLines([error]) }
}

function nameOf(task) {
  return task.type === 'module' ? fileOf(task) : `${fileOf(task.module)} > ${task.fullName}`
}

function fileOf(module) {
  return path.relative(repositoryRoot, module.moduleId)
}

function timeOf(module) {
  const { setupDuration, prepareDuration, collectDuration, duration } = module.diagnostic()
  return setupDuration + prepareDuration + collectDuration + duration
}
