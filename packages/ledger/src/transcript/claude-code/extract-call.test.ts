import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { realTranscripts } from '../../../../../test/support/real-transcripts.ts'
import { makeTranscripts } from '../../../../../test/support/transcripts.ts'
import { FoundLineReader } from './extract-call.ts'
import type { ParsedRecord } from './parse-record.ts'
import { readLine } from './read-line.ts'
import { ScanKernel } from './scan-kernel.ts'

interface LineContent {
  readonly records: ParsedRecord[]
  readonly isComplete: boolean
}

function readWithParser(line: Buffer): LineContent {
  const records: ParsedRecord[] = []
  const isComplete = readLine(line, 0, line.length, (one) => records.push(one))
  return { records, isComplete }
}

const kernel = new ScanKernel()
const reader = new FoundLineReader(kernel)

/** Reads the line on the fast path; undefined when the kernel skips it. */
function readWithKernel(line: Buffer): LineContent | undefined {
  kernel.grow(line.length + 1)
  const { base } = kernel
  line.copy(kernel.bytes, base)
  kernel.bytes[base + line.length] = 0x0a
  const end = kernel.nextLine(base, base + line.length + 1)
  if (end === 0) return undefined
  expect([kernel.start, end]).toEqual([base, base + line.length])
  const records: ParsedRecord[] = []
  const isComplete = reader.read(end, (one) => records.push(typeof one === 'string' || Array.isArray(one) ? one : { ...one }))
  return { records, isComplete }
}

function expectSame(line: Buffer): void {
  const fast = readWithKernel(line)
  if (!line.includes('"usage"')) expect(fast).toBeUndefined()
  else expect(fast).toEqual(readWithParser(line))
}

/** Counts the calls in the lines of a file, and checks that both paths read the same from each line. */
function countCalls(file: Buffer): number {
  let calls = 0
  for (let start = 0; start < file.length; ) {
    const newline = file.indexOf(0x0a, start)
    const end = newline === -1 ? file.length : newline
    const line = file.subarray(start, end)
    const fast = readWithKernel(line)
    if (fast !== undefined) {
      expect(fast).toEqual(readWithParser(line))
      calls += fast.records.filter((one) => typeof one !== 'string').length
    }
    start = end + 1
  }
  return calls
}

test('the fast path reads generated transcripts of every shape like JSON.parse', () => {
  for (const seed of [1, 2, 3]) {
    const made = makeTranscripts({ seed, calls: 120, longLines: 1 })
    let calls = 0
    for (const { content } of made.files) calls += countCalls(content)
    expect(calls).toBeGreaterThanOrEqual(made.calls.length)
  }
})

const real = realTranscripts()
test.skipIf(real === undefined)('the fast path reads the real transcripts like JSON.parse', () => {
  const folder = path.join(real!.folder, 'projects')
  let calls = 0
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.jsonl')) calls += countCalls(readFileSync(path.join(folder, name)))
  }
  expect(calls).toBeGreaterThan(real!.expected.totals.calls)
})

const wanted = [
  'type',
  'timestamp',
  'requestId',
  'uuid',
  'sessionId',
  'cwd',
  'gitBranch',
  'version',
  'agentId',
  'isSidechain',
  'message',
  'data',
  'id',
  'model',
  'usage',
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cache_creation',
  'ephemeral_5m_input_tokens',
  'ephemeral_1h_input_tokens',
  'server_tool_use',
  'web_search_requests',
  'speed',
  'service_tier',
  'inference_geo',
] as const
type Name = (typeof wanted)[number]

