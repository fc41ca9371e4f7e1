import fs from 'node:fs'
import path from 'node:path'
import { type Random, randomFrom } from '@signalbox/usage/random'
import { assistantLine, type LineFormat, objectOf, progressLine, type RecordOfCall } from './transcript-line.ts'
import { type Prose, proseFrom } from './transcript-text.ts'

/**
 * Transcripts as Claude Code writes them, with their totals. The calls are generated first and the lines written from
 * them, so the totals are known without the code under test.
 */

/** A call as the ledger must store it. Counts are tokens; fields missing from the transcript are '' or 0. */
export interface ExpectedCall {
  readonly key: string
  /** ISO 8601 UTC with milliseconds. */
  readonly at: string
  readonly session_id: string
  readonly model: string
  readonly cwd: string
  readonly is_sidechain: boolean
  readonly input: number
  readonly output: number
  readonly write_5m: number
  readonly write_1h: number
  readonly read: number
  readonly web_searches: number
  readonly speed: string
  readonly service_tier: string
  readonly inference_geo: string
}

export interface ExpectedTotals {
  calls: number
  input: number
  output: number
  write5m: number
  write1h: number
  read: number
}

/** The form of the `expected.json` that comes with the real transcripts. */
export interface Expected {
  lines: number
  totals: ExpectedTotals
  /** By `<UTC day> <model>`. */
  days: Record<string, ExpectedTotals>
}

export interface TranscriptFile {
  /** Below the configuration folder, with slashes: `projects/<slug>/<session>.jsonl`. */
  readonly path: string
  readonly content: Buffer
}

/** A half-written last line of a file; with its rest appended there is one more call. */
export interface HalfLine {
  readonly path: string
  readonly rest: Buffer
  readonly call: ExpectedCall
}

export interface Transcripts {
  readonly files: readonly TranscriptFile[]
  readonly expected: Expected
  readonly calls: readonly ExpectedCall[]
  /** Lines that look like a call and cannot be read. */
  readonly badLines: number
  readonly halfLines: readonly HalfLine[]
}

export interface TranscriptOptions {
  readonly seed?: number
  /** Minimum number of calls; every shape occurs from 60 calls on. */
  readonly calls?: number
  /** Number of lines of 1 MB. */
  readonly longLines?: number
  /** First day, `YYYY-MM-DD`, and number of days that the calls are spread over. */
  readonly firstDay?: string
  readonly days?: number
}

export interface Corpus {
  readonly files: readonly string[]
  readonly bytes: number
  readonly expected: Expected
  readonly badLines: number
}

export interface CorpusOptions {
  readonly bytes: number
  readonly seed?: number
  /** All lines in one file instead of a file for each session. */
  readonly oneFile?: boolean
  readonly firstDay?: string
  readonly days?: number
}

/** Generates transcripts of every shape in memory. */
export function makeTranscripts(options: TranscriptOptions = {}): Transcripts {
  const { seed = 1, calls: wanted = 120, longLines = 1 } = options
  const world = makeWorld(seed, options)
  const files: TranscriptFile[] = []
  const calls: ExpectedCall[] = []
  const halfLines: HalfLine[] = []
  let lines = 0
  let badLines = 0
  let turn = 0
  while (calls.length < wanted) {
    const family = new Family(world)
    const length = Math.min(wanted - calls.length, world.random.int(12, 50))
    if (calls.length === 0) for (let nth = 0; nth < longLines; nth++) longLine(family, nth % 2 === 0)
    // Every shape in turn, so that a small fixture misses none by chance.
    while (family.calls.length < length) turns[turn++ % turns.length]!(family)
    finish(family, halfLines)
    for (const file of family.files) files.push({ path: file.path, content: Buffer.concat(file.chunks) })
    calls.push(...family.calls)
    lines += family.lines
    badLines += family.badLines
  }
  return { files, calls, badLines, halfLines, expected: { lines, ...totalsOf(calls) } }
}

/** Writes transcripts of every shape below a folder, which then serves as `CLAUDE_CONFIG_DIR`. */
export function writeTranscripts(folder: string, options: TranscriptOptions = {}): Transcripts {
  const made = makeTranscripts(options)
  for (const file of made.files) writeFile(folder, file)
  return made
}

export function writeFile(folder: string, file: TranscriptFile): void {
  const target = path.join(folder, file.path)
  fs.mkdirSync(path.dirname(target), { recursive: true })
  fs.writeFileSync(target, file.content)
}

