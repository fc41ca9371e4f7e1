import type { LimitReading } from '@signalbox/contract/limits'
import type { Filter } from 'mongodb'
import { DAY_MS } from '../../../limits/day-hours.ts'
import type { KeptReading } from '../../../limits/kept-reading.ts'
import { readingId } from '../../../limits/version-file.ts'
import { type LimitAccount, type LimitStore, type StoredReading, THINNED_DAYS } from '../../store.ts'
import type { Connection } from '../connection.ts'
import type { OnceKeeper } from '../once.ts'
import { textId, textOf } from '../text-id.ts'
import { type Teller, untold } from '../untold.ts'
import type { Collectors } from './collector.ts'
import { documentOf, hoursOf, keptReading, type ReadingDocument, type Readings, stateOf } from './readings.ts'
import { inserted } from './revised.ts'
import type { Triggers } from './trigger.ts'

export interface LimitParts {
  readonly connection: Connection
  readonly keeper: OnceKeeper
  readonly teller: Teller
  readonly readings: Readings
  readonly collectors: Collectors
  readonly triggers: Triggers
}

type ReadingFilter = Filter<ReadingDocument>

const PIECE = 500
const REMOVED_AT_ONCE = 1000
const oldestFirst = { at: 1, reading_id: 1 } as const
const newestFirst = { at: -1, reading_id: -1 } as const

