import type { Filter } from 'mongodb'
import type { NewEvent } from '../../event/new-event.ts'
import {
  ALERT_RETENTION_MS,
  type AlertCount,
  type AlertMark,
  type AlertRecord,
  type AlertRuleRecord,
  type AlertStore,
  type AlertWrite,
  type ChannelRecord,
  type MessageRecord,
  type NoticeRecord,
  type PushSubscriptionRecord,
  type WaitingNotices,
} from '../alert.ts'
import { alertColumns } from '../alert-row.ts'
import type { Change } from '../change.ts'
import type { AuditLog } from './audit.ts'
import type { Connection } from './connection.ts'
import { type CollectionParts, VersionedCollection } from './core/versioned-collection.ts'
import type { VersionedDocument } from './core/versioned-document.ts'
import { behind } from './place.ts'
import { textId } from './text-id.ts'

/** A row as JSON, at a revision. */
export interface PlainDocument {
  _id: string
  revision: number
  data: string
}

/** The row's own revision is `version`: the protocol of versioned documents has one of its own. */
export interface AlertDocument extends VersionedDocument {
  version: number
  open_key: string
  rule_id: string
  subject: string
  kind: string
  state: string
  severity: string
  acknowledged: number
  occupies: number
  session_id: string | null
  machine_id: string | null
  created_at: number
  closed_at: number | null
  next_at: number | null
  unspread_at: number | null
  data: string
}

export interface ChannelDocument extends VersionedDocument {
  version: number
  data: string
}

export interface NoticeDocument {
  _id: string
  alert_id: string
  channel_id: string
  state: NoticeRecord['state']
  created_at: number
  not_before: number
  held_by: string | null
  message_id: string | null
  /** JSON: it may contain anything. */
  reason: string | null
  /** JSON of what never changes. */
  data: string
}

export interface MessageDocument extends PlainDocument {
  channel_id: string
  state: MessageRecord['state']
  created_at: number
  next_at: number | null
}

const unsentStates: MessageRecord['state'][] = ['gathering', 'sealed', 'sending']
/** Ids of one query. */
const IDS_PER_QUERY = 500
/** Writes that are in progress at the same time. */
const CONCURRENT_WRITES = 16

/** The collections of alerts that have events. */
export class AlertCollections {
  readonly alerts: VersionedCollection<AlertDocument>
  readonly channels: VersionedCollection<ChannelDocument>

  constructor(parts: CollectionParts) {
    this.alerts = new VersionedCollection('alert', parts, { large: ['data'] })
    this.channels = new VersionedCollection('channel', parts)
  }
}