/** Writes about that many bytes of transcripts in a realistic mix, with one session in memory at a time. */
export async function writeCorpus(folder: string, options: CorpusOptions): Promise<Corpus> {
  const world = makeWorld(options.seed ?? 1, options)
  const expected: Expected = { lines: 0, totals: noTotals(), days: {} }
  const files: string[] = []
  let bytes = 0
  let badLines = 0
  let open: number | undefined
  try {
    while (bytes < options.bytes) {
      const family = new Family(world)
      const size = Math.min(options.bytes - bytes, 100_000 * 2 ** (world.random.next() * 7))
      while (family.bytes < size) ordinaryTurn(family)
      for (const file of family.files) {
        const target = path.join(folder, options.oneFile ? path.join('projects', '-one', 'all.jsonl') : file.path)
        if (open === undefined) {
          fs.mkdirSync(path.dirname(target), { recursive: true })
          files.push(target)
          open = fs.openSync(target, 'w')
        }
        for (const chunk of inMegabytes(file.chunks)) fs.writeSync(open, chunk)
        if (!options.oneFile) {
          fs.closeSync(open)
          open = undefined
        }
      }
      bytes += family.bytes
      badLines += family.badLines
      expected.lines += family.lines
      for (const call of family.calls) addCall(expected, call)
      // The event loop gets a turn, so that callers stay responsive.
      await new Promise(setImmediate)
    }
  } finally {
    if (open !== undefined) fs.closeSync(open)
  }
  return { files, bytes, expected, badLines }
}

/** Sums calls by UTC day and model, and altogether. */
export function totalsOf(calls: Iterable<ExpectedCall>): Pick<Expected, 'totals' | 'days'> {
  const sums = { totals: noTotals(), days: {} }
  for (const call of calls) addCall(sums, call)
  return sums
}

function addCall(sums: Pick<Expected, 'totals' | 'days'>, call: ExpectedCall): void {
  const name = `${call.at.slice(0, 10)} ${call.model}`
  sums.days[name] ??= noTotals()
  for (const total of [sums.totals, sums.days[name]]) {
    total.calls += 1
    total.input += call.input
    total.output += call.output
    total.write5m += call.write_5m
    total.write1h += call.write_1h
    total.read += call.read
  }
}

function noTotals(): ExpectedTotals {
  return { calls: 0, input: 0, output: 0, write5m: 0, write1h: 0, read: 0 }
}

function* inMegabytes(chunks: readonly Buffer[]): Generator<Buffer> {
  let pending: Buffer[] = []
  let size = 0
  for (const chunk of chunks) {
    pending.push(chunk)
    size += chunk.length
    if (size < 1_000_000) continue
    yield Buffer.concat(pending)
    pending = []
    size = 0
  }
  if (pending.length > 0) yield Buffer.concat(pending)
}

interface World {
  readonly random: Random
  readonly prose: Prose
  readonly firstMoment: number
  readonly span: number
}

function makeWorld(seed: number, { firstDay = '2026-09-15', days = 42 }: { firstDay?: string; days?: number }): World {
  const random = randomFrom(seed)
  return { random, prose: proseFrom(random), firstMoment: Date.parse(firstDay), span: days * 86_400_000 }
}

interface OutFile {
  readonly path: string
  readonly ending: string
  readonly chunks: Buffer[]
}

/** @returns the number of bytes written */
function writeLine({ chunks, ending }: OutFile, text: string | Buffer): number {
  const chunk = typeof text === 'string' ? Buffer.from(text + ending) : Buffer.concat([text, Buffer.from(ending)])
  chunks.push(chunk)
  return chunk.length
}

const projects = [
  '/home/dev/signals',
  '/home/dev/work/music-library',
  '/Users/ada/Développement/café',
  'C:\\Users\\grace\\source\\repos\\ledger',
  '/srv/slot-3/checkout',
  '/home/dev/work/"quoted" \\ folder',
]
const branches = ['main', 'fix/torn-lines', 'feature/über-lang', 'HEAD', 'release-2.0', '']
const versions = ['1.0.88', '2.0.76', '2.1.12', '2.1.33', '2.3.4']
const models = [
  'claude-opus-5-5',
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-4-5-20251001',
  'claude-haiku-5-5',
  'claude-fable-5-1',
  'claude-opus-4-6',
  'claude-sonnet-4-5-20250929',
]

