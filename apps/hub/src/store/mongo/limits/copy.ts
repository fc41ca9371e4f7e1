import type { CollectorHealth } from '@signalbox/contract/collector-health'
import { groupsOf } from '../../../limits/day-hours.ts'
import type { SnapshotVersion } from '../../../limits/snapshot-version.ts'
import { newerCollector, newerPlan } from '../../copy/newer.ts'
import type { CopiedCollector, CopiedPlan } from '../../copy/portion.ts'
import { became, type Tally } from '../../copy/tally.ts'
import type { LimitDay } from '../../limit-day.ts'
import { duplicatesOf, isDuplicate } from '../error.ts'
import { textId, textOf } from '../text-id.ts'
import type { CollectorDocument, Collectors } from './collector.ts'
import {
  type AccountDocument,
  type AccountState,
  type DayDocument,
  documentOf,
  hoursOf,
  type SnapshotCollection,
  stateOf,
} from './snapshot.ts'

export function copiedPlan(document: AccountDocument): CopiedPlan {
  const state = stateOf(document)
  return { account: textOf(document._id), ...planIn(state) }
}

function planIn({ name, namedAt, firstAt, created, cleanedAt, windows }: AccountState): Omit<CopiedPlan, 'account'> {
  return { name, namedAt, firstAt, created, cleanedAt, windows: [...windows].sort((a, b) => (a.key < b.key ? -1 : 1)) }
}

export function copiedDay(document: DayDocument): LimitDay {
  return { account: textOf(document.account), window: textOf(document.window), day: document.day, hours: hoursOf(document) }
}

export function copiedCollector({ _id, account, account_at, health, health_at, seen_at }: CollectorDocument): CopiedCollector {
  return {
    machine: textOf(_id),
    account,
    accountAt: account_at,
    health: health === undefined ? undefined : (JSON.parse(health) as CollectorHealth),
    healthAt: health_at,
    seenAt: seen_at,
  }
}

/** Inserts new snapshots, nearly all of a first copy, in one command. */
export async function loadSnapshots(rows: SnapshotCollection, versions: readonly SnapshotVersion[], tally: Tally): Promise<void> {
  const documents = versions.map(documentOf)
  const known = new Set<string>()
  const stored = rows.snapshots.find({ _id: { $in: documents.map(({ _id }) => _id) } }, { projection: { _id: 1 } })
  for await (const { _id } of stored) known.add(_id)
  const fresh = documents.filter(({ _id }) => !known.has(_id))
  let refused: ReadonlySet<number> = new Set()
  if (fresh.length > 0) {
    try {
      await rows.snapshots.insertMany(fresh, { ordered: false })
    } catch (error) {
      if (!isDuplicate(error)) throw error
      refused = duplicatesOf(error)
    }
  }
  // An aborted copy may have left its last snapshots unfinished.
  const unfinished = await rows.snapshots.find({ _id: { $in: documents.map(({ _id }) => _id) }, unfinished: true }).toArray()
  if (unfinished.length > 0) await rows.finish(unfinished)
  tally.count('readings', 'added', fresh.length - refused.size)
  tally.count('readings', 'unchanged', versions.length - fresh.length + refused.size)
}

export async function loadDays(rows: SnapshotCollection, days: readonly LimitDay[], tally: Tally): Promise<void> {
  for (const { account, window, day, hours } of days) {
    tally.count('series', await rows.addGroups(account, window, day, groupsOf(hours)))
  }
}

export async function loadPlan(rows: SnapshotCollection, plan: CopiedPlan, tally: Tally): Promise<void> {
  let before: unknown
  const changed = await rows.change(plan.account, (state, known) => {
    before = known ? state : undefined
    const next = newerPlan(known ? { account: plan.account, ...planIn(state) } : undefined, plan)
    if (next === undefined) return undefined
    const { account: _, ...fields } = next
    return { ...state, ...fields }
  })
  tally.count('plans', became(before, changed ? plan : undefined))
}

export async function loadCollector({ collection }: Collectors, collector: CopiedCollector, tally: Tally): Promise<void> {
  let before: CollectorDocument | undefined
  const changed = await collection.change(textId(collector.machine), { now: 0 }, async (known) => {
    before = known
    const next = newerCollector(known && copiedCollector(known), collector)
    if (next === undefined) return { result: undefined }
    const fields = {
      seen_at: next.seenAt,
      ...(next.account === undefined ? {} : { account: next.account }),
      ...(next.accountAt === undefined ? {} : { account_at: next.accountAt }),
      ...(next.health === undefined ? {} : { health: JSON.stringify(next.health) }),
      ...(next.healthAt === undefined ? {} : { health_at: next.healthAt }),
    }
    return { result: next, write: { fields, events: [], at: 0 } }
  })
  tally.count('collectors', became(before, changed))
}
