import type { LiveEvent } from '@signalbox/client'
import { expect, it } from 'vitest'
import { findAlertNews, findNews, isStillNeeded, needsOf } from './attention-news.ts'
import { Fleet } from './fleet.ts'
import { alertOf, sessionOf } from './session.fixture.ts'
import { alertRows, attentionRows, machineRows, sessionRows, type TreeOptions, taskRows, unseenAlerts } from './tree-model.ts'

const now = Date.parse('2026-10-06T09:10:00.000Z')
const HOUR = 3_600_000

function fleetOf(...sessions: Parameters<typeof sessionOf>[0][]): Fleet {
  const fleet = new Fleet()
  fleet.load({ sessions: sessions.map(sessionOf), machines: [], questions: [], alerts: [] }, now)
  return fleet
}

const event = (name: LiveEvent['event'], data: object): LiveEvent => ({ event: name, data: data as Record<string, unknown> })
const waiting = { activity: 'waiting', waiting_for: 'permission', waiting_since: '2026-10-06T09:07:00.000Z' } as const

const options = (fleet: Fleet, extra: Partial<TreeOptions> = {}): TreeOptions => ({
  fleet,
  filter: 'all',
  isOwn: ({ project_id }) => project_id === '/home/ada/shop',
  isOwnAlert: ({ about }) => about.project_id === '/home/ada/shop',
  scopes: ['read', 'write'],
  now,
  ...extra,
})

it('an event that is older than what is known changes nothing', () => {
  const fleet = fleetOf({ revision: 5, status: 'paused' })
  expect(fleet.apply(event('session.updated', sessionOf({ revision: 4 })), now)).toBe(false)
  expect(fleet.sessions.get('s1')?.status).toBe('paused')
  expect(fleet.apply(event('session.status', sessionOf({ revision: 6 })), now)).toBe(true)
  expect(fleet.sessions.get('s1')?.status).toBe('active')
})

it('an event without the state of Claude Code keeps the one that is known', () => {
  const claude_code = { name: 'fix-login', subagents_running: 0, subagents: [], tasks: [], sources: [] }
  const fleet = fleetOf({ claude_code })
  fleet.apply(event('session.updated', sessionOf({ revision: 2, ...waiting })), now)
  expect(attentionRows(options(fleet))).toMatchObject([{ label: 'fix-login', description: 'Waiting for permission for 3 min · laptop' }])
})

it('an ended session stays for an hour', () => {
  const fleet = fleetOf()
  fleet.apply(event('session.status', sessionOf({ revision: 2, status: 'failed', completed_at: new Date(now).toISOString() })), now)
  expect(fleet.expire(now + HOUR - 1)).toBe(false)
  expect(fleet.expire(now + HOUR)).toBe(true)
  expect(fleet.sessions.size).toBe(0)
})

it('five hundred sessions are kept, the newest', () => {
  const fleet = fleetOf()
  for (let at = 0; at < 500; at++) {
    const started_at = new Date(now + at).toISOString()
    fleet.apply(event('session.created', sessionOf({ session_id: `n${at}`, started_at })), now)
  }
  expect(fleet.sessions.size).toBe(500)
  expect(fleet.sessions.has('s1')).toBe(false)
})

it('the tree has machines, their sessions with this workspace first, and their tasks', () => {
  const fleet = fleetOf(
    { session_id: 'other', project_id: '/home/ada/blog', started_at: '2026-10-06T09:09:00.000Z' },
    { session_id: 'own', project_id: '/home/ada/shop' },
    { session_id: 'far', machine_id: 'box', status: 'failed', completed_at: '2026-10-06T09:08:00.000Z' },
  )
  expect(machineRows(options(fleet)).map(({ label, description, children }) => [label, description, children])).toEqual([
    ['box', '1 session · 1 needs attention', 'expanded'],
    ['laptop', '2 sessions', 'collapsed'],
  ])
  expect(sessionRows(options(fleet), 'laptop').map(({ session }) => session)).toEqual(['own', 'other'])
  expect(sessionRows(options(fleet, { filter: 'workspace' }), 'laptop').map(({ session }) => session)).toEqual(['own'])
  const task = { task_id: 't', session_id: 'own', task_name: 'write tests', status: 'in_progress', created_at: 'x', revision: 1 }
  expect(fleet.apply(event('task.created', task), now)).toBe(false)
  fleet.setTasks('own', [])
  fleet.apply(event('task.created', task), now)
  fleet.apply(event('task.status', { ...task, status: 'failed', error_message: 'red', revision: 2 }), now)
  expect(taskRows(fleet, 'own')).toMatchObject([{ label: 'write tests', description: 'Failed: red' }])
})

it('a row offers what the session and the key allow', () => {
  const fleet = fleetOf({ status: 'failed', completed_at: '2026-10-06T09:08:00.000Z' })
  expect(attentionRows(options(fleet))[0]?.context).toBe('session,recover')
  expect(attentionRows(options(fleet, { scopes: ['read'] }))[0]?.context).toBe('session')
  const asking = fleetOf(waiting)
  const question = {
    question_id: 'q',
    session_id: 's1',
    machine_id: 'laptop',
    kind: 'permission',
    state: 'open',
    asked_at: 'x',
    expires_at: 'y',
  } as const
  asking.setQuestions([question])
  expect(attentionRows(options(asking))[0]?.context).toBe('session,pause,complete,fail,asked')
  asking.apply(event('question.ended', { ...question, state: 'ended' }), now)
  expect(attentionRows(options(asking))[0]?.context).toBe('session,pause,complete,fail')
})

