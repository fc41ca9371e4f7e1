import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { Binary, type Collection, type Filter } from 'mongodb'
import { accountNamed } from '../../../limits/account-named.ts'
import { type HourGroup, withGroups, withSamples } from '../../../limits/day-hours.ts'
import type { SnapshotVersion } from '../../../limits/snapshot-version.ts'
import { samplesOf, type WindowName } from '../../../limits/window-samples.ts'
import type { Change } from '../../change.ts'
import { became } from '../../copy/tally.ts'
import { type CollectionParts, VersionedCollection } from '../core/versioned-collection.ts'
import type { VersionedDocument } from '../core/versioned-document.ts'
import { textId, textOf } from '../text-id.ts'

export interface SnapshotDocument extends VersionedDocument {
  /** The account in the snapshot, and its idempotency key. */
  _id: string
  reading_id: string
  account: string
  at: number
  received_at: number
  /** JSON */
  body: string
  /** Set until the thinned series and the state of its account are updated. */
  unfinished?: true
}

export interface DayDocument extends VersionedDocument {
  account: string
  window: string
  day: number
  hours: Binary
}

/** The newest snapshot of a machine and source. */
interface Head {
  readonly machine: string
  readonly source: string
  readonly at: number
  readonly id: string
  /** The `_id` of its document. */
  readonly document: string
}

export interface AccountState {
  readonly name?: string | undefined
  /** When it was named last. */
  readonly namedAt?: number | undefined
  /** When its first snapshot arrived. */
  readonly firstAt?: number | undefined
  readonly created: number
  readonly cleanedAt?: number | undefined
  readonly heads: readonly Head[]
  readonly windows: readonly (WindowName & { readonly at: number })[]
  /** The `_id`s of the snapshots counted last: finishing one twice must not count it twice. */
  readonly counted: readonly string[]
}

export interface AccountDocument extends VersionedDocument {
  /** JSON of an AccountState, which preserves names of any kind. */
  state: string
}

/** More snapshots than are written at once. */
const MAX_COUNTED_IDS = 1000
export const emptyState: AccountState = { created: 0, heads: [], windows: [], counted: [] }

/** Snapshots and all that is derived from them; each step is idempotent. */
export class SnapshotCollection {
  readonly collection: VersionedCollection<SnapshotDocument>
  readonly #days: VersionedCollection<DayDocument>
  readonly #accounts: VersionedCollection<AccountDocument>
  /** The unfinished snapshots of the last check, which another hub may still be finishing. */
  #unfinished: ReadonlySet<string> = new Set()

  constructor(parts: CollectionParts) {
    this.collection = new VersionedCollection('reading', parts)
    this.#days = new VersionedCollection('limit_day', parts)
    this.#accounts = new VersionedCollection('limit_account', parts)
  }

  get snapshots(): Collection<SnapshotDocument> {
    return this.collection.documents
  }

  get days(): Collection<DayDocument> {
    return this.#days.documents
  }

  get accountCollection(): VersionedCollection<AccountDocument> {
    return this.#accounts
  }

  get accounts(): Collection<AccountDocument> {
    return this.#accounts.documents
  }

