import type { CollectorHealth } from '@signalbox/contract/collector-health'
import { type CollectorMessage, type KnownCollectorState, mergeCollectorMessage } from '../../../limits/collector-health.ts'
import type { CollectorRecord } from '../../collector.ts'
import { type CollectionParts, VersionedCollection } from '../core/versioned-collection.ts'
import type { VersionedDocument } from '../core/versioned-document.ts'
import { textId, textOf } from '../text-id.ts'

export interface CollectorDocument extends VersionedDocument {
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
  readonly collection: VersionedCollection<CollectorDocument>

  constructor(parts: CollectionParts) {
    this.collection = new VersionedCollection('collector', parts)
  }

  /** Stores the newer parts of a report, and publishes a change of the collector's state. @returns its latest account */
  record(report: CollectorMessage, now: number): Promise<string | undefined> {
    const { machine, asking } = report
    return this.collection.change(textId(machine), { now }, async (known) => {
      const { account, health, events } = mergeCollectorMessage(known && reportOf(known), report, now)
      const fields = {
        seen_at: now,
        ...(account === undefined ? {} : { account: account.name, account_at: account.at }),
        ...(health === undefined ? {} : { health: JSON.stringify(health.value), health_at: health.at }),
        ...(asking === undefined ? {} : { asked_at: now, asking }),
      }
      return { result: account?.name ?? known?.account, write: { fields, events, at: now } }
    })
  }

  async disconnect(machine: string, asking: string): Promise<void> {
    await this.collection.documents.updateOne({ _id: textId(machine), asking }, { $set: { asked_at: null } })
  }

  async all(): Promise<CollectorRecord[]> {
    const found = await this.collection.documents.find({}, { sort: { seen_at: -1, _id: 1 } }).toArray()
    return found.map(({ _id, account, health, seen_at, asked_at }) => ({
      machine: textOf(_id),
      account,
      health: health === undefined ? undefined : (JSON.parse(health) as CollectorHealth),
      seenAt: seen_at,
      askedAt: asked_at ?? undefined,
    }))
  }
}

function reportOf({ account, account_at, health, health_at }: CollectorDocument): KnownCollectorState {
  return {
    account,
    accountAt: account_at,
    health: health === undefined ? undefined : (JSON.parse(health) as CollectorHealth),
    healthAt: health_at,
  }
}