it('text of others is escaped', () => {
  const claude_code = { name: 'a\u202eb\nc', subagents_running: 0, subagents: [], tasks: [], sources: [] }
  expect(attentionRows(options(fleetOf({ ...waiting, claude_code })))[0]?.label).toBe('a\\u202eb c')
})

it('each need is news once, what was there at the start is none', () => {
  const fleet = fleetOf(waiting)
  expect(findNews(undefined, fleet)).toEqual([])
  const known = needsOf(fleet)
  expect(findNews(known, fleet)).toEqual([])
  // It waits again.
  fleet.apply(event('session.updated', sessionOf({ ...waiting, waiting_since: '2026-10-06T09:09:00.000Z', revision: 2 })), now)
  const [again] = findNews(known, fleet)
  expect(again?.waiting_since).toBe('2026-10-06T09:09:00.000Z')
  expect(isStillNeeded(fleet, again!)).toBe(true)
  fleet.apply(event('session.updated', sessionOf({ activity: 'working', revision: 3 })), now)
  expect(isStillNeeded(fleet, again!)).toBe(false)
  fleet.apply(event('session.status', sessionOf({ status: 'failed', completed_at: new Date(now).toISOString(), revision: 4 })), now)
  expect(findNews(needsOf(fleetOf()), fleet)).toHaveLength(1)
})

it('alerts are below the session that they are about, others below all sessions, with what can be done', () => {
  const fleet = fleetOf({ ...waiting }, { session_id: 's2' })
  const acknowledged = { at: '2026-10-06T09:06:00.000Z', by: 'Ada' }
  const snoozed = { until: '2026-10-06T09:40:00.000Z', until_changed: true }
  fleet.setAlerts([
    alertOf(),
    alertOf({ alert_id: 'a2', about: { machine_id: 'laptop' }, summary: 'laptop is offline', acknowledged }),
    alertOf({ alert_id: 'a3', about: { session_id: 's2' }, severity: 'critical', summary: 'It costs too much', snoozed }),
    alertOf({ alert_id: 'a4', about: {}, severity: 'critical', summary: 'The hub is not healthy' }),
  ])
  const rows = attentionRows(options(fleet))
  expect(rows.map(({ label, description, context, children }) => [label, description, context, children])).toEqual([
    ['shop', 'Waiting for permission for 3 min · laptop', 'session,pause,complete,fail,acknowledge,snooze', 'collapsed'],
    ['The hub is not healthy', 'Open for 5 min', 'alert,acknowledge,snooze', 'none'],
    ['It costs too much', 'Snoozed for another 30 min', 'alert,acknowledge,endSnooze', 'none'],
    ['laptop is offline', 'Acknowledged by Ada', 'alert,undoAcknowledgement,snooze', 'none'],
  ])
  expect(alertRows(options(fleet), 's1').map(({ id }) => id)).toEqual(['alert/a1'])
  expect(unseenAlerts(fleet, now).map(({ alert_id }) => alert_id)).toEqual(['a4'])
  expect(attentionRows(options(fleet, { scopes: ['read'] })).map(({ context }) => context)).toEqual(['session', 'alert', 'alert', 'alert'])
})

it('an alert is news once, and not where the need of its session was', () => {
  const fleet = fleetOf({ ...waiting }, { session_id: 's2' })
  expect(findAlertNews(undefined, fleet, new Map(), now)).toEqual([])
  fleet.setAlerts([alertOf(), alertOf({ alert_id: 'a2', about: { session_id: 's2' } })])
  const idsOf = (known: string[], notified: ReadonlyMap<string, string>) =>
    findAlertNews(new Set(known), fleet, notified, now).map(({ alert_id }) => alert_id)
  expect(idsOf([], new Map())).toEqual(['a1', 'a2'])
  expect(idsOf([], needsOf(fleet))).toEqual(['a2'])
  expect(idsOf(['a1', 'a2'], new Map())).toEqual([])
})

it('of two thousand sessions those of this workspace and those that need someone are kept', () => {
  const own = sessionOf({ session_id: 'own', project_id: '/home/ada/shop' })
  const asking = sessionOf({ session_id: 'asking', project_id: '/srv/x', ...waiting })
  const others = Array.from({ length: 2000 }, (_, at) =>
    sessionOf({ session_id: `n${at}`, project_id: '/srv/x', started_at: new Date(now + at).toISOString() }),
  )
  const fleet = new Fleet(({ project_id }) => project_id === '/home/ada/shop')
  fleet.load({ sessions: [...others.reverse(), asking, own], machines: [], questions: [], alerts: [] }, now)
  expect([fleet.sessions.size, fleet.sessions.has('own'), fleet.sessions.has('asking')]).toEqual([500, true, true])
  expect(
    fleet.apply(event('session.created', sessionOf({ session_id: 'last', started_at: new Date(now + 9_999).toISOString() })), now),
  ).toBe(true)
  expect([...fleet.sessions.keys()].filter((id) => /own|asking|last/.test(id))).toEqual(['asking', 'own', 'last'])
})
