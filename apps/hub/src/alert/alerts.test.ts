import fs from 'node:fs'
import path from 'node:path'
import type { Alert, AlertDetail } from '@signalbox/contract/alert'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { type AlertHub, openAlertHub } from '../../test/alert-hub.ts'
import { openAlertPeer } from '../../test/alert-peer.ts'

const HOUR = 3_600_000
/** A session that fails: its alert opens at once, and stays open. */
async function fail({ fleet, work }: AlertHub): Promise<string> {
  const { session_id } = await fleet.session({ project_id: 'shop', machine_id: 'laptop' })
  await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
  await work()
  return session_id
}

async function list({ hub }: AlertHub, query = ''): Promise<Alert[]> {
  return (await hub.ask('GET', `/api/alerts${query}`)).json() as Alert[]
}

async function detailOf({ hub }: AlertHub, sessionId: string): Promise<AlertDetail> {
  const [alert] = (await hub.ask('GET', `/api/alerts?session_id=${sessionId}`)).json() as Alert[]
  return (await hub.ask('GET', `/api/alerts/${alert!.alert_id}`)).json() as AlertDetail
}

describe('an alert', () => {
  it('of what happens while everything is judged opens at once', async () => {
    const alerts = await openAlertHub()
    const { hub, fleet, work } = alerts
    await fail(alerts)
    const { session_id } = await fleet.session({ project_id: 'shop', machine_id: 'laptop' })
    // The sweep has read what is true before it asks what is due.
    const { alerts: store } = hub.store
    const due = store.due.bind(store)
    let failed = false
    store.due = async (...range) => {
      if (!failed) {
        failed = true
        await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
      }
      return due(...range)
    }
    hub.app.alerts.changed()
    await work()
    expect(failed).toBe(true)
    expect(await list(alerts, `?session_id=${session_id}`)).toMatchObject([{ kind: 'session_failed', state: 'open' }])
  })

  it('is sent once, and its recovery to the same channel', async () => {
    const { peer, channel, stalledSession, pass, work, fleet, titles } = await openAlertHub()
    await channel()
    await work()
    const id = await stalledSession()
    await work()
    expect(titles()).toEqual([])
    await pass(10_000)
    expect(peer.received).toMatchObject([{ type: 'alert.opened', alerts: [{ kind: 'session_stalled', what: 'opened' }] }])
    await pass(60_000, 20_000)
    expect(titles()).toHaveLength(1)
    await fleet.heartbeat(id)
    await pass(100_000, 20_000)
    expect(peer.received).toMatchObject([{ type: 'alert.opened' }, { type: 'alert.closed', alerts: [{ what: 'closed' }] }])
  })

  it('that closes before it was sent is one message', async () => {
    const one = await openAlertHub({ env: { ALERT_GROUP_MS: '120000' } })
    await one.channel()
    const id = await one.stalledSession()
    await one.work()
    await one.fleet.heartbeat(id)
    await one.pass(130_000, 30_000)
    expect(one.peer.received).toHaveLength(1)
    expect(one.peer.received[0]).toMatchObject({ type: 'alert.closed', alerts: [{ what: 'closed' }] })
  })

  it('does not go to a channel that came later, and neither does its end', async () => {
    const one = await openAlertHub()
    const id = await one.stalledSession()
    await one.work()
    expect(await list(one)).toMatchObject([{ state: 'open', kind: 'session_stalled' }])
    await one.channel()
    await one.fleet.heartbeat(id)
    await one.pass(120_000, 30_000)
    expect(await list(one)).toMatchObject([{ state: 'closed', close_reason: 'cleared' }])
    expect(one.peer.received).toEqual([])
  })

  it('goes into one message with those of its kind, which lists ten', async () => {
    const one = await openAlertHub()
    await one.channel()
    for (let n = 0; n < 14; n++) await fail(one)
    await one.pass(10_000)
    expect(one.peer.received).toHaveLength(1)
    expect(one.peer.received[0]).toMatchObject({ more: 4, title: expect.stringMatching(/^14 alerts: /) })
    expect(one.peer.received[0]!.alerts).toHaveLength(10)
    const { messages, notices } = await detailOf(one, (await list(one))[0]!.about.session_id!)
    expect(messages).toMatchObject([{ notices: 14, state: 'sent', attempts: [{ n: 1, outcome: 'sent', receipt: { status: 204 } }] }])
    expect(notices).toMatchObject([{ state: 'sent', what: 'opened' }])
  })

  it('says nothing after a restart, and is closed then', async () => {
    const folder = tempFolder()
    const peer = await openAlertPeer()
    const before = await openAlertHub({ folder }, peer)
    await before.channel()
    const id = await before.stalledSession()
    await before.pass(20_000)
    expect(peer.received).toHaveLength(1)
    await before.hub.app.close()
    await before.hub.store.close()
    const after = await openAlertHub({ folder, clock: before.hub.clock }, peer)
    await after.pass(120_000, 30_000)
    expect(peer.received).toHaveLength(1)
    await after.fleet.heartbeat(id)
    await after.pass(120_000, 30_000)
    expect(peer.received.map(({ type }) => type)).toEqual(['alert.opened', 'alert.closed'])
    await peer.close()
  })

  it('is decided by the store: a clock that is set back and forward makes no second one', async () => {
    const one = await openAlertHub()
    await one.channel()
    await fail(one)
    await one.pass(15_000)
    for (const step of [-2 * HOUR, 3 * HOUR, -HOUR]) {
      one.hub.clock.set(step)
      await one.pass(120_000, 30_000)
    }
    expect(await list(one)).toHaveLength(1)
    expect(one.peer.received).toHaveLength(1)
  })
})

