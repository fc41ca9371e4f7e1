import { expect, it } from 'vitest'
import { someAlert, someChannel, someNotice } from '../../test/alert-rows.ts'
import type { AlertRecord, FlipRecord, NoticeRecord } from '../store/alert.ts'
import { groupNotices, messageContent, messageId } from './gather.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')
const flip = (flip_id: string, more: Partial<FlipRecord> = {}): FlipRecord => ({
  flip_id,
  what: 'opened',
  at: now,
  occurred_at: now,
  severity: 'warning',
  summary: 'Session s is stalled',
  channels: 'all',
  ...more,
})

function contentOf(notices: readonly NoticeRecord[], alerts: readonly AlertRecord[], more: object = {}) {
  const byId = new Map(alerts.map((alert) => [alert.alert_id, alert]))
  return messageContent({
    notices,
    alertOf: (id) => byId.get(id),
    channel: someChannel(),
    now,
    publicUrl: 'https://hub.example',
    acknowledgeUrl: (id) => `https://hub.example/a/${id}`,
    actionOf: () => undefined,
    ...more,
  })
}

it('a message has one id for its notices, in whatever order they come', () => {
  const [a, b] = [someNotice('1'), someNotice('2')]
  expect(messageId([a, b])).toBe(messageId([b, a]))
  expect(messageId([a])).not.toBe(messageId([b]))
  expect(messageId([a])).toMatch(/^[0-9a-f]{64}$/)
})

it('notices of a kind go together, and what has waited for long into one digest', () => {
  const notices = [
    someNotice('1'),
    someNotice('2', { kind: 'limit_over', alert_id: 'b' }),
    someNotice('3', { alert_id: 'c', created_at: now - 90_000 }),
    someNotice('4', { alert_id: 'd', kind: 'limit_over', held_by: 'quiet_hours' }),
  ]
  const groups = groupNotices(notices, now).map((group) => group.map(({ notice_id }) => notice_id))
  expect(groups).toEqual([['1'], ['2'], ['3', '4']])
})

it('the worst comes first, what is over last, and ten are listed', () => {
  const alerts = Array.from({ length: 14 }, (_, n) => someAlert({ alert_id: `a${n}`, flips: [flip(`f-${n}`)] }))
  alerts.push(someAlert({ alert_id: 'bad', flips: [flip('f-bad', { severity: 'critical', summary: 'The machine\nis offline' })] }))
  const notices = alerts.map(({ alert_id, flips }) => someNotice(alert_id, { alert_id, flip_id: flips[0]!.flip_id }))
  const content = contentOf(notices, alerts)
  expect(content).toMatchObject({
    title: '15 alerts: The machine is offline',
    severity: 'critical',
    more: 5,
    url: 'https://hub.example/app/alerts',
  })
  expect(content.items).toHaveLength(10)
  expect(content.items[0]).toMatchObject({
    alert_id: 'bad',
    summary: 'The machine is offline',
    url: 'https://hub.example/app/alerts/bad',
    acknowledge_url: 'https://hub.example/a/bad',
  })
})

it('an opening that was not sent before its end is one item, without a link to acknowledge it', () => {
  const alert = someAlert({ state: 'closed', flips: [flip('f-1'), flip('f-2', { what: 'closed', open_for_ms: 720_000 })] })
  const notices = [someNotice('1'), someNotice('2', { what: 'closed' })]
  const content = contentOf(notices, [alert])
  expect(content).toMatchObject({ title: 'Resolved: Session s is stalled', items: [{ what: 'closed', open_for_ms: 720_000 }] })
  expect(content.items[0]).not.toHaveProperty('acknowledge_url')
})

it('what came and went in quiet hours, and what could not be sent, is a line each', () => {
  const alert = someAlert({ state: 'closed', flips: [flip('f-1'), flip('f-2', { what: 'closed' })] })
  const quiet = [someNotice('1', { held_by: 'quiet_hours' }), someNotice('2', { what: 'closed', held_by: 'quiet_hours' })]
  const channel = someChannel({ lost: { count: 3, newest_at: now } })
  expect(contentOf(quiet, [alert], { channel })).toMatchObject({
    title: '1 alert opened and closed',
    items: [],
    notes: ['1 alert opened and closed in quiet hours.', '3 messages could not be sent before, the newest of 2026-10-06 09:12 UTC.'],
  })
})
