import { eventTypes } from '@signalbox/contract/event'
import { describe, expect, test } from 'vitest'
import { describeEvent } from './event-text.ts'

const projectName = (id: string) => id.split('/').at(-1) ?? id
const say = (event: (typeof eventTypes)[number], data: Record<string, unknown> = {}) => describeEvent({ event, data }, projectName)

test('every type has words, whatever its data lacks', () => {
  for (const type of eventTypes) {
    const { title } = say(type)
    expect(title, type).toMatch(/^[A-Z][^_.]+$/)
  }
})

describe('a session', () => {
  const session = { session_id: 's1', project_id: '/home/ada/shop', machine_id: 'laptop' }

  test('has its project as name, or that of Claude Code, and leads to its page', () => {
    expect(say('session.created', session)).toEqual({
      title: 'Session started',
      tone: 'good',
      subject: { to: 'session', id: 's1', name: 'shop' },
    })
    expect(say('session.created', { ...session, claude_code: { name: 'fix the till' } }).subject).toMatchObject({ name: 'fix the till' })
  })

  test('says its status with the reason, what it waits for, and what changed', () => {
    expect(say('session.status', { ...session, status: 'failed', reason: 'out of memory' })).toMatchObject({
      title: 'Session failed',
      tone: 'danger',
      detail: 'out of memory',
    })
    expect(
      say('session.updated', { ...session, changed: ['activity', 'waiting_for'], activity: 'waiting', waiting_for: 'permission' }).title,
    ).toBe('Session waits for permission')
    expect(say('session.updated', { ...session, changed: ['docker_slot', 'metadata'] }).detail).toBe('slot, metadata')
  })
})

test('usage says how much, and leads to that of the machine', () => {
  expect(say('usage.updated', { machine_id: 'laptop', accepted: 1, improved: 2 })).toMatchObject({
    detail: '1 new call, 2 calls improved',
    subject: { to: 'usage', machine: 'laptop' },
  })
  expect(say('usage.updated', { machine_id: 'laptop', accepted: 0, improved: 0 }).title).toBe('Usage moved or deleted')
})

test('an alert leads to its page, with its summary', () => {
  expect(say('alert.opened', { alert_id: 'a1', severity: 'critical', summary: 'Weekly limit at 95 %' })).toMatchObject({
    title: 'Alert opened',
    tone: 'danger',
    subject: { to: 'alert', id: 'a1', name: 'Weekly limit at 95 %' },
  })
})