describe('an outage of the hub', () => {
  it('of two hours sends no storm: what lives is not overdue, and what does not come back is, once', async () => {
    const folder = tempFolder()
    const peer = await openAlertPeer()
    onTestFinished(() => peer.close())
    const machines = ['laptop', 'box', 'server']
    const before = await openAlertHub({ folder }, peer)
    await before.channel()
    const ids: string[] = []
    for (const machine_id of machines) {
      await before.fleet.machine(machine_id)
      for (let n = 0; n < 3; n++) ids.push((await before.fleet.session({ project_id: 'shop', machine_id })).session_id)
    }
    await before.fleet.passTime(2_000)
    await before.work()
    // As the monitor does when it ends.
    await before.hub.store.listening.noteUntil(before.hub.clock.now())
    await before.hub.app.close()
    await before.hub.store.close()
    before.hub.clock.pass(2 * HOUR)
    const after = await openAlertHub({ folder, clock: before.hub.clock }, peer)
    const [lost, ...living] = ids
    const sendHeartbeats = async (sessions: readonly string[]) => {
      for (const id of sessions) await after.fleet.heartbeat(id)
      for (const machine of machines) await after.ok('POST', `/machines/${machine}/heartbeat`, {})
      await after.work()
    }
    const sent = () => peer.accepted().flatMap(({ alerts }) => alerts.map(({ kind, what }) => `${kind} ${what}`))
    await after.work()
    for (let round = 0; round < 6; round++) {
      await after.fleet.passTime(3_000, 1_500)
      await sendHeartbeats(living)
    }
    expect(sent().filter((one) => one !== 'hub_paused opened')).toEqual([])
    for (const id of living) await after.ok('PATCH', `/sessions/${id}`, { status: 'completed' })
    // The grace period is half an hour.
    for (const minutes of [7, 7, 7, 7, 2, 1, 1, 1, 1]) {
      await after.fleet.passTime(minutes * 60_000, 5_000)
      await sendHeartbeats([])
    }
    expect(sent().filter((one) => !one.startsWith('hub_paused'))).toEqual(['session_stalled opened'])
    expect((await list(after, '?kind=session_stalled')).map(({ about }) => about.session_id)).toEqual([lost])
  })
})

