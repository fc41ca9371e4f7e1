import type { UsageUpdated } from '@signalbox/contract/event'
import type { Collection } from 'mongodb'
import type { Collections } from '../connection.ts'
import { isDuplicate } from '../error.ts'
import type { EventLog } from '../event.ts'
import { type CallDocument, recordOf } from './call-document.ts'
import { counterpartQuarters } from './counted-calls.ts'
import type { QuarterSums } from './quarter.ts'

interface IngestDocument {
  /** A random token, which the written calls carry in `by`. */
  _id: string
  /** JSON. */
  machine: string
  /** Milliseconds. */
  at: number
  /** The ids of all quarters that it may change. */
  quarters: string[]
  /** Set by a copy, which publishes no event. */
  quiet?: true
}

export interface StateDocument {
  _id: 'usage'
  revision: number
  last_ingest_at?: number
  /** Grows with every change of the projects of folders. */
  folders_revision?: number
}

export type IngestSummary = Omit<UsageUpdated, 'machine_id'>

const ID_BATCH = 1000

/**
 * Ingests in progress. Each is recorded before its first call is written, and the record is removed at the end: when the sums
 * are marked, the revision is incremented and the event is published. After a crash another hub finishes what it finds.
 */
export class PendingIngests {
  readonly #pendingIngests: Collection<IngestDocument>
  readonly #calls: Collection<CallDocument>
  readonly #state: Collection<StateDocument>
  readonly #quarters: QuarterSums
  readonly #log: EventLog
  readonly #orphanedMs: number
  /** The ingests of this hub. */
  readonly #own = new Set<string>()
  /** The ingests of other hubs, with the time of their first check by `performance.now()`. */
  #firstSeen = new Map<string, number>()

  /** @param orphanedMs the time after which an unfinished ingest counts as orphaned */
  constructor(connection: Collections, quarters: QuarterSums, log: EventLog, orphanedMs: number) {
    this.#pendingIngests = connection.collection('ingest')
    this.#calls = connection.collection('call')
    this.#state = connection.collection('meta')
    this.#quarters = quarters
    this.#log = log
    this.#orphanedMs = orphanedMs
  }

  /** To be called before any call of these quarters is written. */
  async begin(token: string, machine: string, quarters: readonly string[], now: number, unpublished = false): Promise<void> {
    if (this.#own.has(token)) {
      await this.#pendingIngests.updateOne({ _id: token }, { $addToSet: { quarters: { $each: [...quarters] } } })
      return
    }
    this.#own.add(token)
    await this.#pendingIngests.insertOne({
      _id: token,
      machine: JSON.stringify(machine),
      at: now,
      quarters: [...quarters],
      ...(unpublished ? { quiet: true } : {}),
    })
  }

  /** To be called after the last call is written. @param before resolves when earlier ingests are published */
  async finish(
    token: string,
    machine: string,
    quarters: readonly string[],
    summary: IngestSummary,
    now: number,
    before: Promise<unknown> = Promise.resolve(),
  ): Promise<void> {
    await this.#quarters.mark(quarters)
    await this.#quarters.sumUp(quarters)
    await before
    await this.#recordState({ revision: 1, at: now })
    const data = JSON.stringify({ machine_id: machine, ...summary })
    await this.#log.append([{ cause: `ingest/${token}`, event: 'usage.updated', data, at: now }])
    await this.#pendingIngests.deleteOne({ _id: token })
  }

  /** As `finish`, for an unpublished ingest; its sums are computed when they are read. */
  async finishUnpublished(token: string, quarters: readonly string[]): Promise<void> {
    await this.#quarters.mark(quarters)
    await this.#recordState({ revision: 1 })
    await this.#pendingIngests.deleteOne({ _id: token })
  }

  /** To be called at the end, also after an error: recovery finishes the ingest if it is still recorded. */
  release(token: string): void {
    this.#own.delete(token)
  }

  /** Records that calls arrived, none of them new. */
  async recordContact(now: number): Promise<void> {
    await this.#recordState({ revision: 0, at: now })
  }

  /** Records that the projects of folders have changed, and with them reports. */
  async recordFolders(): Promise<void> {
    await this.#recordState({ revision: 1, folders: 1 })
  }

  async foldersRevision(): Promise<number> {
    return (await this.#state.findOne({ _id: 'usage' }))?.folders_revision ?? 0
  }

  async state(): Promise<{ revision: number; lastIngestAt: number | undefined }> {
    const state = await this.#state.findOne({ _id: 'usage' })
    return { revision: state?.revision ?? 0, lastIngestAt: state?.last_ingest_at }
  }

  /**
   * Finishes the ingests of crashed hubs.
   * An ingest is orphaned when every check has found it for `orphanedMs`: a server that does not answer may still execute a
   * write later.
   * @returns the number of ingests
   */
  async finishOrphaned(): Promise<number> {
    const before = this.#firstSeen
    this.#firstSeen = new Map()
    const found = await this.#pendingIngests.find({}).toArray()
    const at = performance.now()
    const firstSeen = new Map<string, number>()
    let finished = 0
    for (const ingest of found) {
      if (this.#own.has(ingest._id)) continue
      const since = before.get(ingest._id) ?? at
      if (at - since < this.#orphanedMs) {
        firstSeen.set(ingest._id, since)
        continue
      }
      await this.#finishFor(ingest)
      finished++
    }
    this.#firstSeen = firstSeen
    return finished
  }

  async #finishFor({ _id, machine, at, quarters: recorded, quiet }: IngestDocument): Promise<void> {
    const documents: CallDocument[] = []
    for (let n = 0; n < recorded.length; n += ID_BATCH) {
      const some = { quarter: { $in: recorded.slice(n, n + ID_BATCH) }, by: _id }
      documents.push(...(await this.#calls.find(some).toArray()))
    }
    const calls = documents.map((document) => recordOf(document).call)
    const quarters = [...new Set([...recorded, ...(await counterpartQuarters(this.#calls, calls))])]
    if (quiet) return this.finishUnpublished(_id, quarters)
    if (calls.length > 0) {
      const accepted = documents.filter(({ revision }) => revision === 1).length
      const ats = calls.map((call) => call.at).sort()
      const summary = { accepted, improved: documents.length - accepted, since: ats[0]!, until: ats.at(-1)! }
      await this.finish(_id, JSON.parse(machine) as string, quarters, summary, at)
      return
    }
    // Crashed before its first call, or other ingests have improved all its calls since, and published that.
    await this.#quarters.mark(quarters)
    await this.#pendingIngests.deleteOne({ _id })
  }

  async #recordState({ revision, folders = 0, at }: { revision: number; folders?: number; at?: number }): Promise<void> {
    const update = { $inc: { revision, folders_revision: folders }, ...(at === undefined ? {} : { $set: { last_ingest_at: at } }) }
    try {
      await this.#state.updateOne({ _id: 'usage' }, update, { upsert: true })
    } catch (error) {
      if (!isDuplicate(error)) throw error
      await this.#state.updateOne({ _id: 'usage' }, update)
    }
  }
}
