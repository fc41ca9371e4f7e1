import type { LineMemory } from './line-buffer.ts'

/** Memory for the lines of a file that are parsed in JavaScript. */
export class GrowingBuffer implements LineMemory {
  bytes = Buffer.alloc(0)
  readonly base = 0

  get capacity(): number {
    return this.bytes.length
  }

  grow(capacity: number): void {
    if (capacity <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(capacity)
    this.bytes.copy(grown)
    this.bytes = grown
  }
}
