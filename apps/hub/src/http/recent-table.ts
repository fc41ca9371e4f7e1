/**
 * The values of the names used last, in two tables of which the older one is given up when the newer one is full. Callers
 * choose names, so there is no end of different ones.
 */
export class RecentTable<V> {
  readonly #max: number
  #newer = new Map<string, V>()
  #older = new Map<string, V>()

  /** @param max names in one table */
  constructor(max: number) {
    this.#max = max
  }

  get(name: string): V | undefined {
    const value = this.#newer.get(name)
    if (value !== undefined) return value
    const older = this.#older.get(name)
    if (older !== undefined) this.set(name, older)
    return older
  }

  set(name: string, value: V): void {
    if (this.#newer.size >= this.#max) {
      this.#older = this.#newer
      this.#newer = new Map()
    }
    this.#newer.set(name, value)
  }

  delete(name: string): void {
    this.#newer.delete(name)
    this.#older.delete(name)
  }
}
