import { expect, test } from 'vitest'
import type { Channel } from '../../hub/answer.ts'
import { emptyChannelForm, fieldProblems, missingFields, toChannelConfig, toChannelForm } from './channel-form.ts'

const channel: Channel = {
  channel_id: 'c_1',
  kind: 'pushover',
  name: 'Phone',
  config: { app_token: 'azGD…', user_key: 'uQiR…', device: 'phone', emergency: true, retry_s: 60 },
  quiet_hours: [{ from: '22:00', to: '07:00', zone: 'UTC' }],
  lets_through: 'none',
  action_links: true,
  state: 'off',
  state_since: '2026-10-06T09:12:00.000Z',
  waiting: 0,
  source: 'user',
  created_at: '2026-10-06T09:12:00.000Z',
  updated_at: '2026-10-06T09:12:00.000Z',
  revision: 3,
}

test('a saved channel comes back without its secrets, and without them they stay', () => {
  const form = toChannelForm(channel)
  expect(form).toMatchObject({ name: 'Phone', letsThrough: 'none', enabled: false, quietHours: channel.quiet_hours })
  expect(form.texts).toEqual({ device: 'phone', emergency: 'yes', retry_s: '60' })
  expect(toChannelConfig('pushover', form)).toEqual({ device: 'phone', emergency: true, retry_s: 60 })
  expect(missingFields('pushover', form, channel)).toEqual([])
})

test('a new channel needs what is required', () => {
  expect(missingFields('pushover', emptyChannelForm, undefined)).toEqual(['app_token', 'user_key'])
  expect(missingFields('email', { ...emptyChannelForm, texts: { to: ' ' } }, undefined)).toEqual(['to'])
  expect(toChannelConfig('email', { ...emptyChannelForm, texts: { to: 'a@example.com, b@example.com' } })).toEqual({
    to: ['a@example.com', 'b@example.com'],
  })
})

test('what the hub refuses is said at its field', () => {
  const about = (...fields: string[]) => ({ problems: fields.map((field) => ({ field, message: 'must be an http or https address' })) })
  expect(fieldProblems('webhook', about('config.url', 'config.secret'))).toEqual({
    url: 'It must be an http or https address.',
    secret: 'It must be an http or https address.',
  })
  expect(fieldProblems('email', { problems: [{ field: 'config.to.0', message: 'is no address.' }] })).toEqual({ to: 'Is no address.' })
  expect([fieldProblems('webhook', about('config.url', 'config')), fieldProblems('webhook', undefined)]).toEqual([{}, {}])
})
