import type { CurrentLimitReading } from '@signalbox/contract/limits'

/** What the hub answers; the ledger of this machine has no versions. */
export type ShownReading = Omit<CurrentLimitReading, 'versionInfo'> & Partial<Pick<CurrentLimitReading, 'versionInfo'>>
export type ShownCollector = NonNullable<ShownReading['collector']>
