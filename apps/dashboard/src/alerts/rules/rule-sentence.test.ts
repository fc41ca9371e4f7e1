import { expect, test } from 'vitest'
import type { Channel } from '../../hub/answer.ts'
import { describeChannels, describeParameters } from './rule-sentence.ts'

test('a rule is one line', () => {
  expect(describeParameters({ kind: 'session_waiting', parameters: { after_ms: 600_000, for: 'any' }, filter: {} })).toBe(
    'waiting for longer than 10 min',
  )
  expect(
    describeParameters({ kind: 'limit_over', parameters: { percent: 90, window: 'session' }, filter: { machine_id: ['laptop', 'box-*'] } }),
  ).toBe('from 90% · limit 5-hour limit · only machine laptop, box-*')
  expect(describeParameters({ kind: 'limit_runs_out', parameters: { least_ms: 1_800_000, window: 'any' }, filter: {} })).toBe(
    'reached at least 30 min before the reset',
  )
  expect(describeParameters({ kind: 'cost_anomaly', parameters: { least_usd: 5 }, filter: {} })).toBe('at least $5')
})

test('so are its channels', () => {
  const channels = [{ channel_id: 'c_1', name: 'Phone' } as Channel]
  expect(describeChannels({ channels: 'all', escalate: [], recovery: true }, channels)).toBe('all channels')
  expect(describeChannels({ channels: [], escalate: [], recovery: true }, channels)).toBe('on the page only')
  expect(
    describeChannels(
      { channels: ['c_1', 'c_2'], repeat_ms: 3_600_000, escalate: [{ after_ms: 1_000, channels: 'all' }], recovery: false },
      channels,
    ),
  ).toBe('Phone, c_2 · reminders every 1 h · escalates in 1 step · no message at the end')
})
