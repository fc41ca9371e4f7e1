import { readFileSync } from 'node:fs'

/** Where the bytes to be searched begin; before it lies what line-finder.wat says. */
const BASE = 262_144
const QUOTES = 1024
/** So many bytes behind the searched ones are looked at. */
const SLACK = 128
const PAGE = 65_536

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

let compiled: object | undefined

/**
 * Memory for the bytes of a file, and a search in it for lines that can hold a call, done by line-finder.wat.
 * Everything names bytes by their place in `bytes`.
 */
export class LineFinder {
  /** All of the memory; replaced by `grow`. */
  bytes!: Buffer<ArrayBuffer>
  /** Room for bytes to be searched is [base, base + capacity). */
  readonly base = BASE
  /** Where the unescaped quotes of the found line are, in order. */
  quotes!: Uint32Array<ArrayBuffer>
  readonly #memory: Memory
  readonly #nextLine: (from: number, to: number) => number
  #results!: Int32Array

  constructor() {
    compiled ??= new Module(readFileSync(new URL('./line-finder.wasm', import.meta.url)))
    const { memory, nextLine } = new Instance(compiled).exports
    this.#memory = memory as Memory
    this.#nextLine = nextLine as (from: number, to: number) => number
    this.#look()
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

  /**
   * Finds the next line with the marker of a call, `"usage"`.
   * @param from the first byte of a line
   * @param to the byte behind the newline of the last line to be searched
   * @returns the place of the found line's newline, 0 when there is none; then `start` and `quoteCount` are of this line
   */
  next(from: number, to: number): number {
    return this.#nextLine(from, to)
  }

  /** The found line's first byte. */
  get start(): number {
    return this.#results[0]!
  }

  /** How many of `quotes` are the found line's; -1 when it has to be read without knowing them. */
  get quoteCount(): number {
    return this.#results[1]!
  }

  #look(): void {
    const { buffer } = this.#memory
    this.bytes = Buffer.from(buffer)
    this.quotes = new Uint32Array(buffer, QUOTES, (BASE - QUOTES) / Uint32Array.BYTES_PER_ELEMENT)
    this.#results = new Int32Array(buffer, 0, 2)
  }
}
