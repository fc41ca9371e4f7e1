import type { Call } from '@signalbox/contract/call'
import { callOfRecord, longest, MOST_TOKENS } from './call-of-record.ts'
import { skipScalar, skipSpace } from './json-bytes.ts'
import type { LineFinder } from './line-finder.ts'
import { NameMemo } from './name-memo.ts'
import { readLine, readValueWhole, type TakeCall } from './read-line.ts'

/*
 * The quick way: takes the few fields of a call out of the bytes, without making anything of the rest.
 * It walks the object once, goes into the few objects that can hold such fields, and notes where each field lies.
 * Whatever is unusual in a wanted field (an escape, a number that is not plain, a name that is there twice) makes the
 * object odd, and an odd object is read the slow sure way: the two always say the same, and a test holds them to it.
 */

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Places of fields. Those of an assistant's line and of a progress record's inner message lie side by side. */
const TYPE = 0
const SESSION = 1
const CWD = 2
const BRANCH = 3
const VERSION = 4
const AGENT = 5
const SIDECHAIN = 6
const INNER_AGENT = 7
/** From here on once for the line itself and once, `HELD` further, for `data.message`. */
const TIMESTAMP = 8
const REQUEST = 9
const UUID = 10
const ID = 11
const MODEL = 12
const USAGE = 13
const INPUT = 14
const OUTPUT = 15
const FLAT_WRITE = 16
const READ = 17
const WRITES = 18
const WRITE_5M = 19
const WRITE_1H = 20
const SEARCHES = 21
const SPEED = 22
const TIER = 23
const GEO = 24
const MESSAGE = 25
const SERVER = 26
const HELD = 19
const DATA = TIMESTAMP + 2 * HELD
const INNER = DATA + 1
const FIELDS = INNER + 1

type Kind = 'text' | 'count' | 'true' | 'object'
const TEXT = 0
const COUNT = 1
const TRUE = 2
const OBJECT = 3
const kinds: Record<Kind, number> = { text: TEXT, count: COUNT, true: TRUE, object: OBJECT }

/** The names looked for in one object, shortest first. */
interface Shape {
  /** By length: the first name that long, and the first that is longer. */
  readonly first: Uint8Array
  readonly names: readonly Uint8Array[]
  readonly kinds: Uint8Array
  readonly places: Uint8Array
  readonly shapes: readonly (Shape | undefined)[]
}

const LONGEST_NAME = 'cache_creation_input_tokens'.length

function shape(fields: Record<string, [Kind, number, Shape?]>): Shape {
  const entries = Object.entries(fields).sort(([a], [b]) => a.length - b.length)
  return {
    first: Uint8Array.from({ length: LONGEST_NAME + 2 }, (_, length) => entries.filter(([name]) => name.length < length).length),
    names: entries.map(([name]) => Buffer.from(name)),
    kinds: Uint8Array.from(entries, ([, [kind]]) => kinds[kind]),
    places: Uint8Array.from(entries, ([, [, place]]) => place),
    shapes: entries.map(([, [, , inner]]) => inner),
  }
}

const writes = (base: number) =>
  shape({
    ephemeral_5m_input_tokens: ['count', base + WRITE_5M],
    ephemeral_1h_input_tokens: ['count', base + WRITE_1H],
  })
const server = (base: number) => shape({ web_search_requests: ['count', base + SEARCHES] })
const usage = (base: number) =>
  shape({
    input_tokens: ['count', base + INPUT],
    output_tokens: ['count', base + OUTPUT],
    cache_creation_input_tokens: ['count', base + FLAT_WRITE],
    cache_read_input_tokens: ['count', base + READ],
    cache_creation: ['object', base + WRITES, writes(base)],
    server_tool_use: ['object', base + SERVER, server(base)],
    speed: ['text', base + SPEED],
    service_tier: ['text', base + TIER],
    inference_geo: ['text', base + GEO],
  })
const message = (base: number) =>
  shape({ id: ['text', base + ID], model: ['text', base + MODEL], usage: ['object', base + USAGE, usage(base)] })
const inner = shape({
  message: ['object', HELD + MESSAGE, message(HELD)],
  requestId: ['text', HELD + REQUEST],
  timestamp: ['text', HELD + TIMESTAMP],
  uuid: ['text', HELD + UUID],
})
const record = shape({
  type: ['text', TYPE],
  timestamp: ['text', TIMESTAMP],
  requestId: ['text', REQUEST],
  uuid: ['text', UUID],
  sessionId: ['text', SESSION],
  cwd: ['text', CWD],
  gitBranch: ['text', BRANCH],
  version: ['text', VERSION],
  agentId: ['text', AGENT],
  isSidechain: ['true', SIDECHAIN],
  message: ['object', MESSAGE, message(0)],
  data: ['object', DATA, shape({ message: ['object', INNER, inner], agentId: ['text', INNER_AGENT] })],
})

