import type { Collection } from 'mongodb'
import type { ObservedRow } from '../../state/change-set.ts'
import { MAX_OBSERVED_EVENTS } from '../session.ts'
import type { Connection } from './connection.ts'
import { duplicatesOf, isDuplicate } from './error.ts'
import { textId, textOf } from './text-id.ts'

interface ObservedDocument {
  /** The session and the observation. */
  _id: string
  session_id: string
  at: number
  /** JSON */
  data: string
}

/** Removing what exceeds the limit costs a count, so some more are kept until then. */
const TRIM_AFTER = 100

/**
 * The observed events of sessions, in documents of their own: a session may have thousands. They are written before the
 * session, and a write that is repeated finds them stored.
 */
export class ObservedEvents {
  readonly #documents: Collection<ObservedDocument>
  /** Events added to each session since its last trim. */
  readonly #added = new Map<string, number>()

  constructor(connection: Pick<Connection, 'collection'>) {
    this.#documents = connection.collection<ObservedDocument>('session_event')
  }

  /** The newest events of a session, oldest first. */
  async newest(id: string, limit: number): Promise<ObservedRow[]> {
    const capped = Math.min(limit, MAX_OBSERVED_EVENTS)
    const found = await this.#documents.find({ session_id: id }, { sort: { at: -1, _id: -1 }, limit: capped }).toArray()
    return found.reverse().map(rowOf)
  }

  async put(rows: readonly ObservedRow[]): Promise<void> {
    if (rows.length === 0) return
    const documents = rows.map(({ session_id, observation_id, at, data }) => ({
      _id: textId(`${session_id}\n${observation_id}`),
      session_id,
      at,
      data,
    }))
    let known: ReadonlySet<number> = new Set()
    try {
      await this.#documents.insertMany(documents, { ordered: false })
    } catch (error) {
      if (!isDuplicate(error)) throw error
      known = duplicatesOf(error)
    }
    for (const [index, { session_id }] of rows.entries()) {
      if (!known.has(index)) this.#added.set(session_id, (this.#added.get(session_id) ?? 0) + 1)
    }
    for (const id of new Set(rows.map(({ session_id }) => session_id))) {
      if ((this.#added.get(id) ?? 0) < TRIM_AFTER) continue
      this.#added.delete(id)
      await this.#trim(id)
    }
    if (this.#added.size > 10_000) this.#added.clear()
  }

  async remove(id: string): Promise<void> {
    this.#added.delete(id)
    await this.#documents.deleteMany({ session_id: id })
  }

  async #trim(id: string): Promise<void> {
    const [oldest] = await this.#documents
      .find({ session_id: id }, { sort: { at: -1, _id: -1 }, skip: MAX_OBSERVED_EVENTS - 1, limit: 1 })
      .toArray()
    if (oldest === undefined) return
    const { at, _id } = oldest
    // Many events may have the same time.
    await this.#documents.deleteMany({ session_id: id, $or: [{ at: { $lt: at } }, { at, _id: { $lt: _id } }] })
  }
}

function rowOf({ _id, session_id, at, data }: ObservedDocument): ObservedRow {
  const text = textOf(_id)
  return { session_id, observation_id: text.slice(text.indexOf('\n') + 1), at, data }
}
