import type { CurrentLimits } from '@signalbox/contract/current-limits'

/** Plan limits from the hub, or from the ledger of this machine, which has no versions. */
export type DisplayedLimits = Omit<CurrentLimits, 'versionInfo'> & Partial<Pick<CurrentLimits, 'versionInfo'>>
export type CollectorInfo = NonNullable<DisplayedLimits['collector']>