/** A field that was not met, one that was met but holds another kind of value, and one that is there. */
const ABSENT = 0
const OTHER = 1
const THERE = 2
const met = new Uint8Array(FIELDS)
/** Where a text lies. */
const starts = new Uint32Array(FIELDS)
const ends = new Uint32Array(FIELDS)
const counts = new Float64Array(FIELDS)
let odd = false

const memos = new Map<number, NameMemo>()
function memo(place: number, length: number): NameMemo {
  const made = new NameMemo(length)
  memos.set(place, made)
  return made
}
const sessions = memo(SESSION, longest.session_id)
const cwds = memo(CWD, longest.cwd)
const branches = memo(BRANCH, longest.git_branch)
const versions = memo(VERSION, longest.version)
const agents = memo(AGENT, longest.agent_id)
const models = memo(MODEL, longest.model)
const speeds = memo(SPEED, longest.speed)
const tiers = memo(TIER, longest.service_tier)
const geos = memo(GEO, longest.inference_geo)

/** Where the quotes of the line are, and which of them is next. */
let quotes = new Uint32Array()
let quoteCount = 0
let next = 0

/**
 * Reads the calls of the line that `finder` has found, as `readLine` does with `readValueWhole`, many times as fast.
 * @param end the line's newline
 * @returns false when some of the line could not be read
 */
export function readFoundLine(finder: LineFinder, end: number, take: TakeCall): boolean {
  const { bytes, start } = finder
  quotes = finder.quotes
  quoteCount = finder.quoteCount
  next = 0
  let p = start
  while (p < end) {
    met.fill(ABSENT)
    odd = false
    const after = bytes[p] === OPEN_OBJECT ? walk(bytes, p, record) : -1
    // Not an object, or not JSON: the slow way knows what to do about it.
    if (after === -1) return readLine(bytes, p, end, readValueWhole, take)
    if (odd || !takeCall(bytes, take)) take(callOfRecord(JSON.parse(bytes.toString('utf8', p, after))))
    p = skipSpace(bytes, after, end)
  }
  return true
}

/**
 * Walks an object and notes the fields of `wanted` in it.
 * @param at its opening brace
 * @returns the byte after it, or -1 when it is not JSON
 */
function walk(bytes: Buffer, at: number, wanted: Shape): number {
  const { first, names, kinds, places, shapes } = wanted
  let p = toToken(bytes, at + 1)
  if (bytes[p] === CLOSE_OBJECT) return p + 1
  for (;;) {
    const name = p + 1
    p = closingQuote(p)
    if (p === -1) return -1
    const length = p - name
    let field = -1
    if (length <= LONGEST_NAME) {
      for (let i = first[length]!; i < first[length + 1]!; i++) if (isName(bytes, name, length, names[i]!)) field = i
    }
    p = toToken(bytes, p + 1)
    if (bytes[p] !== COLON) return -1
    p = toToken(bytes, p + 1)
    if (field === -1) p = skip(bytes, p)
    else {
      const place = places[field]!
      if (met[place] !== ABSENT) odd = true
      const kind = kinds[field]!
      if (kind === TEXT && bytes[p] === QUOTE) {
        met[place] = THERE
        starts[place] = p + 1
        const close = closingQuote(p)
        ends[place] = close
        p = close === -1 ? -1 : close + 1
      } else if (kind === COUNT) p = noteCount(bytes, p, place)
      else if (kind === OBJECT && bytes[p] === OPEN_OBJECT) {
        met[place] = THERE
        p = walk(bytes, p, shapes[field]!)
      } else {
        met[place] = kind === TRUE && bytes[p] === 0x74 ? THERE : OTHER
        p = skip(bytes, p)
      }
    }
    if (p === -1) return -1
    p = toToken(bytes, p)
    if (bytes[p] === CLOSE_OBJECT) return p + 1
    if (bytes[p] !== COMMA) return -1
    p = toToken(bytes, p + 1)
  }
}

/** The first byte from `at` that is not a space; a line's newline is none. */
function toToken(bytes: Buffer, at: number): number {
  let p = at
  while (bytes[p] === 0x20) p++
  return p
}

/** The quote that closes the string whose opening quote is at `at`, or -1 when there is no such string. */
function closingQuote(at: number): number {
  if (quotes[next] !== at || next + 2 > quoteCount) return -1
  next += 2
  return quotes[next - 1]!
}