describe('a peer that is away', () => {
  it('gets everything later, in order', async () => {
    const one = await openAlertHub()
    const id = await one.channel()
    one.peer.answer = 503
    await fail(one)
    await one.pass(10_000)
    expect(one.peer.received).toHaveLength(1)
    const state = async () => ((await one.ok('GET', `/api/channels/${id}`)) as { state: string }).state
    expect(await state()).toBe('failing')
    await fail(one)
    await one.pass(30_000)
    one.peer.answer = 204
    await one.pass(120_000, 10_000)
    expect(one.peer.accepted()).toHaveLength(2)
    expect(new Set(one.peer.received.map(({ id }) => id)).size).toBe(2)
    expect(one.peer.received[0]!.id).toBe(one.peer.accepted()[0]!.id)
    expect(await state()).toBe('ok')
  })

  it('for a day gets one digest of the last hours, which says what could not be sent', async () => {
    const one = await openAlertHub()
    await one.channel()
    one.peer.answer = 503
    await fail(one)
    await one.pass(20 * HOUR, 15 * 60_000)
    const late = await fail(one)
    await one.pass(5 * HOUR, 15 * 60_000)
    one.peer.answer = 204
    await one.pass(HOUR, 10 * 60_000)
    expect(one.peer.accepted()).toHaveLength(1)
    expect(one.peer.accepted()[0]).toMatchObject({ notes: [expect.stringMatching(/^1 message could not be sent before/)] })
    expect((await detailOf(one, late)).notices).toMatchObject([{ state: 'sent' }])
    const dropped = (await list(one, '?limit=100')).at(-1)!
    expect((await detailOf(one, dropped.about.session_id!)).notices).toMatchObject([{ state: 'dropped' }])
  })

  it('that asks for a pause is asked again after it', async () => {
    const one = await openAlertHub()
    await one.channel()
    one.peer.answers.push(429)
    one.peer.retryAfter = 300
    await fail(one)
    await one.pass(10_000)
    await one.pass(290_000, 30_000)
    expect(one.peer.received).toHaveLength(1)
    await one.pass(30_000)
    expect(one.peer.accepted()).toHaveLength(1)
  })

  it('that refuses for good breaks its channel, which is reported through the others, and goes on when it is mended', async () => {
    const one = await openAlertHub()
    const other = await openAlertPeer()
    const id = await one.channel({ name: 'Broken' })
    await one.channel({ name: 'Other', config: { url: other.url } })
    one.peer.answer = 410
    await fail(one)
    await one.pass(30_000)
    expect(await one.ok('GET', `/api/channels/${id}`)).toMatchObject({ state: 'broken', last_error: { status: 410 } })
    expect(other.received.map(({ alerts }) => alerts[0]?.kind)).toEqual(['session_failed', 'channel_broken'])
    expect(one.peer.received).toHaveLength(1)
    await fail(one)
    await one.pass(HOUR, 5 * 60_000)
    expect(one.peer.received).toHaveLength(1)
    one.peer.answer = 204
    expect(await one.ok('POST', `/api/channels/${id}/test`)).toMatchObject({ outcome: 'sent', status: 204 })
    await one.pass(HOUR / 2, 5 * 60_000)
    expect(one.peer.accepted().map(({ type }) => type)).toEqual(['alert.test', 'alert.opened', 'alert.opened'])
    expect(await one.ok('GET', `/api/channels/${id}`)).toMatchObject({ state: 'ok' })
    await other.close()
  })
})

