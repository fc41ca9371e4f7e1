import type { LimitReading } from '@signalbox/contract/limits'
import { Binary, type Collection, type Filter } from 'mongodb'
import { type HourGroup, withGroups, withSamples } from '../../../limits/day-hours.ts'
import type { KeptReading } from '../../../limits/kept-reading.ts'
import { samplesOf, type WindowName } from '../../../limits/window-samples.ts'
import { became } from '../../copy/tally.ts'
import type { Connection } from '../connection.ts'
import { textId, textOf } from '../text-id.ts'
import { Turns } from '../turns.ts'
import type { Telling } from '../untold.ts'
import { type Revised, revise } from './revised.ts'

export interface ReadingDocument extends Telling {
  /** The account it names, and its idempotency key. */
  _id: string
  reading_id: string
  account: string
  at: number
  received_at: number
  /** JSON */
  body: string
  /** What follows from it, the thinned series and the sums of its account, may not be written yet. */
  unfinished?: true
}

export interface DayDocument extends Revised {
  account: string
  window: string
  day: number
  hours: Binary
}

/** The newest reading of a machine and source. */
interface Head {
  readonly machine: string
  readonly source: string
  readonly at: number
  readonly id: string
  /** Of its document. */
  readonly document: string
}

export interface AccountState {
  readonly created: number
  readonly cleanedAt?: number | undefined
  readonly heads: readonly Head[]
  readonly windows: readonly (WindowName & { readonly at: number })[]
  /** Documents of the last readings that were counted: to finish one twice must not count it twice. */
  readonly counted: readonly string[]
}

export interface AccountDocument extends Revised {
  /** JSON of an AccountState: names of any kind survive in it. */
  state: string
}

/** More than were ever written at once. */
const COUNTED = 1000
export const emptyState: AccountState = { created: 0, heads: [], windows: [], counted: [] }

/** What follows from a reading, each step done again without harm. */
export class Readings {
  readonly readings: Collection<ReadingDocument>
  readonly days: Collection<DayDocument>
  readonly accounts: Collection<AccountDocument>
  readonly #turns = new Turns()
  /** Unfinished at the last look; of somebody who may still be at it. */
  #seen: ReadonlySet<string> = new Set()

  constructor(connection: Connection) {
    this.readings = connection.collection('reading')
    this.days = connection.collection('limit_day')
    this.accounts = connection.collection('limit_account')
  }

  /** @param documents at most a thousand */
  async finish(documents: readonly ReadingDocument[]): Promise<void> {
    for (const [account, ofAccount] of Map.groupBy(documents, (document) => textOf(document.account))) {
      const told = ofAccount.map((document) => ({ document, reading: JSON.parse(document.body) as LimitReading }))
      const samples = told.flatMap(({ reading }) => samplesOf(reading))
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
        const fresh = told.filter(({ document }) => !state.counted.includes(document._id))
        if (fresh.length === 0) return undefined
        return {
          ...state,
          created: state.created + fresh.length,
          counted: [...state.counted, ...fresh.map(({ document }) => document._id)].slice(-COUNTED),
          heads: fresh.reduce(withHead, state.heads),
          windows: withWindows(
            state.windows,
            samples.map(({ key, kind, scope, label, sample }) => ({ key, kind, scope, label, at: sample.at })),
          ),
        }
      })
    }
    await this.readings.updateMany({ _id: { $in: documents.map(({ _id }) => _id) } }, { $unset: { unfinished: '' } })
  }

  /** Finishes what a hub that died has left. @returns how many */
  async finishForgotten(all = false): Promise<number> {
    const found = await this.readings.find({ unfinished: true } as Filter<ReadingDocument>).toArray()
    const left = found.filter(({ _id }) => all || this.#seen.has(_id))
    for (let n = 0; n < left.length; n += COUNTED) await this.finish(left.slice(n, n + COUNTED))
    this.#seen = new Set(found.map(({ _id }) => _id))
    return left.length
  }

  /** @param next undefined leaves it as it is */
  change(account: string, next: (state: AccountState, known: boolean) => AccountState | undefined): Promise<boolean> {
    return this.#turns.take(`account ${account}`, () =>
      revise<AccountDocument>(this.accounts, textId(account), (known) => {
        const state = next(known === undefined ? emptyState : stateOf(known), known !== undefined)
        return state && { state: JSON.stringify(state) }
      }),
    )
  }

  /** Of another store. @returns what became of that day here */
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
    return this.#turns.take(_id, () =>
      revise<DayDocument>(this.days, _id, (known) => {
        const hours = next(known && hoursOf(known))
        return hours && { account: textId(account), window: textId(window), day, hours: new Binary(hours) }
      }),
    )
  }
}

export function stateOf({ state }: AccountDocument): AccountState {
  return JSON.parse(state) as AccountState
}

export function hoursOf({ hours }: Pick<DayDocument, 'hours'>): Uint8Array {
  return hours.value()
}

export function keptReading({ reading_id: id, account, at, received_at: receivedAt, body }: ReadingDocument): KeptReading {
  return { id, account: textOf(account), at, receivedAt, reading: JSON.parse(body) as LimitReading }
}

export function documentOf({ id, account, at, receivedAt, reading }: KeptReading): ReadingDocument {
  return {
    _id: textId(`${reading.account ?? ''}\n${reading.idempotencyKey ?? id}`),
    revision: 1,
    reading_id: id,
    account: textId(account),
    at,
    received_at: receivedAt,
    body: JSON.stringify(reading),
    unfinished: true,
  }
}

function withHead(heads: readonly Head[], { document, reading }: { document: ReadingDocument; reading: LimitReading }): readonly Head[] {
  const { _id, at, reading_id: id } = document
  const head: Head = { machine: reading.machine_id ?? '', source: reading.source ?? '', at, id, document: _id }
  const known = heads.find(({ machine, source }) => machine === head.machine && source === head.source)
  if (known !== undefined && (known.at > at || (known.at === at && known.id >= id))) return heads
  return [...heads.filter((one) => one !== known), head]
}

function withWindows(windows: AccountState['windows'], added: AccountState['windows']): AccountState['windows'] {
  const named = new Map(windows.map((window) => [window.key, window]))
  for (const window of added) if (window.at > (named.get(window.key)?.at ?? Number.NEGATIVE_INFINITY)) named.set(window.key, window)
  return [...named.values()]
}
