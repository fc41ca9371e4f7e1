import { REFUSED } from '@signalbox/usage/call'
import { isUniqueId } from '@signalbox/usage/call-key'
import type { AnswerLengths } from '@signalbox/usage/output-estimate'
import { boundedKey, maxLength } from '../field.ts'
import type { ScannedCall } from '../scanned-call.ts'
import { measureFound, measureParsed, noLengths } from './answer-lengths.ts'
import { COST_STATE } from './cost-state.ts'
import { skipSpace } from './json-bytes.ts'
import { writesFor5Minutes } from './parse-record.ts'
import { type RecordHandler, readLine, readObject } from './read-line.ts'
import { FOUND, MISSING, type ScanKernel } from './scan-kernel.ts'
import { callBase, callSlot, lineSlot, progressSlot } from './wanted-fields.ts'

/*
 * The fast path of the scan: builds a call from the fields that the kernel has found, without parsing the line. Anything unusual
 * (an escape, a number that is not plain digits, a repeated name) makes an object odd, and an odd object is parsed by
 * `JSON.parse`. Both paths give the same results, which a test verifies.
 */

const OPEN_OBJECT = 0x7b
const BACKSLASH = 0x5c
const ZERO = 0x30
const SLOTS = 64

/** The longest name by slot. */
const maxLengths = new Map<number, number>([
  [lineSlot.type, 50],
  [lineSlot.session, maxLength('session_id')],
  [lineSlot.forkedSession, maxLength('session_id')],
  [lineSlot.requestSession, maxLength('session_id')],
  [lineSlot.cwd, maxLength('cwd')],
  [lineSlot.branch, maxLength('git_branch')],
  [lineSlot.version, maxLength('version')],
  [lineSlot.agent, maxLength('agent_id')],
  [progressSlot.agent, maxLength('agent_id')],
  ...Object.values(callBase).flatMap((base): [number, number][] => [
    [base + callSlot.model, maxLength('model')],
    [base + callSlot.speed, maxLength('speed')],
    [base + callSlot.tier, maxLength('service_tier')],
    [base + callSlot.geo, maxLength('inference_geo')],
    [base + callSlot.request, maxLength('request_id')],
    [base + callSlot.stop, 50],
  ]),
])

/** Reads the calls of the lines that the kernel has found: the same calls as `readLine`, many times as fast. */
export class FoundLineReader {
  readonly #kernel: ScanKernel

  /** The decoded texts by slot, and the kernel's change counters for which they were decoded; undefined for an empty text. */
  readonly #texts = new Array<string | undefined>(SLOTS).fill(undefined)
  readonly #textChanges = new Uint32Array(SLOTS)
  readonly #oddTexts = new Uint8Array(SLOTS)
  #isOdd = false

  /** The last key, and the slot and the change counter of the id that it is; undefined when the id is not unique. */
  #key: string | undefined
  #keySlot = -1
  #keyChange = -1

  /** The last day of an instant, as the number YYYYMMDD, and its start in milliseconds since 1970. */
  #day = -1
  #dayStart = 0