describe('calm', () => {
  it('a quiet night ends with one digest of what is still open, and a line for what came and went', async () => {
    const one = await openAlertHub()
    await one.channel({ quiet_hours: [{ from: '09:00', to: '11:00', zone: 'UTC' }] })
    const id = await one.stalledSession()
    await one.work()
    await one.fleet.heartbeat(id)
    await one.pass(5 * 60_000, 30_000)
    await fail(one)
    await one.pass(HOUR, 10 * 60_000)
    expect(one.peer.received).toEqual([])
    expect((await detailOf(one, id)).notices.map(({ state }) => state)).toEqual(['waiting', 'waiting'])
    await one.pass(HOUR, 10 * 60_000)
    const [message, ...more] = one.peer.received
    expect(more).toEqual([])
    expect(message!.alerts.filter(({ kind }) => kind === 'session_failed')).toHaveLength(1)
    expect(message!.notes).toEqual([expect.stringMatching(/^1 alert opened and closed in quiet hours/)])
  })

  it('what is critical goes through quiet hours, unless they let nothing through', async () => {
    const one = await openAlertHub()
    const other = await openAlertPeer()
    const quiet_hours = [{ from: '00:00', to: '00:00', zone: 'UTC' }]
    await one.channel({ quiet_hours })
    await one.channel({ name: 'Silent', config: { url: other.url }, quiet_hours, lets_through: 'none' })
    await one.ok('PUT', '/api/alert-rules/session_failed', { severity: 'critical' })
    await fail(one)
    await one.pass(20_000)
    expect([one.peer.received.length, other.received.length]).toEqual([1, 0])
    await other.close()
  })

  it('a snooze and a pause hold what opens, and drop what is over at their end', async () => {
    const one = await openAlertHub()
    await one.channel()
    await one.ok('POST', '/api/alerts/pause', { for_ms: HOUR, reason: 'maintenance' })
    expect(await one.ok('GET', '/api/alerts/summary')).toMatchObject({ paused: { reason: 'maintenance' } })
    const id = await one.stalledSession()
    await one.pass(20_000)
    await one.fleet.heartbeat(id)
    const failed = await fail(one)
    await one.pass(5 * 60_000, 60_000)
    expect(one.peer.received).toEqual([])
    await one.pass(HOUR, 10 * 60_000)
    const kinds = one.peer.accepted().flatMap(({ alerts }) => alerts.map(({ kind, what }) => `${kind} ${what}`))
    expect(kinds, 'what came and went in the pause is not sent').toEqual(['session_failed opened'])
    expect((await detailOf(one, id)).notices.map(({ state }) => state)).toEqual(['dropped', 'dropped'])
    const { alert_id } = await detailOf(one, failed)
    await one.ok('POST', `/api/alerts/${alert_id}/snooze`, { for_ms: HOUR })
    await one.pass(2 * HOUR, 20 * 60_000)
    expect(
      one.peer
        .accepted()
        .flatMap(({ alerts }) => alerts.map(({ kind }) => kind))
        .filter((kind) => kind === 'session_failed'),
    ).toHaveLength(1)
  })

  it('the early end of a pause or a snooze sends what it held, and drops what is over', async () => {
    const one = await openAlertHub({ env: { ALERT_GROUP_MS: '0' } })
    const id = await one.channel()
    const first = await fail(one)
    await one.pass(5_000)
    const { alert_id } = await detailOf(one, first)
    for (const [url, held_by] of [
      ['/api/alerts/pause', 'paused'],
      [`/api/channels/${id}/snooze`, 'snooze'],
      ['/api/alert-rules/session_failed/snooze', 'snooze'],
    ] as const) {
      const before = one.peer.accepted().length
      await one.ok('POST', url, { for_ms: 30 * HOUR })
      const failed = await fail(one)
      await one.pass(10_000)
      expect((await detailOf(one, failed)).notices, url).toMatchObject([{ state: 'waiting', held_by }])
      expect(one.peer.accepted(), url).toHaveLength(before)
      await one.ok('DELETE', url)
      await one.pass(5_000)
      expect((await detailOf(one, failed)).notices[0], url).toMatchObject({ state: 'sent' })
    }
    await one.ok('POST', `/api/alerts/${alert_id}/snooze`, { for_ms: HOUR })
    await one.hub.store.alerts.addNotices(
      (await one.hub.store.alerts.noticesOf(alert_id, 1)).map(({ message_id: _, ...notice }) => ({
        ...notice,
        notice_id: `held/${id}`,
        state: 'waiting',
        held_by: 'snooze',
        created_at: one.hub.clock.now(),
        not_before: one.hub.clock.now() + HOUR,
      })),
    )
    await one.ok('DELETE', `/api/alerts/${alert_id}/snooze`)
    await one.pass(5_000)
    expect((await detailOf(one, first)).notices.map(({ state }) => state)).not.toContain('waiting')
    await one.ok('POST', '/api/alerts/pause', { for_ms: HOUR })
    const over = await one.stalledSession()
    await one.pass(10_000)
    await one.fleet.heartbeat(over)
    await one.pass(90_000, 30_000)
    await one.ok('POST', '/api/alerts/pause', { for_ms: 60_000 })
    await one.ok('DELETE', '/api/alerts/pause')
    await one.pass(5_000)
    expect((await detailOf(one, over)).notices.map(({ state }) => state)).toEqual(['dropped', 'dropped'])
  })

  it('a machine that is offline explains its stalled sessions, until it is back', async () => {
    const one = await openAlertHub({ env: { MACHINE_OFFLINE_MS: '4000' } })
    await one.channel()
    await one.fleet.machine('laptop')
    await one.stalledSession()
    await one.work()
    const kinds = (await list(one)).map(({ kind }) => kind).sort()
    expect(kinds).toEqual(['machine_offline', 'session_stalled'])
    await one.pass(60_000, 10_000)
    expect(one.peer.received.flatMap(({ alerts }) => alerts.map(({ kind }) => kind))).toEqual(['machine_offline'])
    await one.fleet.ok('POST', '/machines/laptop/heartbeat', {})
    await one.pass(5 * 60_000, 30_000)
    const sent = one.peer.received.flatMap(({ alerts }) => alerts.map(({ kind, what }) => `${kind} ${what}`))
    expect(sent).toContain('machine_offline closed')
    expect(sent).toContain('session_stalled opened')
  })

  it('two hundred sessions stall and three machines go: three messages in the first minute, and no session twice', async () => {
    const one = await openAlertHub({ env: { MACHINE_OFFLINE_MS: '8000' } })
    await one.channel()
    const machines = ['laptop', 'box', 'server', 'desk']
    for (const machine of machines) await one.fleet.machine(machine)
    await Promise.all(Array.from({ length: 200 }, (_, n) => one.fleet.session({ project_id: 'shop', machine_id: machines[n % 4] })))
    const until = one.hub.clock.now() + 60_000
    while (one.hub.clock.now() < until) {
      await one.fleet.passTime(3_000, 1_500)
      await one.fleet.ok('POST', '/machines/desk/heartbeat', {})
      await one.work()
    }
    const { received } = one.peer
    expect(received.length).toBeGreaterThan(0)
    expect(received.length).toBeLessThanOrEqual(3)
    const listed = received.flatMap(({ alerts }) => alerts.map(({ alert_id }) => alert_id))
    expect(new Set(listed).size).toBe(listed.length)
    expect(await list(one, '?kind=machine_offline')).toHaveLength(3)
    const summary = (await one.hub.ask('GET', '/api/alerts/summary')).json() as { open: { warning: number } }
    expect(summary.open.warning).toBe(200)
  })

  it('reminders and escalation end with an acknowledgement', async () => {
    const one = await openAlertHub()
    const boss = await openAlertPeer()
    await one.channel()
    const second = await one.channel({ name: 'Boss', config: { url: boss.url } })
    const [first] = ((await one.hub.ask('GET', '/api/channels')).json() as { channel_id: string }[]).filter(
      ({ channel_id }) => channel_id !== second,
    )
    await one.ok('PUT', '/api/alert-rules/session_failed', {
      channels: [first!.channel_id],
      repeat_ms: 600_000,
      escalate: [{ after_ms: 900_000, channels: [second] }],
    })
    const id = await fail(one)
    await one.pass(1_000_000, 60_000)
    expect(one.peer.received.map(({ type }) => type)).toEqual(['alert.opened', 'alert.reminder'])
    expect(boss.received.map(({ type }) => type)).toEqual(['alert.escalated'])
    const { alert_id } = await detailOf(one, id)
    await one.ok('POST', `/api/alerts/${alert_id}/acknowledge`, { note: 'on it' })
    await one.pass(HOUR, 10 * 60_000)
    expect(one.peer.received).toHaveLength(2)
    expect(await detailOf(one, id)).toMatchObject({ acknowledged: { by: 'API_KEYS[0]', note: 'on it' } })
    await boss.close()
  })
})

