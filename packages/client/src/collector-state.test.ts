import type { MachineCollector } from '@signalbox/contract/collector-heartbeat'
import { expect, test } from 'vitest'
import { collectorConditionOf, formatOfflineReason, formatPending, formatUnseenReason } from './collector-state.ts'

const at = '2026-11-09T12:00:00.000Z'
const collector = (fields: Partial<MachineCollector> = {}): MachineCollector => ({
  version: '0.1.0',
  started_at: at,
  state: 'idle',
  last_contact: at,
  connected: true,
  behind: false,
  ...fields,
})

test('the condition of a collector is the most important thing about it', () => {
  expect(collectorConditionOf(collector())).toBe('connected')
  expect(collectorConditionOf(collector({ behind: true, state: 'sending' }))).toBe('behind')
  expect(collectorConditionOf(collector({ behind: true, state: 'refused' }))).toBe('refused')
  expect(collectorConditionOf(collector({ behind: true, connected: false, state: 'refused' }))).toBe('lost')
  expect(collectorConditionOf(collector({ connected: false, state: 'stopped' }))).toBe('stopped')
})

test('what is pending is a sentence without zeros', () => {
  expect(formatPending({ pending: { calls: 1_234_567, snapshots: 2, observations: 1 } })).toBe(
    '1,234,567 calls, 2 snapshots and 1 observation wait for the hub',
  )
  expect(formatPending({ pending: { calls: 0, snapshots: 1 } })).toBe('1 snapshot waits for the hub')
  expect(formatPending({ pending: { calls: 0 } })).toBe('')
  expect(formatPending({ pending: undefined })).toBe('')
})

test('a machine that is out of contact has a reason and a next step, one in contact has none', () => {
  expect(formatOfflineReason({ status: 'offline', collector: collector({ state: 'stopped', connected: false }) })).toContain(
    'signalbox collector',
  )
  expect(formatOfflineReason({ status: 'offline', collector: collector({ connected: false }) })).toContain('signalbox doctor')
  expect(formatOfflineReason({ status: 'online', collector: collector({ state: 'refused' }) })).toContain('key')
  expect(formatOfflineReason({ status: 'offline' })).toBeDefined()
  for (const machine of [{ status: 'online', collector: collector() }, { status: 'online' }, { status: 'maintenance' }] as const)
    expect(formatOfflineReason(machine)).toBeUndefined()
})

test('the reason why sessions are not seen names what is missing', () => {
  expect(formatUnseenReason('laptop', undefined)).toBe('no collector runs on laptop')
  expect(formatUnseenReason('laptop', collector({ connected: false }))).toBe('the collector on laptop is not in contact')
  expect(formatUnseenReason('laptop', collector({ connected: false, state: 'stopped' }))).toBe('the collector on laptop was stopped')
  expect(formatUnseenReason('laptop', collector())).toBe('the collector on laptop does not see it')
})