/** A session, its forks and its agents: the files between which Claude Code copies calls. */
class Family {
  readonly world: World
  readonly random: Random
  readonly files: OutFile[] = []
  readonly calls: ExpectedCall[] = []
  readonly session: string
  readonly slug: string
  readonly cwd: string
  readonly branch: string
  readonly version: string
  readonly main: OutFile
  lines = 0
  badLines = 0
  bytes = 0
  /** Milliseconds; advances with every line. */
  clock: number
  #fork: { file: OutFile; session: string } | undefined

  constructor(world: World) {
    const { random } = world
    this.world = world
    this.random = random
    this.session = random.uuid()
    this.cwd = random.pick(projects)
    this.slug = this.cwd.replace(/[^a-zA-Z0-9]/g, '-')
    this.branch = random.pick(branches)
    this.version = random.pick(versions)
    this.clock = world.firstMoment + random.int(0, world.span)
    this.main = this.file(`projects/${this.slug}/${this.session}.jsonl`)
  }

  file(path: string, ending = '\n'): OutFile {
    const file: OutFile = { path, ending, chunks: [] }
    this.files.push(file)
    return file
  }

  /** The file of a later session that took over calls. */
  get fork(): { file: OutFile; session: string } {
    if (this.#fork === undefined) {
      const session = this.random.uuid()
      this.#fork = { session, file: this.file(`projects/${this.slug}/${session}.jsonl`) }
    }
    return this.#fork
  }

  get forked(): OutFile | undefined {
    return this.#fork?.file
  }

  write(file: OutFile, text: string | Buffer): void {
    this.lines += 1
    this.bytes += writeLine(file, text)
  }

  tick(maxMs = 20_000): string {
    this.clock += this.random.int(5, maxMs)
    return new Date(this.clock).toISOString()
  }

  prose(bytes: number): string {
    return this.world.prose(bytes)
  }

  /** A record with random values; `over` replaces those that a shape needs to differ. */
  record(over: Partial<RecordOfCall> = {}): RecordOfCall {
    const { random } = this
    const hour = random.chance(0.6)
    const written = random.chance(0.8) ? random.int(20, 9_000) : random.int(20_000, 150_000)
    return {
      uuid: random.uuid(),
      messageId: `msg_01${random.id(22)}`,
      requestId: `req_011C${random.id(20)}`,
      timestamp: this.tick(),
      model: random.pick(models),
      session: this.session,
      cwd: this.cwd,
      branch: this.branch,
      version: this.version,
      sidechain: false,
      input: random.int(1, random.chance(0.8) ? 12 : 4_000),
      output: random.int(30, 3_000),
      write_5m: hour ? 0 : written,
      write_1h: hour ? written : 0,
      read: random.int(9_000, 190_000),
      tier: 'standard',
      content: contentOf(this),
      ...over,
    }
  }

  format(over: Partial<LineFormat> = {}): LineFormat {
    return { order: this.random.pick(['classic', 'type-first', 'envelope-last'] as const), cache: 'object', ...over }
  }

  assistant(file: OutFile, record: RecordOfCall, format: LineFormat = this.format()): void {
    this.write(file, assistantLine(this.random, record, format))
  }

  progress(file: OutFile, record: RecordOfCall, format: LineFormat = this.format()): void {
    // Progress is written after the call, sometimes on another day.
    const seenAt = new Date(Date.parse(record.timestamp) + this.random.int(1, this.random.chance(0.1) ? 86_400_000 : 3_000)).toISOString()
    this.write(file, progressLine(this.random, record, format, seenAt, this.prose(700)))
  }

  /** Expects this record to win, with the session and time of `first`. */
  expect(best: RecordOfCall, first: RecordOfCall = best): void {
    this.calls.push(expectedOf(best, first))
  }
}

function expectedOf(best: RecordOfCall, first: RecordOfCall = best): ExpectedCall {
  return {
    key: best.messageId ?? best.uuid,
    at: new Date(first.timestamp).toISOString(),
    session_id: first.session,
    model: best.model,
    cwd: best.cwd,
    is_sidechain: best.sidechain,
    input: best.input,
    output: best.output,
    write_5m: best.write_5m,
    write_1h: best.write_1h,
    read: best.read,
    web_searches: best.webSearches ?? 0,
    speed: best.speed ?? '',
    service_tier: best.tier ?? '',
    inference_geo: best.geo ?? '',
  }
}