describe('what is removed', () => {
  it.each([
    ['is removed', 'DELETE', undefined],
    ['is about other projects now', 'PUT', { filter: { project_id: ['other'] } }],
    ['is switched off', 'PUT', { enabled: false }],
  ] as const)('a rule that %s closes its alerts without a message, and drops what waits', async (_, method, change) => {
    const one = await openAlertHub()
    await one.channel()
    const sent = await fail(one)
    await one.pass(15_000)
    const waiting = await fail(one)
    await one.ok(method, '/api/alert-rules/session_failed', change)
    await one.pass(70_000, 35_000)
    for (const { state, close_reason } of await list(one))
      expect({ state, close_reason }).toEqual({ state: 'closed', close_reason: 'gone' })
    expect(one.peer.received).toHaveLength(1)
    expect((await detailOf(one, sent)).notices.map(({ state }) => state)).toEqual(['sent'])
    expect((await detailOf(one, waiting)).notices.map(({ state }) => state)).toEqual(['dropped'])
  })

  it('a channel drops what waits for it, with the reason', async () => {
    const one = await openAlertHub()
    const id = await one.channel()
    const session = await fail(one)
    await one.work()
    await one.ok('DELETE', `/api/channels/${id}`)
    await one.pass(30_000)
    expect((await detailOf(one, session)).notices).toMatchObject([{ state: 'dropped', reason: 'The channel was removed' }])
    expect(one.peer.received).toEqual([])
  })
})

