import type { NewEvent } from '../../event/new-event.ts'
import {
  ALERT_RETENTION_MS,
  type AlertCount,
  type AlertMark,
  type AlertRecord,
  type AlertRuleRecord,
  type AlertStore,
  type ChannelRecord,
  type MessageRecord,
  type PushSubscriptionRecord,
  type WaitingNotices,
} from '../alert.ts'
import { alertColumns, type NoticeRow, noticeOf, noticeRow } from '../alert-row.ts'
import type { Connection } from './connection.ts'
import { behind, whereOf } from './row.ts'
import type { Writer } from './writer.ts'

type Keyed = 'alert_rule' | 'channel' | 'alert_mark'
const idColumn = { alert_rule: 'rule_id', channel: 'channel_id', alert_mark: 'name' } as const
const unsentStates = "('gathering', 'sealed', 'sending')"

export function alertStore(connection: Connection, writer: Writer): AlertStore {
  const parse = <T>(data: string) => JSON.parse(data) as T
  const all = <T>(sql: string, ...values: unknown[]): T[] =>
    connection.read(() => (connection.rows(sql).all(...values) as [string][]).map(([data]) => parse<T>(data)))
  const one = <T>(sql: string, ...values: unknown[]): T | undefined => all<T>(sql, ...values)[0]
  const value = (sql: string, ...values: unknown[]) =>
    connection.read(() => (connection.rows(sql).get(...values) as [number | null] | undefined)?.[0] ?? undefined)
  /** Inserts at revision 1, else replaces the row of the revision before. In a transaction. */
  const put = (table: Keyed, id: string, revision: number, row: object): boolean => {
    const [key, data] = [idColumn[table], JSON.stringify(row)]
    const sql =
      revision === 1
        ? `INSERT INTO ${table} (${key}, revision, data) VALUES (?3, ?1, ?2) ON CONFLICT DO NOTHING`
        : `UPDATE ${table} SET revision = ?1, data = ?2 WHERE ${key} = ?3 AND revision = ?1 - 1`
    return connection.prepare(sql).run({ 1: revision, 2: data, 3: id }).changes === 1
  }
  const remove = (table: Keyed, id: string, revision: number) =>
    connection.prepare(`DELETE FROM ${table} WHERE ${idColumn[table]} = ? AND revision = ?`).run(id, revision).changes === 1
  const ids = (list: readonly string[]) => JSON.stringify(list)

  return {
    exclusive: true,

    async rules() {
      return all<AlertRuleRecord>('SELECT data FROM alert_rule ORDER BY rule_id')
    },
    async findRule(id) {
      return one<AlertRuleRecord>('SELECT data FROM alert_rule WHERE rule_id = ?', id)
    },
    putRule: (rule, change) => writer.write(change, () => put('alert_rule', rule.rule_id, rule.revision, rule)),
    removeRule: (id, revision, change) => writer.write(change, () => remove('alert_rule', id, revision)),

    async channels() {
      return all<ChannelRecord>('SELECT data FROM channel ORDER BY channel_id')
    },
    async findChannel(id) {
      return one<ChannelRecord>('SELECT data FROM channel WHERE channel_id = ?', id)
    },
    putChannel: (channel, change, events = []) =>
      writer.write(change, ({ publish }) => {
        const done = put('channel', channel.channel_id, channel.revision, channel)
        if (done) for (const event of events) publish(event)
        return done
      }),
    removeChannel: (id, revision, change) => writer.write(change, () => remove('channel', id, revision)),

    async find(id) {
      return one<AlertRecord>('SELECT data FROM alert WHERE alert_id = ?', id)
    },
    async findMany(wanted) {
      return all<AlertRecord>('SELECT data FROM alert WHERE alert_id IN (SELECT value FROM json_each(?))', ids(wanted))
    },
    async openOf(keys) {
      return all<AlertRecord>('SELECT data FROM alert WHERE open_key IN (SELECT value FROM json_each(?)) AND occupies = 1', ids(keys))
    },
    async open(ruleId) {
      return ruleId === undefined
        ? all<AlertRecord>('SELECT data FROM alert WHERE occupies = 1')
        : all<AlertRecord>('SELECT data FROM alert WHERE rule_id = ? AND occupies = 1', ruleId)
    },
    async lastClosed(ruleId, subject, since) {
      const sql = 'SELECT data FROM alert WHERE rule_id = ? AND subject = ? AND closed_at >= ? ORDER BY closed_at DESC LIMIT 1'
      return one<AlertRecord>(sql, ruleId, subject, since)
    },
    async due(now, limit) {
      return all<AlertRecord>('SELECT data FROM alert WHERE next_at <= ? ORDER BY next_at LIMIT ?', now, limit)
    },
    async nextDue() {
      return value('SELECT min(next_at) FROM alert WHERE next_at IS NOT NULL')
    },
    async unspread(limit) {
      return all<AlertRecord>('SELECT data FROM alert WHERE unspread_at IS NOT NULL ORDER BY unspread_at LIMIT ?', limit)
    },
    write: (writes, change) =>
      writer.write(change, ({ publish }) =>
        writes.map(({ alert, events, remove: gone }) => {
          const done = gone ? removeAlert(alert) : putAlert(alert)
          if (done) for (const event of events as readonly NewEvent[]) publish(event)
          return done
        }),
      ),
    async list({ states, kinds, severities, rule_id, session_id, machine_id, limit, offset, after }) {
      const filter = whereOf({ state: states, kind: kinds, severity: severities, rule_id, session_id, machine_id })
      return connection.read(() => {
        const rest = behind(after, { column: 'created_at', descending: true }, 'alert_id')
        const order = 'ORDER BY created_at DESC, alert_id LIMIT ? OFFSET ?'
        const rows = all<AlertRecord>(
          `SELECT data FROM alert WHERE 1${filter.sql}${rest.sql} ${order}`,
          ...filter.values,
          ...rest.values,
          limit,
          offset,
        )
        // Of a hundred thousand alerts each count would take longer than all the rest.
        const isCounted = rule_id === undefined && session_id === undefined && machine_id === undefined
        const counted = isCounted ? 'coalesce(sum(alerts), 0) FROM alert_count' : 'count(*) FROM alert'
        return { rows, total: value(`SELECT ${counted} WHERE 1${filter.sql}`, ...filter.values) ?? 0 }
      })
    },
    async counts() {
      const sql =
        "SELECT severity, acknowledged, count(*) AS alerts FROM alert WHERE state IN ('open', 'clearing') GROUP BY severity, acknowledged"
      const rows = connection.read(() => connection.prepare(sql).all()) as (Omit<AlertCount, 'acknowledged'> & { acknowledged: number })[]
      return rows.map((row) => ({ ...row, acknowledged: row.acknowledged === 1 }))
    },

    addNotices: (notices) =>
      writer.write({ now: 0 }, () => {
        for (const notice of notices) addNotice(connection, noticeRow(notice))
      }),
    async noticesOf(alertId, limit) {
      return notices('alert_id = ? ORDER BY created_at, notice_id LIMIT ?', alertId, limit)
    },
    async noticesIn(messageId) {
      return notices('message_id = ? ORDER BY notice_id', messageId)
    },
    async waiting(channelId, upTo, limit) {
      return notices(
        "channel_id = ? AND state = 'waiting' AND not_before <= ? ORDER BY created_at, notice_id LIMIT ?",
        channelId,
        upTo,
        limit,
      )
    },
    async waitingOf(channelIds) {
      const sql = `SELECT channel_id, count(*) AS notices, min(created_at) AS oldest_at, min(not_before) AS next_at FROM notice
        WHERE state = 'waiting' AND channel_id IN (SELECT value FROM json_each(?)) GROUP BY channel_id`
      return connection.read(() => connection.prepare(sql).all(ids(channelIds))) as WaitingNotices[]
    },
    claim: (noticeIds, messageId) =>
      writer.write({ now: 0 }, () => {
        changeWaiting(noticeIds, "state = 'in', message_id = ?", messageId)
      }),
    hold: (noticeIds, { not_before, held_by }) =>
      writer.write({ now: 0 }, () => {
        changeWaiting(noticeIds, 'not_before = ?, held_by = ?', not_before, held_by ?? null)
      }),
    drop: (noticeIds, reason) =>
      writer.write({ now: 0 }, () => {
        changeWaiting(noticeIds, "state = 'dropped', reason = ?", reason)
      }),
    settle: (messageId, state, reason) =>
      writer.write({ now: 0 }, () => {
        connection
          .prepare("UPDATE notice SET state = ?, reason = ?, held_by = NULL WHERE message_id = ? AND state = 'in'")
          .run(state, reason ?? null, messageId)
      }),

    putMessage: (message) => writer.write({ now: 0 }, () => putMessage(message)),
    async findMessages(wanted) {
      return all<MessageRecord>(
        'SELECT data FROM message WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY created_at, message_id',
        ids(wanted),
      )
    },
    async messagesDue(now, limit) {
      return all<MessageRecord>('SELECT data FROM message WHERE next_at <= ? ORDER BY next_at LIMIT ?', now, limit)
    },
    async nextMessageDue() {
      return value('SELECT min(next_at) FROM message WHERE next_at IS NOT NULL')
    },
    async unsent(channelId) {
      return all<MessageRecord>(
        `SELECT data FROM message WHERE channel_id = ? AND state IN ${unsentStates} ORDER BY created_at, message_id`,
        channelId,
      )
    },
    async messages(channelId, { limit, offset, after }) {
      return connection.read(() => {
        const rest = behind(after, { column: 'created_at', descending: true }, 'message_id')
        const sql = `SELECT data FROM message WHERE channel_id = ?${rest.sql} ORDER BY created_at DESC, message_id LIMIT ? OFFSET ?`
        const rows = all<MessageRecord>(sql, channelId, ...rest.values, limit, offset)
        return { rows, total: value('SELECT count(*) FROM message WHERE channel_id = ?', channelId) ?? 0 }
      })
    },

    async subscriptions() {
      return all<PushSubscriptionRecord>('SELECT data FROM push_subscription ORDER BY subscription_id')
    },
    putSubscription: (subscription, change) =>
      writer.write(change, () => {
        connection
          .prepare('INSERT OR REPLACE INTO push_subscription (subscription_id, data) VALUES (?, ?)')
          .run(subscription.subscription_id, JSON.stringify(subscription))
      }),
    removeSubscription: (id, change) =>
      writer.write(change, () => connection.prepare('DELETE FROM push_subscription WHERE subscription_id = ?').run(id).changes === 1),

    async mark(name) {
      return one<AlertMark>('SELECT data FROM alert_mark WHERE name = ?', name)
    },
    putMark: (name, mark, change = { now: 0 }) => writer.write(change, () => put('alert_mark', name, mark.revision, mark)),
  }

  function notices(condition: string, ...values: unknown[]) {
    return connection.read(() =>
      (connection.prepare(`SELECT * FROM notice WHERE ${condition}`).all(...values) as NoticeRow[]).map(noticeOf),
    )
  }

  function changeWaiting(noticeIds: readonly string[], set: string, ...values: unknown[]): void {
    connection
      .prepare(`UPDATE notice SET ${set} WHERE notice_id IN (SELECT value FROM json_each(?)) AND state = 'waiting'`)
      .run(...values, ids(noticeIds))
  }

  function removeAlert({ alert_id, revision }: AlertRecord): boolean {
    return connection.prepare('DELETE FROM alert WHERE alert_id = ? AND revision = ?').run(alert_id, revision - 1).changes === 1
  }

  function putAlert(alert: AlertRecord): boolean {
    return storeAlert(connection, alert, alert.revision === 1 ? undefined : alert.revision - 1)
  }

  function putMessage(message: MessageRecord): boolean {
    return storeMessage(connection, message, message.revision === 1 ? undefined : message.revision - 1)
  }
}

