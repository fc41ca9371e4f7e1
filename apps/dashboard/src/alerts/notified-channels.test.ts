import { expect, test } from 'vitest'
import type { AlertMessage, Channel, Notice } from '../hub/answer.ts'
import { notifiedChannels } from './notified-channels.ts'

const notice = (flip_id: string, channel_id: string, more: Partial<Notice> = {}): Notice => ({
  flip_id,
  channel_id,
  state: 'sent',
  what: 'opened',
  created_at: '2026-10-06T09:12:00.000Z',
  ...more,
})
const message = (message_id: string, channel_id: string): AlertMessage => ({
  message_id,
  channel_id,
  channel_name: 'As it was called',
  channel_kind: 'ntfy',
  state: 'sent',
  title: 'Session stalled',
  severity: 'warning',
  alert_ids: ['a'],
  notices: 1,
  created_at: '2026-10-06T09:12:00.000Z',
  may_be_repeat: false,
  attempts: [],
})

test('each channel has what it was notified of, with the message that carried it', () => {
  const notices = [
    notice('f1', 'c1', { message_id: 'm1' }),
    notice('f1', 'c2', { state: 'waiting' }),
    notice('f2', 'c1', { message_id: 'm2' }),
  ]
  const found = notifiedChannels({ notices, messages: [message('m1', 'c1'), message('m2', 'c1')] }, [
    { channel_id: 'c2', name: 'Team', kind: 'slack' } as Channel,
  ])
  expect(found.map(({ name, kind }) => [name, kind])).toEqual([
    ['As it was called', 'ntfy'],
    ['Team', 'slack'],
  ])
  expect(found[0]?.notices.map(({ message: carried }) => carried?.message_id)).toEqual(['m1', 'm2'])
  expect(found[1]?.notices[0]?.message).toBeUndefined()
})

test('a channel that is gone and never got a message is called by its id', () => {
  expect(notifiedChannels({ notices: [notice('f', 'c9')], messages: [] }, [])[0]?.name).toBe('c9')
})