  /** The call passed to handlers, reused because two of three lines only repeat a known call. */
  readonly #call: { -readonly [name in keyof ScannedCall]: ScannedCall[name] | undefined } = {
    key: '',
    at: 0,
    model: '',
    session_id: undefined,
    cwd: undefined,
    git_branch: undefined,
    agent: undefined,
    speed: undefined,
    service_tier: undefined,
    inference_geo: undefined,
    outcome: undefined,
    source: undefined,
    version: undefined,
    agent_id: undefined,
    request_id: undefined,
    is_sidechain: false,
    input: 0,
    output: 0,
    write_5m: 0,
    write_1h: 0,
    read: 0,
    web_searches: undefined,
    prompt: undefined,
    unfinished: undefined,
    odd: undefined,
    as_of: undefined,
    answer: undefined,
    is_named: undefined,
  }

  /** Where the content of the last record is: the slots of its fields, or the bytes of an object that has to be parsed. */
  #base: number = callBase.line
  #odd: readonly [start: number, end: number] | undefined

  constructor(kernel: ScanKernel) {
    this.#kernel = kernel
  }

  /** Measures the content of the record that the handler has received last. Only while the handler runs. */
  measure(): AnswerLengths {
    const { bytes, fieldStates } = this.#kernel
    if (this.#odd !== undefined) return measureOdd(bytes.toString('utf8', ...this.#odd))
    return fieldStates[this.#base + callSlot.content] === FOUND ? measureFound(this.#kernel) : noLengths
  }

  /**
   * Reads the objects of the line that the kernel has found.
   * @param end the offset of the line's newline
   * @returns false when a part of the line could not be read
   */
  read(end: number, onRecord: RecordHandler): boolean {
    const kernel = this.#kernel
    const { bytes } = kernel
    let p = kernel.start
    this.#odd = [p, end]
    if (kernel.isLineOdd) return readLine(bytes, p, end, onRecord)
    while (p < end) {
      const after = bytes[p] === OPEN_OBJECT ? kernel.readObject(p) : -1
      // Not an object, or invalid JSON: readLine handles every case.
      if (after === -1) return readLine(bytes, p, end, onRecord)
      const record = kernel.isObjectOdd ? 'odd' : this.#readRecord()
      this.#odd = record === 'odd' ? [p, after] : undefined
      onRecord(record === 'odd' ? readObject(bytes, p, after) : record)
      p = skipSpace(bytes, after, end)
    }
    return true
  }

  #readRecord(): ScannedCall | 'other' | 'odd' {
    this.#isOdd = false
    const type = this.#readName(lineSlot.type)
    if (this.#isOdd) return 'odd'
    if (type === 'assistant') {
      return this.#readCall(callBase.line, this.#readName(lineSlot.agent), this.#kernel.fieldStates[lineSlot.sidechain] === FOUND)
    }
    if (type === 'progress') {
      return this.#readCall(callBase.progress, this.#readName(lineSlot.agent) ?? this.#readName(progressSlot.agent), true)
    }
    // Rare, and without a fixed set of names.
    return type === COST_STATE ? 'odd' : 'other'
  }

  #readCall(base: number, agent: string | undefined, isSidechain: boolean): ScannedCall | 'other' | 'odd' {
    const { fieldStates, counts } = this.#kernel
    this.#base = base
    if (fieldStates[base + callSlot.usage] !== FOUND || !this.#hasText(base + callSlot.timestamp)) return 'other'
    // A call without a model, or with others inside it, is parsed.
    if (fieldStates[base + callSlot.iterations] === FOUND) return 'odd'
    const model = this.#readName(base + callSlot.model)
    if (this.#isOdd || model === undefined) return 'odd'
    if (model === '<synthetic>') return 'other'
    const at = this.#readInstant(base + callSlot.timestamp)
    const key = this.#readKey(base)
    if (at === -1 || key === undefined) return 'odd'
    const hasWrites = fieldStates[base + callSlot.writes] === FOUND
    const searches = base + callSlot.searches
    const stop = base + callSlot.stop
    const call = this.#call
    call.key = key
    call.at = at
    call.model = model
    // As in `sessionOf`.
    const session = this.#readName(lineSlot.session)
    call.session_id = this.#readName(lineSlot.requestSession) ?? this.#readName(lineSlot.forkedSession) ?? session
    call.is_named = call.session_id === session ? undefined : true
    call.cwd = this.#readName(lineSlot.cwd)
    call.git_branch = this.#readName(lineSlot.branch)
    call.version = this.#readName(lineSlot.version)
    call.agent_id = agent
    call.request_id = this.#readName(base + callSlot.request)
    call.is_sidechain = isSidechain
    call.input = this.#readCount(base + callSlot.input)
    call.output = this.#readCount(base + callSlot.output)
    call.write_1h = hasWrites ? this.#readCount(base + callSlot.write1h) : 0
    const write5m = hasWrites ? this.#readCount(base + callSlot.write5m) : 0
    call.write_5m = writesFor5Minutes(this.#readCount(base + callSlot.flatWrite), write5m, call.write_1h)
    call.read = this.#readCount(base + callSlot.read)
    call.web_searches = fieldStates[searches] === FOUND ? counts[searches] : undefined
    call.speed = this.#readName(base + callSlot.speed)
    call.service_tier = this.#readName(base + callSlot.tier)
    call.inference_geo = this.#readName(base + callSlot.geo)
    call.unfinished = fieldStates[stop] === MISSING ? undefined : fieldStates[stop] !== FOUND
    // No output is rare, and then a refusal costs nothing.
    call.outcome = call.output === 0 && this.#readName(stop) === 'refusal' ? REFUSED : undefined
    return this.#isOdd ? 'odd' : (call as ScannedCall)
  }

  #readCount(slot: number): number {
    return this.#kernel.fieldStates[slot] === FOUND ? this.#kernel.counts[slot]! : 0
  }

  /** Whether a text is present and not empty. */
  #hasText(slot: number): boolean {
    const kernel = this.#kernel
    return kernel.fieldStates[slot] === FOUND && kernel.ends[slot]! > kernel.starts[slot]!
  }

  /** Reads a name; undefined when there is none. Sets `#isOdd` when it has to be parsed by `JSON.parse`. */
  #readName(slot: number): string | undefined {
    const kernel = this.#kernel
    if (kernel.fieldStates[slot] !== FOUND) return undefined
    if (this.#textChanges[slot] !== kernel.changes[slot]) this.#decodeText(slot)
    if (this.#oddTexts[slot] === 1) this.#isOdd = true
    return this.#texts[slot]
  }

  #decodeText(slot: number): void {
    const kernel = this.#kernel
    const start = kernel.starts[slot]!
    const end = kernel.ends[slot]!
    const isOdd = end - start > maxLengths.get(slot)! || kernel.bytes.subarray(start, end).includes(BACKSLASH)
    this.#oddTexts[slot] = isOdd ? 1 : 0
    this.#texts[slot] = start === end || isOdd ? undefined : kernel.bytes.toString('utf8', start, end)
    this.#textChanges[slot] = kernel.changes[slot]!
  }

  /** Reads the key of the call; undefined when it has to be parsed by `JSON.parse`, as for an id that is not unique. */
  #readKey(base: number): string | undefined {
    const { changes } = this.#kernel
    const id = this.#hasText(base + callSlot.id) ? base + callSlot.id : base + callSlot.uuid
    if (!this.#hasText(id)) return undefined
    if (id === this.#keySlot && changes[id] === this.#keyChange) return this.#key
    this.#keySlot = id
    this.#keyChange = changes[id]!
    const text = this.#plainText(id)
    this.#key = text === undefined || !isUniqueId(text) ? undefined : boundedKey(text)
    return this.#key
  }

  /** Decodes a text without escapes; undefined when it has some. */
  #plainText(slot: number): string | undefined {
    const { bytes, starts, ends } = this.#kernel
    const start = starts[slot]!
    const end = ends[slot]!
    return bytes.subarray(start, end).includes(BACKSLASH) ? undefined : bytes.toString('utf8', start, end)
  }

  /** Reads an instant in the format of the contract, which Claude Code uses. @returns milliseconds since 1970, -1 for any other format */
  #readInstant(slot: number): number {
    const { bytes, starts, ends } = this.#kernel
    const start = starts[slot]!
    if (ends[slot]! - start !== 24) return -1
    for (let i = 0; i < 24; i++) {
      const byte = bytes[start + i]!
      const pattern = instantPattern[i]!
      if (pattern === ZERO ? byte < ZERO || byte > ZERO + 9 : byte !== pattern) return -1
    }
    const hour = twoDigits(bytes, start + 11)
    const minute = twoDigits(bytes, start + 14)
    const second = twoDigits(bytes, start + 17)
    if (hour > 23 || minute > 59 || second > 59) return -1
    const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2)
    const month = twoDigits(bytes, start + 5)
    const dayOfMonth = twoDigits(bytes, start + 8)
    const day = (year * 100 + month) * 100 + dayOfMonth
    if (day !== this.#day) {
      // Years before 1970 and leap days are left to JSON.parse and Date.
      if (year < 1970 || dayOfMonth < 1 || dayOfMonth > (daysInMonth[month] ?? 0)) return -1
      this.#day = day
      this.#dayStart = Date.UTC(year, month - 1, dayOfMonth)
    }
    return this.#dayStart + ((hour * 60 + minute) * 60 + second) * 1000 + twoDigits(bytes, start + 20) * 10 + bytes[start + 22]! - ZERO
  }
}

/** Measures a record that had to be parsed; nothing where it is not alone in its line. */
function measureOdd(text: string): AnswerLengths {
  try {
    const { message, data } = JSON.parse(text) as {
      message?: { content?: unknown }
      data?: { message?: { message?: { content?: unknown } } }
    }
    return measureParsed((message ?? data?.message?.message)?.content)
  } catch {
    return noLengths
  }
}

function twoDigits(bytes: Uint8Array, at: number): number {
  return (bytes[at]! - ZERO) * 10 + bytes[at + 1]! - ZERO
}

const instantPattern = Buffer.from('0000-00-00T00:00:00.000Z')
const daysInMonth = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
