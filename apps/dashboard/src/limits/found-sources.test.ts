import type { MachineCollector } from '@signalbox/contract/collector-heartbeat'
import { expect, test } from 'vitest'
import { findSources } from './found-sources.ts'

const at = '2026-11-20T10:00:00.000Z'
const machine = (machine_id: string, sources: MachineCollector['sources'], connected = true) => ({
  machine_id,
  collector: {
    version: '0.1.0',
    started_at: at,
    state: 'idle' as const,
    last_contact: at,
    connected,
    behind: false,
    ...(sources === undefined ? {} : { sources }),
  },
})

test('only sources that are not set up are offered, with what the collector says of each', () => {
  const { machines, addable } = findSources([
    machine('laptop', [
      { name: 'transcripts', state: 'ok' },
      { name: 'claude-json', state: 'waiting' },
      { name: 'statusline', state: 'off' },
      { name: 'console', state: 'needs_login' },
    ]),
  ])
  expect(machines).toEqual([
    {
      machine_id: 'laptop',
      sources: ["Claude Code's file: nothing to read yet", 'Status line: switched off', 'Usage page: sign in: signalbox web login'],
    },
  ])
  expect(addable).toEqual(['console'])
})

test('an older collector says nothing, so all may work; one that is not in contact has found nothing', () => {
  expect(findSources([machine('old', undefined)])).toEqual({ machines: [], addable: ['statusline', 'console'] })
  expect(findSources([machine('gone', [{ name: 'console', state: 'waiting' }], false)])).toEqual({ machines: [], addable: [] })
})
