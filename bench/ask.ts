import fs from 'node:fs'
import type { Call, ParseContext } from '@signalbox/intent/call'
import { parseQuestion } from '@signalbox/intent/parse'

// How many questions of a file the parser understands: `node bench/ask.ts FILE [--misses]`. The file has a header, and of each
// question set, tool, arguments as JSON, and words, between tabs. Tool `none`: it must not be answered.
const [file, flag] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: node bench/ask.ts FILE [--misses]')

/** The world of the demo, on a Friday. */
const context: ParseContext = {
  now: Date.parse('2026-11-27T16:10:00Z'),
  timezone: 'Europe/Berlin',
  vocabulary: {
    projects: ['platform-web', 'timetable-api', 'signal-firmware', 'ticket-machine', 'ops-notebooks'],
    machines: ['ada-laptop', 'grace-desktop', 'rack-1', 'rack-2'],
    models: ['claude-opus-5-5', 'claude-fable-5-2', 'claude-sonnet-5', 'claude-haiku-4-5'],
    sessions: ['8c1f4f3e-1111-4111-8111-111111111111', 'b11405cb-1111-4111-8111-111111111111'],
  },
}

const toKey = (call: Call | undefined) =>
  call === undefined ? 'none' : JSON.stringify([call.tool, Object.entries(call.arguments).sort(([a], [b]) => (a < b ? -1 : 1))])
const counts = {
  right: 0,
  'wrong action': 0,
  'wrong tool': 0,
  'wrong arguments': 0,
  miss: 0,
  'miss with the right tool suggested': 0,
  'miss with the right question suggested': 0,
}
const rows = fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(1)
let slowestMs = 0
for (const row of rows) {
  const [, tool = '', args = '{}', question = ''] = row.split('\t')
  const began = performance.now()
  const { call, isAction, suggestions } = parseQuestion(question, context)
  slowestMs = Math.max(slowestMs, performance.now() - began)
  const wanted = tool === 'none' ? undefined : { tool, arguments: JSON.parse(args) as Call['arguments'] }
  const outcome = outcomeOf(call, isAction, wanted)
  counts[outcome]++
  if (outcome === 'miss') {
    const near = suggestions.map((one) => parseQuestion(one, context).call)
    if (near.some((one) => one?.tool === tool)) counts['miss with the right tool suggested']++
    if (near.some((one) => toKey(one) === toKey(wanted))) counts['miss with the right question suggested']++
  }
  if (flag === '--misses' && outcome !== 'right') console.log(`${outcome}: ${question} → ${toKey(call)}, not ${toKey(wanted)}`)
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
