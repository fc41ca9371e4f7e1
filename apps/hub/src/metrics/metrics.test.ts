import { expect, it } from 'vitest'
import { openAlertHub } from '../../test/alert-hub.ts'
import { someCall } from '../../test/call.ts'
import { someSnapshot } from '../../test/snapshot.ts'
import { metricList } from './metric-list.ts'

const SERIES = /^(signalbox_\w+)(?:\{(.*)\})? (\S+)$/gm

/** The samples of an answer by series. */
function samplesOf(text: string): Map<string, number> {
  return new Map(
    [...text.matchAll(SERIES)].map(([, name, labels, value]) => [labels === undefined ? name! : `${name}{${labels}}`, Number(value)]),
  )
}

it('metrics say how sessions, machines, limits, usage, alerts and the hub itself are', async () => {
  const { hub, fleet, channel, stalledSession, pass, ok } = await openAlertHub()
  const { clock } = hub
  const scrape = async () => samplesOf((await hub.ask('GET', '/metrics')).body)

  await fleet.ok('POST', '/machines', { machine_id: 'laptop', hostname: 'laptop', docker_slots: [1, 2, 3] })
  await ok('POST', '/api/claude/console-usage', someSnapshot(clock.now()))
  const call = someCall({ at: new Date(clock.now()).toISOString(), model: 'claude-opus-5', input: 1, output: 40_000, write_1h: 0, read: 2 })
  await ok('POST', '/api/usage/calls', { machine_id: 'laptop', calls: [call] })
  await channel()
  await stalledSession()
  await pass(30_000)

  const samples = await scrape()
  expect(Object.fromEntries(samples)).toMatchObject({
    'signalbox_sessions{status="stalled"}': 1,
    'signalbox_sessions{status="active"}': 0,
    'signalbox_waiting_sessions{waiting_for="permission"}': 0,
    'signalbox_machines{status="online"}': 1,
    'signalbox_slots{state="free"}': 3,
    'signalbox_slots{state="held"}': 0,
    'signalbox_limit_percent{account="",window="5-hour limit"}': 41,
    'signalbox_cost_usd{period="day"}': expect.closeTo(1, 1),
    'signalbox_tokens{period="month",kind="output"}': 40_000,
    'signalbox_alerts{severity="warning",state="open"}': 1,
    'signalbox_channels{state="ok"}': 1,
    'signalbox_messages_total{channel="webhook",outcome="sent"}': 1,
    signalbox_alert_delivery_seconds_count: 1,
    signalbox_oldest_notice_seconds: 0,
    signalbox_monitor_paused: 0,
    signalbox_store_up: 1,
    'signalbox_store_failures_total{operation="write"}': 0,
  })
  expect(samples.get('signalbox_store_bytes')).toBeGreaterThan(100_000)
  expect(samples.get('signalbox_store_write_seconds_count')).toBeGreaterThan(5)
  expect(samples.get('signalbox_snapshot_age_seconds{account=""}')).toBeGreaterThan(30)
  expect([...samples.keys()].some((key) => key.startsWith('signalbox_build_info{version='))).toBe(true)
  const named = new Set([...samples.keys()].map((key) => key.replace(/\{.*/, '')))
  expect(metricList.filter(({ name }) => !named.has(name)).map(({ name }) => name)).toEqual(
    ['signalbox_collectors', 'signalbox_certificate_expiry_timestamp_seconds'].filter((name) => !named.has(name)),
  )
})

it('what cannot be read has no sample, and is logged once', async () => {
  const { hub } = await openAlertHub()
  const { sessions } = hub.store
  const counts = sessions.counts
  const broken = { ...sessions, counts: () => Promise.reject(new Error('no')) }
  Object.assign(hub.store, { sessions: broken })
  for (let times = 0; times < 2; times++) {
    const { body } = await hub.ask('GET', '/metrics')
    expect(body).not.toContain('signalbox_sessions{')
    expect(body).toContain('signalbox_store_up 1')
  }
  expect(hub.log.filter(({ msg }) => msg === 'a metric could not be read')).toHaveLength(1)
  Object.assign(hub.store, { sessions: { ...broken, counts } })
  expect((await hub.ask('GET', '/metrics')).body).toContain('signalbox_sessions{status="active"} 0')
})
