import { expect, it } from 'vitest'
import { unknownChannel } from './rule-channels.ts'

it('a channel that there is not is found, also in a step of escalation', () => {
  const known = new Set(['c_1', 'c_2'])
  expect(unknownChannel({}, known)).toBeUndefined()
  expect(unknownChannel({ channels: 'all', escalate: [{ after_ms: 1_000, channels: 'all' }] }, known)).toBeUndefined()
  expect(unknownChannel({ channels: ['c_1', 'c_nope'] }, known)).toEqual({ field: 'channels', channel_id: 'c_nope' })
  const escalate = [
    { after_ms: 1_000, channels: ['c_2'] },
    { after_ms: 2_000, channels: ['c_nope'] },
  ]
  expect(unknownChannel({ channels: ['c_1'], escalate }, known)).toEqual({ field: 'escalate[1].channels', channel_id: 'c_nope' })
})
