// Which tests a change affects: those that import a changed file, and those that Vitest's import graph cannot connect with it.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { cache, modules, repositoryRoot } from '../setup/repository.mjs'
import { repositoryEnv } from '../setup/run.mjs'

/** Files that any test may depend on. */
const everything = /^(package(-lock)?\.json|tsconfig\.json|vitest\.config\.ts|scripts\/(test|setup)[./].*)$|\/package\.json$/
/** Tests that read the whole repository. */
const always = /^test\/(boundaries|docs|recipes|timing|words)\.test\.ts$/
const usesMongo = /support\/mongo\.ts/

/** Code that a test runs without importing it: in the text of the test, what starts it, and the folders of that code. */
const started = [
  { by: /\b(startBox|startCli|startSignalbox|npmStart|runCommand)\b/, code: /^(apps\/(cli|hub|collector)|packages)\// },
  { by: /\b(startHub|startHubProcess|listeningHub|killedHubSuite)\b/, code: /^(apps\/hub|packages)\// },
  { by: /\b(launch|visit|openBrowser)\b|test\/browser/, code: /^(apps\/(dashboard|hub)|packages)\// },
  { by: /apps\/collector\//, code: /^(apps\/collector|packages)\// },
  { by: /\bnpmStart\b|scripts\//, code: /^scripts\// },
  { by: /\bclaudeCode\b|\binstall\(/, code: /^(apps\/(hub|collector|claude-plugin)|packages)\// },
  { by: /examples\//, code: /^(examples|packages)\// },
]
/** A test of an app or a package that starts its own programs. */
const startsPrograms = /support\/child\.ts|node:child_process|node:worker_threads|cli\.suite\.ts/

/**
 * @param {string | undefined} ref a branch or commit; without it, what is not committed
 * @param {string} node the Node that runs Vitest
 * @returns {string[]} absolute paths of test files
 */
export function affectedTests(ref, node) {
  const changed = changedFiles(ref)
  const tests = listTests(node, [])
  if (changed.some((file) => everything.test(file))) return tests
  const imported = new Set(listTests(node, [ref === undefined ? '--changed' : `--changed=${ref}`]))
  return tests.filter((test) => imported.has(test) || isForced(test, changed))
}

function isForced(test, changed) {
  const file = path.relative(repositoryRoot, test).split(path.sep).join('/')
  if (changed.length > 0 && always.test(file)) return true
  const text = fs.readFileSync(test, 'utf8')
  const code = changed.filter((one) => !/\.(test|suite|fixture)\.tsx?$/.test(one))
  if (started.some(({ by, code: folders }) => by.test(text) && code.some((one) => folders.test(one)))) return true
  const [, own] = /^((?:apps|packages)\/[^/]+)\//.exec(file) ?? []
  if (own !== undefined && startsPrograms.test(text) && code.some((one) => one.startsWith(`${own}/`) || one.startsWith('packages/')))
    return true
  if (file.startsWith('test/browser/') && code.some((one) => /^apps\/(dashboard|hub)\//.test(one))) return true
  if (usesMongo.test(text) && changed.some((one) => one.startsWith('test/mongo/'))) return true
  // Files that a test reads, by their name in its text.
  return code.some((one) => !/\.tsx?$/.test(one) && text.includes(path.posix.basename(one)))
}

function changedFiles(ref) {
  const base = ref === undefined ? 'HEAD' : git(['merge-base', ref, 'HEAD'])[0]
  return [...git(['diff', '--name-only', base]), ...git(['ls-files', '--others', '--exclude-standard'])]
}

function git(args) {
  const { stdout, status, stderr } = spawnSync('git', args, { cwd: repositoryRoot, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr.trim()}`)
  return stdout.split('\n').filter((line) => line !== '')
}

function listTests(node, args) {
  const file = path.join(cache, 'tests.json')
  fs.mkdirSync(cache, { recursive: true })
  fs.rmSync(file, { force: true })
  spawnSync(node, [path.join(modules, 'vitest/vitest.mjs'), 'list', '--filesOnly', `--json=${file}`, ...args], {
    cwd: repositoryRoot,
    env: repositoryEnv(),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (!fs.existsSync(file)) return []
  return [...new Set(JSON.parse(fs.readFileSync(file, 'utf8')).map((one) => one.file))]
}
