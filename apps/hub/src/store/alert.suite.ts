import { beforeEach, expect, it } from 'vitest'
import { someAlert, someChannel, someMessage, someNotice, someRule } from '../../test/alert-rows.ts'
import { ALERT_RETENTION_MS, type AlertQuery, type AlertRecord, subjectKey } from './alert.ts'
import type { Store } from './store.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')

/** The contract of `AlertStore`, for any store. */
export function alertSuite(open: () => Promise<Store>): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  const change = { now }
  const write = (...alerts: AlertRecord[]) =>
    store.alerts.write(
      alerts.map((alert) => ({ alert, events: [] })),
      change,
    )
  const list = (query: Partial<AlertQuery> = {}) =>
    store.alerts.list({ states: ['open', 'clearing', 'closed'], limit: 100, offset: 0, ...query })

  it('keeps rules, channels and marks, which change only from the revision before', async () => {
    const { alerts } = store
    expect(await alerts.putRule(someRule(), change)).toBe(true)
    expect(await alerts.putRule(someRule({ name: 'another' }), change)).toBe(false)
    expect(await alerts.findRule('r')).toEqual(someRule())
    const changed = someRule({ name: 'changed', revision: 2 })
    expect([await alerts.putRule(changed, change), await alerts.putRule(changed, change)]).toEqual([true, false])
    expect(await alerts.rules()).toEqual([changed])
    expect([await alerts.removeRule('r', 1, change), await alerts.removeRule('r', 2, change)]).toEqual([false, true])
    expect(await alerts.findRule('r')).toBeUndefined()

    expect(await alerts.putChannel(someChannel(), change)).toBe(true)
    const broken = someChannel({ state: 'broken', revision: 2 })
    const event = { event: 'channel.status', data: { channel_id: 'c', to: 'broken' } } as const
    expect([await alerts.putChannel(broken, change, [event]), await alerts.putChannel(broken, change, [event])]).toEqual([true, false])
    expect(await alerts.channels()).toEqual([broken])
    expect(await store.events.latest({ limit: 9 })).toMatchObject([{ event: 'channel.status', data: { to: 'broken' } }])
    expect([await alerts.removeChannel('c', 2, change), await alerts.findChannel('c')]).toEqual([true, undefined])

    expect(await alerts.mark('lease')).toBeUndefined()
    expect(await alerts.putMark('lease', { value: { holder: 'x' }, revision: 1 })).toBe(true)
    expect(await alerts.putMark('lease', { value: { holder: 'y' }, revision: 1 })).toBe(false)
    expect(await alerts.mark('lease')).toEqual({ value: { holder: 'x' }, revision: 1 })
  })

  it('has at most one alert of a subject that is not closed', async () => {
    const events = [{ event: 'alert.opened', data: { alert_id: 'a', session_id: 's' } }] as const
    expect(await store.alerts.write([{ alert: someAlert(), events }], change)).toEqual([true])
    expect(await write(someAlert({ alert_id: 'b' }), someAlert({ alert_id: 'c', subject: 't' }))).toEqual([false, true])
    const found = await store.alerts.openOf([subjectKey('r', 's'), subjectKey('r', 'x')])
    expect(found).toEqual([someAlert()])
    const closed = someAlert({ state: 'closed', closed_at: now + 1, revision: 2 })
    expect([await write(closed), await write(closed)]).toEqual([[true], [false]])
    expect(await write(someAlert({ alert_id: 'b' }))).toEqual([true])
    expect(await store.alerts.find('a')).toEqual(closed)
    expect((await store.alerts.open()).map(({ alert_id }) => alert_id).sort()).toEqual(['b', 'c'])
    expect(await store.alerts.lastClosed('r', 's', now)).toEqual(closed)
    expect(await store.alerts.lastClosed('r', 's', now + 2)).toBeUndefined()
    expect((await store.events.latest({ limit: 9 })).map(({ event }) => event)).toEqual(['alert.opened'])
  })

  it('removes an alert that was only pending', async () => {
    await write(someAlert({ state: 'pending' }))
    const gone = { alert: someAlert({ state: 'pending', revision: 2 }), events: [], remove: true }
    expect(await store.alerts.write([gone], change)).toEqual([true])
    expect(await store.alerts.find('a')).toBeUndefined()
    expect(await store.alerts.openOf([subjectKey('r', 's')])).toEqual([])
    expect(await write(someAlert({ alert_id: 'b' }))).toEqual([true])
  })

  it('finds alerts whose moment has come, and those with flips that have no notices', async () => {
    const flip = { flip_id: 'f', what: 'opened', at: now, occurred_at: now, severity: 'warning', summary: '', channels: 'all' } as const
    await write(
      someAlert({ next_at: now + 2 }),
      someAlert({ alert_id: 'b', subject: 'b', next_at: now + 1 }),
      someAlert({ alert_id: 'c', subject: 'c', flips: [flip], unspread: 1 }),
    )
    expect(await store.alerts.nextDue()).toBe(now + 1)
    expect((await store.alerts.due(now, 9)).length).toBe(0)
    expect((await store.alerts.due(now + 2, 9)).map(({ alert_id }) => alert_id)).toEqual(['b', 'a'])
    expect((await store.alerts.unspread(9)).map(({ alert_id }) => alert_id)).toEqual(['c'])
  })

  it('lists alerts newest first, in pages and by filter, and counts the open ones', async () => {
    for (let n = 0; n < 5; n++) {
      const severity = n % 2 === 0 ? 'warning' : 'critical'
      await write(someAlert({ alert_id: `${n}`, subject: `${n}`, created_at: now + n, severity, about: { machine_id: `m${n}` } }))
    }
    await write(someAlert({ alert_id: 'p', subject: 'p', state: 'pending' }))
    await write(someAlert({ alert_id: '4', subject: '4', created_at: now + 4, state: 'closed', closed_at: now + 9, revision: 2 }))
    const ids = async (query: Partial<AlertQuery>) => (await list(query)).rows.map(({ alert_id }) => alert_id)
    expect(await ids({})).toEqual(['4', '3', '2', '1', '0'])
    expect(await list({ limit: 2, after: { at: now + 3, id: '3' } })).toMatchObject({
      rows: [{ alert_id: '2' }, { alert_id: '1' }],
      total: 5,
    })
    expect(await ids({ severities: ['critical'], states: ['open'] })).toEqual(['3', '1'])
    expect(await ids({ machine_id: 'm2' })).toEqual(['2'])
    expect(await ids({ session_id: 's', kinds: ['session_stalled'] })).toEqual(['4'])
    expect(await ids({ rule_id: 'x' })).toEqual([])
    const total = async (query: Partial<AlertQuery>) => (await list(query)).total
    expect([await total({}), await total({ states: ['pending'] }), await total({ states: ['closed'] })]).toEqual([5, 1, 1])
    expect([await total({ severities: ['critical'] }), await total({ kinds: ['limit_over'] }), await total({ machine_id: 'm3' })]).toEqual([
      2, 0, 1,
    ])
    const counts = (await store.alerts.counts()).sort((a, b) => a.severity.localeCompare(b.severity))
    expect(counts).toEqual([
      { severity: 'critical', acknowledged: false, alerts: 2 },
      { severity: 'warning', acknowledged: false, alerts: 2 },
    ])
  })

  it('claims each notice for one message, and settles it with that', async () => {
    const { alerts } = store
    await alerts.addNotices([someNotice('1'), someNotice('2', { not_before: now + 5 }), someNotice('3', { channel_id: 'd' })])
    await alerts.addNotices([someNotice('1', { severity: 'info' })])
    expect(await alerts.waiting('c', now + 5, 9)).toEqual([someNotice('1'), someNotice('2', { not_before: now + 5 })])
    expect((await alerts.waiting('c', now, 9)).length).toBe(1)
    await alerts.hold(['2'], { not_before: now + 7, held_by: 'snooze' })
    expect((await alerts.waitingOf(['c', 'd', 'e'])).sort((a, b) => a.channel_id.localeCompare(b.channel_id))).toEqual([
      { channel_id: 'c', notices: 2, oldest_at: now, next_at: now },
      { channel_id: 'd', notices: 1, oldest_at: now, next_at: now },
    ])
    await Promise.all([alerts.claim(['1', '2'], 'x'), alerts.claim(['1', '3'], 'y')])
    const owners = [...(await alerts.noticesIn('x')), ...(await alerts.noticesIn('y'))].map(({ notice_id }) => notice_id)
    expect(owners.sort()).toEqual(['1', '2', '3'])
    await alerts.drop(['1'], 'too late')
    await alerts.settle('x', 'sent')
    await alerts.settle('y', 'dropped', 'for "reasons"')
    const states = (await alerts.noticesOf('a', 9)).map(({ state, reason }) => `${state} ${reason ?? ''}`)
    expect(states).not.toContain('dropped too late')
    expect(states.filter((state) => state === 'sent ').length + states.filter((state) => state === 'dropped for "reasons"').length).toBe(3)
    await alerts.addNotices([someNotice('4')])
    await alerts.drop(['4'], 'channel removed')
    expect((await alerts.noticesOf('a', 9)).find(({ notice_id }) => notice_id === '4')).toMatchObject({
      state: 'dropped',
      reason: 'channel removed',
    })
  })

  it('keeps messages, which change only from the revision before', async () => {
    const { alerts } = store
    expect(await alerts.putMessage(someMessage('1'))).toBe(true)
    expect(await alerts.putMessage(someMessage('1'))).toBe(false)
    await alerts.putMessage(someMessage('2', { created_at: now + 1, next_at: now + 5 }))
    expect([await alerts.nextMessageDue(), (await alerts.messagesDue(now, 9)).length]).toEqual([now, 1])
    const { next_at: _, ...sent } = someMessage('1', { state: 'sent', sent_at: now, revision: 2 })
    expect([await alerts.putMessage(sent), await alerts.putMessage(sent)]).toEqual([true, false])
    expect(await alerts.findMessages(['1', '2', '3'])).toEqual([sent, someMessage('2', { created_at: now + 1, next_at: now + 5 })])
    expect((await alerts.unsent('c')).map(({ message_id }) => message_id)).toEqual(['2'])
    expect(await alerts.messages('c', { limit: 1, offset: 1 })).toEqual({ rows: [sent], total: 2 })
  })

  it('keeps subscriptions of browsers', async () => {
    const subscription = { subscription_id: 'f'.repeat(64), target: 'sealed', browser: 'Firefox', key_id: 'k', created_at: now }
    await store.alerts.putSubscription(subscription, change)
    await store.alerts.putSubscription({ ...subscription, last_ok_at: now }, change)
    expect(await store.alerts.subscriptions()).toEqual([{ ...subscription, last_ok_at: now }])
    const removed = [
      await store.alerts.removeSubscription(subscription.subscription_id, change),
      await store.alerts.removeSubscription('x', change),
    ]
    expect(removed).toEqual([true, false])
  })

  it('removes closed alerts with their notices and messages after 90 days', async () => {
    const later = now + ALERT_RETENTION_MS + 2
    await write(someAlert({ state: 'closed', closed_at: now }), someAlert({ alert_id: 'open', subject: 'o' }))
    await store.alerts.addNotices([someNotice('1'), someNotice('2', { alert_id: 'open' })])
    await store.alerts.putMessage(someMessage('1', { state: 'sent' }))
    await store.alerts.putMessage(someMessage('2'))
    await store.sweep(later)
    expect([await store.alerts.find('a'), (await store.alerts.find('open'))?.alert_id]).toEqual([undefined, 'open'])
    expect([(await store.alerts.noticesOf('a', 9)).length, (await store.alerts.noticesOf('open', 9)).length]).toEqual([0, 1])
    expect((await store.alerts.findMessages(['1', '2'])).map(({ message_id }) => message_id)).toEqual(['2'])
  })
}
