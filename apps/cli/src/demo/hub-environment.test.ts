import { expect, test } from 'vitest'
import { demoHubEnvironment } from './hub-environment.ts'

test('the hub of the demo has no setting of the user’s own hub', () => {
  const own = {
    PATH: '/usr/bin',
    MONGODB_URI: 'mongodb://db.example/signalbox',
    ALERTS_FILE: '/etc/alerts.yaml',
    API_KEYS: 'k',
    PUBLIC_URL: 'https://hub.example',
    DATA_DIR: '/home/ada/.signalbox',
    LOG_LEVEL: 'debug',
  }
  const env = demoHubEnvironment(own, { folder: '/tmp/demo', port: '0', timezone: 'UTC' })
  expect(env).toMatchObject({ PATH: '/usr/bin', DATA_DIR: '/tmp/demo', HOST: '127.0.0.1', LOG_LEVEL: 'debug', TIMEZONE: 'UTC' })
  expect([env.MONGODB_URI, env.ALERTS_FILE, env.API_KEYS, env.PUBLIC_URL]).toEqual(['', '', '', ''])
})