export function limitStore({ connection, keeper, teller, readings: rows, collectors, triggers }: LimitParts): LimitStore {
  const { readings, days, accounts } = rows
  const among = (names: readonly string[]): ReadingFilter =>
    names.length === 1 ? { account: textId(names[0]!) } : { account: { $in: names.map(textId) } }
  const upTo = (names: readonly string[], { at, id }: Pick<KeptReading, 'at' | 'id'>): ReadingFilter => ({
    ...among(names),
    $or: [{ at: { $lt: at } }, { at, reading_id: { $lte: id } }],
  })
  const one = async (filter: ReadingFilter, sort: typeof oldestFirst | typeof newestFirst | { at: -1; reading_id: 1 }, skip = 0) => {
    const [found] = await readings.find(filter, { sort, skip, limit: 1 }).toArray()
    return found && keptReading(found)
  }
  const numberOf = ({ account, at, id }: KeptReading) => readings.countDocuments(upTo([account], { at, id }))

  const put = async (reading: LimitReading, now: number): Promise<StoredReading> => {
    const { machine_id: machine, account: named, collector: health } = reading
    const at = Date.parse(reading.lastUpdated)
    const last = machine === undefined ? undefined : await collectors.hear({ machine, account: named, health, at: Math.min(at, now) }, now)
    const version: KeptReading = { id: readingId(reading), account: named ?? last ?? '', at, receivedAt: now, reading }
    const document = documentOf(version)
    const known = await readings.findOne({ _id: document._id })
    if (known === null) {
      const data = {
        ...(version.account === '' ? {} : { account: version.account }),
        ...(machine === undefined ? {} : { machine_id: machine }),
        lastUpdated: new Date(at).toISOString(),
        version: (await numberOf(version)) + 1,
      }
      const telling = { ...document, ...untold(1, [{ event: 'limits.snapshot', data }], now) }
      if (await inserted(readings, telling)) {
        await rows.finish([telling])
        await teller.tell(readings, telling)
        return { version, fresh: true, number: await numberOf(version) }
      }
    }
    const there = known ?? (await readings.findOne({ _id: document._id }))
    // Removed in between, it was there.
    if (there === null) return { version, fresh: false, number: 1 }
    // Whoever wrote it may have died before its end.
    if (there.unfinished) await rows.finish([there])
    await teller.tell(readings, there)
    const kept = keptReading(there)
    return { version: kept, fresh: false, number: await numberOf(kept) }
  }

  const accountOf = async (account: string, created: number): Promise<LimitAccount> => {
    const filter = among([account])
    const [versions, oldest, newest] = await Promise.all([
      readings.countDocuments(filter),
      readings.findOne(filter, { sort: oldestFirst, projection: { at: 1 } }),
      readings.findOne(filter, { sort: newestFirst, projection: { at: 1 } }),
    ])
    return { account, versions, created, oldestAt: oldest?.at, newestAt: newest?.at }
  }

  /** Those that are older than the newest so many, and than so many days, and have nothing left to do or tell. */
  const spare = async (account: string, keep: number, cutoff: number) => {
    // What others remove meanwhile does not move this one.
    const first = await one(among([account]), newestFirst, keep)
    if (first === undefined || (await one({ ...among([account]), at: { $lt: cutoff } }, oldestFirst)) === undefined) return []
    const filter = { ...upTo([account], first), at: { $lt: cutoff }, unfinished: { $exists: false }, has_untold: { $exists: false } }
    return readings.find(filter as ReadingFilter, { sort: oldestFirst, limit: REMOVED_AT_ONCE }).toArray()
  }

  return {
    put(reading, change) {
      return connection.write(() => keeper.once(change, () => put(reading, change.now)))
    },
    accounts() {
      return connection.read(async () => {
        const found = await accounts.find().toArray()
        const all = await Promise.all(found.map((document) => accountOf(textOf(document._id), stateOf(document).created)))
        const newest = ({ newestAt = Number.NEGATIVE_INFINITY }: LimitAccount) => newestAt
        return all.sort((a, b) => (newest(a) === newest(b) ? (a.account < b.account ? -1 : 1) : newest(b) - newest(a)))
      })
    },
    heads(names) {
      return connection.read(async () => {
        const found = await accounts.find({ _id: { $in: names.map(textId) } }).toArray()
        const ids = found.flatMap((document) => stateOf(document).heads.map((head) => head.document))
        return (await readings.find({ _id: { $in: ids } }).toArray()).map(keptReading)
      })
    },
    version(names, version) {
      return connection.read(async () => (version < 1 ? undefined : one(among(names), oldestFirst, version - 1)))
    },
    nearest(names, at) {
      return connection.read(async () => {
        const [earlier, later] = await Promise.all([
          // Of several of one instant the same one, whichever side it lies on.
          one({ ...among(names), at: { $lte: at } }, { at: -1, reading_id: 1 }),
          one({ ...among(names), at: { $gt: at } }, oldestFirst),
        ])
        if (earlier === undefined || later === undefined) return earlier ?? later
        return at - earlier.at <= later.at - at ? earlier : later
      })
    },
    versionOf(names, reading) {
      return connection.read(() => readings.countDocuments(upTo(names, reading)))
    },
    async *readings({ accounts: names, from = -Number.MAX_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER } = {}) {
      let after: ReadingFilter = { at: { $gte: from } }
      for (;;) {
        const filter = { $and: [after, { at: { $lte: to } }, ...(names === undefined ? [] : [among(names)])] } as ReadingFilter
        const found = await connection.read(() => readings.find(filter, { sort: oldestFirst, limit: PIECE }).toArray())
        if (found.length > 0) yield found.map(keptReading)
        if (found.length < PIECE) return
        const { at, reading_id: id } = found.at(-1)!
        after = { $or: [{ at: { $gt: at } }, { at, reading_id: { $gt: id } }] }
      }
    },
    days({ accounts: names, from, to }) {
      return connection.read(async () => {
        const filter = { account: { $in: names.map(textId) }, day: { $gte: from, $lte: to } }
        const found = await days.find(filter, { sort: { day: 1 }, batchSize: 2000 }).toArray()
        return found.map((document) => ({
          account: textOf(document.account),
          window: textOf(document.window),
          day: document.day,
          hours: hoursOf(document),
        }))
      })
    },
    windows(names) {
      return connection.read(async () => {
        const found = await accounts.find({ _id: { $in: names.map(textId) } }).toArray()
        const all = found.flatMap((document) => stateOf(document).windows).sort((a, b) => a.at - b.at)
        return all.map(({ at: _, ...name }) => name)
      })
    },
    async retain(account, keep, now) {
      const { newest, old, removable } = await connection.read(async () => {
        const newest = await one(among([account]), newestFirst)
        if (newest === undefined) return { newest, old: false, removable: [] }
        const base = Math.min(now, newest.at)
        const oldDays = { account: textId(account), day: { $lt: Math.floor(base / DAY_MS) - THINNED_DAYS } }
        const old = (await days.findOne(oldDays, { projection: { _id: 1 } })) !== null
        return { newest, old, removable: await spare(account, keep.versions, base - keep.days * DAY_MS) }
      })
      if (newest === undefined || (!old && removable.length === 0)) return []
      return connection.write(async () => {
        const base = Math.min(now, newest.at)
        if (old) await days.deleteMany({ account: textId(account), day: { $lt: Math.floor(base / DAY_MS) - THINNED_DAYS } })
        if (removable.length === 0) return []
        const ids = new Set(removable.map(({ _id }) => _id))
        const { deletedCount } = await readings.deleteMany({ _id: { $in: [...ids] } })
        if (deletedCount > 0) {
          await rows.change(account, (state) => ({
            ...state,
            cleanedAt: now,
            heads: state.heads.filter(({ document }) => !ids.has(document)),
          }))
        }
        return removable.map(({ reading_id: id, at }) => ({ id, account, at }))
      })
    },
    metadata() {
      return connection.read(async () => {
        const states = (await accounts.find().toArray()).map(stateOf)
        const [versionCount, oldest, newest] = await Promise.all([
          readings.countDocuments({ unfinished: { $exists: false } } as ReadingFilter),
          readings.findOne({}, { sort: oldestFirst, projection: { at: 1 } }),
          readings.findOne({}, { sort: newestFirst, projection: { at: 1 } }),
        ])
        const created = states.reduce((sum, state) => sum + state.created, 0)
        const cleaned = Math.max(...states.map(({ cleanedAt = Number.NEGATIVE_INFINITY }) => cleanedAt))
        const instant = (ms: number | undefined) => (ms === undefined || !Number.isFinite(ms) ? null : new Date(ms).toISOString())
        return {
          versionCount,
          oldestTimestamp: instant(oldest?.at),
          newestTimestamp: instant(newest?.at),
          lastCleanup: instant(cleaned),
          totalVersionsCreated: created,
          totalVersionsDeleted: Math.max(0, created - versionCount),
        }
      })
    },
    hear({ machine, account, health, asking, ended = [] }, change) {
      return connection.write(() =>
        keeper.once(change, async () => {
          await collectors.hear({ machine, account, health, asking }, change.now)
          for (const { id, step, message } of ended) await triggers.end(id, machine, step, message, change.now)
        }),
      )
    },
    leave(machine, asking) {
      return connection.write(() => collectors.leave(machine, asking))
    },
    collectors() {
      return connection.read(() => collectors.all())
    },
    requestTrigger(id, machine, change) {
      return connection.write(() => keeper.once(change, () => triggers.request(id, machine, change.now)))
    },
    async takeTrigger(machine, now) {
      // Most who ask find nothing: that says nothing of whether the store can be written.
      if (!(await connection.read(() => triggers.waits(machine, now)))) return undefined
      return connection.write(() => triggers.take(machine, now))
    },
    async expireTriggers(now) {
      return (await connection.read(() => triggers.anyOver(now))) ? connection.write(() => triggers.expire(now)) : 0
    },
  }
}
