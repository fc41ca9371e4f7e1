import { randomInt } from 'node:crypto'
import type { Collection, Filter, OptionalUnlessRequiredId, UpdateFilter } from 'mongodb'
import type { Change } from '../../change.ts'
import type { Connection } from '../connection.ts'
import { unavailableError } from '../error.ts'
import { DocumentResults, resultMark } from './document-idempotency.ts'
import { DocumentQueue } from './document-queue.ts'
import { type Fields, restoringUpdate, updateOf, type Write } from './document-write.ts'
import type { EventAppender } from './event-appender.ts'
import { outboxFields, outboxOf, publishOutbox } from './event-outbox.ts'
import type { IdempotencyRecords } from './idempotency.ts'
import { type Provisional, provisionalToken, type VersionedDocument } from './versioned-document.ts'

/** What a change does to the current document. */
export interface Attempt<T, P extends Provisional, R> {
  /** Convertible to JSON: a repeated request gets it. */
  readonly result: R
  /** Absent when nothing changes. */
  readonly write?: Write<T, P>
  /** Reads other documents again, after the write. @returns false when one of them contradicts the change by now */
  verify?(after: T): Promise<boolean>
  /** Called when the change is published. */
  finish?(after: T): Promise<void>
}

/** How a kind of documents undoes invalid changes. */
export interface Rules<T, P extends Provisional> {
  /** Large fields, which recovery does not read. */
  readonly large?: readonly (keyof Fields<T> & string)[]
  /**
   * The fields that undo a change that no other one follows. The fields may be provisional again. A new document needs no
   * rule: it is deleted.
   */
  restore?(before: T, after: T): { readonly fields: Fields<T>; readonly provisional?: P | undefined }
  /**
   * The write that removes what is invalid of a provisional change that other changes may follow.
   * @param refused true when its hub has refused all of it; else other documents are to be read again
   * @param at the earliest instant of the write
   * @returns undefined when nothing is invalid
   */
  compensate?(document: T, provisional: P, refused: boolean, at: number): Promise<Write<T, P> | undefined>
  /** Releases the claims of `let_go`; idempotent. */
  release?(document: T): Promise<void>
}

export interface CollectionParts {
  readonly connection: Pick<Connection, 'collection' | 'dialect'>
  readonly log: EventAppender
  readonly idempotency: IdempotencyRecords
}

/** The attempts of a change; each lost one means that another change has been written. */
const MAX_ATTEMPTS = 100

/**
 * Documents that several hubs change at once, without transactions. A change is one compare-and-set of one document, which
 * contains its events, the result of its request, and what must be verified: other documents are read before the write and
 * verified after it. Of two changes that contradict each other, at least one sees the other, and is rolled back. After a
 * crash between any two steps another hub finishes the change or undoes it; see `recover`.
 */
export class VersionedCollection<T extends VersionedDocument<P>, P extends Provisional = Provisional> {
  /** For queries, and for bulk writes of a copy. */
  readonly documents: Collection<T>
  readonly #parts: CollectionParts
  readonly #rules: Rules<T, P>
  readonly #queue = new DocumentQueue()
  readonly #results = new DocumentResults()
  /** The unfinished documents that the last recovery found, by revision and token. */
  #unfinished: ReadonlySet<string> = new Set()

  constructor(name: string, parts: CollectionParts, rules: Rules<T, P> = {}) {
    this.documents = parts.connection.collection<T>(name)
    this.#parts = parts
    this.#rules = rules
  }

  /** Reads a document. @param without large fields that are not needed */
  async read(_id: string, without: readonly string[] = []): Promise<T | undefined> {
    const options = without.length === 0 ? {} : { projection: Object.fromEntries(without.map((name) => [name, 0])) }
    const document = ((await this.documents.findOne({ _id } as Filter<T>, options)) ?? undefined) as T | undefined
    if (!document?.gone) return document
    // Its removal is not complete yet.
    await this.publish(document)
    return this.read(_id, without)
  }

  /** Creates a document; the caller publishes it. @returns undefined when it exists already, or a unique key refuses it */
  create(_id: string, write: Write<T, P>): Promise<T | undefined> {
    return this.#write(_id, undefined, write, {})
  }

  /**
   * Changes a document, once for each request with an idempotency key, in all hubs. See `change`.
   */
  async changeOnce<R>(
    _id: string,
    change: Change,
    attempt: (document: T | undefined) => Promise<Attempt<T, P, R> | undefined>,
    without: readonly string[] = [],
  ): Promise<R> {
    const result = await this.#parts.idempotency.run(change, () => this.change(_id, change, attempt, without))
    this.#results.settle(resultMark(change))
    return result
  }

