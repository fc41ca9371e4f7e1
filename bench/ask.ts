import { gzipSync } from 'node:zlib'
import type { Call } from '@signalbox/intent/call'
import { parseQuestion } from '@signalbox/intent/parse'
import { build } from 'esbuild'
import { demoContext as context, readQuestions, toKey } from '../packages/intent/test/question-set.ts'

// How many questions of a file the parser understands: `node bench/ask.ts FILE [--misses]`. The file has a header, and of each
// question set, tool, arguments as JSON, and words, between tabs. Tool `none`: it must not be answered.
const [file, flag] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: node bench/ask.ts FILE [--misses]')

const counts = {
  right: 0,
  'wrong action': 0,
  'wrong tool': 0,
  'wrong arguments': 0,
  miss: 0,
  'miss with the right tool suggested': 0,
  'miss with the right question suggested': 0,
}
const rows = readQuestions(file)
let slowestMs = 0
for (const { question, wanted } of rows) {
  const began = performance.now()
  const { call, isAction, suggestions } = parseQuestion(question, context)
  slowestMs = Math.max(slowestMs, performance.now() - began)
  const outcome = outcomeOf(call, isAction, wanted)
  counts[outcome]++
  if (outcome === 'miss') {
    const near = suggestions.map((one) => parseQuestion(one, context).call)
    if (near.some((one) => one?.tool === wanted?.tool)) counts['miss with the right tool suggested']++
    if (near.some((one) => toKey(one) === toKey(wanted))) counts['miss with the right question suggested']++
  }
  if (flag === '--misses' && outcome !== 'right') {
    const offered = outcome === 'miss' ? `; offered: ${suggestions.join(' | ')}` : ''
    console.log(`${outcome}: ${question} → ${toKey(call)}, not ${toKey(wanted)}${offered}`)
  }
}

function outcomeOf(call: Call | undefined, isAction: boolean, wanted: Call | undefined): keyof typeof counts {
  if (toKey(call) === toKey(wanted)) return 'right'
  if (isAction) return 'wrong action'
  if (call === undefined) return 'miss'
  return call.tool === wanted?.tool ? 'wrong arguments' : 'wrong tool'
}

for (const [name, count] of Object.entries(counts))
  console.log(`${name.padEnd(40)} ${count} (${((100 * count) / rows.length).toFixed(1)} %)`)
const long = 'which project cost the most on rack-1 last week '.repeat(11).slice(0, 500)
const cpu = process.cpuUsage()
for (let n = 0; n < 100; n++) parseQuestion(long, context)
const { user, system } = process.cpuUsage(cpu)
console.log(
  `${rows.length} questions, the slowest ${slowestMs.toFixed(1)} ms with the first; 500 characters: ${((user + system) / 100_000).toFixed(2)} ms of the processor`,
)
const { outputFiles } = await build({
  entryPoints: ['packages/intent/src/parse.ts'],
  bundle: true,
  minify: true,
  format: 'esm',
  write: false,
})
const [{ contents } = { contents: new Uint8Array() }] = outputFiles
console.log(
  `the parser in the page: ${(gzipSync(contents, { level: 9 }).length / 1000).toFixed(1)} kB gzip of ${(contents.length / 1000).toFixed(1)}`,
)
