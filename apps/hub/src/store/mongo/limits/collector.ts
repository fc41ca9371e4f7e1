import type { CollectorHealth } from '@signalbox/contract/limits'
import type { Collection } from 'mongodb'
import type { CollectorRecord } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { textId, textOf } from '../text-id.ts'
import type { Teller, Telling } from '../untold.ts'
import { reviseAndTell } from './revised.ts'

export interface CollectorDocument extends Telling {
  account?: string
  account_at?: number
  /** JSON */
  health?: string
  health_at?: number
  seen_at: number
  asked_at?: number | null
  asking?: string
}

/** What is heard of a collector; instants are milliseconds. */
export interface Heard {
  readonly machine: string
  readonly account?: string | undefined
  readonly health?: CollectorHealth | undefined
  /** Of when it speaks, where that is not now. */
  readonly at?: number
  /** A name for its question, where it asked for work. */
  readonly asking?: string
}

export class Collectors {
  readonly #collectors: Collection<CollectorDocument>
  readonly #teller: Teller

  constructor(connection: Connection, teller: Teller) {
    this.#collectors = connection.collection('collector')
    this.#teller = teller
  }

  /** Keeps what is newer, and tells when its state is another one. @returns the account it named last */
  async hear({ machine, account, health, asking, at }: Heard, now: number): Promise<string | undefined> {
    const spokenAt = at ?? now
    const document = await reviseAndTell<CollectorDocument>(this.#collectors, textId(machine), now, (known) => {
      const names = account !== undefined && spokenAt >= (known?.account_at ?? Number.NEGATIVE_INFINITY)
      // From the outbox of a collector that was away comes what it said long ago; and a clock that was set back must
      // not make us deaf.
      const healthAt = known?.health_at ?? Number.NEGATIVE_INFINITY
      const speaks = health !== undefined && (spokenAt >= healthAt || healthAt > now)
      const before = known?.health === undefined ? undefined : (JSON.parse(known.health) as CollectorHealth).state
      return {
        fields: {
          seen_at: now,
          ...(names ? { account, account_at: spokenAt } : {}),
          ...(speaks ? { health: JSON.stringify(health), health_at: spokenAt } : {}),
          ...(asking === undefined ? {} : { asked_at: now, asking }),
        },
        events: speaks && health.state !== before ? [{ event: 'limits.snapshot', data: { machine_id: machine, state: health.state } }] : [],
      }
    })
    await this.#teller.tell(this.#collectors, document!)
    return document!.account
  }

  async leave(machine: string, asking: string): Promise<void> {
    await this.#collectors.updateOne({ _id: textId(machine), asking }, { $set: { asked_at: null } })
  }

  async all(): Promise<CollectorRecord[]> {
    const found = await this.#collectors.find({}, { sort: { seen_at: -1, _id: 1 } }).toArray()
    return found.map(({ _id, account, health, seen_at, asked_at }) => ({
      machine: textOf(_id),
      account,
      health: health === undefined ? undefined : (JSON.parse(health) as CollectorHealth),
      seenAt: seen_at,
      askedAt: asked_at ?? undefined,
    }))
  }
}