function contentOf(family: Family): string {
  const { random } = family
  const size = random.chance(0.9) ? random.int(20, 900) : random.int(1_000, 9_000)
  const kind = random.next()
  if (kind < 0.3) return `[{"type":"text","text":"${family.prose(size)}"}]`
  if (kind < 0.5) return `[{"type":"thinking","thinking":"${family.prose(size)}","signature":"${random.id(300)}=="}]`
  const [tool, input] = random.pick([
    ['Bash', `{"command":"${family.prose(size)}","description":"${family.prose(40)}"}`],
    [
      'Edit',
      `{"file_path":"/home/dev/${random.id(6)}.ts","old_string":"${family.prose(size / 2)}","new_string":"${family.prose(size / 2)}"}`,
    ],
    ['Grep', `{"pattern":"usage","path":"src","output_mode":"content"}`],
    ['mcp__stats__report', `{"usage":{"input_tokens":111111,"output_tokens":222222},"type":"assistant","note":"${family.prose(60)}"}`],
  ] as const)
  return `[{"type":"tool_use","id":"toolu_01${random.id(22)}","name":"${tool}","input":${input}}]`
}

function envelope(family: Family, type: string): [string, string][] {
  const { random } = family
  return [
    ['parentUuid', JSON.stringify(random.uuid())],
    ['isSidechain', 'false'],
    ['userType', '"external"'],
    ['cwd', JSON.stringify(family.cwd)],
    ['sessionId', JSON.stringify(family.session)],
    ['version', JSON.stringify(family.version)],
    ['gitBranch', JSON.stringify(family.branch)],
    ['type', `"${type}"`],
  ]
}

/** The result of a tool; most bytes of a transcript are such lines. */
function toolResult(family: Family, size: number, decoy = false): string {
  const { random } = family
  const text = family.prose(size)
  const result = decoy
    ? `{"status":"completed","agentId":"${random.hex(7)}","totalTokens":60109,"usage":{"input_tokens":131313,"cache_read_input_tokens":131313,"output_tokens":131313}}`
    : `{"stdout":"${text}","stderr":"","interrupted":false,"isImage":false}`
  return objectOf([
    ...envelope(family, 'user'),
    [
      'message',
      `{"role":"user","content":[{"tool_use_id":"toolu_01${random.id(22)}","type":"tool_result","content":"${text}","is_error":false}]}`,
    ],
    ['uuid', JSON.stringify(random.uuid())],
    ['timestamp', JSON.stringify(family.tick(3_000))],
    ['toolUseResult', result],
  ])
}

function bashProgress(family: Family): string {
  const { random } = family
  const output = family.prose(random.chance(0.93) ? 90 : 5_000)
  return objectOf([
    ...envelope(family, 'progress'),
    [
      'data',
      `{"type":"bash_progress","output":"${output}","fullOutput":"${output}","elapsedTimeSeconds":${random.int(2, 90)},"totalLines":${random.int(0, 400)}}`,
    ],
    ['parentToolUseID', JSON.stringify(`toolu_01${random.id(22)}`)],
    ['toolUseID', JSON.stringify(`bash-progress-${random.int(0, 20)}`)],
    ['timestamp', JSON.stringify(family.tick(1_000))],
    ['uuid', JSON.stringify(random.uuid())],
  ])
}

const smallLines: readonly ((family: Family) => string)[] = [
  (family) => `{"type":"summary","summary":"${family.prose(60)}","leafUuid":"${family.random.uuid()}"}`,
  (family) =>
    `{"type":"file-history-snapshot","messageId":"${family.random.uuid()}","snapshot":{"trackedFileBackups":{"src/${family.random.id(5)}.ts":{"backupFileName":"${family.random.hex(16)}@v1","version":1}},"timestamp":"${family.tick(900)}"},"isSnapshotUpdate":false}`,
  (family) =>
    `{"type":"queue-operation","operation":"enqueue","timestamp":"${family.tick(900)}","sessionId":"${family.session}","content":"${family.prose(120)}"}`,
  (family) =>
    objectOf([
      ...envelope(family, 'system'),
      ['subtype', '"stop_hook_summary"'],
      ['content', `"${family.prose(200)}"`],
      ['timestamp', JSON.stringify(family.tick(900))],
      ['level', '"suggestion"'],
    ]),
  (family) => `{"type":"last-prompt","lastPrompt":"${family.prose(100)}","sessionId":"${family.session}"}`,
]

