import type { StateTrackingApiClient } from '@signalbox/client'
import type { Io } from '../../io.ts'
import type { Finding } from '../check.ts'
import type { HubMetrics } from './hub-metrics.ts'

/** What the items of a checklist read. */
export interface ChecklistContext {
  readonly io: Io
  readonly client: StateTrackingApiClient
  readonly metrics: HubMetrics
  /** The folder of the backups; undefined where none is named and the default has none. */
  readonly backups: string | undefined
  /** Milliseconds since 1970, by the hub's clock. */
  readonly now: number
}

/** One line of a checklist. */
export interface ChecklistItem {
  readonly about: string
  /** @param about its own, for the finding */
  examine(context: ChecklistContext, about: string): Finding | Promise<Finding>
}

export const periods = ['daily', 'weekly', 'monthly', 'quarterly'] as const
export type Period = (typeof periods)[number]