export function addNotice(connection: Connection, row: NoticeRow): boolean {
  const names = Object.keys(row)
  const sql = `INSERT INTO notice (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`
  return connection.prepare(sql).run(...Object.values(row)).changes === 1
}

/** @param known the revision that is replaced; undefined for a new row */
export function storeAlert(connection: Connection, alert: AlertRecord, known: number | undefined): boolean {
  const row = { ...alertColumns(alert), revision: alert.revision }
  const names = Object.keys(row)
  if (known === undefined) {
    const sql = `INSERT INTO alert (alert_id, ${names.join(', ')}) VALUES (?, ${names.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`
    return connection.prepare(sql).run(alert.alert_id, ...Object.values(row)).changes === 1
  }
  const sql = `UPDATE OR IGNORE alert SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE alert_id = ? AND revision = ?`
  return connection.prepare(sql).run(...Object.values(row), alert.alert_id, known).changes === 1
}

export function storeMessage(connection: Connection, message: MessageRecord, known: number | undefined): boolean {
  const { message_id, channel_id, state, created_at, next_at = null, revision } = message
  const data = JSON.stringify(message)
  if (known === undefined) {
    const sql =
      'INSERT INTO message (message_id, channel_id, state, created_at, next_at, revision, data) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'
    return connection.prepare(sql).run(message_id, channel_id, state, created_at, next_at, revision, data).changes === 1
  }
  const sql = 'UPDATE message SET state = ?, next_at = ?, revision = ?, data = ? WHERE message_id = ? AND revision = ?'
  return connection.prepare(sql).run(state, next_at, revision, data, message_id, known).changes === 1
}

/** @returns rows removed */
export function sweepAlerts(connection: Connection, now: number): number {
  const before = now - ALERT_RETENTION_MS
  const notices = connection
    .prepare('DELETE FROM notice WHERE alert_id IN (SELECT alert_id FROM alert WHERE closed_at IS NOT NULL AND closed_at < ?)')
    .run(before).changes
  const messages = connection.prepare(`DELETE FROM message WHERE created_at < ? AND state NOT IN ${unsentStates}`).run(before).changes
  return notices + messages + connection.prepare('DELETE FROM alert WHERE closed_at IS NOT NULL AND closed_at < ?').run(before).changes
}