/**
 * Skips one value of any kind.
 * @returns the byte after it, or -1 when it is not JSON
 */
function skip(bytes: Buffer, at: number): number {
  let depth = 0
  let p = at
  for (;;) {
    const byte = bytes[p]!
    if (byte === QUOTE) {
      p = closingQuote(p) + 1
      if (p === 0) return -1
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      p = toToken(bytes, p + 1)
      // The closing bracket is the opening one + 2, of both kinds.
      if (bytes[p] === byte + 2) p++
      else {
        if (depth === containers.length) return -1
        containers[depth++] = byte
        if (byte === OPEN_OBJECT) {
          p = skipName(bytes, p)
          if (p === -1) return -1
        }
        continue
      }
    } else {
      p = skipScalar(bytes, p, Number.POSITIVE_INFINITY)
      if (p < 0) return -1
    }
    // A value has ended; close what it closes.
    for (;;) {
      if (depth === 0) return p
      p = toToken(bytes, p)
      const container = containers[depth - 1]!
      if (bytes[p] === COMMA) {
        p = toToken(bytes, p + 1)
        if (container === OPEN_OBJECT) {
          p = skipName(bytes, p)
          if (p === -1) return -1
        }
        break
      }
      if (bytes[p] !== container + 2) return -1
      depth--
      p++
    }
  }
}
/** What deeper lines have is for the slow way. */
const containers = new Uint8Array(1024)

/** Skips `"name" :` and the space behind it. */
function skipName(bytes: Buffer, at: number): number {
  const close = closingQuote(at)
  if (close === -1) return -1
  const p = toToken(bytes, close + 1)
  return bytes[p] === COLON ? toToken(bytes, p + 1) : -1
}

function isName(bytes: Uint8Array, at: number, length: number, name: Uint8Array): boolean {
  if (name.length !== length) return false
  for (let i = 0; i < length; i++) if (bytes[at + i] !== name[i]) return false
  return true
}

function noteCount(bytes: Buffer, at: number, place: number): number {
  let p = at
  let count = 0
  for (let digit = bytes[p]! - 0x30; digit >= 0 && digit <= 9; digit = bytes[p]! - 0x30) {
    count = count * 10 + digit
    p++
  }
  const length = p - at
  const behind = bytes[p]
  if (length === 0 || length > MOST_DIGITS || (bytes[at] === 0x30 && length > 1) || behind === 0x2e || behind === 0x65 || behind === 0x45) {
    // null is as good as absent; all else is for the slow way to say.
    if (bytes[at] !== 0x6e) odd = true
    met[place] = OTHER
    return skip(bytes, at)
  }
  met[place] = THERE
  counts[place] = count
  return p
}
const MOST_DIGITS = String(MOST_TOKENS).length

/** @returns false when the object has to be read the slow way */
function takeCall(bytes: Buffer, take: TakeCall): boolean {
  if (met[TYPE] !== THERE) {
    take('other')
    return true
  }
  if (isText(bytes, TYPE, assistant)) return takeHeld(bytes, 0, take)
  if (isText(bytes, TYPE, progress)) return takeHeld(bytes, HELD, take)
  take('other')
  return true
}
const assistant = Buffer.from('assistant')
const progress = Buffer.from('progress')
const synthetic = Buffer.from('<synthetic>')

function isText(bytes: Buffer, place: number, text: Uint8Array): boolean {
  return isName(bytes, starts[place]!, ends[place]! - starts[place]!, text)
}
/** Whether there is a text with something in it. */
function isWritten(place: number): boolean {
  return met[place] === THERE && ends[place]! > starts[place]!
}

