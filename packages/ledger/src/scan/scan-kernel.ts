import { readFileSync } from 'node:fs'
import { type FieldKind, type WantedFields, wantedFields } from './wanted-fields.ts'

/** What is used of it here; the types for Node have none of it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> }
}
interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}
const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly

/** Addresses as scan-kernel.wat has them. */
const WANTED = 512
const WANTED_END = 4096
const MET = 4096
const STARTS = 4160
const ENDS = 4416
const COUNTS = 4672
const CHANGES = 5184
const QUOTES = 32_768
const BASE = 262_144
const PLACES = 64
/** Bytes of a field there. */
const FIELD = 48
const NAME = 16
const LONGEST_NAME = 32
const kinds: Record<FieldKind, number> = { text: 0, count: 1, true: 2, object: 3 }
/** So many bytes behind the searched ones are looked at. */
const SLACK = 128
const PAGE = 65_536

/** What `met` says of a field that is there and holds what is wanted. */
export const THERE = 2

let compiled: object | undefined

/**
 * Memory for the bytes of a file, and what scan-kernel.wat does in it: find lines that can hold a call, and the wanted
 * fields in them. Everything names bytes by their place in `bytes`; views are replaced by `grow`.
 */
export class ScanKernel {
  bytes!: Buffer<ArrayBuffer>
  /** Room for bytes to be searched is [base, base + capacity). */
  readonly base = BASE
  /** By place of a field of the last object: `THERE` when it is there. */
  met!: Uint8Array<ArrayBuffer>
  /** Where a text that is there begins and ends. */
  starts!: Uint32Array<ArrayBuffer>
  ends!: Uint32Array<ArrayBuffer>
  counts!: Float64Array<ArrayBuffer>
  /** Grows when a text that is there is not what it was the last time it was there. */
  changes!: Uint32Array<ArrayBuffer>
  /**
   * Finds the next line with the marker of a call, `"usage"`.
   * @param from the first byte of a line
   * @param to the byte behind the newline of the last line to be searched
   * @returns the place of the found line's newline, 0 when there is none
   */
  readonly nextLine: (from: number, to: number) => number
  /**
   * Reads an object of the found line, which is not odd; several in the order in which they lie.
   * @param at its opening brace
   * @returns the byte behind it, or -1 when it has to be read the slow way
   */
  readonly readObject: (at: number) => number
  readonly #memory: Memory
  #results!: Int32Array<ArrayBuffer>

  constructor() {
    compiled ??= new Module(readFileSync(new URL('./scan-kernel.wasm', import.meta.url)))
    const { memory, nextLine, readObject } = new Instance(compiled).exports
    this.#memory = memory as Memory
    this.nextLine = nextLine as ScanKernel['nextLine']
    this.readObject = readObject as ScanKernel['readObject']
    this.#look()
    this.#write(wantedFields, WANTED)
  }

  get capacity(): number {
    return this.bytes.length - BASE - SLACK
  }

  /** Makes room for at least `capacity` bytes; what is there stays. */
  grow(capacity: number): void {
    const missing = BASE + capacity + SLACK - this.bytes.length
    if (missing <= 0) return
    this.#memory.grow(Math.ceil(missing / PAGE))
    this.#look()
  }

  /** The found line's first byte. */
  get start(): number {
    return this.#results[0]!
  }

  /** Whether the found line has to be read the slow way. */
  get isLineOdd(): boolean {
    return this.#results[1] === 1
  }

  /** Whether a wanted field of the last object has to be read the slow way. */
  get isObjectOdd(): boolean {
    return this.#results[2] === 1
  }

  /** Where the unescaped quotes of the found line are, in order, when it is not odd. */
  get quotes(): Uint32Array {
    return new Uint32Array(this.#memory.buffer, QUOTES, this.#results[3]!)
  }

  #look(): void {
    const { buffer } = this.#memory
    this.bytes = Buffer.from(buffer)
    this.met = new Uint8Array(buffer, MET, PLACES)
    this.starts = new Uint32Array(buffer, STARTS, PLACES)
    this.ends = new Uint32Array(buffer, ENDS, PLACES)
    this.counts = new Float64Array(buffer, COUNTS, PLACES)
    this.changes = new Uint32Array(buffer, CHANGES, PLACES)
    this.#results = new Int32Array(buffer, 0, 4)
  }

  /** Writes down what is wanted. @returns the first address behind it */
  #write(wanted: WantedFields, at: number): number {
    const { bytes } = this
    const fields = Object.entries(wanted).sort(([a], [b]) => a.length - b.length)
    let behind = at + 4 + fields.length * FIELD
    bytes.writeInt32LE(fields.length, at)
    for (const [nth, [name, [kind, place, inner]]] of fields.entries()) {
      const field = at + 4 + nth * FIELD
      if (name.length > LONGEST_NAME || place >= PLACES) throw new RangeError(`no room for the field ${name}`)
      bytes.writeInt32LE(name.length, field)
      bytes.writeInt32LE(kinds[kind], field + 4)
      bytes.writeInt32LE(place, field + 8)
      bytes.write(name, field + NAME, 'latin1')
      if (inner === undefined) continue
      bytes.writeInt32LE(behind, field + 12)
      behind = this.#write(inner, behind)
    }
    if (behind > WANTED_END) throw new RangeError('no room for so many fields')
    return behind
  }
}