export function alertStore(connection: Connection, { alerts, channels }: AlertCollections, audit: AuditLog): AlertStore {
  const rules = connection.collection<PlainDocument>('alert_rule')
  const marks = connection.collection<PlainDocument>('alert_mark')
  const subscriptions = connection.collection<Omit<PlainDocument, 'revision'>>('push_subscription')
  const notices = connection.collection<NoticeDocument>('notice')
  const messages = connection.collection<MessageDocument>('message')
  const write = <T>(change: Change, work: () => Promise<T>) => connection.write(() => audit.record(change, work))

  /** Inserts at revision 1, else replaces the document of the revision before. */
  const put = async (collection: typeof rules, _id: string, row: { readonly revision: number }, more: object = {}): Promise<boolean> => {
    const document = { _id, revision: row.revision, data: JSON.stringify(row), ...more }
    try {
      if (row.revision === 1) await collection.insertOne(document)
      else return (await collection.replaceOne({ _id, revision: row.revision - 1 }, document)).matchedCount === 1
      return true
    } catch (error) {
      if (connection.dialect.isDuplicate(error)) return false
      throw error
    }
  }

  const putChannel = async (channel: ChannelRecord, { now }: Change, events: readonly NewEvent[]): Promise<boolean> => {
    const fields = { version: channel.revision, data: JSON.stringify(channel) }
    return channels.change(textId(channel.channel_id), { now }, async (document) =>
      (document?.version ?? 0) === channel.revision - 1 ? { result: true, write: { fields, events, at: now } } : { result: false },
    )
  }

  const writeAlert = async ({ alert, events, remove }: AlertWrite, now: number): Promise<boolean> => {
    const _id = textId(alert.alert_id)
    const fields = { ...alertFields(alert), version: alert.revision }
    if (alert.revision === 1) {
      const made = await alerts.create(_id, { fields, events, at: now })
      if (made !== undefined) await alerts.publish(made)
      return made !== undefined
    }
    return alerts.change(_id, { now }, async (document) =>
      document?.version === alert.revision - 1
        ? { result: true, write: { fields, events, at: now, ...(remove ? { remove: [] } : {}) } }
        : { result: false },
    )
  }

  const findAlerts = async (filter: Filter<AlertDocument>, options: object = {}): Promise<AlertRecord[]> => {
    const present = { ...filter, gone: { $exists: false } } as Filter<AlertDocument>
    const found = await connection.read(() => alerts.documents.find(present, { projection: { data: 1 }, ...options }).toArray())
    return found.map(({ data }) => JSON.parse(data) as AlertRecord)
  }

  const changeWaiting = (noticeIds: readonly string[], set: Partial<NoticeDocument>) =>
    connection.write(async () => {
      for (const part of partsOf(noticeIds)) {
        await notices.updateMany({ _id: { $in: part.map(textId) }, state: 'waiting' }, { $set: set })
      }
    })

  const messagesOf = async (filter: Filter<MessageDocument>, options: object = {}): Promise<MessageRecord[]> => {
    const found = await connection.read(() => messages.find(filter, options).toArray())
    return found.map(({ data }) => JSON.parse(data) as MessageRecord)
  }

  return {
    exclusive: false,

    async rules() {
      return (await connection.read(() => rules.find({}, { sort: { _id: 1 } }).toArray())).map(rowOf<AlertRuleRecord>)
    },
    async findRule(id) {
      return rowOrNone<AlertRuleRecord>(await connection.read(() => rules.findOne({ _id: textId(id) })))
    },
    putRule: (rule, change) => write(change, () => put(rules, textId(rule.rule_id), rule)),
    removeRule: (id, revision, change) =>
      write(change, async () => (await rules.deleteOne({ _id: textId(id), revision })).deletedCount === 1),

    async channels() {
      return (await connection.read(() => channels.documents.find({}, { sort: { _id: 1 } }).toArray()))
        .filter(({ gone }) => !gone)
        .map(rowOf<ChannelRecord>)
    },
    async findChannel(id) {
      const found = await connection.read(() => channels.documents.findOne({ _id: textId(id) }))
      return found?.gone ? undefined : rowOrNone<ChannelRecord>(found)
    },
    putChannel: (channel, change, events = []) => write(change, () => putChannel(channel, change, events)),
    removeChannel: (id, revision, change) =>
      write(change, () =>
        channels.change(textId(id), { now: change.now }, async (document) =>
          document?.version === revision
            ? { result: true, write: { fields: {}, events: [], at: change.now, remove: [] } }
            : { result: false },
        ),
      ),

    async find(id) {
      return (await findAlerts({ _id: textId(id) }))[0]
    },
    async findMany(ids) {
      const found: AlertRecord[] = []
      for (const part of partsOf(ids)) found.push(...(await findAlerts({ _id: { $in: part.map(textId) } })))
      return found
    },
    async openOf(keys) {
      const found: AlertRecord[] = []
      for (const part of partsOf(keys)) found.push(...(await findAlerts({ open_key: { $in: part.map(textId) }, occupies: 1 })))
      return found
    },
    open(ruleId) {
      const ofRule = ruleId === undefined ? {} : { rule_id: textId(ruleId) }
      return findAlerts({ occupies: 1, ...ofRule })
    },
    async lastClosed(ruleId, subject, since) {
      const filter = { rule_id: textId(ruleId), subject: textId(subject), closed_at: { $gte: since } }
      return (await findAlerts(filter, { sort: { closed_at: -1 }, limit: 1 }))[0]
    },
    due(now, limit) {
      return findAlerts({ next_at: { $lte: now } }, { sort: { next_at: 1 }, limit })
    },
    async nextDue() {
      const options = { sort: { next_at: 1 as const }, projection: { next_at: 1 } }
      return (await connection.read(() => alerts.documents.findOne({ next_at: { $gt: 0 } }, options)))?.next_at ?? undefined
    },
    unspread(limit) {
      return findAlerts({ unspread_at: { $gt: 0 } }, { sort: { unspread_at: 1 }, limit })
    },
    write: (writes, change) =>
      write(change, async () => {
        const done: boolean[] = []
        for (let at = 0; at < writes.length; at += CONCURRENT_WRITES) {
          const part = writes.slice(at, at + CONCURRENT_WRITES)
          done.push(...(await Promise.all(part.map((one) => writeAlert(one, change.now)))))
        }
        return done
      }),
    async list({ states, kinds, severities, rule_id, session_id, machine_id, limit, offset, after }) {
      const filter = {
        state: states.length === 1 ? states[0] : { $in: [...states] },
        ...(kinds === undefined ? {} : { kind: { $in: [...kinds] } }),
        ...(severities === undefined ? {} : { severity: { $in: [...severities] } }),
        ...(rule_id === undefined ? {} : { rule_id: textId(rule_id) }),
        ...(session_id === undefined ? {} : { session_id: textId(session_id) }),
        ...(machine_id === undefined ? {} : { machine_id: textId(machine_id) }),
      } as Filter<AlertDocument>
      const sorted = { sort: { created_at: -1, _id: 1 }, skip: offset, limit }
      const [rows, total] = await Promise.all([
        findAlerts({ ...filter, ...behind(after, 'created_at', true) } as Filter<AlertDocument>, sorted),
        connection.read(() => alerts.documents.countDocuments(filter)),
      ])
      return { rows, total }
    },
    async counts() {
      const open = { state: { $in: ['open', 'clearing'] } }
      const found = await connection.read(() => alerts.documents.find(open, { projection: { severity: 1, acknowledged: 1 } }).toArray())
      const groups = Map.groupBy(found, ({ severity, acknowledged }) => `${severity} ${acknowledged}`)
      return [...groups.values()].map(
        (group): AlertCount => ({
          severity: group[0]!.severity as AlertCount['severity'],
          acknowledged: group[0]!.acknowledged === 1,
          alerts: group.length,
        }),
      )
    },

    addNotices: (added) =>
      connection.write(async () => {
        for (const part of partsOf(added, connection.dialect.maxInserts)) {
          try {
            await notices.insertMany(part.map(noticeDocument), { ordered: false })
          } catch (error) {
            if (!connection.dialect.isDuplicate(error)) throw error
          }
        }
      }),
    noticesOf: (alertId, limit) =>
      connection.read(async () =>
        (await notices.find({ alert_id: textId(alertId) }, { sort: { created_at: 1, _id: 1 }, limit }).toArray()).map(noticeRecord),
      ),
    noticesIn: (messageId) =>
      connection.read(async () => (await notices.find({ message_id: messageId }, { sort: { _id: 1 } }).toArray()).map(noticeRecord)),
    waiting: (channelId, upTo, limit) =>
      connection.read(async () => {
        const filter = { channel_id: textId(channelId), state: 'waiting' as const, not_before: { $lte: upTo } }
        return (await notices.find(filter, { sort: { created_at: 1, _id: 1 }, limit }).toArray()).map(noticeRecord)
      }),
    waitingOf: (channelIds) =>
      connection.read(async () => {
        const found: WaitingNotices[] = []
        for (const channel_id of channelIds) {
          const filter = { channel_id: textId(channel_id), state: 'waiting' as const }
          const next = await notices.findOne(filter, { sort: { not_before: 1 }, projection: { not_before: 1 } })
          if (next === null) continue
          const oldest = await notices.findOne(filter, { sort: { created_at: 1 }, projection: { created_at: 1 } })
          const count = await notices.countDocuments(filter)
          found.push({ channel_id, notices: count, oldest_at: oldest?.created_at ?? next.not_before, next_at: next.not_before })
        }
        return found
      }),
    claim: (noticeIds, messageId) => changeWaiting(noticeIds, { state: 'in', message_id: messageId }),
    hold: (noticeIds, { not_before, held_by }) => changeWaiting(noticeIds, { not_before, held_by: held_by ?? null }),
    drop: (noticeIds, reason) => changeWaiting(noticeIds, { state: 'dropped', reason: JSON.stringify(reason) }),
    async settle(messageId, state, reason) {
      const set = { state, reason: reason === undefined ? null : JSON.stringify(reason), held_by: null }
      await connection.write(() => notices.updateMany({ message_id: messageId, state: 'in' }, { $set: set }))
    },

    putMessage(message) {
      const { channel_id, state, created_at, next_at = null } = message
      return connection.write(() =>
        put(messages as unknown as typeof rules, message.message_id, message, {
          channel_id: textId(channel_id),
          state,
          created_at,
          next_at,
        }),
      )
    },
    findMessages: (ids) => messagesOf({ _id: { $in: [...ids] } }, { sort: { created_at: 1, _id: 1 } }),
    messagesDue: (now, limit) => messagesOf({ next_at: { $lte: now } }, { sort: { next_at: 1 }, limit }),
    async nextMessageDue() {
      const options = { sort: { next_at: 1 as const }, projection: { next_at: 1 } }
      return (await connection.read(() => messages.findOne({ next_at: { $gt: 0 } }, options)))?.next_at ?? undefined
    },
    unsent: (channelId) => messagesOf({ channel_id: textId(channelId), state: { $in: unsentStates } }, { sort: { created_at: 1, _id: 1 } }),
    async messages(channelId, { limit, offset, after }) {
      const filter = { channel_id: textId(channelId) }
      const [rows, total] = await Promise.all([
        messagesOf({ ...filter, ...behind(after, 'created_at', true) }, { sort: { created_at: -1, _id: 1 }, skip: offset, limit }),
        connection.read(() => messages.countDocuments(filter)),
      ])
      return { rows, total }
    },

    async subscriptions() {
      return (await connection.read(() => subscriptions.find({}, { sort: { _id: 1 } }).toArray())).map(rowOf<PushSubscriptionRecord>)
    },
    async putSubscription(subscription, change) {
      const data = JSON.stringify(subscription)
      await write(change, () => subscriptions.updateOne({ _id: subscription.subscription_id }, { $set: { data } }, { upsert: true }))
    },
    removeSubscription: (id, change) => write(change, async () => (await subscriptions.deleteOne({ _id: id })).deletedCount === 1),

    async mark(name) {
      return rowOrNone<AlertMark>(await connection.read(() => marks.findOne({ _id: name })))
    },
    putMark: (name, mark, change = { now: 0 }) => write(change, () => put(marks, name, mark)),
  }
}