/** Writes a streamed call: several records, one content block each, with growing output. */
function streamed(family: Family, file: OutFile, over: Partial<RecordOfCall>, parts: number): void {
  const { random } = family
  const format = family.format()
  const last = family.record(over)
  let first: RecordOfCall | undefined
  for (let part = 1; part <= parts; part++) {
    const final = part === parts
    const record: RecordOfCall = {
      ...last,
      uuid: random.uuid(),
      timestamp: part === 1 ? last.timestamp : family.tick(4_000),
      output: final ? last.output : Math.min(last.output - 1, Math.floor((last.output * part) / (parts + 1))),
      content: contentOf(family),
    }
    first ??= record
    family.assistant(file, record, format)
    if (final) family.expect(record, first)
  }
}

/** Writes the mix of a long working day, for corpora: mostly streamed calls, tool results and progress. */
function ordinaryTurn(family: Family): void {
  const { random, main } = family
  const kind = random.next()
  if (kind < 0.02) {
    rareTurns[random.int(0, rareTurns.length - 1)]!(family)
  } else {
    const model = random.chance(0.85) ? { model: models[family.session.charCodeAt(0) % models.length]! } : {}
    streamed(family, main, model, random.pick([1, 2, 2, 3, 3, 4, 5, 6]))
  }
  const results = random.int(1, 3)
  for (let nth = 0; nth < results; nth++) family.write(main, toolResult(family, resultSize(random)))
  for (let nth = random.int(0, 3); nth > 0; nth--) family.write(main, bashProgress(family))
  if (random.chance(0.4)) family.write(main, random.pick(smallLines)(family))
  if (random.chance(0.0004)) longLine(family, random.chance(0.3))
}

function resultSize(random: Random): number {
  const kind = random.next()
  if (kind < 0.6) return random.int(100, 1_500)
  return kind < 0.92 ? random.int(1_500, 9_000) : random.int(9_000, 50_000)
}

function longLine(family: Family, isCall: boolean): void {
  if (!isCall) {
    family.write(family.main, toolResult(family, 500_000))
    return
  }
  const record = family.record({ content: `[{"type":"thinking","thinking":"${family.prose(1_000_000)}"}]` })
  family.assistant(family.main, record)
  family.expect(record)
}

