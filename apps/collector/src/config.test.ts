import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const keys = (env: NodeJS.ProcessEnv) => {
  const { key, snapshotsUrl, snapshotsKey, sameHub } = readConfig({ SIGNALBOX_URL: 'http://hub.example:4000', ...env })
  return { key, snapshotsUrl, snapshotsKey, sameHub }
}

test('snapshots go to the hub of the calls, with the same key, unless another address is set', () => {
  const snapshotsUrl = 'http://hub.example:4000/api/claude/console-usage'
  expect(keys({ CLAUDE_SYNC_API_KEY: 'sync', SIGNALBOX_API_KEY: 'command' })).toEqual({
    key: 'sync',
    snapshotsUrl,
    snapshotsKey: 'sync',
    sameHub: true,
  })
  expect(keys({ SIGNALBOX_API_KEY: 'command' })).toEqual({ key: 'command', snapshotsUrl, snapshotsKey: 'command', sameHub: true })
  expect(keys({})).toEqual({ key: undefined, snapshotsUrl, snapshotsKey: undefined, sameHub: true })
})

test('a different hub is only sent the key that was set for it', () => {
  const CLAUDE_SYNC_URL = 'https://other.example/api/claude/console-usage'
  expect(keys({ CLAUDE_SYNC_URL, CLAUDE_SYNC_API_KEY: 'sync', SIGNALBOX_API_KEY: 'command' })).toEqual({
    key: 'command',
    snapshotsUrl: CLAUDE_SYNC_URL,
    snapshotsKey: 'sync',
    sameHub: false,
  })
  expect(keys({ CLAUDE_SYNC_URL, SIGNALBOX_API_KEY: 'command' }).snapshotsKey).toBeUndefined()
})