  /**
   * Changes a document, and publishes the events of the change.
   * @param attempt may be called several times, until no concurrent change comes between its read and its write; undefined
   *   asks for another attempt
   * @param without large fields that the attempt does not need
   */
  change<R>(
    _id: string,
    change: Change,
    attempt: (document: T | undefined) => Promise<Attempt<T, P, R> | undefined>,
    without: readonly string[] = [],
  ): Promise<R> {
    const mark = resultMark(change)
    const unread = mark === undefined ? [...without, 'done'] : without
    return this.#queue.run(_id, async () => {
      for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
        const document = await this.read(_id, unread)
        const stored = this.#results.find(document?.done, mark, change.now)
        if (stored !== undefined) return JSON.parse(stored) as R
        const next = await attempt(document)
        if (next === undefined) continue
        if (next.write === undefined) return next.result
        const write = withMark(next.write, mark)
        const after = await this.#write(_id, document, write, { mark, result: next.result })
        if (after === undefined) continue
        if (next.verify !== undefined && !(await next.verify(after))) {
          await this.#rollBack(document, after, write, mark)
          continue
        }
        await this.publish(after, write.provisional === undefined ? undefined : provisionalToken(after.revision))
        await next.finish?.(after)
        return next.result
      }
      throw this.#tooManyAttempts()
    })
  }

  /** Publishes the events of a document, and finishes its removal. @param verified the token of a verified provisional part */
  publish(document: T, verified?: string): Promise<void> {
    return publishOutbox(this.documents, this.#parts.log, document, verified, async () => this.#rules.release?.(document))
  }

  /** Whether the last call of `recover` has left changes for the next one. */
  get hasUnfinished(): boolean {
    return this.#unfinished.size > 0
  }

  /**
   * Finishes or undoes the changes of crashed hubs. A change that is found for the first time may still be in progress, so it
   * is left for the next call, unless `all` is set.
   * @returns documents finished
   */
  async recover({ all = false }: { all?: boolean } = {}): Promise<number> {
    const known = this.#unfinished
    const found = new Set<string>()
    let finished = 0
    const projection = Object.fromEntries([...(this.#rules.large ?? []), 'done'].map((name) => [name, 0]))
    const documents = (await this.documents.find({ has_untold: true } as Filter<T>, { projection }).toArray()) as unknown as T[]
    for (const document of documents) {
      // The revision of a busy document is always new; its provisional parts are not.
      const marks = [document.revision, ...Object.keys(document.unsure ?? {})].map((mark) => `${mark}/${document._id}`)
      if (all || marks.some((mark) => known.has(mark))) {
        const verified = document.unsure === undefined ? document : await this.#reverify(document)
        if (verified === undefined) continue
        await this.publish(verified)
        finished++
      } else for (const mark of marks) found.add(mark)
    }
    this.#unfinished = found
    return finished
  }

  /** Writes a change. @returns the changed document; undefined when a concurrent change was faster, or a unique key refuses it */
  async #write(_id: string, document: T | undefined, write: Write<T, P>, { mark, result, undone }: Writing): Promise<T | undefined> {
    const { fields, events, at, provisional } = write
    const done =
      mark !== undefined
        ? { done: this.#results.after(document?.done, mark, result, at) }
        : undone !== undefined
          ? { done: this.#results.without(document?.done, undone) }
          : {}
    if (document === undefined) {
      // Random, so that a document with the id of a removed one is not mistaken for it.
      const revision = randomInt(2 ** 40)
      const made = {
        ...fields,
        _id,
        revision,
        ...outboxFields(revision, events, at),
        ...(provisional === undefined ? {} : { unsure: { [provisionalToken(revision)]: provisional }, has_untold: true }),
        ...done,
      } as unknown as T
      const inserted = await this.#unlessDuplicate(() => this.documents.insertOne(made as OptionalUnlessRequiredId<T>))
      return inserted === undefined ? undefined : made
    }
    const revision = document.revision + 1
    const released = [...(document.let_go ?? []), ...(write.released ?? [])]
    const outbox = outboxOf(revision, events, at)
    const update = updateOf(write, revision, released, outbox, done)
    const matching = { _id, revision: document.revision } as Filter<T>
    const written = await this.#unlessDuplicate(() => this.documents.updateOne(matching, update as unknown as UpdateFilter<T>))
    if (written?.matchedCount !== 1) return undefined
    const { unsure, ...rest } = document
    const parts = write.remove === undefined ? { ...unsure, ...(provisional && { [provisionalToken(revision)]: provisional }) } : {}
    const unpublished = [...(document.untold ?? []), ...outbox]
    return {
      ...rest,
      ...fields,
      revision,
      ...(Object.keys(parts).length === 0 ? {} : { unsure: parts, has_untold: true }),
      ...(released.length === 0 ? {} : { let_go: released, has_untold: true }),
      ...(unpublished.length === 0 ? {} : { untold: unpublished, has_untold: true }),
      ...(write.remove === undefined ? {} : { gone: true, has_untold: true }),
    } as unknown as T
  }

  /** Undoes an invalid change: as if it had never been, unless its events are published or another change follows it. */
  async #rollBack(before: T | undefined, after: T, write: Write<T, P>, mark: string | undefined): Promise<void> {
    const { _id } = after
    const token = provisionalToken(after.revision)
    const unchanged = {
      _id,
      revision: after.revision,
      untold: { $exists: true },
      ...(write.provisional === undefined ? {} : { [`unsure.${token}`]: { $exists: true } }),
    } as unknown as Filter<T>
    if (before === undefined) {
      if ((await this.documents.deleteOne(unchanged)).deletedCount === 1) return
    } else {
      const restored = this.#rules.restore!(before, after)
      const update = restoringUpdate(before, after.revision + 1, restored, mark, write.provisional === undefined ? undefined : token)
      // A unique key may refuse the restored fields by now.
      const written = await this.#unlessDuplicate(() => this.documents.updateOne(unchanged, update as unknown as UpdateFilter<T>))
      if (written?.matchedCount === 1) {
        if (restored.provisional === undefined) return
        const document = await this.read(_id, [...(this.#rules.large ?? []), 'done'])
        if (document !== undefined) await this.#reverify(document)
        return
      }
    }
    await this.#compensate(_id, token, write.provisional, { refused: true, mark, at: write.at })
  }

  /** Undoes a provisional change that other changes may follow, with an event. @returns whether anything was undone */
  async #compensate(
    _id: string,
    token: string,
    provisional: P | undefined,
    { refused, mark, at }: { refused: boolean; mark: string | undefined; at: number },
  ): Promise<boolean> {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const document = await this.read(_id)
      if (document === undefined) return false
      const write = provisional && (await this.#rules.compensate!(document, provisional, refused, at))
      const hasResult = refused && document.done?.some((result) => result.mark === mark) === true
      if (write === undefined && !hasResult) return false
      const after = await this.#write(_id, document, write ?? { fields: {}, events: [], at }, { undone: mark })
      if (after === undefined) continue
      await this.publish(after, token)
      return true
    }
    throw this.#tooManyAttempts()
  }

  /** Verifies the provisional parts of a document. @returns undefined when they were undone, or another change was faster */
  async #reverify(document: T): Promise<T | undefined> {
    const { _id, revision, unsure, ...verified } = document
    for (const [token, provisional] of Object.entries(unsure ?? {})) {
      if (await this.#compensate(_id, token, provisional, { refused: false, mark: provisional.mark, at: 0 })) return undefined
    }
    const update = { $unset: { unsure: '' } } as unknown as UpdateFilter<T>
    const { matchedCount } = await this.documents.updateOne({ _id, revision } as Filter<T>, update)
    return matchedCount === 1 ? ({ ...verified, _id, revision } as unknown as T) : undefined
  }

  async #unlessDuplicate<R>(work: () => Promise<R>): Promise<R | undefined> {
    try {
      return await work()
    } catch (error) {
      if (this.#parts.connection.dialect.isDuplicate(error)) return undefined
      throw error
    }
  }

  #tooManyAttempts() {
    return unavailableError(new Error(`${MAX_ATTEMPTS} concurrent changes of one ${this.documents.collectionName}`))
  }
}

/** Options of a write. */
interface Writing {
  /** Identifies the request whose result is stored. */
  readonly mark?: string | undefined
  readonly result?: unknown
  /** Identifies the request whose result is removed, because its change was undone. */
  readonly undone?: string | undefined
}

function withMark<T, P extends Provisional>(write: Write<T, P>, mark: string | undefined): Write<T, P> {
  if (mark === undefined || write.provisional === undefined) return write
  return { ...write, provisional: { ...write.provisional, mark } }
}
