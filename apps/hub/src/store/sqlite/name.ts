import type { Connection } from './connection.ts'
import { kindFields } from './usage/kind.ts'

/** Names come from transcripts, in unbounded number; the cache is bounded. */
const MAX_CACHED_NAMES = 200_000

type Place = readonly [machine: number, project: number, branch: number]

const kindColumns = kindFields.join(', ')

/**
 * Maps texts to small numbers. 0 stands for an absent text, which differs from an empty one by the winner rule.
 */
export class Names {
  readonly #connection: Connection
  readonly #ids = new Map<string, number>()
  readonly #texts = new Map<number, string>()
  readonly #tuples = new Map<string, number>()
  readonly #places = new Map<number, Place>()
  readonly #kinds = new Map<number, readonly number[]>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The number of a text, which is added if it is new. Only inside a transaction. */
  idOf(text: string | undefined): number {
    if (text === undefined) return 0
    return this.#ids.get(text) ?? this.#cache(text, this.#find(text) ?? this.#insert(text))
  }

  /** The number of a known text; undefined for an unknown one. */
  find(text: string): number | undefined {
    return this.#ids.get(text) ?? this.#find(text)
  }

  /** The text of a number; undefined for 0. */
  textOf(id: number): string | undefined {
    if (id === 0) return undefined
    const known = this.#texts.get(id)
    if (known !== undefined) return known
    const text = this.#connection.prepare('SELECT text FROM name WHERE name_id = ?').pluck().get(id) as string
    this.#cache(text, id)
    return text
  }

  placeOf(machine: number, project: number, branch: number): number {
    return this.#tupleOf('place', 'machine, project, branch', [machine, project, branch])
  }

  /** @param numbers in the order of `kindFields` */
  kindOf(numbers: readonly number[]): number {
    return this.#tupleOf('kind', kindColumns, numbers)
  }

  place(id: number): Place {
    let place = this.#places.get(id)
    if (place === undefined) {
      place = this.#connection.rows('SELECT machine, project, branch FROM place WHERE place_id = ?').get(id) as Place
      if (this.#places.size >= MAX_CACHED_NAMES) this.#places.clear()
      this.#places.set(id, place)
    }
    return place
  }

  /** All places, without their branches. */
  places(): [place: number, machine: number, project: number][] {
    return this.#connection.rows('SELECT place_id, machine, project FROM place').all() as [number, number, number][]
  }

  /** The numbers of a kind, in the order of `kindFields`. */
  kind(id: number): readonly number[] {
    let kind = this.#kinds.get(id)
    if (kind === undefined) {
      kind = this.#connection.rows(`SELECT ${kindColumns} FROM kind WHERE kind_id = ?`).get(id) as number[]
      if (this.#kinds.size >= MAX_CACHED_NAMES) this.#kinds.clear()
      this.#kinds.set(id, kind)
    }
    return kind
  }

  /** To be called after a rollback, or after a write of another connection: cached rows may not exist. */
  clearCache(): void {
    this.#ids.clear()
    this.#texts.clear()
    this.#tuples.clear()
    this.#places.clear()
    this.#kinds.clear()
  }

  #find(text: string): number | undefined {
    return this.#connection.prepare('SELECT name_id FROM name WHERE text = ?').pluck().get(text) as number | undefined
  }

  #insert(text: string): number {
    return Number(this.#connection.prepare('INSERT INTO name (text) VALUES (?)').run(text).lastInsertRowid)
  }

  #cache(text: string, id: number): number {
    if (this.#ids.size >= MAX_CACHED_NAMES) this.clearCache()
    this.#ids.set(text, id)
    this.#texts.set(id, text)
    return id
  }

  #tupleOf(table: 'place' | 'kind', columns: string, values: readonly number[]): number {
    const key = `${table}:${values.join()}`
    const known = this.#tuples.get(key)
    if (known !== undefined) return known
    const where = columns.replaceAll(', ', ' = ? AND ')
    const found = this.#connection
      .prepare(`SELECT ${table}_id FROM ${table} WHERE ${where} = ?`)
      .pluck()
      .get(...values)
    const id =
      found ??
      this.#connection.prepare(`INSERT INTO ${table} (${columns}) VALUES (${values.map(() => '?')})`).run(...values).lastInsertRowid
    if (this.#tuples.size >= MAX_CACHED_NAMES) this.#tuples.clear()
    this.#tuples.set(key, Number(id))
    return Number(id)
  }
}