function takeHeld(bytes: Buffer, base: number, take: TakeCall): boolean {
  if (met[base + USAGE] !== THERE || met[base + MODEL] !== THERE || met[base + TIMESTAMP] !== THERE) {
    take('other')
    return true
  }
  if (isText(bytes, base + MODEL, synthetic)) {
    take('other')
    return true
  }
  const at = quickInstant(bytes, starts[base + TIMESTAMP]!, ends[base + TIMESTAMP]!)
  const model = text(bytes, base + MODEL, models)
  const key = quickKey(bytes, base)
  if (at === undefined || model === undefined || key === undefined) return false
  const agent = base === 0 || isWritten(AGENT) ? AGENT : INNER_AGENT
  const nested = met[base + WRITES] === THERE
  oddText = false
  call.key = key
  call.at = at
  call.model = model
  call.session_id = text(bytes, SESSION, sessions)
  call.cwd = text(bytes, CWD, cwds)
  call.git_branch = text(bytes, BRANCH, branches)
  call.version = text(bytes, VERSION, versions)
  call.agent_id = text(bytes, agent, agents)
  call.is_sidechain = base !== 0 || met[SIDECHAIN] === THERE
  call.input = count(base + INPUT)
  call.output = count(base + OUTPUT)
  call.write_5m = count(nested ? base + WRITE_5M : base + FLAT_WRITE)
  call.write_1h = nested ? count(base + WRITE_1H) : 0
  call.read = count(base + READ)
  call.web_searches = met[base + SERVER] === THERE && met[base + SEARCHES] === THERE ? counts[base + SEARCHES] : undefined
  call.speed = text(bytes, base + SPEED, speeds)
  call.service_tier = text(bytes, base + TIER, tiers)
  call.inference_geo = text(bytes, base + GEO, geos)
  if (oddText) return false
  take(call as Call)
  return true
}
/** Lent to whoever takes calls: two lines of three only say again what is known. */
const call: { [name in keyof Call]: Call[name] | undefined } = {
  key: '',
  at: '',
  model: '',
  session_id: undefined,
  cwd: undefined,
  git_branch: undefined,
  version: undefined,
  agent_id: undefined,
  is_sidechain: false,
  input: 0,
  output: 0,
  write_5m: 0,
  write_1h: 0,
  read: 0,
  web_searches: undefined,
  speed: undefined,
  service_tier: undefined,
  inference_geo: undefined,
}
let oddText = false

function count(place: number): number {
  return met[place] === THERE ? counts[place]! : 0
}

/** A name, undefined where there is none; one that only the slow way can read sets `oddText`. */
function text(bytes: Buffer, place: number, memo: NameMemo): string | undefined {
  if (met[place] !== THERE) return undefined
  const name = memo.read(bytes, starts[place]!, ends[place]!)
  if (name === undefined) oddText = true
  return name === '' ? undefined : name
}

const keyBytes = Buffer.alloc(longest.key)
let lastKey = ''
let lastKeyLength = -1

function quickKey(bytes: Buffer, base: number): string | undefined {
  const id = isWritten(base + ID) ? base + ID : base + UUID
  if (!isWritten(id)) return undefined
  const start = starts[id]!
  const length = ends[id]! - start
  const request = base + REQUEST
  const requestLength = met[request] === THERE ? ends[request]! - starts[request]! : 0
  const total = length + 1 + requestLength
  if (total > longest.key) return undefined
  let same = total === lastKeyLength
  for (let i = 0; i < length; i++) {
    const byte = bytes[start + i]!
    if (byte === 0x5c || byte >= 0x80 || byte < 0x20) return undefined
    if (keyBytes[i] !== byte) {
      same = false
      keyBytes[i] = byte
    }
  }
  if (keyBytes[length] !== 0x3a) {
    same = false
    keyBytes[length] = 0x3a
  }
  const from = starts[request]!
  for (let i = 0; i < requestLength; i++) {
    const byte = bytes[from + i]!
    if (byte === 0x5c || byte >= 0x80 || byte < 0x20) {
      lastKeyLength = -1
      return undefined
    }
    if (keyBytes[length + 1 + i] !== byte) {
      same = false
      keyBytes[length + 1 + i] = byte
    }
  }
  if (!same) {
    lastKey = keyBytes.toString('latin1', 0, total)
    lastKeyLength = total
  }
  return lastKey
}

/** An instant in the contract's own spelling, which is Claude Code's. A leap day is left to the slow way. */
function quickInstant(bytes: Buffer, start: number, end: number): string | undefined {
  if (end - start !== 24) return undefined
  for (let i = 0; i < 24; i++) {
    const byte = bytes[start + i]!
    const pattern = instantPattern[i]!
    if (pattern === ZERO ? byte < ZERO || byte > ZERO + 9 : byte !== pattern) return undefined
  }
  const month = twoDigits(bytes, start + 5)
  const day = twoDigits(bytes, start + 8)
  const isInstant =
    twoDigits(bytes, start) >= 20 &&
    day >= 1 &&
    day <= (daysIn[month] ?? 0) &&
    twoDigits(bytes, start + 11) < 24 &&
    twoDigits(bytes, start + 14) < 60 &&
    twoDigits(bytes, start + 17) < 60
  return isInstant ? bytes.toString('latin1', start, end) : undefined
}
const ZERO = 0x30
const instantPattern = Buffer.from('0000-00-00T00:00:00.000Z')
const daysIn = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

function twoDigits(bytes: Buffer, at: number): number {
  return (bytes[at]! - ZERO) * 10 + (bytes[at + 1]! - ZERO)
}