// Mostly plain values: one odd field makes the whole object odd, and the fast path would not be tested.
const space = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('', '', '', ' ', '  ') },
  { weight: 1, arbitrary: fc.constantFrom('\t', '\r') },
)
const text = fc.oneof(
  { weight: 30, arbitrary: fc.stringMatching(/^[a-z0-9:]{0,12}$/).map((value) => JSON.stringify(value)) },
  { weight: 10, arbitrary: fc.constantFrom('"same"', '"/home/ada/Développement"', '"日本"') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).map((value) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"\\u0061b"', '"a\\/b"', '"\\ud83d"', '"\\\\"', '"\\""', '"\\"usage\\":{"', '"a\\qb"', '"a\tb"'),
  },
  { weight: 1, arbitrary: fc.integer({ min: 30, max: 500 }).map((length) => `"${'é'.repeat(length)}"`) },
)
const number = fc.oneof(
  fc.nat({ max: 100_000 }).map(String),
  fc.constantFrom(
    '0',
    '-0',
    '-1',
    '1.5',
    '1e3',
    '1E+2',
    '01',
    '+1',
    '.5',
    '999999999999',
    '1000000000000',
    '9007199254740993',
    '1e999',
    '12.',
  ),
)
const other = fc.oneof(fc.constantFrom('null', 'true', 'false', 'tru', 'nul', '{}', '[]', '[1,{"usage":[]}]'), text, number)
const instant = fc.constantFrom(
  '"2026-01-06T13:32:11.716Z"',
  '"2026-02-29T13:32:11.716Z"',
  '"2028-02-29T23:59:59.999Z"',
  '"2026-02-31T13:32:11.716Z"',
  '"2026-04-31T13:32:11.716Z"',
  '"2026-12-31T24:00:00.000Z"',
  '"2026-13-01T00:00:00.000Z"',
  '"2026-01-06T13:32:11Z"',
  '"2026-01-06T13:32:11.716+02:00"',
  '"2026-01-06T13:32:11"',
  '"1969-12-31T23:59:59.999Z"',
  '"0000-01-01T00:00:00.000Z"',
  '"9999-12-31T23:59:59.999Z"',
  '"yesterday"',
  '""',
)
const name = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom<Name | 'content' | 'Type' | 'role'>(...wanted, 'content', 'Type', 'role') },
  { weight: 1, arbitrary: fc.constantFrom('m\\u006fdel', '\\u0075sage', 'type\\u0000', 'message\\n') },
)

/** An object of the named fields: mostly each once and in order, sometimes anything. */
function objectOf(fields: Partial<Record<Name, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  const usual = Object.entries(fields).map(([key, value]) =>
    fc.tuple(fc.constant(key), fc.oneof({ weight: 60, arbitrary: value }, { weight: 1, arbitrary: other })),
  )
  const strange = fc.tuple(name, fc.oneof(other, instant))
  return fc
    .tuple(
      fc.tuple(...usual),
      fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(strange, { maxLength: 2 }) }),
      fc.nat({ max: 40 }),
      space,
    )
    .map(([pairs, more, turn, gap]) => {
      const all = [...pairs, ...more]
      // Field orders differ from version to version.
      const turned = [...all.slice(turn % (all.length + 1)), ...all.slice(0, turn % (all.length + 1))]
      return `{${gap}${turned.map(([key, value]) => `"${key}"${gap}:${gap}${value}`).join(`${gap},${gap}`)}${gap}}`
    })
}

const count = fc.oneof({ weight: 40, arbitrary: fc.nat({ max: 100_000 }).map(String) }, { weight: 1, arbitrary: number })
const usage = objectOf({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  cache_creation: objectOf({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }),
  server_tool_use: objectOf({ web_search_requests: count }),
  speed: text,
  service_tier: text,
  inference_geo: text,
})
const message = objectOf({
  id: text,
  model: fc.oneof({ weight: 10, arbitrary: text }, { weight: 1, arbitrary: fc.constant('"<synthetic>"') }),
  usage,
})
const envelope = {
  sessionId: text,
  cwd: text,
  gitBranch: text,
  version: text,
  agentId: text,
  isSidechain: fc.constantFrom('true', 'false'),
}
const callFields = {
  timestamp: fc.oneof({ weight: 2, arbitrary: fc.constant('"2026-01-06T13:32:11.716Z"') }, { weight: 1, arbitrary: instant }),
  requestId: text,
  uuid: text,
  message,
}
const record = fc.oneof(
  objectOf({ ...envelope, ...callFields, type: fc.constant('"assistant"') }),
  objectOf({ ...envelope, type: fc.constant('"progress"'), data: objectOf({ agentId: text, message: objectOf(callFields) }) }),
  objectOf({ ...envelope, ...callFields, type: fc.constantFrom('"user"', '"\\u0061ssistant"', '"assistan"', 'null') }),
)
/** A repeated object: the last one counts, and nothing of the first one may remain. */
const twice = fc
  .tuple(objectOf({ ...envelope, ...callFields, type: fc.constant('"assistant"') }), message, usage, fc.boolean())
  .map(([text, message, usage, before]) => {
    const again = text.includes('"usage"') && before ? `"usage":${usage}` : `"message":${message}`
    return before ? text.replace('"model"', `${again},"model"`) : text.replace(/}$/, `,${again}}`)
  })