/** @returns documents removed */
export async function sweepAlerts(connection: Connection, now: number): Promise<number> {
  const before = now - ALERT_RETENTION_MS
  const alerts = connection.collection<AlertDocument>('alert')
  const closed = { closed_at: { $gt: 0, $lt: before } }
  let removed = (
    await connection.collection<MessageDocument>('message').deleteMany({ created_at: { $lt: before }, state: { $in: ['sent', 'dropped'] } })
  ).deletedCount
  for (;;) {
    const found = await alerts.find(closed, { projection: { _id: 1 }, limit: IDS_PER_QUERY }).toArray()
    if (found.length === 0) return removed
    const ids = found.map(({ _id }) => _id)
    removed += (await connection.collection<NoticeDocument>('notice').deleteMany({ alert_id: { $in: ids } })).deletedCount
    removed += (await alerts.deleteMany({ _id: { $in: ids } })).deletedCount
  }
}

export function alertFields(alert: AlertRecord) {
  const columns = alertColumns(alert)
  const text = (value: string | null) => (value === null ? null : textId(value))
  return {
    ...columns,
    open_key: textId(columns.open_key),
    rule_id: textId(columns.rule_id),
    subject: textId(columns.subject),
    session_id: text(columns.session_id),
    machine_id: text(columns.machine_id),
  }
}