  /** @param documents at most a thousand */
  async finish(documents: readonly SnapshotDocument[]): Promise<void> {
    for (const [account, ofAccount] of Map.groupBy(documents, (document) => textOf(document.account))) {
      const entries = ofAccount.map((document) => ({ document, body: JSON.parse(document.body) as SnapshotBody }))
      const samples = entries.flatMap(({ body }) => samplesOf(body))
      for (const ofDay of Map.groupBy(samples, ({ key, day }) => `${day} ${key}`).values()) {
        const { key, day } = ofDay[0]!
        await this.#day(account, key, day, (hours) =>
          withSamples(
            hours,
            ofDay.map(({ sample }) => sample),
          ),
        )
      }
      await this.change(account, (state) => {
        const fresh = entries.filter(({ document }) => !state.counted.includes(document._id))
        if (fresh.length === 0) return undefined
        return {
          ...state,
          firstAt: Math.min(state.firstAt ?? Number.POSITIVE_INFINITY, ...fresh.map(({ document }) => document.received_at)),
          created: state.created + fresh.length,
          counted: [...state.counted, ...fresh.map(({ document }) => document._id)].slice(-MAX_COUNTED_IDS),
          heads: fresh.reduce(withHead, state.heads),
          windows: withWindows(
            state.windows,
            samples.map(({ key, kind, scope, label, sample }) => ({ key, kind, scope, label, at: sample.at })),
          ),
        }
      })
    }
    await this.snapshots.updateMany({ _id: { $in: documents.map(({ _id }) => _id) } }, { $unset: { unfinished: '' } })
  }

  /** Finishes the snapshots of crashed hubs. @returns how many */
  async finishOrphaned(all = false): Promise<number> {
    const found = await this.snapshots.find({ unfinished: true } as Filter<SnapshotDocument>).toArray()
    const orphaned = found.filter(({ _id }) => all || this.#unfinished.has(_id))
    for (let n = 0; n < orphaned.length; n += MAX_COUNTED_IDS) await this.finish(orphaned.slice(n, n + MAX_COUNTED_IDS))
    this.#unfinished = new Set(found.map(({ _id }) => _id))
    return orphaned.length
  }

  /** @param next returns undefined to change nothing */
  change(account: string, next: (state: AccountState, known: boolean) => AccountState | undefined): Promise<boolean> {
    return this.#accounts.change(textId(account), { now: 0 }, async (known) => {
      const state = next(known === undefined ? emptyState : stateOf(known), known !== undefined)
      if (state === undefined) return { result: false }
      return { result: true, write: { fields: { state: JSON.stringify(state) }, events: [], at: 0 } }
    })
  }

  /** @returns false when there is no such account */
  nameAccount(account: string, name: string | undefined, change: Change): Promise<boolean> {
    return this.#accounts.changeOnce(textId(account), change, async (known) => {
      if (known === undefined) return { result: false }
      const state = stateOf(known)
      if (state.name === name) return { result: true }
      const fields = { state: JSON.stringify({ ...state, name, namedAt: change.now }) }
      return { result: true, write: { fields, events: [accountNamed(account, name)], at: change.now } }
    })
  }

  /** Merges a day of another store. */
  async addGroups(account: string, window: string, day: number, groups: readonly HourGroup[]): Promise<'added' | 'updated' | 'unchanged'> {
    let before: Uint8Array | undefined
    const changed = await this.#day(account, window, day, (hours) => {
      before = hours
      return withGroups(hours, groups)
    })
    return became(before, changed ? groups : undefined)
  }

  #day(account: string, window: string, day: number, next: (hours: Uint8Array | undefined) => Uint8Array | undefined): Promise<boolean> {
    const _id = textId(JSON.stringify([account, window, day]))
    return this.#days.change(_id, { now: 0 }, async (known) => {
      const hours = next(known && hoursOf(known))
      if (hours === undefined) return { result: false }
      const fields = { account: textId(account), window: textId(window), day, hours: new Binary(hours) }
      return { result: true, write: { fields, events: [], at: 0 } }
    })
  }
}

export function stateOf({ state }: AccountDocument): AccountState {
  return JSON.parse(state) as AccountState
}

export function hoursOf({ hours }: Pick<DayDocument, 'hours'>): Uint8Array {
  return hours.value()
}

export function snapshotVersion({ reading_id: id, account, at, received_at: receivedAt, body }: SnapshotDocument): SnapshotVersion {
  return { id, account: textOf(account), at, receivedAt, body: JSON.parse(body) as SnapshotBody }
}

export function documentOf({ id, account, at, receivedAt, body }: SnapshotVersion): SnapshotDocument {
  return {
    _id: textId(`${body.account ?? ''}\n${body.idempotencyKey ?? id}`),
    revision: 1,
    reading_id: id,
    account: textId(account),
    at,
    received_at: receivedAt,
    body: JSON.stringify(body),
    unfinished: true,
  }
}

function withHead(heads: readonly Head[], { document, body }: { document: SnapshotDocument; body: SnapshotBody }): readonly Head[] {
  const { _id, at, reading_id: id } = document
  const head: Head = { machine: body.machine_id ?? '', source: body.source ?? '', at, id, document: _id }
  const known = heads.find(({ machine, source }) => machine === head.machine && source === head.source)
  if (known !== undefined && (known.at > at || (known.at === at && known.id >= id))) return heads
  return [...heads.filter((one) => one !== known), head]
}

function withWindows(windows: AccountState['windows'], added: AccountState['windows']): AccountState['windows'] {
  const named = new Map(windows.map((window) => [window.key, window]))
  for (const window of added) if (window.at > (named.get(window.key)?.at ?? Number.NEGATIVE_INFINITY)) named.set(window.key, window)
  return [...named.values()]
}
