import { readFileSync } from 'node:fs'
import { type FieldKind, type WantedFields, wantedFields } from './wanted-fields.ts'

/** The part of the WebAssembly API that is used here; the types of Node do not include it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> }
}
interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}
const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly

// The addresses in scan-kernel.wat.
const WANTED = 512
const WANTED_END = 4096
const FIELD_STATES = 4096
const STARTS = 4160
const ENDS = 4416
const COUNTS = 4672
const CHANGES = 5184
const QUOTES = 32_768
const BASE = 262_144
const SLOTS = 64
/** The bytes of a wanted field. */
const FIELD_BYTES = 48
/** The offset of its name. */
const NAME_OFFSET = 16
const MAX_NAME_BYTES = 32
const kinds: Record<FieldKind, number> = { text: 0, count: 1, true: 2, object: 3, items: 4, blocks: 5, length: 6 }
/** The bytes that the kernel reads beyond the searched ones. */
const OVERREAD_BYTES = 128
const PAGE_BYTES = 65_536

/** The state of a field that is not there. */
export const MISSING = 0
/** The state of a field that is present and has the wanted kind. */
export const FOUND = 2

let compiled: object | undefined

/**
 * The memory for the bytes of a file, and the functions of scan-kernel.wat that find lines with calls and the wanted fields
 * in them. All offsets refer to `bytes`. `grow` replaces the views.
 */
export class ScanKernel {
  bytes!: Buffer<ArrayBuffer>
  /** The bytes to be searched are in [base, base + capacity). */
  readonly base = BASE
  /** The states of the fields of the last object, by slot: `FOUND` when a field is present. */
  fieldStates!: Uint8Array<ArrayBuffer>
  /** The start and the end of each text that is present, by slot; the end of a length is how many values it is the sum of. */
  starts!: Uint32Array<ArrayBuffer>
  ends!: Uint32Array<ArrayBuffer>
  /** The counts, and the sums of lengths, by slot. */
  counts!: Float64Array<ArrayBuffer>
  /** A counter by slot, incremented when a text differs from the former text of the same slot. */
  changes!: Uint32Array<ArrayBuffer>
  /**
   * Finds the next line with the marker of a call, `"usage"`, or of the sums that Claude Code keeps, `"modelUsage"`.
   * @param from the first byte of a line
   * @param to the byte after the newline of the last line to be searched
   * @returns the offset of the line's newline, 0 when there is no such line
   */
  readonly nextLine: (from: number, to: number) => number
  /**
   * Reads an object of the found line, which must not be odd. Several objects have to be read in their order.
   * @param at its opening brace
   * @returns the offset after it, or -1 when it has to be parsed by `JSON.parse`
   */
  readonly readObject: (at: number) => number
  /** The offsets of the unescaped quotes of the found line, in order, when it is not odd; then others. */
  quoteOffsets!: Uint32Array<ArrayBuffer>
  readonly #memory: Memory
  #results!: Int32Array<ArrayBuffer>

  constructor() {
    compiled ??= new Module(readFileSync(new URL('./scan-kernel.wasm', import.meta.url)))
    const { memory, nextLine, readObject } = new Instance(compiled).exports
    this.#memory = memory as Memory
    this.nextLine = nextLine as ScanKernel['nextLine']
    this.readObject = readObject as ScanKernel['readObject']
    this.#createViews()
    this.#writeWantedFields(wantedFields, WANTED)
  }

  get capacity(): number {
    return this.bytes.length - BASE - OVERREAD_BYTES
  }

  /** Grows the memory to at least `capacity` bytes; its content stays. */
  grow(capacity: number): void {
    const missing = BASE + capacity + OVERREAD_BYTES - this.bytes.length
    if (missing <= 0) return
    this.#memory.grow(Math.ceil(missing / PAGE_BYTES))
    this.#createViews()
  }

  /** The offset of the found line's first byte. */
  get start(): number {
    return this.#results[0]!
  }

  /** Whether the found line has to be parsed by `JSON.parse`. */
  get isLineOdd(): boolean {
    return this.#results[1] === 1
  }

  /** Whether the last object has to be parsed by `JSON.parse`, because of a wanted field. */
  get isObjectOdd(): boolean {
    return this.#results[2] === 1
  }

  /** How many of `quoteOffsets` are those of the found line, when it is not odd. */
  get quoteCount(): number {
    return this.#results[3]!
  }

  #createViews(): void {
    const { buffer } = this.#memory
    this.bytes = Buffer.from(buffer)
    this.fieldStates = new Uint8Array(buffer, FIELD_STATES, SLOTS)
    this.starts = new Uint32Array(buffer, STARTS, SLOTS)
    this.ends = new Uint32Array(buffer, ENDS, SLOTS)
    this.counts = new Float64Array(buffer, COUNTS, SLOTS)
    this.quoteOffsets = new Uint32Array(buffer, QUOTES, (BASE - QUOTES) / Uint32Array.BYTES_PER_ELEMENT)
    this.changes = new Uint32Array(buffer, CHANGES, SLOTS)
    this.#results = new Int32Array(buffer, 0, 4)
  }

  /** Writes the wanted fields to the memory. @returns the first address after them */
  #writeWantedFields(wanted: WantedFields, at: number): number {
    const { bytes } = this
    const fields = Object.entries(wanted).sort(([a], [b]) => a.length - b.length)
    let end = at + 4 + fields.length * FIELD_BYTES
    bytes.writeInt32LE(fields.length, at)
    for (const [nth, [name, [kind, slot, inner]]] of fields.entries()) {
      const field = at + 4 + nth * FIELD_BYTES
      if (name.length > MAX_NAME_BYTES || slot >= SLOTS) throw new RangeError(`no room for the field ${name}`)
      bytes.writeInt32LE(name.length, field)
      bytes.writeInt32LE(kinds[kind], field + 4)
      bytes.writeInt32LE(slot, field + 8)
      bytes.write(name, field + NAME_OFFSET, 'latin1')
      if (inner === undefined) continue
      bytes.writeInt32LE(end, field + 12)
      end = this.#writeWantedFields(inner, end)
    }
    if (end > WANTED_END) throw new RangeError('no room for so many fields')
    return end
  }
}
