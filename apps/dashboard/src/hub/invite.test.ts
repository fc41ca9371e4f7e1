import type { Key } from '@signalbox/client'
import { expect, test } from 'vitest'
import { findArrival } from './invite.ts'
import { createCollector, createListedMachine } from './session.fixture.ts'

const since = '2026-11-09T12:00:00.000Z'
const later = '2026-11-09T12:00:05.000Z'
const contact = '2026-11-09T12:00:09.000Z'
const key = (fields: Partial<Key>): Key => ({
  key_id: 'k_1',
  name: 'laptop',
  scopes: ['read'],
  prefix: 'sbx_1234',
  created_at: later,
  revision: 1,
  ...fields,
})
const listed = (id: string, last_contact: string) =>
  [id, createListedMachine(id, { collector: createCollector({ last_contact }) })] as const

test('a machine arrives when its key is made, and again when its collector is in contact', () => {
  const before = new Map([listed('atlas', since)])
  expect(findArrival([], before, since, new Set(['atlas']))).toEqual({ machineId: undefined, machine: undefined })
  const made = [key({ machine_id: 'boreas' })]
  expect(findArrival(made, before, since, new Set(['atlas']))).toEqual({ machineId: 'boreas', machine: undefined })
  const { machine } = findArrival(made, new Map([...before, listed('boreas', contact)]), since, new Set(['atlas']))
  expect(machine?.machine_id).toBe('boreas')
})

test('a machine that is known is connected only with a contact after its new key', () => {
  const made = [key({ machine_id: 'atlas' })]
  expect(findArrival(made, new Map([listed('atlas', since)]), since, new Set(['atlas'])).machine).toBeUndefined()
  expect(findArrival(made, new Map([listed('atlas', contact)]), since, new Set(['atlas'])).machine?.machine_id).toBe('atlas')
})

test('older keys and keys for no machine say nothing, and a new machine counts without its key', () => {
  const others = [key({ machine_id: 'atlas', created_at: '2026-11-09T11:00:00.000Z' }), key({ name: 'wall' })]
  expect(findArrival(others, new Map([listed('atlas', contact)]), since, new Set(['atlas'])).machineId).toBeUndefined()
  expect(findArrival([], new Map([listed('ceto', contact)]), since, new Set()).machine?.machine_id).toBe('ceto')
})
