import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const keys = (env: NodeJS.ProcessEnv) => {
  const { key, readingsUrl, readingsKey, sameHub } = readConfig({ SIGNALBOX_URL: 'http://hub.example:4000', ...env })
  return { key, readingsUrl, readingsKey, sameHub }
}

test('readings go where calls go, with the same key, unless another hub is named', () => {
  const readingsUrl = 'http://hub.example:4000/api/claude/console-usage'
  expect(keys({ CLAUDE_SYNC_API_KEY: 'sync', SIGNALBOX_API_KEY: 'command' })).toEqual({
    key: 'sync',
    readingsUrl,
    readingsKey: 'sync',
    sameHub: true,
  })
  expect(keys({ SIGNALBOX_API_KEY: 'command' })).toEqual({ key: 'command', readingsUrl, readingsKey: 'command', sameHub: true })
  expect(keys({})).toEqual({ key: undefined, readingsUrl, readingsKey: undefined, sameHub: true })
})

test('another hub gets to see no key but the one that was set for it', () => {
  const CLAUDE_SYNC_URL = 'https://other.example/api/claude/console-usage'
  expect(keys({ CLAUDE_SYNC_URL, CLAUDE_SYNC_API_KEY: 'sync', SIGNALBOX_API_KEY: 'command' })).toEqual({
    key: 'command',
    readingsUrl: CLAUDE_SYNC_URL,
    readingsKey: 'sync',
    sameHub: false,
  })
  expect(keys({ CLAUDE_SYNC_URL, SIGNALBOX_API_KEY: 'command' }).readingsKey).toBeUndefined()
})
