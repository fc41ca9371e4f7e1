import type { CollectorStore } from './collector.ts'
import type { LimitDayStore } from './limit-day.ts'
import type { LimitRemovalStore } from './limit-removal.ts'
import type { LimitSnapshotStore } from './limit-snapshot.ts'
import type { LimitTriggerStore } from './limit-trigger.ts'
import type { LimitVersionStore } from './limit-version.ts'

/** The plan limits: snapshots and their versions, the thinned series, the collectors and the triggers. */
export interface LimitStore
  extends LimitSnapshotStore,
    LimitVersionStore,
    LimitDayStore,
    CollectorStore,
    LimitTriggerStore,
    LimitRemovalStore {}