const line = fc
  .tuple(
    fc.array(fc.oneof({ weight: 8, arbitrary: record }, { weight: 1, arbitrary: twice }), { minLength: 1, maxLength: 2 }),
    space,
    fc.constantFrom('', '', '', 'null', '7', ',', '}', '{"half":"'),
  )
  .map(([records, gap, tail]) => Buffer.from(gap + records.join(gap) + gap + tail))

const runs = { numRuns: Number(process.env.FUZZ_RUNS ?? 4_000) }

test('the fast path reads any object like JSON.parse, in any order, with any field missing, repeated or invalid', () => {
  fc.assert(fc.property(line, expectSame), runs)
})

test('the fast path reads damaged lines like JSON.parse', () => {
  const damage = fc.record({ at: fc.nat(), length: fc.nat({ max: 12 }), bytes: fc.uint8Array({ maxLength: 4 }) })
  const piece = fc.tuple(line, fc.array(damage, { minLength: 1, maxLength: 3 }))
  fc.assert(
    fc.property(piece, ([whole, damages]) => {
      let damaged: Buffer = whole
      for (const { at, length, bytes } of damages) {
        const start = at % (damaged.length + 1)
        damaged = Buffer.concat([damaged.subarray(0, start), bytes, damaged.subarray(start + length)])
      }
      const newline = damaged.indexOf(0x0a)
      expectSame(newline === -1 ? damaged : damaged.subarray(0, newline))
    }),
    runs,
  )
})

test('from half a line and a complete line appended to it, the complete line is read', () => {
  const [first, second] = makeTranscripts({ seed: 4, calls: 60, longLines: 0 })
    .files.flatMap(({ content }) => content.toString('utf8').split('\n'))
    .filter((text) => readWithParser(Buffer.from(text)).records.some((one) => typeof one !== 'string') && !text.includes('}{'))
  const { records } = readWithParser(Buffer.from(second!))
  let found = 0
  for (let cut = 1; cut < first!.length; cut++) {
    const torn = Buffer.concat([Buffer.from(first!).subarray(0, cut), Buffer.from(second!)])
    const read = readWithKernel(torn)!
    expect(read).toEqual(readWithParser(torn))
    expect(read.isComplete).toBe(false)
    if (read.records.some((one) => JSON.stringify(one) === JSON.stringify(records[0]))) found++
  }
  // Cut right after a colon or a bracket, the second line is a valid value there, which cannot be detected.
  expect(found / first!.length).toBeGreaterThan(0.9)
})

test('the fast path reads a row whose fields have any value like JSON.parse', () => {
  const odd = fc.constantFrom<unknown[]>(null, '', 'end_turn', 'refusal', 0, 7, -1, 1.5, true, [], {}, 'a\\u0041"')
  const maybe = (value: fc.Arbitrary<unknown>) => fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: odd })
  const count = maybe(fc.constantFrom(0, 1, 400, 123_456_789_012, 9e15))
  const iterations = fc.array(
    fc.record(
      { type: fc.constantFrom('message', 'advisor_message'), model: maybe(fc.constant('claude-fable-5-2')), output_tokens: count },
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  )
  const usage = fc.record(
    {
      input_tokens: count,
      output_tokens: count,
      cache_creation_input_tokens: count,
      cache_read_input_tokens: count,
      cache_creation: maybe(fc.record({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }, { requiredKeys: [] })),
      iterations: maybe(iterations),
      speed: maybe(fc.constant('fast')),
    },
    { requiredKeys: [] },
  )
  const message = fc.record(
    { id: maybe(fc.constantFrom('msg_1', 'relay-1')), model: maybe(fc.constant('claude-opus-5-5')), stop_reason: odd, usage: maybe(usage) },
    { requiredKeys: [] },
  )
  const row = fc.record(
    {
      type: fc.constant('assistant'),
      uuid: maybe(fc.constant('6a0e3c52-0d1c-4f7e-9f6e-0f8f5f3a7c11')),
      parentUuid: odd,
      requestId: maybe(fc.constant('req_1')),
      sessionId: maybe(fc.constant('s')),
      requestSessionId: maybe(fc.constant('t')),
      forkedFrom: maybe(fc.record({ sessionId: maybe(fc.constant('f')) })),
      timestamp: fc.constant('2026-11-20T10:00:00.000Z'),
      message: maybe(message),
    },
    { requiredKeys: ['type', 'message'] },
  )
  fc.assert(
    fc.property(row, (value) => expectSame(Buffer.from(JSON.stringify(value)))),
    { numRuns: 3_000 },
  )
})