/** One shape each: writes lines into the files of the family and records the calls they hold. */
const turns: readonly ((family: Family) => void)[] = [
  function oneLine(family) {
    const record = family.record()
    family.assistant(family.main, record)
    family.expect(record)
    family.write(family.main, toolResult(family, 600))
  },
  function stream(family) {
    streamed(family, family.main, {}, family.random.int(2, 5))
  },
  function streamOverMidnight(family) {
    const midnight = Math.ceil(family.clock / 86_400_000) * 86_400_000
    const last = family.record({ timestamp: new Date(midnight + 900).toISOString() })
    const first = { ...last, timestamp: new Date(midnight - 1).toISOString(), output: Math.floor(last.output / 2) }
    family.assistant(family.main, first)
    family.assistant(family.main, last)
    family.expect(last, first)
    family.clock = midnight + 1_000
  },
  function outOfOrder(family) {
    const first = family.record({ output: 7 })
    const last = { ...first, timestamp: family.tick(), output: 900 }
    family.assistant(family.main, last)
    family.assistant(family.main, first)
    family.expect(last, first)
  },
  function outputDecides(family) {
    // The poorer record has more of everything else; no field of it may leak into the better one.
    const best = family.record({ output: 500, input: 3, read: 20_000 })
    const poorer = { ...best, output: 499, input: 90_000, read: 180_000, write_5m: 7_777, write_1h: 7_777, timestamp: family.tick() }
    for (const record of family.random.shuffle([best, poorer])) family.assistant(family.main, record)
    family.expect(best)
  },
  function totalDecides(family) {
    const best = family.record({ input: 10, read: 50_000, write_5m: 100, write_1h: 0 })
    const poorer = { ...best, input: 10_000, read: 30_000 }
    for (const record of family.random.shuffle([best, poorer])) family.assistant(family.main, record)
    family.expect(best)
  },
  function sidechainDecides(family) {
    const best = family.record({ input: 10, read: 50_000 })
    const poorer = { ...best, input: 20_010, read: 30_000, sidechain: true, agent: family.random.hex(7) }
    for (const record of family.random.shuffle([best, poorer])) family.assistant(family.main, record)
    family.expect(best)
  },
  function resumed(family) {
    // Copied with its time into a new session; the session that has older rows of its own made it.
    const { fork } = family
    const own = family.record()
    family.assistant(family.main, own)
    family.expect(own)
    const record = family.record()
    family.assistant(family.main, record)
    family.assistant(fork.file, { ...record, session: fork.session })
    family.expect(record)
  },
  function forkedLater(family) {
    const { fork } = family
    const record = family.record()
    family.assistant(family.main, record)
    family.assistant(fork.file, { ...record, session: fork.session, timestamp: family.tick(90_000_000) })
    family.expect(record)
  },
  function compacted(family) {
    const record = family.record()
    family.assistant(family.main, record)
    family.write(
      family.main,
      objectOf([...envelope(family, 'system'), ['subtype', '"compact_boundary"'], ['timestamp', JSON.stringify(family.tick())]]),
    )
    family.assistant(family.main, record)
    family.expect(record)
  },
  function betterInAnotherFile(family) {
    const { fork } = family
    const poorer = family.record({ output: 3 })
    const best = { ...poorer, output: 812, session: fork.session, timestamp: family.tick() }
    family.assistant(family.main, poorer)
    family.assistant(fork.file, best)
    family.expect(best, poorer)
  },
  function subagent(family) {
    const agent = `a${family.random.hex(15)}`
    const file = family.file(`projects/${family.slug}/${family.session}/subagents/agent-${agent}.jsonl`)
    for (let nth = 0; nth < 2; nth++) streamed(family, file, { sidechain: true, agent, model: 'claude-haiku-5-5' }, 2)
  },
  function workflowAgent(family) {
    const agent = `a${family.random.hex(15)}`
    const folder = `projects/${family.slug}/${family.session}/subagents/workflows/wf_${family.random.hex(6)}`
    streamed(family, family.file(`${folder}/agent-${agent}.jsonl`), { sidechain: true, agent }, 3)
  },
  function olderAgentFile(family) {
    const agent = family.random.hex(7)
    const file = family.file(`projects/${family.slug}/agent-${agent}.jsonl`, '\r\n')
    streamed(family, file, { sidechain: true, agent }, 2)
  },
  function progressOnly(family) {
    const record = family.record({ sidechain: true })
    family.progress(family.main, record)
    family.expect(record)
  },
  function progressStream(family) {
    const last = family.record({ sidechain: true, requestId: undefined })
    const first = { ...last, output: 1 }
    const end = { ...last, timestamp: family.tick() }
    family.progress(family.main, first)
    family.progress(family.main, end, family.format({ order: 'shuffled' }))
    family.expect(end, first)
  },
  function progressAndAgentFile(family) {
    const agent = family.random.hex(7)
    const record = family.record({ sidechain: true, agent })
    family.progress(family.main, { ...record, output: Math.floor(record.output / 3) })
    family.progress(family.main, record)
    family.assistant(family.file(`projects/${family.slug}/agent-${agent}.jsonl`), record)
    family.expect(record)
  },
  function progressWithoutMessageId(family) {
    const record = family.record({ sidechain: true, messageId: undefined })
    family.progress(family.main, record)
    family.expect(record)
  },
  function progressOfTool(family) {
    family.write(family.main, bashProgress(family))
    family.write(
      family.main,
      objectOf([
        ...envelope(family, 'progress'),
        [
          'data',
          `{"type":"agent_progress","message":{"type":"user","message":{"role":"user","content":"${family.prose(80)}"},"usage":{"output_tokens":9}}}`,
        ],
        ['timestamp', JSON.stringify(family.tick())],
      ]),
    )
  },
  function noRequestId(family) {
    const record = family.record({ requestId: undefined })
    family.assistant(family.main, record)
    family.assistant(family.fork.file, { ...record, timestamp: family.tick() })
    family.expect(record)
  },
  function noMessageId(family) {
    const record = family.record({ messageId: undefined })
    family.assistant(family.main, record)
    family.assistant(family.main, record)
    family.expect(record)
  },
  function noIdButUuid(family) {
    for (let nth = 0; nth < 2; nth++) {
      const record = family.record({ messageId: undefined, requestId: undefined })
      family.assistant(family.main, record)
      family.expect(record)
    }
  },
  function sameMessageOtherRequest(family) {
    // One call: a side question repeats messages under request ids of its own.
    const record = family.record()
    const other = { ...record, requestId: `req_011C${family.random.id(20)}`, timestamp: family.tick() }
    for (const each of [record, other]) family.assistant(family.main, each)
    family.expect(record)
  },
  function flatCacheWrites(family) {
    for (const cache of ['flat', 'null-object'] as const) {
      const record = family.record({ write_5m: 4_321, write_1h: 0 })
      family.assistant(family.main, record, family.format({ cache }))
      family.expect(record)
    }
  },
  function bothCacheWrites(family) {
    const record = family.record({ write_5m: 1_200, write_1h: 34_000 })
    family.assistant(family.main, record)
    family.expect(record)
  },
  function onlyInputAndOutput(family) {
    const record = family.record({ write_5m: 0, write_1h: 0, read: 0, tier: undefined })
    family.assistant(family.main, record, family.format({ cache: 'none' }))
    family.expect(record)
  },
  function noTokensAtAll(family) {
    const record = family.record({ input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0 })
    family.assistant(family.main, record)
    family.expect(record)
  },
  function manyTokens(family) {
    const record = family.record({ input: 999_999_999, output: 64_000, read: 1_000_000_000 })
    family.assistant(family.main, record)
    family.expect(record)
  },
  function webSearches(family) {
    for (const webSearches of [0, 3]) {
      const record = family.record({ webSearches })
      family.assistant(family.main, record)
      family.expect(record)
    }
  },
  function speedTierAndPlace(family) {
    for (const over of [
      { speed: 'fast' },
      { speed: 'standard' },
      { tier: 'batch' },
      { tier: undefined },
      { geo: 'us' },
      { geo: 'not_available', speed: 'fast', tier: 'priority' },
    ]) {
      const record = family.record({ model: 'claude-opus-4-6', ...over })
      family.assistant(family.main, record)
      family.expect(record)
    }
  },
  function otherNames(family) {
    for (const model of [
      'claude-opus-4-6[1m]',
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-haiku-4-5-20251001-v1:0',
      'claude-sonnet-4@20250514',
      'claude-next-9',
    ]) {
      const record = family.record({ model })
      family.assistant(family.main, record)
      family.expect(record)
    }
  },
  function longPrompts(family) {
    for (const read of [100_000, 100_001, 200_000, 200_001, 900_000]) {
      const record = family.record({
        model: family.random.pick(['claude-haiku-5-5', 'claude-sonnet-4-5-20250929']),
        input: 0,
        write_5m: 0,
        write_1h: 0,
        read,
      })
      family.assistant(family.main, record)
      family.expect(record)
    }
  },
  function runTogether(family) {
    const records = [family.record(), family.record(), family.record({ sidechain: true })]
    const [one, two, three] = records.map((record, nth) =>
      nth === 2
        ? progressLine(family.random, record, family.format(), family.tick(), family.prose(100))
        : assistantLine(family.random, record, family.format()),
    )
    family.write(family.main, `${one}${two}`)
    family.write(family.main, `${toolResult(family, 300)}${three}${family.random.pick(smallLines)(family)}`)
    for (const record of records) family.expect(record)
  },
  function tornLine(family) {
    const lost = assistantLine(family.random, family.record(), family.format({ order: 'classic' }))
    family.write(family.main, lost.slice(0, lost.indexOf('"usage":{') + 30))
    family.badLines += 1
    family.write(family.main, toolResult(family, 400).slice(0, -60))
    streamed(family, family.main, {}, 2)
  },
  function tornBeforeWhole(family) {
    // The call after the half line is also in another file: it counts whether or not a reader finds it here.
    const record = family.record()
    const lost = assistantLine(family.random, family.record(), family.format({ order: 'classic' }))
    const whole = assistantLine(family.random, record, family.format())
    family.write(family.main, `${lost.slice(0, lost.indexOf('"usage":{') + 30)}${whole}`)
    family.badLines += 1
    family.write(family.fork.file, whole)
    family.expect(record)
  },
  function emptyLines(family) {
    family.bytes += writeLine(family.main, '') + writeLine(family.main, '   ')
    family.write(family.main, Buffer.alloc(64))
    const record = family.record()
    family.assistant(family.main, record)
    family.expect(record)
  },
  function brokenUtf8(family) {
    const record = family.record({ content: '[{"type":"text","text":"<<<here>>>"}]' })
    const [before, after] = assistantLine(family.random, record, family.format()).split('<<<here>>>') as [string, string]
    const broken = Buffer.from([0xff, 0xfe, 0x20, 0xc3, 0x28, 0xf0, 0x9f, 0x9a, 0x20, 0xed, 0xa0, 0x80])
    family.write(family.main, Buffer.concat([Buffer.from(before), broken, Buffer.from(after)]))
    family.expect(record)
    const [head, tail] = toolResult(family, 100).split('tool_result') as [string, string]
    family.write(family.main, Buffer.concat([Buffer.from(head), broken, Buffer.from(tail)]))
  },
  function synthetic(family) {
    for (const isApiErrorMessage of [true, false]) {
      const record = family.record({
        model: '<synthetic>',
        requestId: undefined,
        content: `[{"type":"text","text":"API Error: 529 ${family.prose(60)}"}]`,
      })
      const line = assistantLine(family.random, record, family.format({ order: 'type-first' }))
      family.write(family.main, `${line.slice(0, -1)},"isApiErrorMessage":${isApiErrorMessage}}`)
    }
  },
  function noUsage(family) {
    // Assistant lines that are no calls: usage missing, null, or only inside the model's output.
    const say = `{"model":"claude-opus-5-5","id":"msg_01${family.random.id(22)}","role":"assistant","content":[{"type":"tool_use","name":"x","input":{"usage":{"output_tokens":5}}}]`
    family.write(
      family.main,
      objectOf([...envelope(family, 'assistant'), ['message', `${say}}`], ['timestamp', JSON.stringify(family.tick())]]),
    )
    family.write(
      family.main,
      objectOf([...envelope(family, 'assistant'), ['message', `${say},"usage":null}`], ['timestamp', JSON.stringify(family.tick())]]),
    )
  },
  function noModelOrTime(family) {
    const record = family.record()
    const line = assistantLine(family.random, record, family.format({ order: 'classic' }))
    family.write(family.main, line.replace(`"timestamp":${JSON.stringify(record.timestamp)}`, '"seen":true'))
    family.write(family.main, line.replace(`"model":${JSON.stringify(record.model)},`, ''))
    family.expect({ ...record, model: 'unknown' })
  },
  function usageElsewhere(family) {
    // The marker in a tool result, in a user's text, and as a whole call quoted in a string.
    const quoted = JSON.stringify(assistantLine(family.random, family.record(), family.format()))
    family.write(family.main, toolResult(family, 200, true))
    family.write(
      family.main,
      objectOf([
        ...envelope(family, 'user'),
        ['message', `{"role":"user","content":${quoted}}`],
        ['timestamp', JSON.stringify(family.tick())],
      ]),
    )
    family.write(
      family.main,
      objectOf([
        ...envelope(family, 'user'),
        ['message', '{"role":"user","content":[{"type":"text","text":"usage"}]}'],
        ['usage', '{"input_tokens":1,"output_tokens":2}'],
      ]),
    )
    const record = family.record({ content: `[{"type":"text","text":${quoted}},{"type":"text","text":"usage"}]` })
    family.assistant(family.main, record)
    family.expect(record)
  },
  function strangeFields(family) {
    for (const order of ['classic', 'type-first', 'envelope-last', 'shuffled', 'shuffled', 'shuffled'] as const) {
      const record = family.record()
      family.assistant(family.main, record, family.format({ order, strange: true, spaced: family.random.chance(0.3) }))
      family.expect(record)
    }
  },
  function spaced(family) {
    const record = family.record()
    family.assistant(family.main, record, family.format({ spaced: true }))
    family.expect(record)
  },
  function unknownTypes(family) {
    for (const small of smallLines) family.write(family.main, small(family))
    family.write(family.main, `{"type":"usage","usage":{"input_tokens":5,"output_tokens":5},"timestamp":"${family.tick()}"}`)
    family.write(family.main, '[{"usage":1}]')
    family.write(family.main, '"usage"')
    family.write(family.main, 'null')
  },
  function timeWithoutMilliseconds(family) {
    const time = family.tick().replace(/\.\d{3}Z$/, 'Z')
    const record = family.record({ timestamp: time })
    family.assistant(family.main, record)
    family.expect(record)
  },
]

/** Shapes that occur rarely in a corpus; a call of a billion tokens would dominate its totals. */
const rareTurns = turns.filter(({ name }) => name !== 'manyTokens')

function finish(family: Family, halfLines: HalfLine[]): void {
  const { main, random } = family
  if (family.forked) {
    // The last line is complete but for its newline.
    const record = family.record()
    const line = Buffer.from(assistantLine(random, record, family.format()))
    family.forked.chunks.push(line)
    family.bytes += line.length
    family.lines += 1
    family.expect(record)
  }
  const record = family.record()
  const line = Buffer.from(`${assistantLine(random, record, family.format())}\n`)
  const cut = random.int(1, line.length - 2)
  main.chunks.push(line.subarray(0, cut))
  family.bytes += cut
  family.lines += 1
  halfLines.push({ path: main.path, rest: line.subarray(cut), call: expectedOf(record) })
}
