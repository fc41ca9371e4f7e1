import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { cache, modules, repositoryRoot } from '../setup/repository.mjs'
import { repositoryEnv } from '../setup/run.mjs'

/** @typedef {import('./report.mjs').Report} Report */

/**
 * Runs Vitest; its report is `.cache/test-NAME.json`.
 * @param {string} node the Node that runs it
 * @param {string} name of this run
 * @param {string[]} args options and filters
 * @param {{ env: NodeJS.ProcessEnv, hold?: (output: Buffer) => void, nice?: number }} options `hold` gets the output at the end, for a run beside another;
 *   without it, the output is shown as it comes; `nice` lets another run go first
 * @returns {Promise<Report>}
 */
export async function runVitest(node, name, args, { env, hold, nice }) {
  const report = path.join(cache, `test-${name}.json`)
  const costs = path.join(cache, `test-${name}-costs.jsonl`)
  for (const file of [report, costs]) fs.rmSync(file, { force: true })
  const reporters = ['--reporter=default', `--reporter=${path.join(import.meta.dirname, 'report.mjs')}`]
  const child = spawn(node, [path.join(modules, 'vitest/vitest.mjs'), 'run', ...reporters, ...args], {
    cwd: repositoryRoot,
    // The tests start hundreds of processes that compile the same files.
    env: repositoryEnv({ ...env, NODE_COMPILE_CACHE: path.join(cache, 'compiled'), TEST_REPORT: report, TEST_COSTS: costs }),
    stdio: ['ignore', hold ? 'pipe' : 'inherit', hold ? 'pipe' : 'inherit'],
  })
  if (nice !== undefined && child.pid !== undefined) os.setPriority(child.pid, nice)
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => output.push(bytes))
  const end = await new Promise((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal)).on('error', (error) => resolve(error.message)),
  )
  const text = Buffer.concat(output)
  hold?.(text)
  return { ...readReport(report, name, end, stripVTControlCharacters(text.toString())), costs: readCosts(costs) }
}

/** @returns {{ name: string, ms: number }[]} the processor time of each file, where it could be measured */
function readCosts(file) {
  if (!fs.existsSync(file)) return []
  const lines = fs.readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line))
}

/** @returns {Report} with a failure where the run itself failed */
function readReport(file, name, end, output) {
  const report = fs.existsSync(file)
    ? JSON.parse(fs.readFileSync(file, 'utf8'))
    : { passed: 0, failed: 0, skipped: 0, failures: [], retried: [], files: [] }
  if (report.failed > 0 || (end === 0 && fs.existsSync(file))) return report
  const lastLines = output.trimEnd().split('\n').slice(-12)
  return {
    ...report,
    failed: 1,
    failures: [{ name: `the run of ${name}`, error: [`ended with ${end}, though no test failed`, ...lastLines] }],
  }
}
