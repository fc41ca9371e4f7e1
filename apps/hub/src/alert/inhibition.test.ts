import { expect, it } from 'vitest'
import { isExplained } from './inhibition.ts'

it('a machine that is offline explains what is silent on it, and nothing else', () => {
  const offline = [{ kind: 'machine_offline', about: { machine_id: 'm' }, state: 'open' }] as const
  expect(isExplained('session_stalled', { machine_id: 'm' }, offline)).toBe(true)
  expect(isExplained('collector_silent', { machine_id: 'm' }, offline)).toBe(true)
  expect(isExplained('session_stalled', { machine_id: 'n' }, offline)).toBe(false)
  expect(isExplained('session_failed', { machine_id: 'm' }, offline)).toBe(false)
  expect(isExplained('session_stalled', { machine_id: 'm' }, [{ ...offline[0], state: 'closed' }])).toBe(false)
})

it('a hub that is not well explains all silence', () => {
  const paused = [{ kind: 'hub_paused', about: {}, state: 'clearing' }] as const
  expect(isExplained('machine_offline', { machine_id: 'm' }, paused)).toBe(true)
  expect(isExplained('limit_over', { account: 'a' }, paused)).toBe(false)
})