export function noticeDocument(notice: NoticeRecord): NoticeDocument {
  const { notice_id, alert_id, channel_id, state, created_at, not_before, held_by, message_id, reason, ...rest } = notice
  return {
    _id: textId(notice_id),
    alert_id: textId(alert_id),
    channel_id: textId(channel_id),
    state,
    created_at,
    not_before,
    held_by: held_by ?? null,
    message_id: message_id ?? null,
    reason: reason === undefined ? null : JSON.stringify(reason),
    data: JSON.stringify({ notice_id, alert_id, channel_id, ...rest }),
  }
}

export function noticeRecord({ state, created_at, not_before, held_by, message_id, reason, data }: NoticeDocument): NoticeRecord {
  return {
    ...(JSON.parse(data) as NoticeRecord),
    state,
    created_at,
    not_before,
    ...(held_by === null ? {} : { held_by: held_by as NonNullable<NoticeRecord['held_by']> }),
    ...(message_id === null ? {} : { message_id }),
    ...(reason === null ? {} : { reason: JSON.parse(reason) as string }),
  }
}

function rowOf<T>({ data }: { data: string }): T {
  return JSON.parse(data) as T
}

function rowOrNone<T>(document: { data: string } | null | undefined): T | undefined {
  return document == null ? undefined : rowOf<T>(document)
}

function partsOf<T>(all: readonly T[], size = IDS_PER_QUERY): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < all.length; at += size) parts.push(all.slice(at, at + size))
  return parts
}
