import type { CollectorHealth } from '@signalbox/contract/limits'
import type { Collection } from 'mongodb'
import { type Heard, type KnownWord, keptWord } from '../../../limits/collector-word.ts'
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

export class Collectors {
  readonly #collectors: Collection<CollectorDocument>
  readonly #teller: Teller

  constructor(connection: Connection, teller: Teller) {
    this.#collectors = connection.collection('collector')
    this.#teller = teller
  }

  /** Keeps what is newer, and tells when its state is another one. @returns the account it named last */
  async hear(heard: Heard, now: number): Promise<string | undefined> {
    const { machine, asking } = heard
    const document = await reviseAndTell<CollectorDocument>(this.#collectors, textId(machine), now, (known) => {
      const { account, health, events } = keptWord(known && wordOf(known), heard, now)
      return {
        fields: {
          seen_at: now,
          ...(account === undefined ? {} : { account: account.name, account_at: account.at }),
          ...(health === undefined ? {} : { health: JSON.stringify(health.said), health_at: health.at }),
          ...(asking === undefined ? {} : { asked_at: now, asking }),
        },
        events,
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

function wordOf({ account_at, health, health_at }: CollectorDocument): KnownWord {
  return { accountAt: account_at, health: health === undefined ? undefined : (JSON.parse(health) as CollectorHealth), healthAt: health_at }
}