it('a secret of a channel is in no log line, event, audit entry, answer or file', async () => {
  const planted = 'planted-secret-3f9a1c20b7d4'
  const one = await openAlertHub()
  one.peer.answer = 503
  const id = await one.channel({ config: { url: `${one.peer.url}`, authorization: planted } })
  await fail(one)
  await one.pass(60_000)
  one.peer.answer = 410
  await one.pass(120_000, 30_000)
  await one.hub.ask('POST', `/api/channels/${id}/test`)
  await one.hub.ask('PUT', `/api/channels/${id}`, { payload: { config: { url: one.peer.url, authorization: planted, secret: 'wrong' } } })
  const texts = [
    JSON.stringify(one.hub.log),
    (await one.hub.ask('GET', '/events?format=json&limit=1000')).body,
    (await one.hub.ask('GET', '/api/audit?limit=200')).body,
    (await one.hub.ask('GET', '/api/channels')).body,
    (await one.hub.ask('GET', `/api/channels/${id}/messages`)).body,
    (await one.hub.ask('GET', '/metrics')).body,
    JSON.stringify(one.hub.store.connection.prepare('SELECT * FROM channel').all()),
    JSON.stringify(one.hub.store.connection.prepare('SELECT * FROM message').all()),
  ]
  // What a backup takes along.
  const files = fs.readdirSync(one.hub.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(files.map(({ name }) => name)).toContain('signalbox.db')
  for (const { parentPath, name } of files) texts.push(fs.readFileSync(path.join(parentPath, name), 'latin1'))
  for (const text of texts) expect(text.includes(planted)).toBe(false)
  expect(one.peer.received.length).toBeGreaterThan(1)
})
