import type { CollectorHealth } from '@signalbox/contract/collector-health'
import type { Change } from './change.ts'

/** The collectors and their health. */
export interface CollectorStore {
  /** Records a collector's report and the triggers that it ended. Publishes `limits.snapshot` when its state has changed. */
  recordCollector(report: CollectorReport, change: Change): Promise<void>
  /** Marks a collector as disconnected, unless it has sent another request since. @param asking of its last report */
  disconnectCollector(machine: string, asking: string): Promise<void>
  /** All collectors, the one seen last first. */
  collectors(): Promise<CollectorRecord[]>
}

export interface CollectorReport {
  readonly machine: string
  readonly account?: string | undefined
  readonly health: CollectorHealth
  /** The id of this request, so that its end is not mistaken for the end of a later one. */
  readonly asking: string
  readonly ended?: readonly { readonly id: string; readonly step: 'done' | 'failed'; readonly message?: string | undefined }[] | undefined
}

/** Instants are milliseconds. */
export interface CollectorRecord {
  readonly machine: string
  /** The account of its latest report that names one. */
  readonly account: string | undefined
  /** Undefined while its snapshots carry no health. */
  readonly health: CollectorHealth | undefined
  readonly seenAt: number
  /** The instant of its last request for work; undefined when it has disconnected since. */
  readonly askedAt: number | undefined
}
