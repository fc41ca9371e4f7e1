import type { CollectorHealth } from '@signalbox/contract/limits'
import { groupsOf } from '../../../limits/day-hours.ts'
import type { KeptReading } from '../../../limits/kept-reading.ts'
import { newerCollector, newerPlan } from '../../copy/newer.ts'
import type { KeptCollector, KeptPlan } from '../../copy/portion.ts'
import { became, type Tally } from '../../copy/tally.ts'
import type { LimitDay } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { duplicatesOf, isDuplicate } from '../error.ts'
import { textId, textOf } from '../text-id.ts'
import type { CollectorDocument } from './collector.ts'
import { type AccountDocument, type AccountState, type DayDocument, documentOf, hoursOf, type Readings, stateOf } from './readings.ts'
import { reviseAndTell } from './revised.ts'

export function keptPlan(document: AccountDocument): KeptPlan {
  const state = stateOf(document)
  return { account: textOf(document._id), ...planIn(state) }
}

function planIn({ created, cleanedAt, windows }: AccountState): Omit<KeptPlan, 'account'> {
  return { created, cleanedAt, windows: [...windows].sort((a, b) => (a.key < b.key ? -1 : 1)) }
}

export function keptDay(document: DayDocument): LimitDay {
  return { account: textOf(document.account), window: textOf(document.window), day: document.day, hours: hoursOf(document) }
}

export function keptCollector({ _id, account, account_at, health, health_at, seen_at }: CollectorDocument): KeptCollector {
  return {
    machine: textOf(_id),
    account,
    accountAt: account_at,
    health: health === undefined ? undefined : (JSON.parse(health) as CollectorHealth),
    healthAt: health_at,
    seenAt: seen_at,
  }
}

/** New ones, nearly all of a first copy, in one command. */
export async function loadReadings(rows: Readings, versions: readonly KeptReading[], tally: Tally): Promise<void> {
  const documents = versions.map(documentOf)
  const known = new Set<string>()
  const there = rows.readings.find({ _id: { $in: documents.map(({ _id }) => _id) } }, { projection: { _id: 1 } })
  for await (const { _id } of there) known.add(_id)
  const fresh = documents.filter(({ _id }) => !known.has(_id))
  let refused: ReadonlySet<number> = new Set()
  if (fresh.length > 0) {
    try {
      await rows.readings.insertMany(fresh, { ordered: false })
    } catch (error) {
      if (!isDuplicate(error)) throw error
      refused = duplicatesOf(error)
    }
  }
  // Of a copy that was broken off, what follows from its last ones may be missing.
  const unfinished = await rows.readings.find({ _id: { $in: documents.map(({ _id }) => _id) }, unfinished: true }).toArray()
  if (unfinished.length > 0) await rows.finish(unfinished)
  tally.count('readings', 'added', fresh.length - refused.size)
  tally.count('readings', 'unchanged', versions.length - fresh.length + refused.size)
}

export async function loadDays(rows: Readings, days: readonly LimitDay[], tally: Tally): Promise<void> {
  for (const { account, window, day, hours } of days) {
    tally.count('series', await rows.addGroups(account, window, day, groupsOf(hours)))
  }
}

export async function loadPlan(rows: Readings, plan: KeptPlan, tally: Tally): Promise<void> {
  let before: unknown
  const changed = await rows.change(plan.account, (state, known) => {
    before = known ? state : undefined
    const next = newerPlan(known ? { account: plan.account, ...planIn(state) } : undefined, plan)
    return next && { ...state, created: next.created, cleanedAt: next.cleanedAt, windows: next.windows }
  })
  tally.count('plans', became(before, changed ? plan : undefined))
}

export async function loadCollector(connection: Connection, collector: KeptCollector, tally: Tally): Promise<void> {
  let before: CollectorDocument | undefined
  const collectors = connection.collection<CollectorDocument>('collector')
  const changed = await reviseAndTell<CollectorDocument>(collectors, textId(collector.machine), 0, (known) => {
    before = known
    const next = newerCollector(known && keptCollector(known), collector)
    if (next === undefined) return undefined
    return {
      fields: {
        seen_at: next.seenAt,
        ...(next.account === undefined ? {} : { account: next.account }),
        ...(next.accountAt === undefined ? {} : { account_at: next.accountAt }),
        ...(next.health === undefined ? {} : { health: JSON.stringify(next.health) }),
        ...(next.healthAt === undefined ? {} : { health_at: next.healthAt }),
      },
      events: [],
    }
  })
  tally.count('collectors', became(before, changed))
}
